"""The broker's files, and its process where the demo or a test runs one.

Production is Mosquitto with mutual TLS. Where it is not installed, the demo runs amqtt with names and passwords; both
promise best effort only, which is all that the product asks of them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from provisioning import storing
from provisioning.authority import BrokerPapers, certificates
from sync.errors import ConfigError, Unavailable

START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 10.0
_PORT_TRIES = 5
_PAUSE_S = 0.02
_SETTLE_S = 0.1
_OUR_PACKAGES = Path(__file__).parent.parent

MOSQUITTO = """\
# The broker carries sealed envelopes on satark/1/<to>/<from> and promises nothing: what it loses is sent again.
# true has lost queued messages across listeners
per_listener_settings false
listener {port} {host}
tls_version tlsv1.3
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
# A stolen box is on this list. After a revocation RESTART: a reload (SIGHUP) leaves its open connection alone
crlfile {folder}/crl.pem
require_certificate true
# The certificate's common name is the user, and the user is the session: no node can take another's
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
allow_zero_length_clientid false
# Made from the signed directory: each node reads satark/1/<itself>/+ and writes satark/1/+/<itself>
acl_file {folder}/acl
# A comfort after a restart, never the guarantee: nodes keep everything until the receiver's own acknowledgement
persistence true
autosave_interval 60
persistent_client_expiration 90d
# The default silently drops after 1000
max_queued_messages 2000
max_queued_bytes 67108864
max_inflight_messages 100
# Frames are 120 KiB at most
max_packet_size 131072
max_keepalive 300
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
log_type notice
"""
PRODUCTION_FOLDER, PRODUCTION_DATA = Path("/etc/satark/mosquitto"), Path("/var/lib/mosquitto")
PRODUCTION_PORT = 8883
_EVERY_ADDRESS = ""  # without an address Mosquitto listens on all, IPv4 and IPv6


class Broker(Protocol):
    """A broker process of ours."""

    def start(self) -> tuple[str, int]:
        """Starts it and waits until it listens; gives its address. The port stays the same over restarts."""

    def stop(self) -> None:
        """Ends it in good order; it keeps what it persists."""

    def kill(self) -> None:
        """Ends it as a power cut would (SIGKILL)."""


def mosquitto_conf(folder: Path, host: str, port: int, *, as_root: bool = False) -> str:
    """The configuration of a Mosquitto whose files lie in ``folder``.

    ``as_root``: it keeps root, where only root may read the folder.
    """
    conf = "# Written by satark authority broker; made anew each time.\n" + _filled(
        folder.absolute(), folder.absolute() / "data", host, port
    )
    return conf + ("user root\n" if as_root else "")


def production_conf() -> str:
    """systemd/mosquitto/mosquitto.conf: what the tests run, with the folders that the drop-in unit knows."""
    head = "# Made by `satark authority broker-conf`: change the template in provisioning/broker.py, not this file.\n"
    return head + _filled(PRODUCTION_FOLDER, PRODUCTION_DATA, _EVERY_ADDRESS, PRODUCTION_PORT)


def _filled(folder: Path, data: Path, host: str, port: int) -> str:
    filled = MOSQUITTO.format(folder=folder, host=host, port=port)
    lines = [line.rstrip() for line in filled.splitlines()]
    return "\n".join([*lines, f"persistence_location {data}/", ""])


def signing_request(folder: Path) -> str:
    """Makes the broker's private key in ``folder`` where there is none; gives the request for its certificate, PEM."""
    key = storing.keep_or_make(folder / "server.key", certificates.new_key)
    return certificates.signing_request(key, "broker")


def install(folder: Path, papers: BrokerPapers, host: str, port: int, *, as_root: bool = False) -> Path:
    """Writes all that a Mosquitto needs beside its key; gives the path of its configuration."""
    storing.write(folder / "ca.pem", papers.ca.encode())
    storing.write(folder / "server.pem", papers.certificate.encode())
    refresh(folder, papers.revocations, papers.access_list)
    (folder / "data").mkdir(mode=storing.FOLDER, exist_ok=True)
    return storing.write(
        folder / "mosquitto.conf", mosquitto_conf(folder, host, port, as_root=as_root).encode()
    )


def refresh(folder: Path, revocations: str, access_list: str) -> None:
    """Writes who may come in. A running broker must be restarted: a reload leaves open connections alone."""
    storing.write(folder / "crl.pem", revocations.encode())
    # Mosquitto warns of, and newer ones refuse, an access list that others may read.
    storing.write(folder / "acl", access_list.encode(), private=True)


class MosquittoBroker:
    """A Mosquitto over a folder that ``install`` has filled. Port 0 takes a free one at the first start."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        """Nothing is started yet."""
        self._folder = folder
        self._process = _BrokerProcess(host, port, folder / "broker.log", self._command)

    def start(self) -> tuple[str, int]:
        """As ``Broker.start``; raises ConfigError without Mosquitto, Unavailable when it does not come up."""
        return self._process.start()

    def stop(self) -> None:
        """As ``Broker.stop``."""
        self._process.stop()

    def kill(self) -> None:
        """As ``Broker.kill``."""
        self._process.kill()

    def _command(self, host: str, port: int) -> Sequence[str]:
        conf = mosquitto_conf(self._folder, host, port, as_root=os.geteuid() == 0)
        path = storing.write(self._folder.absolute() / "mosquitto.conf", conf.encode())
        return [find_mosquitto(), "-c", str(path)]


class AmqttBroker:
    """An amqtt in a child process: users by name and password, the same access rules, no TLS."""

    def __init__(
        self, folder: Path, passwords: Mapping[str, str], host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """``passwords`` by node id. Nothing is started yet."""
        self._folder, self._passwords = folder, dict(passwords)
        self._process = _BrokerProcess(host, port, folder / "broker.log", self._command)

    def start(self) -> tuple[str, int]:
        """As ``Broker.start``; raises Unavailable when it does not come up."""
        return self._process.start()

    def stop(self) -> None:
        """As ``Broker.stop``; amqtt persists nothing."""
        self._process.stop()

    def kill(self) -> None:
        """As ``Broker.kill``."""
        self._process.kill()

    def forget(self, node: str) -> None:
        """Takes a revoked node's password away, from the next start on."""
        del self._passwords[node]

    def _command(self, host: str, port: int) -> Sequence[str]:
        conf = {"host": host, "port": port, "passwords": self._passwords}
        path = storing.write(self._folder.absolute() / "amqtt.json", json.dumps(conf).encode(), private=True)
        return [sys.executable, "-m", "provisioning.amqtt_child", str(path)]


def find_mosquitto() -> str:
    """Where Mosquitto is; raises ConfigError. Debian keeps it off a plain user's PATH."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ConfigError(
            "Mosquitto is not installed", hint="sudo apt-get install mosquitto, or use --broker amqtt"
        )
    return found


class _BrokerProcess:
    """One process that listens on one address."""

    def __init__(self, host: str, port: int, log: Path, command: Callable[[str, int], Sequence[str]]) -> None:
        self._host, self._port, self._log, self._command = host, port, log, command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> tuple[str, int]:
        if self._port:
            self._spawn(self._port)
        else:
            self._port = self._spawn_on_a_free_port()
        return self._host, self._port

    def _spawn_on_a_free_port(self) -> int:
        for _ in range(_PORT_TRIES - 1):
            port = _free_port(self._host)
            try:
                self._spawn(port)
                return port
            except Unavailable:
                # Somebody else may have taken the port between our look and the broker's.
                continue
        port = _free_port(self._host)
        self._spawn(port)
        return port

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _spawn(self, port: int) -> None:
        command = self._command(self._host, port)
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=_OUR_PACKAGES
            )
        self._process = process
        try:
            _wait_until_listening(process, (self._host, port), self._log)
        except Unavailable:
            self.kill()
            raise


def _wait_until_listening(process: subprocess.Popen[bytes], address: tuple[str, int], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(_PAUSE_S)
            continue
        if _stays(process):
            return
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Unavailable(
        f"the broker does not listen on {address[0]}:{address[1]}: {lines[-1] if lines else 'no word'}"
    )


def _stays(process: subprocess.Popen[bytes]) -> bool:
    """Mosquitto listens before it has read its certificates, and ends where they are none."""
    try:
        process.wait(_SETTLE_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
