"""Word to systemd."""

import socket
from pathlib import Path

from sync import watchdog


def test_outside_systemd_nothing_is_sent() -> None:
    assert not watchdog.notify("READY=1", {})


def test_the_state_reaches_the_socket_that_is_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "s"))
        assert watchdog.notify("WATCHDOG=1", {"NOTIFY_SOCKET": str(tmp_path / "s")})
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_an_abstract_socket_is_reached_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0satark-test-watchdog")
        assert watchdog.notify("READY=1", {"NOTIFY_SOCKET": "@satark-test-watchdog"})
        assert systemd.recv(100) == b"READY=1"
