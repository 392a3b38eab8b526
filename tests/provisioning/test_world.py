"""Building the demo's world: a broker that is none is told at once, and a failure leaves nothing in memory."""

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from provisioning.demo import world
from provisioning.demo.fleet import Fleet, free_port
from sync.errors import ConfigError, Unavailable


@pytest.mark.parametrize("broker", ["", "mosquito", ":1883", "h:", "h:0", "h:65536", "h:x", "h:-1", "h:²"])
def test_a_broker_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, broker: str) -> None:
    with pytest.raises(ConfigError, match="wanted: mosquitto, amqtt or HOST:PORT"):
        world.build(tmp_path / "state", broker)
    assert not (tmp_path / "state").exists()


def test_a_broker_that_does_not_answer_is_named(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(Unavailable, match=f"no broker answers at {address}"):
        world.build(tmp_path / "state", address)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("stops", [Unavailable("no"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: BaseException
) -> None:
    runtime_dir = tmp_path / "memory"

    def made() -> Path:
        runtime_dir.mkdir()
        return runtime_dir

    def enrols(*_: object) -> None:
        assert runtime_dir.is_dir()
        raise stops

    monkeypatch.setattr(world, "_runtime_dir", made)
    monkeypatch.setattr(world, "enrol_all", enrols)
    with socket.create_server(("127.0.0.1", 0)) as broker, pytest.raises(type(stops)):
        world.build(tmp_path / "state", f"127.0.0.1:{broker.getsockname()[1]}")
    assert not runtime_dir.exists()


def ended(*_: object) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process


def test_a_process_that_ended_is_told_at_once_with_its_last_word(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "relay-web.log").write_text("starts\nno such key\n")
    fleet = cast(Fleet, SimpleNamespace(state=tmp_path, ports={"relay": free_port()}))
    demo = world.World(fleet, tmp_path, "", {}, None, processes={"relay-web": ended()})
    with pytest.raises(Unavailable, match="relay-web has ended: no such key"):
        demo.wait_until_serving(["relay"])


def test_a_simulator_that_ended_is_told_at_once_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = SimpleNamespace(state=tmp_path, broker=lambda: None)
    monkeypatch.setattr(world, "enrol_all", lambda *_: fleet)
    monkeypatch.setattr(world, "_people", lambda *_: {})
    monkeypatch.setattr(world, "_simulator", ended)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "simulator.log").write_text("its port is taken\n")
    with pytest.raises(Unavailable, match="simulator has ended: its port is taken"):
        world.build(tmp_path, "mosquitto")
