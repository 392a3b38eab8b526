"""The threads of a process: each rests when there is nothing, and one that fails ends them all."""

import threading

import pytest

from relay import workers
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


def test_every_acts_at_once_and_then_once_a_period() -> None:
    clock, acts = FakeClock(0.0), list[float]()
    step = workers.every(60, lambda: acts.append(clock.now), clock)
    for at in (0, 1, 59, 60, 61, 300):
        clock.now = at
        assert step() is False
    assert acts == [0, 60, 300]
