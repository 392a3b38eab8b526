"""Each process of the relay, as it really runs: which secrets its memory holds, and what it says when it breaks."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

import pytest

from provisioning.demo.fleet import HOST, free_port
from provisioning.demo.world import listens
from tests.journeys.webhooks import web_of
from tests.relay.builders import FakeRelay, node_keys
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
CLONE = Path(__file__).parents[2]
START_S = 60.0
SECRETS = {name: f"canary-{name}-8e1d55a7" for name in ("app_secret", "verify_token", "graph_token")}
NOWHERE = "http://127.0.0.1:1"
TOLD = "canary-kumud-talab 98123 45678"
HOLDS = {"web": {"app_secret", "verify_token"}, "intake": {"graph_token"}, "link": {"graph_token"}}
"""What a process has as long as it runs, by DESIGN: its positive control."""
MAY_HOLD = {
    "web": {"intake key"},
    "intake": {"intake key", "epoch key", "pepper"},
    "link": {"signing key", "epoch key", "pepper"},
}
"""What is in its memory while it is used, and for a while after."""
BREAKS = {
    "the conversation": ("intake", "relay.intake.engine", "Intake.step"),
    "the fetcher": ("intake", "relay.evidence.fetcher", "Fetcher.step"),
    "the sender": ("intake", "relay.chat.sender", "ChatSender.step"),
    "housekeeping": ("intake", "relay.processes", "keep_house"),
    "the sender of answers": ("link", "relay.downlink.sending", "ReplySender.step"),
    "the line": ("link", "sync.link", "Link.run"),
    "the book": ("link", "relay.processes", "check_book"),
}


@pytest.fixture
def relay(tmp_path: Path, rng: Random) -> FakeRelay:
    return FakeRelay(tmp_path, rng, listen=f"{HOST}:{free_port()}", graph_url=NOWHERE, **SECRETS)


@contextmanager
def running(relay: FakeRelay, part: str, program: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """One process of the relay; ``program``: what Python does in it before."""
    start = f"{program}\nfrom provisioning.cli import main\nmain()"
    command = [sys.executable, "-c", start, "relay", part, "--root", str(relay.config.root)]
    with (relay.config.root.parent / "journal").open("wb") as journal:
        process = subprocess.Popen(command, cwd=CLONE, stdout=journal, stderr=journal)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def memory(pid: int) -> bytes:
    """Every byte that a process can write, and so may have put a secret into."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", 0) as mem:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            start, end = (int(part, 16) for part in place.split("-"))
            if rights.startswith("rw"):
                mem.seek(start)
                with suppress(OSError):  # given back since the map was read
                    found.append(mem.read(end - start))
    return b"".join(found)


def secrets_of(relay: FakeRelay) -> dict[str, bytes]:
    keys = {
        "signing key": node_keys()[relay.config.node_id].signing.raw,
        "intake key": relay.keys.newest().secret,
        "epoch key": relay.epochs.current(relay.now)[1],
        "pepper": relay.epochs.pepper(),
    }
    return {name: secret.encode() for name, secret in SECRETS.items()} | keys


def held(relay: FakeRelay, pid: int) -> set[str]:
    """The names of the secrets that are in a process's memory."""
    bytes_ = memory(pid)
    return {name for name, secret in secrets_of(relay).items() if secret in bytes_}


def has_its_own(relay: FakeRelay, part: str, pid: int) -> bool:
    """Whether it has begun: what it always holds is there."""
    return HOLDS[part] <= held(relay, pid)


@pytest.mark.root
def test_the_web_process_has_what_it_checks_with_and_nothing_else(relay: FakeRelay) -> None:
    with web_of(relay) as web:
        web.start()
        web.post([b"{}"] * 8)
        for worker in web.workers():
            wait_until(partial(has_its_own, relay, "web", worker), START_S, "its own secrets in its memory")
            assert held(relay, worker) - MAY_HOLD["web"] == HOLDS["web"]


@pytest.mark.root
@pytest.mark.parametrize("part", ["intake", "link"])
def test_what_faces_inwards_has_its_own_only(relay: FakeRelay, part: str) -> None:
    with running(relay, part) as process:
        wait_until(partial(has_its_own, relay, part, process.pid), START_S, "its own secrets in its memory")
        assert held(relay, process.pid) - MAY_HOLD[part] == HOLDS[part]


@pytest.mark.parametrize("what", BREAKS)
def test_whatever_breaks_the_journal_repeats_nothing_that_was_told(relay: FakeRelay, what: str) -> None:
    part, module, name = BREAKS[what]
    owner, _, method = name.rpartition(".")
    broken = f"import {module} as m\ndef fails(*_, **__):\n raise ValueError({TOLD!r})\n"
    broken += f"setattr(m{'.' + owner if owner else ''}, {method!r}, fails)"
    with running(relay, part, broken) as process:
        assert process.wait(START_S) != 0
    said = (relay.config.root.parent / "journal").read_text()
    assert "ValueError at " in said and " fails" in said
    assert "canary" not in said and "45678" not in said


def test_the_web_server_repeats_nothing_of_a_call_either(relay: FakeRelay) -> None:
    port, journal = relay.config.listen[1], relay.config.root.parent / "journal"
    app = f"tests.journeys.broken_web:serve({str(relay.config.root)!r})"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--no-control-socket", app]
    told = TOLD.replace(" ", "")
    with journal.open("wb") as log, subprocess.Popen(command, cwd=CLONE, stdout=log, stderr=log) as server:
        try:
            wait_until(lambda: listens(port), START_S, "gunicorn")
            calls = (f"POST /{told}?{told} HTTP/1.1", f"{told} / HTTP/1.1", f"GET / HTTP/{told}")
            for line in calls:
                call(port, f"{line}\r\nHost: {told}\r\nContent-Length: {len(told)}\r\n\r\n{told}".encode())
            wait_until(lambda: b"ValueError at" in journal.read_bytes(), START_S, "its word")
        finally:
            server.terminate()
    said = journal.read_text()
    assert " fails" in said and "canary" not in said and "45678" not in said


def call(port: int, request: bytes) -> None:
    with socket.create_connection((HOST, port), timeout=START_S) as connection:
        connection.sendall(request)
        while connection.recv(4096):
            pass


def test_a_process_that_is_aborted_leaves_no_core(relay: FakeRelay) -> None:
    here, limits = relay.config.root, "import resource; most = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
    limits += "resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
    before = set(here.iterdir())
    with running(
        relay, "link", f"{limits}import os, sys; sys.path[0] = os.getcwd(); os.chdir({str(here)!r})"
    ) as process:
        wait_until(lambda: "vault.db" in " ".join(open_files(process.pid)), START_S, "the link's vault")
        process.send_signal(signal.SIGABRT)
        assert process.wait(START_S) == -signal.SIGABRT
    assert not [path for path in set(here.iterdir()) - before if "core" in path.name]


def open_files(pid: int) -> list[str]:
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the list was read
            found.append(str(link.readlink()))
    return found
