"""The line over real brokers: nothing is acknowledged before it is durable, nothing is lost when the broker dies."""

import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import paho.mqtt.client as mqtt
import pytest

from sync import db, link, outbox, topics
from sync.directory import DISTRICT, RELAY
from sync.errors import Unavailable
from sync.link import Arrival, Broker, Departure, Link
from sync.outbox import Parcel, Retry
from tests.brokers import RunningBroker
from tests.stations import Station, World, a_report
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


class PlainDesk:
    """Sends what it was given, keeps what came; fails as often as it is told to."""

    def __init__(self, to_send: Sequence[Departure] = (), failures: int = 0) -> None:
        self.to_send, self.failures = list(to_send), failures
        self.came: list[bytes] = []
        self.topics: set[str] = set()
        self.connections = 0

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        if self.failures:
            self.failures -= 1
            raise sqlite3.OperationalError("disk full")
        self.came += [arrival.frame for arrival in arrivals]
        self.topics |= {arrival.topic for arrival in arrivals}

    def outgoing(self, room: int) -> Sequence[Departure]:
        now, self.to_send = self.to_send[:room], self.to_send[room:]
        return now

    def connected(self) -> None:
        self.connections += 1


class Running:
    """A link in a thread of its own, and what it ended with."""

    def __init__(self, node: str, broker: Broker, desk: link.Desk) -> None:
        self.link = Link(node, broker, desk, time.monotonic)
        self.stop, self.ended = threading.Event(), queue.Queue[BaseException | None]()
        self.thread = threading.Thread(target=self._run, name=f"link of {node}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.link.run(self.stop)
            self.ended.put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.ended.put(error)

    def outcome(self, timeout_s: float = 15.0) -> BaseException | None:
        """Waits for its end; None when it was stopped."""
        return self.ended.get(timeout=timeout_s)

    def is_up(self) -> bool:
        return self.link.is_up.is_set()


Starter = Callable[[str, Broker, link.Desk], Running]


@pytest.fixture
def start() -> Iterator[Starter]:
    """Starts links and stops them at the end."""
    started: list[Running] = []

    def begin(node: str, broker: Broker, desk: link.Desk) -> Running:
        started.append(Running(node, broker, desk))
        return started[-1]

    yield begin
    for one in started:
        one.stop.set()
    for one in started:
        one.thread.join(15)
        assert not one.thread.is_alive()


def numbered(recipient: str, count: int, size_bytes: int = 4096) -> list[Departure]:
    return [
        Departure(recipient, number.to_bytes(4, "big").ljust(size_bytes, b"x")) for number in range(count)
    ]


def frames(departures: Sequence[Departure]) -> list[bytes]:
    return [departure.frame for departure in departures]


def test_200_frames_go_each_way(broker: RunningBroker, start: Starter) -> None:
    relay, box, _ = broker.nodes
    to_box, to_relay = numbered(box, 200), numbered(relay, 200, 8192)
    at_relay, at_box = PlainDesk(), PlainDesk()
    links = [start(relay, broker.line_of(relay), at_relay), start(box, broker.line_of(box), at_box)]
    wait_until(lambda: all(one.is_up() for one in links) and at_relay.connections and at_box.connections, 15)
    at_relay.to_send, at_box.to_send = to_box, to_relay
    wait_until(lambda: len(set(at_box.came)) == len(set(at_relay.came)) == 200, 30, "all frames")
    assert sorted(set(at_box.came)) == frames(to_box)
    assert sorted(set(at_relay.came)) == frames(to_relay)
    assert at_box.topics == {topics.topic(box, relay)}
    assert at_relay.topics == {topics.topic(relay, box)}


@pytest.fixture
def stations(broker: RunningBroker, tmp_path: Path, rng: random.Random) -> Iterator[tuple[Station, Station]]:
    """A relay and a box with real time, quick timers and the ids that the broker knows."""
    roles = {broker.nodes[0]: RELAY, broker.nodes[1]: DISTRICT}
    world = World(tmp_path / "stations", rng, roles, time.time, Retry(0.3, 1.0))
    world.greet_every_s = 0.5
    both = (Station(world, broker.nodes[0]), Station(world, broker.nodes[1]))
    yield both
    for station in both:
        station.conn.close()


def put_messages(relay: Station, box: Station, first: int, count: int) -> None:
    """Reports for the box and replies for the relay, through connections beside those of the links."""
    with db.transaction(relay.open()) as conn:
        for number in range(first, first + count):
            name = f"{number:032x}"
            envelope = a_report(relay.node, relay.keys.signing, box.node, box.keys, name)
            parcel = Parcel(name, box.node, "report", 0, envelope.to_bytes(), relay.now, envelope.hash)
            outbox.put(conn, parcel)
    with db.transaction(box.open()) as conn:
        for number in range(first, first + count):
            outbox.put(conn, box.a_reply(relay, f"{number + 10_000:032x}"))


def test_a_broker_killed_in_the_middle_loses_and_doubles_nothing(
    broker: RunningBroker, stations: tuple[Station, Station], start: Starter
) -> None:
    relay, box = stations
    count = 40
    put_messages(relay, box, 0, count)
    links = [start(one.node, broker.line_of(one.node), one.exchange) for one in stations]
    watch = box.open()
    wait_until(lambda: watch.execute("select count(*) from stored").fetchone()[0] >= 5, 20, "some reports")
    broker.process.kill()
    put_messages(relay, box, count, count)
    wait_until(lambda: not any(one.is_up() for one in links), 15, "links that noticed")
    broker.process.start()
    done = [station.open() for station in stations]
    wait_until(lambda: all(outbox.waiting(conn)[0] == 0 for conn in done), 40, "empty outboxes")
    for one in links:
        one.stop.set()
        assert one.outcome() is None
    assert box.stored() == {f"{number:032x}": 1 for number in range(2 * count)}
    assert relay.stored() == {f"{number + 10_000:032x}": 1 for number in range(2 * count)}


@pytest.mark.broker
def test_what_the_desk_could_not_keep_comes_again_to_the_next_link(
    mosquitto: RunningBroker, start: Starter
) -> None:
    # amqtt gives nothing again; over it only our own timer does, as the test above shows.
    broker = mosquitto
    relay, box, _ = broker.nodes
    full = PlainDesk(failures=1)
    first = start(box, broker.line_of(box), full)
    wait_until(lambda: full.connections, 15)
    start(relay, broker.line_of(relay), PlainDesk(numbered(box, 30)))
    assert isinstance(first.outcome(), sqlite3.OperationalError)
    assert full.came == []
    second = PlainDesk()
    start(box, broker.line_of(box), second)
    wait_until(lambda: len(set(second.came)) == 30, 20, "all frames again")


def test_what_was_kept_does_not_come_again(broker: RunningBroker, start: Starter) -> None:
    relay, box, _ = broker.nodes
    desk, sender = PlainDesk(), PlainDesk()
    first = start(box, broker.line_of(box), desk)
    wait_until(lambda: desk.connections, 15)
    start(relay, broker.line_of(relay), sender)
    sender.to_send = numbered(box, 30)
    wait_until(lambda: len(desk.came) == 30, 20)
    first.stop.set()
    assert first.outcome() is None
    second = PlainDesk()
    start(box, broker.line_of(box), second)
    wait_until(lambda: second.connections, 15)
    for _ in range(
        4
    ):  # a broker does its best, and the exchange sends again what it loses: amqtt may, just now
        sender.to_send = [Departure(box, b"the last")]
        with suppress(AssertionError):
            wait_until(lambda: second.came, 8)
            break
    assert set(second.came) == {b"the last"}


class CuttingDesk(PlainDesk):
    """Has something to send at the very moment at which the broker dies."""

    def __init__(self, recipient: str, cut: Callable[[], None]) -> None:
        super().__init__()
        self._recipient, self._cut, self._is_cut = recipient, cut, False

    def outgoing(self, room: int) -> Sequence[Departure]:
        if self._is_cut:
            return super().outgoing(room)
        self._is_cut = True
        self._cut()
        return [Departure(self._recipient, b"in between")]


def test_a_frame_published_into_a_dead_connection_does_not_end_the_line(
    broker: RunningBroker, start: Starter
) -> None:
    relay, box, _ = broker.nodes
    at_box = PlainDesk()
    start(box, broker.line_of(box), at_box)
    wait_until(lambda: at_box.connections, 15)
    running: list[Running] = []

    def cut() -> None:
        wait_until(lambda: running, 5)
        broker.process.kill()
        wait_until(lambda: not running[0].is_up(), 10, "a link that noticed")

    desk = CuttingDesk(box, cut)
    running.append(start(relay, broker.line_of(relay), desk))
    wait_until(lambda: desk.connections and not running[0].is_up(), 15)
    broker.process.start()
    wait_until(lambda: running[0].is_up() and at_box.connections == 2, 20, "both links up again")
    desk.to_send = [Departure(box, b"afterwards")]
    wait_until(lambda: b"afterwards" in at_box.came, 20, "the next frame")
    assert running[0].ended.empty()


class FloodedDesk(PlainDesk):
    """Keeps its link waiting until the test lets go, then fails."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        self.let_go.wait(30)
        raise sqlite3.OperationalError("disk full")


def test_a_link_whose_queue_is_full_can_still_end(
    broker: RunningBroker, start: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, box, _ = broker.nodes
    monkeypatch.setattr(link, "QUEUE_ROWS", 3)
    monkeypatch.setattr(link, "GROUP_ROWS", 3)
    desk = FloodedDesk()
    flooded = start(box, broker.line_of(box), desk)
    wait_until(lambda: desk.connections, 15)
    start(relay, broker.line_of(relay), PlainDesk(numbered(box, 150, 100)))
    wait_until(flooded.link._queue.full, 15, "a full queue")
    desk.let_go.set()
    assert isinstance(flooded.outcome(), sqlite3.OperationalError)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_paho_thread_ends_the_line(broker: RunningBroker, start: Starter) -> None:
    relay, box, _ = broker.nodes
    desk = PlainDesk()
    running = start(box, broker.line_of(box), desk)
    wait_until(lambda: desk.connections, 15)

    def fail(*_: object) -> None:
        raise RuntimeError("a bug in a callback")

    running.link._client.on_message = fail
    start(relay, broker.line_of(relay), PlainDesk([Departure(box, b"x")]))
    error = running.outcome()
    assert isinstance(error, Unavailable)
    assert "the MQTT thread has died" in str(error)


NOBODY = Broker("127.0.0.1", 1, user="n1", password="none")


def test_a_round_that_takes_too_long_ends_the_line() -> None:
    times = chain([0.0, 1.0, 2.0], repeat(2.0 + link.STALL_S + 1))
    stalled = Link("n1", NOBODY, PlainDesk(), lambda: next(times), poll_s=0.001)
    with pytest.raises(Unavailable, match="one round of the line took 91 s"):
        stalled.run(threading.Event())


def test_without_a_broker_the_line_waits_and_tells_of_its_progress() -> None:
    stop, rounds = threading.Event(), list[int]()

    def progress() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()

    desk = PlainDesk(numbered("n2", 1))
    Link("n1", NOBODY, desk, time.monotonic, poll_s=0.001, progress=progress).run(stop)
    assert len(rounds) == 3
    assert len(desk.to_send) == 1
    assert desk.connections == 0


class UntouchableDesk:
    """Fails the test when a callback reaches through to it."""

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        raise AssertionError("accept")

    def outgoing(self, room: int) -> Sequence[Departure]:
        raise AssertionError("outgoing")

    def connected(self) -> None:
        raise AssertionError("connected")


def test_callbacks_only_queue_and_flag() -> None:
    one = Link("n1", NOBODY, UntouchableDesk(), time.monotonic)
    subscribed: list[tuple[str, int]] = []
    client = SimpleNamespace(subscribe=lambda name, qos: subscribed.append((name, qos)))
    one._on_connect(client, None, None, SimpleNamespace(is_failure=False), None)  # type: ignore[arg-type]  # all that the callback uses
    assert subscribed == [(topics.inbox("n1"), 1)]
    assert one.is_up.is_set()
    assert one._queue.get_nowait() is None
    message = mqtt.MQTTMessage(7, b"satark/1/n1/n2")
    assert one._client.on_message is not None
    one._client.on_message(one._client, None, message)
    assert one._queue.get_nowait() is message


def test_a_broker_that_lets_us_not_in_is_no_line() -> None:
    one = Link("n1", NOBODY, UntouchableDesk(), time.monotonic)
    one._on_connect(one._client, None, None, SimpleNamespace(is_failure=True), None)
    assert not one.is_up.is_set()
    assert one._queue.empty()
