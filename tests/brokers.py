"""Brokers for tests: the same three enrolled nodes before Mosquitto with mutual TLS, and before amqtt.

Use them in a folder of tests by a conftest.py with ``from tests.brokers import broker as broker``.
"""

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from provisioning import broker as brokers
from provisioning import enrol, papers
from provisioning.authority import Authority
from sync import link
from tests.waiting import wait_until

HOST = "127.0.0.1"
NODES = (("relay", None, ()), ("district", "JNP", (HOST,)), ("range", None, (HOST,)))


@dataclass
class RunningBroker:
    """A broker and the nodes it knows. ``roots``: the node's root folder by its id, in the order of NODES."""

    kind: str
    process: brokers.MosquittoBroker | brokers.AmqttBroker
    authority: Authority
    roots: dict[str, Path]
    folder: Path
    address: tuple[str, int] = (HOST, 0)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of relay, district box and range node."""
        return tuple(self.roots)

    def line_of(self, node: str) -> link.Broker:
        """How ``node`` dials this broker and shows who it is."""
        if self.kind == "amqtt":
            return link.Broker(*self.address, user=node, password=_password(node))
        tls = self.roots[node] / "tls"
        return link.Broker(
            *self.address, ca=tls / "ca.pem", certificate=tls / "cert.pem", key=tls / "key.pem"
        )

    def restart(self) -> None:
        """In good order, on the same port."""
        self.process.stop()
        self.process.start()

    def revoke(self, node: str) -> None:
        """Shuts a node out, as a technician does: new lists, then a restart."""
        self.authority.revoke(node)
        if isinstance(self.process, brokers.AmqttBroker):
            self.process.forget(node)
        else:
            brokers.refresh(self.folder, self.authority.revocations(), self.authority.access_list())
        self.restart()


class Client:
    """A plain MQTT client, as an honest node or as an attacker would run one."""

    def __init__(self, line: link.Broker, name: str) -> None:
        """``name`` is the client id. Connects in the background."""
        self.received: list[tuple[str, bytes]] = []
        self.outcome = ""
        self._granted: list[int] = []
        self._mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._mqtt.on_connect = self._on_connect
        self._mqtt.on_disconnect = self._on_disconnect
        self._mqtt.on_message = lambda _client, _data, m: self.received.append((m.topic, bytes(m.payload)))
        self._mqtt.on_subscribe = lambda _client, _data, mid, _codes, _props: self._granted.append(mid)
        if line.ca:
            self._mqtt.tls_set_context(tls_context(line))
        else:
            self._mqtt.username_pw_set(line.user, line.password)
        try:
            self._mqtt.connect(line.host, line.port)
        except OSError as error:
            self.outcome = f"refused: {error}"
        self._mqtt.loop_start()

    def is_let_in(self) -> bool:
        """Waits for the broker's answer."""
        return wait_until(lambda: self.outcome, what="an answer of the broker") == "connected"

    def subscribe(self, topic: str) -> None:
        """Waits for the broker's answer, whatever it is."""
        _, mid = self._mqtt.subscribe(topic, qos=1)
        wait_until(lambda: mid in self._granted, what=f"SUBACK for {topic}")

    def publish(self, topic: str, payload: bytes) -> None:
        """Waits for the PUBACK, which a broker sends for what it drops too."""
        self._mqtt.publish(topic, payload, qos=1).wait_for_publish(10)

    def close(self) -> None:
        """Ends the connection and its thread."""
        self._mqtt.disconnect()
        self._mqtt.loop_stop()

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: object, _p: object) -> None:
        self.outcome = f"refused: {reason}" if getattr(reason, "is_failure", True) else "connected"

    def _on_disconnect(self, *_: object) -> None:
        self.outcome = "refused: closed by the broker"


class Clients:
    """Opens clients and closes them all at the end of a test."""

    def __init__(self, running: RunningBroker) -> None:
        """For one broker."""
        self._running, self._open = running, list[Client]()

    def open(self, node: str, *, name: str = "", line: link.Broker | None = None) -> Client:
        """A client with a node's credentials (or others), under its id (or another)."""
        client = Client(line or self._running.line_of(node), name or node)
        self._open.append(client)
        return client

    def close(self) -> None:
        """Closes them all."""
        for client in self._open:
            client.close()


def tls_context(line: link.Broker) -> ssl.SSLContext:
    """Trusts the line's CA; shows its certificate, if any."""
    context = ssl.create_default_context(cafile=str(line.ca))
    if line.certificate:
        context.load_cert_chain(str(line.certificate), str(line.key))
    return context


def admitted(folder: Path) -> tuple[Authority, dict[str, Path]]:
    """A new authority and three enrolled nodes under ``folder``."""
    authority = Authority.create(folder / "authority", time.time)
    roots = {}
    for role, district, names in NODES:
        root = folder / role
        bundle = authority.admit(papers.read_request(enrol.request(root, role, district, names)))
        enrol.enrol(root, papers.write(root / "bundle.json", bundle), {"broker": f"{HOST}:8883"})
        roots[bundle.node_id] = root
    for root in roots.values():
        if enrol.load_directory(root).version < authority.directory.version:
            enrol.update_directory(root, authority.directory_file)
    return authority, roots


def mosquitto_for(folder: Path, authority: Authority, roots: dict[str, Path]) -> RunningBroker:
    """A Mosquitto with mutual TLS for enrolled nodes; not started."""
    files = folder / "broker"
    certified = authority.certify_broker(brokers.signing_request(files), (HOST, "localhost"))
    brokers.install(files, certified, HOST, 0)
    return RunningBroker("mosquitto", brokers.MosquittoBroker(files), authority, roots, files)


def amqtt_for(folder: Path, authority: Authority, roots: dict[str, Path]) -> RunningBroker:
    """An amqtt that knows the enrolled nodes by password; not started."""
    files = folder / "broker"
    files.mkdir()
    process = brokers.AmqttBroker(files, {node: _password(node) for node in roots})
    return RunningBroker("amqtt", process, authority, roots, files)


def _password(node: str) -> str:
    return f"password-of-{node}"


def _running(kind: str, folder: Path) -> Iterator[RunningBroker]:
    make = mosquitto_for if kind == "mosquitto" else amqtt_for
    running = make(folder, *admitted(folder))
    running.address = running.process.start()
    yield running
    running.process.stop()


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.broker), "amqtt"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    """Each of the two brokers in turn, running."""
    yield from _running(request.param, tmp_path)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[RunningBroker]:
    """Mosquitto with mutual TLS, running. Mark its tests ``broker``."""
    yield from _running("mosquitto", tmp_path)


@pytest.fixture
def clients(request: pytest.FixtureRequest) -> Iterator[Clients]:
    """Clients of the test's broker (fixture ``broker`` or ``mosquitto``), closed at its end."""
    name = "broker" if "broker" in request.fixturenames else "mosquitto"
    opened = Clients(request.getfixturevalue(name))
    yield opened
    opened.close()
