"""Answers at once, at any hour, for who chose so; and that neither the relay's disk nor any box tells who did."""

import random

import pytest

from relay import stops
from relay.downlink import AT_ONCE_S, Pace
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, MINUTE_S
from sync.db import transaction
from tests.relay.builders import SENDER, FakeRelay
from tests.relay.desk import HANDLE, KEY, Desk

NIGHT = 1_800_000_000 // DAY_S * DAY_S - IST_OFFSET_S + 23 * HOUR_S
NOON = NIGHT - 11 * HOUR_S


@pytest.fixture
def desk(relay: FakeRelay) -> Desk:
    return Desk(relay)


def _keep(desk: Desk, at_once: bool = True) -> None:
    desk.relay.vault().keep(HANDLE, KEY, SENDER, "hi", desk.relay.now, at_once=at_once)


def _wait(desk: Desk, seconds: float, every_s: float = MINUTE_S) -> None:
    end = desk.relay.now + seconds
    while desk.relay.now < end:
        desk.relay.told_time.now = min(end, desk.relay.now + every_s)
        desk.run()


@pytest.mark.parametrize("hour", [NIGHT, NOON])
def test_it_comes_within_ten_minutes_at_any_hour(desk: Desk, hour: float) -> None:
    desk.relay.told_time.now = hour
    _keep(desk)
    desk.order()
    _wait(desk, AT_ONCE_S + MINUTE_S)
    assert len(desk.got) == 1 and desk.states() == ["sent"]


def test_the_moment_is_drawn_by_chance(relay: FakeRelay) -> None:
    waits = []
    for seed in range(12):
        relay.rng = random.Random(seed)
        desk = Desk(relay)
        handle = f"{seed:032x}"
        relay.vault().keep(handle, KEY, SENDER, "hi", relay.now, at_once=True)
        desk.order(handle)
        desk.run()
        began, sent = relay.now, len(relay.whatsapp.sent)
        while len(relay.whatsapp.sent) == sent:
            _wait(desk, MINUTE_S)
        waits.append(relay.now - began)
    assert max(waits) <= AT_ONCE_S + MINUTE_S and len(set(waits)) > 5


def test_who_did_not_choose_it_waits_for_the_day(desk: Desk) -> None:
    desk.relay.told_time.now = NIGHT
    _keep(desk, at_once=False)
    desk.order()
    _wait(desk, 8 * HOUR_S, HOUR_S)
    assert desk.got == [] and desk.states() == ["waiting"]


def test_one_a_day_holds_and_tomorrow_begins_at_midnight(desk: Desk) -> None:
    desk.relay.told_time.now = NIGHT
    _keep(desk)
    desk.order(number=1)
    _wait(desk, 12 * MINUTE_S)
    desk.order(number=2)
    _wait(desk, 40 * MINUTE_S)
    assert len(desk.got) == 1
    _wait(desk, 20 * MINUTE_S)
    assert len(desk.got) == 2


def test_after_a_restart_it_goes_at_once_when_its_command_comes_again(desk: Desk) -> None:
    desk.relay.told_time.now = NIGHT
    _keep(desk)
    desk.order()
    desk.run()
    desk.restart()
    _wait(desk, HOUR_S)
    assert desk.got == []
    desk.order()
    _wait(desk, AT_ONCE_S + MINUTE_S)
    assert len(desk.got) == 1


def test_who_said_stop_gets_nothing_at_once_either(desk: Desk) -> None:
    _keep(desk)
    desk.order()
    with transaction(desk.relay.conn):
        stops.stop(desk.relay.conn, desk.relay.epochs, SENDER, desk.relay.now)
    _wait(desk, AT_ONCE_S + MINUTE_S)
    assert desk.got == [] and desk.states() == ["expired"]


def _told(desk: Desk, at_once: bool, began: float, orders: tuple[float, ...]) -> dict[str, float]:
    """When the box hears of each of its answers, ordered so many seconds after ``began``; a batch goes each minute."""
    relay = desk.relay
    relay.told_time.now = began
    for table in ("reply", "offer", "outbox"):
        relay.conn.execute(f"delete from {table}")
    relay.vault().forget(HANDLE)
    _keep(desk, at_once)
    told: dict[str, float] = {}
    for number, after_s in enumerate(orders, 1):
        _wait(desk, began + after_s - relay.now)
        desk.order(number=number)
        desk.run()
    while relay.now < began + 2 * DAY_S and len(told) < len(orders):
        _wait(desk, 5 * MINUTE_S)
        for _, message in desk.settled():
            told.update({item: relay.now for item in message.items if item not in told})
    assert len(told) == len(orders)
    return told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("began", "orders", "tolerance_s"),
    [
        (NOON, (0,), 15 * MINUTE_S),
        (NIGHT, (0,), 15 * MINUTE_S),
        (NOON, (0, 60), 15 * MINUTE_S),  # the second takes the first one's place, unless that went at once
        (NIGHT, (0, 1800), HOUR_S),  # as far as chance goes
        (NOON, (0, 2 * HOUR_S), 3 * HOUR_S),  # the second of the day, tomorrow in the morning
    ],
    ids=["by day", "by night", "replaced", "replaced by night", "second"],
)
def test_the_box_hears_that_it_is_over_when_it_would_hear_of_anybodys(
    relay: FakeRelay, began: float, orders: tuple[float, ...], tolerance_s: float
) -> None:
    pace = Pace(300, 3600, (21, 8), MINUTE_S, one_a_day=True)
    found = []
    for at_once in (False, True):
        relay.rng = random.Random(7)
        found.append(_told(Desk(relay, pace), at_once, began, orders))
    for item, at in found[0].items():
        assert abs(at - found[1][item]) <= tolerance_s, item


@pytest.mark.parametrize("restarts", [False, True])
def test_on_disk_what_waits_and_what_is_over_looks_like_anybodys(relay: FakeRelay, restarts: bool) -> None:
    rows = []
    for at_once in (False, True):
        relay.conn.execute("delete from reply")
        relay.conn.execute("delete from offer")
        relay.vault().forget(HANDLE)
        relay.told_time.now, relay.rng = NOON, random.Random(7)
        desk = Desk(relay)
        _keep(desk, at_once)
        desk.order()
        desk.run()
        if restarts:
            desk.restart()
        waiting = tuple(relay.conn.execute("select * from reply").fetchone())
        desk.order()
        _wait(desk, 2 * HOUR_S, 5 * MINUTE_S)
        _wait(desk, DAY_S, HOUR_S)
        over = tuple(relay.conn.execute("select * from reply").fetchone())
        rows.append([[value for value in row if not isinstance(value, bytes)] for row in (waiting, over)])
    assert rows[0] == rows[1] and rows[1][1][rows[1][1].index("spent")] == "spent"
