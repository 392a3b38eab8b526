"""A clock that went far ahead erases nothing before the relay bears it out, or the box has run on for days."""

from dataclasses import replace

import pytest

from appliance import cases, drafts, health, jobs, ledger, retention, timekeeping
from appliance.desk import Desk
from appliance.timekeeping import WAIT_S, Uptime
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from tests.appliance.office import SCREENER, SP, SUPERVISOR, Watch, body, close, receive
from tests.appliance.test_health import hear_relay

YEARS_S = 6 * 365 * DAY_S
FIRST = Uptime("first", 100.0)


class Box:
    """One with a closed case and a draft; its timetable looks at the clock as time passes."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        days = dict.fromkeys(("open", "restricted", "secret"), 30)
        self.desk = replace(desk, config=replace(desk.config, retention_days=days))
        self.watch, self.up = watch, FIRST
        self.serial = receive(desk, body(1))
        cases.screen(desk, self.serial, SCREENER, 1)
        close(desk, self.serial, SP, 2, "insufficient")
        drafts.save(desk, SUPERVISOR, "note/1", {"note": "x"})
        self.runs(0)

    def runs(self, seconds: float, is_set_by: float = 0) -> None:
        self.watch.now += seconds + is_set_by
        self.up = Uptime(self.up.boot, self.up.seconds + seconds)
        timekeeping.look(self.desk, self.watch.now, lambda: self.up)

    def is_off(self, seconds: float) -> None:
        self.watch.now += seconds
        self.up = Uptime(self.up.boot + "+", 5.0)
        self.runs(0)

    def works(self) -> int:
        """Gives how many cases were erased."""
        (logins,) = (job for job in jobs.timetable(300) if job.name == "logins")
        logins.work(self.desk, self.watch.now)
        return retention.erase_due(self.desk, self.watch.now)

    def drafts(self) -> int:
        return int(self.desk.conn.execute("select count(*) from form_draft").fetchone()[0])

    def told(self) -> str:
        return next((one.text for one in health.findings(self.desk.conn) if one.name == "erasing"), "")


@pytest.fixture
def box(desk: Desk, watch: Watch) -> Box:
    return Box(desk, watch)


def test_a_wrong_year_erases_nothing_is_told_and_costs_nothing_once_it_is_right(box: Box) -> None:
    box.watch.now += YEARS_S
    assert box.works() == 0  # before the timetable looked
    box.runs(MINUTE_S)
    assert (box.works(), box.drafts()) == (0, 1)
    assert "nothing is erased until the relay's time agrees" in box.told()
    box.runs(MINUTE_S, -YEARS_S)
    hear_relay(box.desk, box.watch.now)
    box.runs(MINUTE_S)
    assert (box.works(), box.drafts(), box.told()) == (0, 1, "")
    assert ledger.find(box.desk, box.serial).erased_at is None


def test_a_wrong_year_in_many_small_steps_erases_nothing(box: Box) -> None:
    for _ in range(365):
        box.runs(MINUTE_S, 2 * DAY_S)
    assert (box.works(), box.drafts()) == (0, 1)


@pytest.mark.parametrize("off_s", [40 * DAY_S, YEARS_S])
def test_a_box_that_was_off_for_long_erases_when_it_has_run_for_days(box: Box, off_s: float) -> None:
    box.is_off(off_s)
    assert (box.works(), box.drafts()) == (0, 1)
    for _ in range(int(WAIT_S // HOUR_S) + 1):
        box.runs(HOUR_S)
    assert (box.works(), box.drafts(), box.told()) == (1, 0, "")


def test_a_box_that_was_off_erases_at_once_where_the_relay_bears_its_clock_out(box: Box) -> None:
    box.is_off(YEARS_S)
    hear_relay(box.desk, box.watch.now - MINUTE_S)
    assert (box.works(), box.drafts()) == (1, 0)


def test_an_old_greeting_bears_nothing_out_and_one_that_disagrees_ends_no_waiting(box: Box) -> None:
    right = box.watch.now
    hear_relay(box.desk, right)
    box.runs(MINUTE_S, YEARS_S)
    assert box.works() == 0
    for hour in range(5 * 24):
        hear_relay(box.desk, right + hour * HOUR_S)
        box.runs(HOUR_S)
    assert (box.works(), box.drafts()) == (0, 1)


def test_a_relay_that_once_signed_an_hour_years_ahead_bears_nothing_out_and_puts_nothing_off(
    box: Box,
) -> None:
    hear_relay(box.desk, box.watch.now + 2 * YEARS_S)
    box.runs(MINUTE_S, YEARS_S)
    assert (box.works(), box.drafts()) == (0, 1)
    for _ in range(int(WAIT_S // HOUR_S) + 1):
        box.runs(HOUR_S)
    assert (box.works(), box.drafts()) == (1, 0)


def test_a_relay_that_was_heard_by_a_clock_ahead_puts_nothing_off_once_it_is_right(box: Box) -> None:
    box.runs(MINUTE_S, 30 * DAY_S)
    hear_relay(box.desk, box.watch.now - 30 * DAY_S)
    box.runs(2 * HOUR_S)
    box.runs(MINUTE_S, -30 * DAY_S)
    for _ in range(int(WAIT_S // HOUR_S) + 2):
        box.runs(HOUR_S)
    assert box.told() == ""


def test_nights_off_put_nothing_off(box: Box) -> None:
    for _ in range(30):
        box.is_off(DAY_S / 2)
        box.runs(HOUR_S)
        assert box.told() == ""
    assert box.drafts() == 1
    box.works()
    assert box.drafts() == 0


@pytest.mark.parametrize("is_over_a_start", [False, True])
def test_who_sets_a_clock_right_that_was_behind_is_told_nothing(box: Box, is_over_a_start: bool) -> None:
    box.runs(MINUTE_S, -YEARS_S)
    if is_over_a_start:
        box.is_off(YEARS_S)
    else:
        box.runs(MINUTE_S, YEARS_S)
    assert box.told() == ""
    box.runs(MINUTE_S, YEARS_S)
    assert box.told() != ""


def test_an_offices_hours_without_the_relay_put_off_what_a_long_absence_did_by_three_days_of_running(
    box: Box,
) -> None:
    box.is_off(40 * DAY_S)
    hours = 0
    while box.told():
        for _ in range(9):
            box.runs(HOUR_S)
        hours += 9
        box.is_off((63 if hours % 45 == 0 else 15) * HOUR_S)
        assert hours < 100
    assert hours >= WAIT_S // HOUR_S
    for day in range(1, 200):
        for _ in range(9):
            box.runs(HOUR_S)
        box.is_off((63 if day % 5 == 0 else 15) * HOUR_S)
        assert box.told() == ""


def test_many_starts_a_little_ahead_one_after_another_add_up(box: Box) -> None:
    for _ in range(140):
        box.is_off(2.9 * DAY_S)
        box.runs(MINUTE_S)
    assert (box.works(), box.drafts()) == (0, 1)


@pytest.mark.parametrize(("ahead_s", "ran_s"), [(22 * HOUR_S, 4 * MINUTE_S), (2.9 * DAY_S, 61 * MINUTE_S)])
def test_a_clock_that_creeps_ahead_over_starts_erases_nothing_while_the_relay_is_heard_and_disagrees(
    box: Box, ahead_s: float, ran_s: float
) -> None:
    true = box.watch.now
    for _ in range(40):
        box.is_off(ahead_s)
        assert box.works() == 0
        for _ in range(4):
            box.runs(ran_s / 4)
            true += ran_s / 4
            hear_relay(box.desk, true)
        box.runs(0)
        assert box.works() == 0
    assert box.drafts() == 1
    assert box.told() != ""
    box.runs(MINUTE_S, true - box.watch.now)
    hear_relay(box.desk, box.watch.now)
    box.runs(MINUTE_S)
    assert (box.works(), box.drafts(), box.told()) == (0, 1, "")


def test_short_starts_less_than_a_day_ahead_each_add_up_without_a_relay_too(box: Box) -> None:
    for _ in range(420):
        box.is_off(22 * HOUR_S)
        box.runs(4 * MINUTE_S)
    assert (box.works(), box.drafts()) == (0, 1)


def test_a_relay_that_says_an_hour_of_two_days_ago_puts_nothing_off(box: Box) -> None:
    hear_relay(box.desk, box.watch.now - 2 * DAY_S)
    box.runs(MINUTE_S)
    assert box.told() == ""
