"""What pages of figures ask: counts of windows, narrowed to what somebody may count."""

from dataclasses import replace

import pytest

from appliance import cases, ledger
from appliance.analysis.counts import Standing
from appliance.analysis.periods import WEEK, Window, latest, so_far
from appliance.desk import Actor, Desk
from appliance.figures import reading
from appliance.figures.reading import Choice
from appliance.figures.scope import scope
from appliance.figures.tallies import BEGUN
from appliance.history import Change
from sync.clock import DAY_S, HOUR_S, day_of
from sync.db import transaction
from tests.appliance.office import ANALYST, SP, START, SUPERVISOR, Watch, body, receive

TODAY = day_of(START)
SHO = Actor("sho", "", "sho", "SHO JNP-01")
CO = Actor("co", "", "co", "CO City")
WEEKS = latest(WEEK, TODAY, 4)


def end(desk: Desk, serial: str, outcome: str) -> None:
    case = ledger.find(desk, serial)
    now = int(desk.clock())
    for after in (
        replace(case, status="in_action"),
        replace(case, status="closed", outcome=outcome, closed_at=now),
    ):
        before = ledger.find(desk, serial)
        with transaction(desk.conn):
            change = Change("x", before.status, after.status)
            ledger.save(desk, before, after, SUPERVISOR, change, now)


@pytest.fixture
def busy(desk: Desk, watch: Watch) -> Desk:
    """Four reports in two weeks; two ended, one is a duplicate."""
    first, second = receive(desk, body(1)), receive(desk, body(2, category="drugs", thana="JNP-02"))
    watch.now += 6 * HOUR_S
    end(desk, first, "seizure")
    watch.now += 7 * DAY_S
    end(desk, second, "unfounded")
    main, other = receive(desk, body(3)), receive(desk, body(4))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, main)
    return desk


def test_standings_of_a_window(busy: Desk) -> None:
    whole = latest(WEEK, TODAY + 7, 2)
    assert reading.total(busy.conn, whole, Choice()) == Standing(open=1, action=1, none=1, duplicates=1)
    by_week = reading.standings(busy.conn, whole, Choice(), "period")
    assert [by_week[number].incidents for number in whole.numbers] == [2, 1]
    by_thana = reading.standings(busy.conn, whole, Choice(), "thana")
    assert {code: one.incidents for code, one in by_thana.items()} == {"JNP-01": 2, "JNP-02": 1}


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (Choice(category="drugs"), 1),
        (Choice(thana="JNP-01"), 2),
        (Choice(sensitivity="restricted"), 1),
        (Choice(sensitivity="child"), 0),
        (Choice(thanas=("JNP-02",)), 1),
        (Choice(thanas=()), 0),
        (Choice(category="liquor", thanas=("JNP-02",)), 0),
    ],
)
def test_a_choice_narrows(busy: Desk, choice: Choice, count: int) -> None:
    assert reading.total(busy.conn, latest(WEEK, TODAY + 7, 2), choice).incidents == count


def test_outcomes_and_times_count_when_they_happen(busy: Desk) -> None:
    first, later = (latest(WEEK, TODAY + days, 1) for days in (0, 7))
    assert reading.outcomes(busy.conn, first, Choice()) == {"seizure": 1}
    assert reading.outcomes(busy.conn, later, Choice()) == {"unfounded": 1}
    assert reading.took(busy.conn, BEGUN, first, Choice(), by_thana=True) == {"JNP-01": {6: 1}}
    assert reading.took(busy.conn, "closed", later, Choice()) == {"": {7: 1}}
    assert reading.took(busy.conn, "closed", later, Choice(category="drugs")) == {"": {7: 1}}
    assert reading.took(busy.conn, "closed", later, Choice(category="liquor")) == {}
    assert reading.took(busy.conn, "closed", later, Choice(thanas=("JNP-01",))) == {}
    assert reading.took(busy.conn, "closed", later, Choice(sensitivity="open")) == {}


def test_this_week_so_far_is_held_against_the_same_days(busy: Desk) -> None:
    now, before = so_far(WEEK, TODAY + 7)
    assert now.days == before.days == 4  # Thursday
    assert reading.total(busy.conn, now, Choice()).incidents == 1
    assert reading.total(busy.conn, before, Choice()).incidents == 2


def seen(desk: Desk, actor: Actor, window: Window = WEEKS) -> int:
    return reading.total(desk.conn, window, scope(desk, actor).narrow()).incidents


def test_each_counts_what_is_his(desk: Desk) -> None:
    receive(desk, body(1))
    receive(desk, body(2, thana="JNP-02"))
    receive(desk, body(3, thana=""))
    assert [seen(desk, who) for who in (SP, ANALYST, CO, SHO)] == [3, 3, 1, 0]
    stranger = Actor("x", "", "co", "CO Nowhere")
    assert seen(desk, stranger) == seen(desk, Actor("t", "", "technician")) == 0


def test_a_post_counts_no_case_about_its_own_people(desk: Desk) -> None:
    serial = receive(desk, body(1))
    other = receive(desk, body(2))
    receive(desk, body(3, police_involved="yes"))
    receive(desk, body(4))
    cases.concern(desk, serial, SP, 1, "JNP-01", "a reason")
    cases.mark_duplicate(desk, other, SP, 1, serial)
    assert [seen(desk, who) for who in (SP, CO)] == [3, 1]
    end(desk, serial, "unfounded")
    mine = scope(desk, CO).narrow()
    assert reading.outcomes(desk.conn, latest(WEEK, TODAY, 1), mine) == {}
    everybody = scope(desk, SP).narrow()
    assert reading.outcomes(desk.conn, latest(WEEK, TODAY, 1), everybody) == {"unfounded": 1}
