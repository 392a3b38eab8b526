"""The threads of a process: each rests when there is nothing, and one that fails ends them all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from relay import processes, workers
from tests.relay.builders import PowerCut
from tests.stations import FakeClock


def test_every_step_runs_until_stop() -> None:
    stop, seen = threading.Event(), {"a": 0, "b": 0}

    def step(name: str) -> bool:
        seen[name] += 1
        if min(seen.values()) >= 3:
            stop.set()
        return True

    workers.run([lambda: step("a"), lambda: step("b")], stop)
    assert min(seen.values()) >= 3


def test_a_step_that_fails_ends_the_process_with_its_error() -> None:
    stop = threading.Event()

    def fail() -> bool:
        raise PowerCut

    with pytest.raises(PowerCut):
        workers.run([fail, lambda: False], stop)
    assert stop.is_set()


def test_a_step_with_nothing_to_do_rests_but_hears_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "REST_S", 3600.0)
    stop, calls = threading.Event(), list[int]()

    def idle() -> bool:
        calls.append(1)
        return False

    def finish() -> bool:
        stop.set()
        return False

    workers.run([idle, finish], stop)
    assert len(calls) <= 1


def test_a_process_that_is_stopped_before_it_began_does_nothing() -> None:
    stop = threading.Event()
    stop.set()

    def act() -> bool:
        raise PowerCut

    workers.run([act], stop)


def test_each_return_of_a_step_is_told() -> None:
    stop, told = threading.Event(), list[int]()

    def progress(worker: int) -> None:
        told.append(worker)
        if {0, 1} <= set(told):
            stop.set()

    workers.run([lambda: True, lambda: False], stop, progress)
    assert set(told) == {0, 1}


def test_a_process_is_steady_as_long_as_every_worker_comes_back() -> None:
    clock = FakeClock(0.0)
    pulse = workers.Pulse(2, clock)
    clock.now = 59
    assert pulse.is_steady()
    pulse.beat(0)
    clock.now = 60
    assert not pulse.is_steady()  # the other is stuck
    pulse.beat(1)
    assert pulse.is_steady()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.setblocking(False)
        yield channel


def _words(systemd: socket.socket) -> Iterator[bytes]:
    with suppress(BlockingIOError):
        while True:
            yield systemd.recv(100)


@pytest.mark.parametrize(("age_s", "said"), [(59, {b"READY=1", b"WATCHDOG=1"}), (60, {b"READY=1"})])
def test_systemd_hears_nothing_while_a_worker_is_stuck(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch, age_s: float, said: set[bytes]
) -> None:
    clock, stop, calls = FakeClock(0.0), threading.Event(), list[int]()
    pulse = workers.Pulse(3, clock)
    monkeypatch.setattr(processes, "TELL_EVERY_S", 0.0)
    monkeypatch.setattr(workers, "REST_S", 0.001)
    ask, clock.now = pulse.is_steady, age_s

    def asked() -> bool:
        calls.append(1)
        return ask()

    monkeypatch.setattr(pulse, "is_steady", asked)

    def stuck() -> bool:
        stop.wait()
        raise PowerCut

    def work() -> bool:
        if len(calls) > 5:
            stop.set()
        return False

    environ = {"NOTIFY_SOCKET": str(systemd.getsockname())}
    with pytest.raises(PowerCut):
        processes._run_watched([stuck, work], stop, pulse, environ)
    assert set(_words(systemd)) == said


def test_every_acts_at_once_and_then_once_a_period() -> None:
    clock, acts = FakeClock(0.0), list[float]()
    step = workers.every(60, lambda: acts.append(clock.now), clock)
    for at in (0, 1, 59, 60, 61, 300):
        clock.now = at
        assert step() is False
    assert acts == [0, 60, 300]
