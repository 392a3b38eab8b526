"""Five nodes with a throw-away authority, enrolled exactly as technicians do it."""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning import broker as brokers
from provisioning import enrol, papers
from provisioning.authority import Authority
from provisioning.broker import AmqttBroker, Broker, MosquittoBroker
from provisioning.enrol import Setting
from relay.epochs import EpochStore
from sync.clock import Clock
from sync.directory import DISTRICT, RANGE, RELAY

HOST = "127.0.0.1"
PHONE_NUMBER_ID = "100000000000001"
DUTY_NUMBER_ID = "100000000000002"
"""The second number, on which officers get their notices."""
EPOCH_STORE = "../relay-epochs"
"""From the relay's root."""


@dataclass(frozen=True)
class Seat:
    """One node of the demo."""

    name: str
    role: str
    district: str | None
    serial_prefix: str


SEATS = (
    Seat("relay", RELAY, None, ""),
    Seat("jaunpur", DISTRICT, "JNP", "JNP"),
    Seat("ghazipur", DISTRICT, "GZP", "GZP"),
    Seat("chandauli", DISTRICT, "CDL", "CDL"),
    Seat("range", RANGE, None, "RNG"),
)
BOXES = tuple(seat.name for seat in SEATS if seat.role != RELAY)


@dataclass(frozen=True)
class Pace:
    """The product's waits, shortened; seconds."""

    undo_s: float = 5.0
    jitter_max_s: float = 2.0
    reply_delay_min_s: float = 0.5
    reply_delay_max_s: float = 1.5
    settled_every_s: float = 2.0
    hello_every_s: float = 3.0
    retry_base_s: float = 0.5
    retry_cap_s: float = 4.0
    digest_every_s: float = 2.0
    file_wait_s: float = 60.0
    album_quiet_s: float = 3.0


@dataclass(frozen=True)
class Line:
    """How the nodes reach a broker: ``kind`` is "mosquitto", "amqtt", or "plain" for one that is already there."""

    kind: str
    host: str
    port: int


@dataclass(frozen=True)
class Fleet:
    """The enrolled nodes: root folder and node id by seat, ports of what listens, passwords at the broker."""

    state: Path
    authority: Authority
    line: Line
    roots: Mapping[str, Path]
    ids: Mapping[str, str]
    ports: Mapping[str, int]
    passwords: Mapping[str, str]
    secrets: Mapping[str, str]

    def broker(self) -> Broker | None:
        """The broker to start, ready to start; None when it is somebody else's."""
        folder = self.state / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        if self.line.kind == "amqtt":
            by_id = {self.ids[name]: password for name, password in self.passwords.items()}
            return AmqttBroker(folder, by_id, self.line.host, self.line.port)
        if self.line.kind == "mosquitto":
            csr = brokers.signing_request(folder)
            brokers.install(
                folder, self.authority.certify_broker(csr, (HOST,)), self.line.host, self.line.port
            )
            return MosquittoBroker(folder, self.line.host, self.line.port)
        return None


def enrol_all(state: Path, line: Line, pace: Pace, graph_url: str, clock: Clock, runtime_dir: Path) -> Fleet:
    """Makes the authority and every node under ``state``; each makes its own keys and proves that it holds them."""
    authority = Authority.create(state / "authority", clock)
    roots = {seat.name: state / seat.name for seat in SEATS}
    ports = {seat.name: free_port() for seat in SEATS}
    passwords = {seat.name: secrets.token_urlsafe(18) for seat in SEATS}
    shared = {name: secrets.token_urlsafe(24) for name in ("app_secret", "verify_token", "graph_token")}
    bundles = {seat.name: _admit(authority, seat, roots[seat.name]) for seat in SEATS}
    ids = {name: bundle.node_id for name, bundle in bundles.items()}
    relay = _relay_settings(pace, shared, graph_url, runtime_dir)
    for seat in SEATS:
        settings = _line_settings(line, pace, ids[seat.name], passwords[seat.name])
        settings["listen"] = f"{HOST}:{ports[seat.name]}"
        settings |= relay if seat.role == RELAY else _box_settings(seat, pace)
        enrol.enrol(roots[seat.name], roots[seat.name] / "bundle.json", settings, authority.public)
    EpochStore.initialise(roots["relay"] / EPOCH_STORE)
    _hand_out_directory(authority, roots)
    return Fleet(state, authority, line, roots, ids, ports, passwords, shared)


def _admit(authority: Authority, seat: Seat, root: Path) -> papers.Bundle:
    names = () if seat.role == RELAY else (HOST,)
    request = papers.read_request(enrol.request(root, seat.role, seat.district, names))
    bundle = authority.admit(request)
    papers.write(root / "bundle.json", bundle)
    return bundle


def _hand_out_directory(authority: Authority, roots: Mapping[str, Path]) -> None:
    for root in roots.values():
        if enrol.load_directory(root).version < authority.directory.version:
            enrol.update_directory(root, authority.directory_file)


def _line_settings(line: Line, pace: Pace, node: str, password: str) -> dict[str, Setting]:
    settings: dict[str, Setting] = {
        "broker": f"{line.host}:{line.port}",
        "broker_tls": line.kind == "mosquitto",
        "hello_every_s": pace.hello_every_s,
        "retry_base_s": pace.retry_base_s,
        "retry_cap_s": pace.retry_cap_s,
    }
    if line.kind != "mosquitto":
        settings |= {"broker_user": node, "broker_password": password}
    return settings


def _relay_settings(
    pace: Pace, shared: Mapping[str, str], graph_url: str, runtime_dir: Path
) -> dict[str, Setting]:
    return {
        **shared,
        "graph_url": graph_url,
        "phone_number_id": PHONE_NUMBER_ID,
        "display_number": "+91 00000 00000",
        "duty_phone_number_id": DUTY_NUMBER_ID,
        "runtime_dir": str(runtime_dir),
        "epoch_store": EPOCH_STORE,
        "undo_s": pace.undo_s,
        "jitter_max_s": pace.jitter_max_s,
        "reply_delay_min_s": pace.reply_delay_min_s,
        "reply_delay_max_s": pace.reply_delay_max_s,
        "quiet_hours": "",
        "settled_every_s": pace.settled_every_s,
        "file_wait_s": pace.file_wait_s,
        "album_quiet_s": pace.album_quiet_s,
    }


def _box_settings(seat: Seat, pace: Pace) -> dict[str, Setting]:
    return {
        "serial_prefix": seat.serial_prefix,
        "digest_every_s": pace.digest_every_s,
        "second_factor": False,  # said at the start: whoever tries a demo has no phone at hand for each of its people
    }


def free_port() -> int:
    """A loopback port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
