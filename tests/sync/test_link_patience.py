"""A desk whose disk is full: the line keeps the group, asks again, acknowledges nothing meanwhile, and shows life."""

import threading
from collections.abc import Sequence

import paho.mqtt.client as mqtt
import pytest

from sync import link
from sync.errors import Unavailable
from sync.link import Arrival, Broker, Departure, Link

NOBODY = Broker("127.0.0.1", 1, user="n1", password="none")


class Waits(threading.Event):
    """Nobody really waits; the time that would have passed is told to the link."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        return self.is_set()

    def now(self) -> float:
        return sum(self.waited)


class FullDesk:
    """Cannot keep anything the first ``failures`` times; stops the line when it could, or after ``stop_at`` tries."""

    def __init__(self, stop: threading.Event, failures: int, stop_at: int = 10**6) -> None:
        self.stop, self.failures, self.stop_at = stop, failures, stop_at
        self.groups: list[list[bytes]] = []
        self.kept: list[bytes] = []

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        self.groups.append([arrival.frame for arrival in arrivals])
        if len(self.groups) >= self.stop_at:
            self.stop.set()
        if len(self.groups) <= self.failures:
            raise Unavailable("the disk is full")
        self.kept += self.groups[-1]
        self.stop.set()

    def outgoing(self, room: int) -> Sequence[Departure]:
        return []

    def connected(self) -> None:
        """Nobody connects here."""


class Scene:
    """A link with three frames in its queue, and what it acknowledged to the broker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failures: int, stop_at: int = 10**6) -> None:
        self.stop, self.acknowledged, self.lives = Waits(), list[int](), list[float]()
        self.desk = FullDesk(self.stop, failures, stop_at)
        self.link = Link(
            *("n1", NOBODY, self.desk, self.stop.now),
            poll_s=0.001,
            progress=lambda: self.lives.append(self.stop.now()),
        )
        monkeypatch.setattr(self.link._client, "ack", lambda mid, qos: self.acknowledged.append(mid))
        for number in range(3):
            message = mqtt.MQTTMessage(number, b"satark/1/n1/n2")
            message.payload = bytes([number])
            self.link._keep(message)


@pytest.mark.slow
def test_a_group_that_could_not_be_kept_is_tried_again_and_acknowledged_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, failures=7)
    scene.link.run(scene.stop)
    assert scene.desk.groups == [[b"\0", b"\1", b"\2"]] * 8
    assert scene.desk.kept == [b"\0", b"\1", b"\2"]
    assert scene.acknowledged == [0, 1, 2]
    assert scene.stop.waited == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.slow
def test_the_watchdog_hears_of_a_line_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, failures=12)
    scene.link.run(scene.stop)
    gaps = [after - before for before, after in zip(scene.lives, scene.lives[1:], strict=False)]
    assert sum(scene.stop.waited) > 200
    assert max(gaps) <= link.PAUSE_MAX_S


@pytest.mark.slow
def test_after_ten_minutes_without_progress_the_line_ends_and_has_acknowledged_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, failures=10**6)
    with pytest.raises(Unavailable, match="the disk is full"):
        scene.link.run(scene.stop)
    assert link.PATIENCE_S < scene.stop.now() < link.PATIENCE_S + 2 * link.PAUSE_MAX_S
    assert scene.acknowledged == []


@pytest.mark.slow
def test_a_line_that_waits_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, failures=10**6, stop_at=3)
    scene.link.run(scene.stop)
    assert len(scene.desk.groups) == 3
    assert scene.acknowledged == []
