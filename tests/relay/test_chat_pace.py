"""The pace of one person: 45 at once, then one in six seconds, over restarts and midnight; nobody else is held up."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from relay import chat, processes
from relay.chat import Lanes, Saying, pace
from relay.dialogue import Say
from relay.events import Sender
from relay.limits import Payload
from relay.whatsapp import SendError
from sync.clock import DAY_S
from sync.db import transaction
from tests.relay.builders import SENDER, FakeRelay, body_of

OTHER = Sender("IN.123", "")


def _queue(relay: FakeRelay, count: int, sender: Sender = SENDER, first: int = 0) -> None:
    with transaction(relay.conn):
        for number in range(first, first + count):
            chat.queue(relay.conn, relay.keys, Saying(sender, Say(f"{number:03}")), relay.rng)


def _got(relay: FakeRelay, sender: Sender = SENDER) -> list[str]:
    return [body_of(sent.payload) for sent in relay.whatsapp.sent if sent.to == sender]


def test_45_go_at_once_then_one_in_six_seconds(relay: FakeRelay) -> None:
    _queue(relay, 50)
    relay.run()
    assert len(_got(relay)) == 45
    for more in (46, 47):
        relay.told_time.now += pace.EACH_S
        relay.run()
        assert len(_got(relay)) == more
    assert _got(relay) == sorted(_got(relay))


def test_another_person_is_not_held_up(relay: FakeRelay) -> None:
    _queue(relay, 60)
    _queue(relay, 1, OTHER)
    relay.run()
    assert (len(_got(relay)), len(_got(relay, OTHER))) == (45, 1)


def test_a_restart_does_not_fill_the_bucket(relay: FakeRelay) -> None:
    _queue(relay, 60)
    relay.run()
    relay.start()
    relay.run()
    assert len(_got(relay)) == 45


def test_midnight_breaks_neither_order_nor_pace(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [SendError(131056, 400)]
    _queue(relay, 40)
    relay.run()
    relay.keys.renew(relay.now + DAY_S)
    _queue(relay, 20, first=40)
    relay.told_time.now += 1
    relay.run()
    assert _got(relay) == [f"{number:03}" for number in range(44)]  # one was refused


def test_too_many_to_one_person_waits_1_then_4_then_16_seconds(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [SendError(131056, 400)] * 3
    _queue(relay, 1)
    waits = []
    for _ in range(3):
        relay.run()
        due_at = float(str(relay.value("select due_at from chat_out")))
        waits.append(due_at - relay.now)
        relay.told_time.now = due_at
    relay.run()
    assert waits == [1, 4, 16] and _got(relay) == ["000"]


@given(st.lists(st.floats(0, 30), max_size=80))
def test_no_pace_ever_sends_more_than_the_bucket_holds(gaps: list[float]) -> None:
    now, times, buckets = 0.0, list[float](), pace.Buckets()
    for gap in gaps:
        now += gap
        now += buckets.wait_s(b"x", now, lambda: 0)
        buckets.spend(b"x", now)
        times.append(now)
    for start in range(len(times)):
        for end in range(start, len(times)):
            allowed = pace.BURST + (times[end] - times[start]) / pace.EACH_S
            assert end - start + 1 <= allowed + 1e-6


def test_full_buckets_are_forgotten_when_there_are_many() -> None:
    buckets = pace.Buckets()
    for number in range(pace.MANY_BUCKETS):
        buckets.spend(str(number).encode(), 0.0)
    buckets.spend(b"busy", 1000.0)
    assert list(buckets._buckets) == [b"busy"]


def test_one_slow_answer_of_whatsapp_holds_up_nobody_else(relay: FakeRelay) -> None:
    _queue(relay, 2)
    _queue(relay, 3, OTHER)
    lanes = Lanes()
    slow, quick = (processes.chat_sender(relay, lanes) for _ in range(2))
    asked, go_on, send = threading.Event(), threading.Event(), relay.whatsapp.send

    def at_times_slow(to: Sender, payload: Payload, opaque: str) -> None:
        if to == SENDER and not asked.is_set():
            asked.set()
            assert go_on.wait(10)
        send(to, payload, opaque)

    relay.whatsapp.send = at_times_slow  # type: ignore[method-assign]  # an answer that takes its time
    thread = threading.Thread(target=slow.step)
    thread.start()
    assert asked.wait(10)
    while quick.step():
        pass
    assert _got(relay) == [] and len(_got(relay, OTHER)) == 3
    go_on.set()
    thread.join(10)
    while quick.step():
        pass
    assert _got(relay) == ["000", "001"]
