"""A clock that is set: back lengthens no limit, a mistake that is corrected costs none."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import audit, cases, concerns, health, holders, ledger, people, taking, tenure, timekeeping
from appliance.desk import Actor, Desk
from appliance.errors import OwnPeople
from appliance.people import delays
from appliance.timekeeping import SLACK_S, Uptime
from sync.clock import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from tests.appliance.office import (
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    audited,
    body,
    open_office,
    receive,
)
from tests.appliance.test_health import hear_relay

FIRST = Uptime("first", 100.0)
PASSWORD = "a long enough password"


@dataclass
class Counter:
    """A machine's own counter: time passes on it and on the wall, setting moves the wall alone."""

    watch: Watch
    desk: Desk
    up: Uptime = FIRST

    def look(self) -> int:
        return timekeeping.look(self.desk, self.watch.now, lambda: self.up)

    def passes(self, seconds: float) -> int:
        self.watch.now += seconds
        self.up = Uptime(self.up.boot, self.up.seconds + seconds)
        return self.look()

    def is_set(self, by: float) -> int:
        self.watch.now += by
        return self.passes(MINUTE_S)

    def starts(self, ahead_s: float) -> int:
        """Anew, with the clock so far ahead of the last look."""
        self.watch.now += ahead_s
        self.up = Uptime(self.up.boot + "+", 5.0)
        return self.look()


@pytest.fixture
def counter(desk: Desk, watch: Watch) -> Counter:
    made = Counter(watch, desk)
    made.look()
    return made


def left_s(desk: Desk, watch: Watch) -> float:
    (due_at,) = desk.conn.execute("select due_at from case_file").fetchone()
    return float(due_at - watch.now)


def test_time_that_passes_moves_nothing(counter: Counter, desk: Desk) -> None:
    receive(desk, body(1))
    assert [counter.passes(seconds) for seconds in (60, 3600, 40 * DAY_S)] == [0, 0, 0]


def test_set_back_a_sign_in_that_nobody_uses_ends_after_fifteen_minutes_and_stays_over(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    people.add(desk, "asha", "Asha Devi", "screener", PASSWORD)
    token = people.begin(desk, Actor("asha", "Asha Devi", "screener"))
    counter.is_set(-3 * HOUR_S)
    login = people.of_token(desk, token, watch.now, touch=False)
    assert login is not None and login.is_fresh(watch.now + 3 * MINUTE_S)
    assert not login.is_fresh(watch.now + 5 * MINUTE_S)
    for _ in range(4 * 60):
        counter.passes(MINUTE_S)
        is_over = people.of_token(desk, token, watch.now, touch=False) is None
        assert is_over == (watch.now >= login.last_seen_at + people.IDLE_S)


def test_who_failed_while_the_clock_ran_ahead_waits_no_longer_than_the_longest(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    people.add(desk, "asha", "Asha Devi", "screener", PASSWORD)
    counter.is_set(2 * DAY_S)
    for _ in range(7):
        delays.take(desk, "asha", "10.0.0.5", delays.CODES)
        counter.passes(20 * MINUTE_S)
    delays.take(desk, "asha", "10.0.0.5", delays.CODES)
    left = delays.wait_s(desk, "asha", "10.0.0.5", delays.CODES)
    watch.now -= 2 * DAY_S
    assert 0 < delays.wait_s(desk, "asha", "10.0.0.5", delays.CODES) <= delays.CODES.longest_s
    counter.look()
    assert delays.wait_s(desk, "asha", "10.0.0.5", delays.CODES) == left


def test_set_back_the_limit_keeps_its_length(counter: Counter, desk: Desk, watch: Watch) -> None:
    receive(desk, body(1))
    before = left_s(desk, watch)
    assert counter.is_set(-2 * HOUR_S) == -2 * HOUR_S
    assert left_s(desk, watch) == before - MINUTE_S
    (finding,) = health.findings(desk.conn)
    assert (finding.name, "120 min" in finding.text) == ("clock", True)
    assert list(audited(desk))[-1] == ("box", "clock.set", "n0000000b")


def test_a_mistake_that_is_corrected_costs_nothing(counter: Counter, desk: Desk, watch: Watch) -> None:
    receive(desk, body(1))
    before = left_s(desk, watch)
    assert [counter.is_set(DAY_S), counter.is_set(-DAY_S)] == [0, 0]
    assert [counter.is_set(-DAY_S), counter.is_set(DAY_S)] == [-DAY_S, DAY_S]
    assert left_s(desk, watch) == before - 4 * MINUTE_S


@pytest.mark.parametrize("restarts", [False, True])
def test_who_was_added_while_the_clock_ran_ahead_comes_in_once_it_is_right(
    counter: Counter, desk: Desk, watch: Watch, restarts: bool
) -> None:
    counter.is_set(30 * DAY_S)
    for name, post in (("ram", POST), ("sita", "SHO JNP-02")):
        people.add(desk, name, name, "sho", PASSWORD, post)
    later = people.Stay(int(watch.now) + DAY_S)
    people.place(desk, SP, "sita", "sho", "SHO JNP-02", later)
    counter.passes(MINUTE_S)
    if restarts:
        counter.up = Uptime("second", 5.0)
    counter.is_set(-30 * DAY_S)
    assert people.check(desk, "ram", PASSWORD)
    assert people.person(desk, "sita").since == later.since  # planned: a day stays a day


def appoint_and_add(desk: Desk, name: str, number: str, until: int | None = None) -> None:
    holders.appoint(desk, SP, POST, name, number, "hi", until=until)
    people.add(desk, name.casefold(), name, "sho", PASSWORD, POST)


def test_who_came_to_a_post_while_the_clock_ran_ahead_holds_it_once_it_is_right(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    appoint_and_add(desk, "Ram", "9812345678")
    counter.is_set(30 * DAY_S)
    appoint_and_add(desk, "Sita", "9812345679")
    counter.passes(MINUTE_S)
    counter.is_set(-30 * DAY_S)
    held = tenure.current(desk, POST, watch.now)
    assert held is not None and held.name == "Sita"
    assert tenure.planned(desk, watch.now) == ()
    assert [name for name in ("ram", "sita") if people.check(desk, name, PASSWORD)] == ["sita"]
    assert [one.until and one.until <= watch.now for one in holders.past_and_present(desk)] == [None, True]


@pytest.mark.parametrize("saved", [False, True])
def test_who_was_planned_before_the_clock_ran_ahead_comes_on_his_day(
    counter: Counter, desk: Desk, watch: Watch, saved: bool
) -> None:
    day = int(watch.now) + 10 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    people.add(desk, "sita", "Sita", "sho", PASSWORD, POST)
    people.place(desk, SP, "sita", "sho", POST, people.Stay(day))
    counter.is_set(30 * DAY_S)
    assert taking.day_came(desk, watch.now) == 1
    if saved:
        people.place(desk, SP, "sita", "sho", POST, people.Stay(day))
    counter.is_set(-30 * DAY_S)
    assert (people.check(desk, "sita", PASSWORD), tenure.current(desk, POST, watch.now)) == (None, None)
    watch.now = day
    assert taking.day_came(desk, watch.now) == 1
    assert people.check(desk, "sita", PASSWORD)


def test_a_last_day_that_came_by_a_clock_ahead_empties_the_desk_when_it_comes(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    day = int(watch.now) + 10 * DAY_S
    appoint_and_add(desk, "Ram", "9812345678", until=day)
    counter.is_set(30 * DAY_S)
    taking.day_came(desk, watch.now)
    counter.is_set(-30 * DAY_S)
    assert people.check(desk, "ram", PASSWORD)
    people.add(desk, "pal", "Pal", "sho", PASSWORD, POST)
    watch.now = day + 60
    taking.day_came(desk, watch.now)
    assert [name for name in ("ram", "pal") if people.check(desk, name, PASSWORD)] == []


OTHER = "SHO JNP-02"


def an_officer_moves_after_a_case_on_his_post(counter: Counter, desk: Desk) -> str:
    holders.appoint(desk, SP, POST, "Gita", "9812345670", "hi")
    counter.passes(DAY_S)
    appoint_and_add(desk, "Ram", "9812345678")
    counter.passes(DAY_S)
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    counter.passes(10 * DAY_S)
    appoint_and_add(desk, "Sita", "9812345679")
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi")
    people.place(desk, SP, "ram", "sho", OTHER)
    counter.passes(DAY_S)
    return serial


def as_kept(desk: Desk, serial: str) -> object:
    rows = desk.conn.execute("select * from person order by id").fetchall()
    entered = [people.check(desk, name, PASSWORD) for name in ("ram", "sita")]
    barred = concerns.barred(desk, ledger.find(desk, serial))
    return holders.past_and_present(desk), barred, entered, [tuple(row) for row in rows]


@pytest.mark.parametrize(
    "steps_days", [[-60, 60], [-60, -30, 30, 60], [-5, -10, 15], [-60, 90, -30], [30, -90, 60]]
)
def test_a_clock_set_back_and_corrected_leaves_everybody_his_days(
    counter: Counter, desk: Desk, watch: Watch, steps_days: list[int]
) -> None:
    serial = an_officer_moves_after_a_case_on_his_post(counter, desk)
    before = as_kept(desk, serial)
    for days in steps_days:
        counter.is_set(days * DAY_S)
        taking.day_came(desk, watch.now)
        assert people.check(desk, "sita", PASSWORD)
    assert as_kept(desk, serial) == before


@pytest.mark.parametrize("boots", ["first", "second"])
def test_a_clock_that_was_set_back_gives_an_officer_no_case_on_himself(
    counter: Counter, desk: Desk, watch: Watch, boots: str
) -> None:
    serial = an_officer_moves_after_a_case_on_his_post(counter, desk)
    counter.up = Uptime("battery", 20.0)
    for days, boot in ((-300, "battery"), (300, boots)):
        counter.up = Uptime(boot, counter.up.seconds)
        counter.is_set(days * DAY_S)
        with pytest.raises(OwnPeople):
            cases.assign(desk, serial, SUPERVISOR, 2, OTHER)


@pytest.mark.parametrize("is_planned", [False, True])
def test_a_case_that_came_while_the_clock_ran_ahead_goes_to_no_officer_who_moves_after_it(
    counter: Counter, desk: Desk, watch: Watch, is_planned: bool
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    counter.is_set(30 * DAY_S)
    serial = receive(desk, body(1, police_involved="yes"))
    counter.is_set(-30 * DAY_S)
    day = int(watch.now) + 2 * DAY_S
    counter.passes(0 if is_planned else 2 * DAY_S)
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi", since=day)
    for _ in range(2):
        counter.passes(2 * DAY_S)
        taking.day_came(desk, watch.now)
        assert OTHER in concerns.barred(desk, ledger.find(desk, serial))


def test_a_case_on_who_came_to_another_post_on_his_day_does_not_go_there_while_the_clock_is_behind(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, OTHER, "Gita", "9812345670", "hi")
    serial, day = receive(desk, body(1, police_involved="yes")), int(watch.now) + DAY_S
    for post, name, number in ((POST, "Sita", "9812345679"), (OTHER, "Ram", "9812345678")):
        holders.appoint(desk, SP, post, name, number, "hi", since=day)
    counter.passes(2 * DAY_S)
    taking.day_came(desk, watch.now)
    for days in (-60, 60):
        counter.is_set(days * DAY_S)
        assert OTHER in concerns.barred(desk, ledger.find(desk, serial))


@pytest.mark.parametrize(
    ("steps", "is_put_right"),
    [
        ([("is_set", -5)], False),
        ([("is_set", -5)], True),
        ([("starts", 30), ("starts", -30)], False),
        ([("starts", -30), ("starts", 30)], False),
        ([("starts", 30), ("is_set", -30)], False),
    ],
)
def test_who_held_a_post_for_planned_days_by_a_clock_behind_gets_no_case_on_himself(
    counter: Counter, desk: Desk, watch: Watch, steps: list[tuple[str, int]], is_put_right: bool
) -> None:
    for step, days in steps:
        getattr(counter, step)(days * DAY_S)
    until = int(watch.now) + 2 * DAY_S
    holders.appoint(desk, SP, POST, "Gita", "9812345670", "hi", until=until)
    serial = receive(desk, body(1, police_involved="yes"))
    counter.passes(2 * DAY_S + MINUTE_S)
    taking.day_came(desk, watch.now)
    counter.is_set((5 if is_put_right else 0) * DAY_S)
    holders.appoint(desk, SP, OTHER, "Gita", "9812345670", "hi")
    assert OTHER in concerns.barred(desk, ledger.find(desk, serial))


def test_what_was_entered_while_the_clock_was_behind_stands_once_it_is_right(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    appoint_and_add(desk, "Ram", "9812345678")
    counter.is_set(-60 * DAY_S)
    appoint_and_add(desk, "Sita", "9812345679")
    counter.is_set(60 * DAY_S)
    ram, sita = sorted(holders.past_and_present(desk), key=lambda one: one.id)
    assert (ram.until, sita.until, people.person(desk, "sita").since) == (sita.since, None, sita.since)
    assert ram.since == START and sita.since == watch.now - MINUTE_S
    assert [name for name in ("ram", "sita") if people.check(desk, name, PASSWORD)] == ["sita"]


def an_officer_has_come_on_his_day(counter: Counter, desk: Desk, watch: Watch) -> str:
    """Ram after Gita, to both of whom a case at the post is about; then the clock is set back."""
    appoint_and_add(desk, "Gita", "9812345670")
    day = int(watch.now) + DAY_S
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi", since=day)
    people.add(desk, "ram", "Ram", "sho", PASSWORD, POST)
    people.place(desk, SP, "ram", "sho", POST, people.Stay(day))
    counter.passes(2 * DAY_S)
    taking.day_came(desk, watch.now)
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    counter.is_set(-60 * DAY_S)
    taking.day_came(desk, watch.now)
    return serial


def holding(desk: Desk, watch: Watch, post: str = POST) -> str:
    held = tenure.current(desk, post, watch.now)
    return held.name if held else ""


def test_who_came_on_his_day_holds_the_post_though_the_clock_is_behind_it(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    an_officer_has_come_on_his_day(counter, desk, watch)
    assert holding(desk, watch) == "Ram"
    assert tenure.planned(desk, watch.now) == ()
    assert tenure.next_since(desk, POST, watch.now) is None
    assert {one.name for one in holders.past_and_present(desk)} == {"Gita", "Ram"}


def test_who_is_appointed_while_the_clock_is_behind_holds_the_post_once_it_is_right(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    serial = an_officer_has_come_on_his_day(counter, desk, watch)
    left = holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    assert "ram" in {one.name for one in left}
    for days in (0, 60):
        counter.is_set(days * DAY_S)
        taking.day_came(desk, watch.now)
        assert holding(desk, watch) == "Sita"
        assert people.check(desk, "ram", PASSWORD) is None
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi")
    assert OTHER in concerns.barred(desk, ledger.find(desk, serial))
    assert len(holders.past_and_present(desk)) == 4


def test_who_is_released_while_the_clock_is_behind_gets_no_case_on_himself_once_it_is_right(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    serial = an_officer_has_come_on_his_day(counter, desk, watch)
    left = holders.release(desk, SP, POST)
    assert "ram" in {one.name for one in left}
    for days in (0, 60):
        counter.is_set(days * DAY_S)
        taking.day_came(desk, watch.now)
        assert holding(desk, watch) == ""
        assert people.check(desk, "ram", PASSWORD) is None
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi")
    assert OTHER in concerns.barred(desk, ledger.find(desk, serial))


def test_what_is_planned_while_the_clock_is_behind_ends_who_is_there_and_nobody_else(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    an_officer_has_come_on_his_day(counter, desk, watch)
    day = int(watch.now) + 65 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    gita, ram, sita = sorted(holders.past_and_present(desk), key=lambda one: one.id)
    assert (gita.until, ram.until, sita.until) == (ram.since, day, None)
    counter.is_set(60 * DAY_S)
    assert holding(desk, watch) == "Ram"
    counter.passes(5 * DAY_S)
    assert taking.day_came(desk, watch.now) == 1
    assert holding(desk, watch) == "Sita"


def test_an_officer_who_came_on_his_day_comes_once_however_the_clock_is_set_back(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    receive(desk, body(1))
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=int(watch.now) + DAY_S)
    counter.passes(DAY_S + MINUTE_S)
    assert taking.day_came(desk, watch.now) == 1
    for days in (-60, 60, -60, 60):
        counter.is_set(days * DAY_S)
        assert taking.day_came(desk, watch.now) == 0


def test_a_clock_set_back_shuts_out_nobody_who_came_after_an_officers_last_day(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    appoint_and_add(desk, "Ram", "9812345678", until=int(watch.now) + DAY_S)
    counter.passes(DAY_S + MINUTE_S)
    taking.day_came(desk, watch.now)
    people.add(desk, "pal", "Pal", "sho", PASSWORD, POST)
    for days in (-60, 60):
        counter.is_set(days * DAY_S)
        taking.day_came(desk, watch.now)
    assert [name for name in ("ram", "pal") if people.check(desk, name, PASSWORD)] == ["pal"]


def test_a_start_with_the_clock_behind_counts_what_is_certain(counter: Counter, desk: Desk) -> None:
    receive(desk, body(1))
    counter.up = Uptime("second", 5.0)
    assert counter.is_set(-HOUR_S) == -HOUR_S + MINUTE_S
    counter.up = Uptime("third", 5.0)
    assert counter.is_set(30 * DAY_S) == 0  # it was off: the limits run on


def agrees(counter: Counter) -> None:
    """The relay greets, and signs this clock's hour."""
    hear_relay(counter.desk, counter.watch.now)
    counter.passes(MINUTE_S)
    hear_relay(counter.desk, counter.watch.now)
    counter.passes(MINUTE_S)


@pytest.mark.parametrize("puts_right", ["is_set", "starts"])
@pytest.mark.parametrize("ahead_s", [330 * MINUTE_S, 30 * DAY_S])
def test_a_start_ahead_that_is_put_right_costs_nothing_however_often(
    counter: Counter, desk: Desk, watch: Watch, puts_right: str, ahead_s: float
) -> None:
    receive(desk, body(1))
    due_at = left_s(desk, watch) + watch.now
    for _ in range(40):
        counter.starts(ahead_s + 3 * MINUTE_S)
        assert getattr(counter, puts_right)(-ahead_s) == 0
    assert left_s(desk, watch) + watch.now == due_at
    assert timekeeping.behind_s(desk) == 0


def test_a_clock_that_was_set_back_further_than_it_may_have_been_ahead_is_behind_by_the_rest(
    counter: Counter, desk: Desk
) -> None:
    receive(desk, body(1))
    counter.starts(2 * DAY_S)
    assert counter.is_set(-5 * DAY_S) == -3 * DAY_S
    assert timekeeping.behind_s(desk) == 3 * DAY_S


def test_a_start_behind_that_another_puts_right_leaves_everybody_his_days(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    serial = an_officer_moves_after_a_case_on_his_post(counter, desk)
    before = as_kept(desk, serial)
    for days in (-2000, 2001):
        counter.starts(days * DAY_S)
        assert people.check(desk, "sita", PASSWORD)
    assert timekeeping.behind_s(desk) == 0
    assert as_kept(desk, serial) == before


def test_a_relay_that_agrees_ends_a_drift_of_before(counter: Counter, desk: Desk, watch: Watch) -> None:
    receive(desk, body(1))
    left = left_s(desk, watch)
    desk.conn.execute("update box_time set drift=?", (-2000.0 * DAY_S,))
    counter.passes(MINUTE_S)
    assert timekeeping.behind_s(desk) == 2000 * DAY_S
    agrees(counter)
    assert timekeeping.behind_s(desk) == 0
    assert left_s(desk, watch) == left - 3 * MINUTE_S


def test_after_it_who_left_a_post_long_ago_is_kept_from_no_case_of_today(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    desk.conn.execute("update box_time set drift=?", (-2000.0 * DAY_S,))
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    counter.passes(30 * DAY_S)
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi")
    agrees(counter)
    assert [one.post for one in holders.past_and_present(desk) if one.until is None] == [OTHER, POST]
    counter.passes(365 * DAY_S)
    serial = receive(desk, body(1, police_involved="yes"))
    assert concerns.barred(desk, ledger.find(desk, serial)) == {POST, "CO City"}


def test_an_old_greeting_ends_no_drift_as_a_clock_that_is_behind_comes_to_its_hour_again(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    agrees(counter)
    counter.is_set(-DAY_S)
    for _ in range(30):
        counter.passes(HOUR_S)
    assert timekeeping.behind_s(desk) == DAY_S
    hear_relay(desk, watch.now + DAY_S)
    counter.passes(MINUTE_S)
    assert timekeeping.behind_s(desk) == DAY_S


def came_before_his_day(counter: Counter, desk: Desk, watch: Watch) -> int:
    """By a clock ahead, on a box of before: Ram's last day and Sita's first stayed past when it was put right."""
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    day = int(watch.now) + 10 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    desk.conn.execute("update post_holder set is_begun=1, is_over=until is not null")
    return day


def test_a_relay_that_agrees_has_who_came_before_his_day_come_on_it(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    day = came_before_his_day(counter, desk, watch)
    desk.conn.execute("update box_time set drift=?", (-30.0 * DAY_S,))
    agrees(counter)
    assert holding(desk, watch) == "Ram"
    counter.passes(day - watch.now)
    assert taking.day_came(desk, watch.now) == 1


def test_a_relay_that_agrees_mends_what_an_upgrade_could_not_know(
    counter: Counter, desk: Desk, watch: Watch, tmp_path: Path
) -> None:
    day = came_before_his_day(counter, desk, watch)
    audit.write(desk.conn, day + 20 * DAY_S, "box", "clock.set", "n0000000c")
    desk.conn.execute("delete from _sqlite_migrations where name='030_days_still_to_come'")
    desk.conn.close()
    desk = open_office(tmp_path, watch)
    assert holding(desk, watch) == "Sita"
    agrees(Counter(watch, desk, counter.up))
    assert holding(desk, watch) == "Ram"
    watch.now = day
    assert taking.day_came(desk, watch.now) == 1
    desk.conn.close()


def test_a_relay_that_agrees_to_the_hour_calls_nobody_back_who_came_by_its_hour(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=int(watch.now) + DAY_S)
    counter.passes(DAY_S)
    taking.day_came(desk, watch.now)
    watch.now -= 50 * MINUTE_S
    counter.up = Uptime("second", 5.0)
    desk.conn.execute("update box_time set boot='second', uptime=5, wall=?", (watch.now,))  # nobody knows it
    for _ in range(2):
        hear_relay(desk, watch.now + 50 * MINUTE_S)
        counter.passes(MINUTE_S)
    assert holding(desk, watch) == "Sita"


def test_a_relay_that_agrees_takes_nobody_away_who_was_appointed_at_once_by_a_clock_ahead(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    ahead = int(watch.now) + 20 * DAY_S  # as boxes of before kept it
    desk.conn.execute("update post_holder set until=?, is_over=1 where until is not null", (ahead,))
    desk.conn.execute("update post_holder set since=?, is_begun=1 where until is null", (ahead,))
    agrees(counter)
    assert holding(desk, watch) == "Sita"


def test_an_upgrade_has_who_came_before_his_day_come_on_it(
    counter: Counter, desk: Desk, watch: Watch, tmp_path: Path
) -> None:
    day = came_before_his_day(counter, desk, watch)
    desk.conn.execute("delete from _sqlite_migrations where name='030_days_still_to_come'")
    desk.conn.close()
    desk = open_office(tmp_path, watch)
    assert holding(desk, watch) == "Ram"
    watch.now = day
    assert taking.day_came(desk, watch.now) == 1
    desk.conn.close()


def test_who_came_before_his_day_by_a_clock_ahead_and_was_replaced_comes_no_more(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    day = int(watch.now) + 10 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    counter.is_set(30 * DAY_S)
    taking.day_came(desk, watch.now)
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    counter.is_set(-30 * DAY_S)
    assert tenure.planned(desk, watch.now) == ()
    holders.appoint(desk, SP, POST, "Gita", "9812345670", "hi")
    counter.passes(day - watch.now)
    assert taking.day_came(desk, watch.now) == 0
    assert holding(desk, watch) == "Gita"


def test_an_upgrade_takes_a_look_of_long_ago_for_no_clock_of_today(
    counter: Counter, desk: Desk, watch: Watch, tmp_path: Path
) -> None:
    day = int(watch.now) + 5 * DAY_S
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    watch.now += 20 * DAY_S  # no look worked
    taking.day_came(desk, watch.now)
    desk.conn.execute("insert or replace into job_run values('duties', 1, ?)", (int(watch.now),))
    holders.appoint(desk, SP, OTHER, "Pal", "9812345671", "hi")
    before = [tuple(row) for row in desk.conn.execute("select * from post_holder order by id").fetchall()]
    desk.conn.execute("delete from _sqlite_migrations where name='030_days_still_to_come'")
    desk.conn.close()
    desk = open_office(tmp_path, watch)
    assert [tuple(row) for row in desk.conn.execute("select * from post_holder order by id")] == before
    desk.conn.close()


def test_who_left_at_once_is_kept_from_no_case_that_came_after_it(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    counter.passes(DAY_S)
    holders.release(desk, SP, POST)
    serial = receive(desk, body(1, police_involved="yes"))
    counter.passes(DAY_S)
    taking.day_came(desk, watch.now)
    holders.appoint(desk, SP, OTHER, "Ram", "9812345678", "hi")
    assert OTHER not in concerns.barred(desk, ledger.find(desk, serial))


def test_who_was_hired_after_the_officer_left_stays_at_the_desk_though_the_clock_is_behind(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, POST, "Anil", "9812345670", "hi")
    counter.passes(DAY_S)
    holders.release(desk, SP, POST)
    counter.passes(DAY_S)
    people.add(desk, "carl", "Carl", "sho", PASSWORD, POST)
    counter.passes(19 * DAY_S)
    counter.is_set(-5 * DAY_S)
    assert holders.appoint(desk, SP, POST, "Bala", "9812345679", "hi") == ()
    assert people.check(desk, "carl", PASSWORD)


def test_who_is_to_sit_at_the_desk_after_an_officers_last_day_is_not_put_out_with_him(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    start = int(watch.now)
    holders.appoint(desk, SP, POST, "Anil", "9812345670", "hi", until=start + 10 * DAY_S)
    people.add(desk, "carl", "Carl", "sho", PASSWORD, POST)
    people.place(desk, SP, "carl", "sho", POST, people.Stay(start + 15 * DAY_S))
    counter.is_set(-8 * DAY_S)
    counter.passes(start + 10 * DAY_S - watch.now)
    taking.day_came(desk, watch.now)
    assert people.person(desk, "carl").until is None
    counter.passes(5 * DAY_S)
    assert people.check(desk, "carl", PASSWORD)


def test_what_the_relay_says_too_stays_for_the_correction_to_come(
    counter: Counter, desk: Desk, watch: Watch
) -> None:
    receive(desk, body(1))
    left = left_s(desk, watch)
    assert counter.is_set(-50 * MINUTE_S) == -50 * MINUTE_S
    for _ in range(2):
        hear_relay(desk, watch.now + 50 * MINUTE_S)
        counter.passes(MINUTE_S)
    assert counter.is_set(50 * MINUTE_S) == 50 * MINUTE_S
    assert left_s(desk, watch) == left - 4 * MINUTE_S


@pytest.mark.parametrize("puts_right", ["is_set", "starts"])
def test_who_was_planned_before_a_start_ahead_comes_on_his_day(
    counter: Counter, desk: Desk, watch: Watch, puts_right: str
) -> None:
    appoint_and_add(desk, "Ram", "9812345678")
    serial, day = receive(desk, body(1)), int(watch.now) + 10 * DAY_S
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=day)
    counter.starts(30 * DAY_S)
    assert taking.day_came(desk, watch.now) == 1
    getattr(counter, puts_right)(-30 * DAY_S)
    assert [taking.day_came(desk, watch.now) for _ in range(2)] == [1, 0]  # Ram is told again
    assert tenure.current(desk, POST, watch.now) == next(
        one for one in holders.past_and_present(desk) if one.name == "Ram"
    )
    counter.passes(day - watch.now)
    assert taking.day_came(desk, watch.now) == 1
    assert [one.act for one in cases.get(desk, serial).history].count("hand_over") == 3
    assert people.check(desk, "ram", PASSWORD) is None


def test_the_small_steps_of_a_time_server_are_none(counter: Counter, desk: Desk) -> None:
    receive(desk, body(1))
    assert counter.is_set(-SLACK_S + 1) == 0


def test_after_a_week_it_is_told_no_more(counter: Counter, desk: Desk) -> None:
    counter.is_set(-HOUR_S)
    counter.passes(WEEK_S + HOUR_S)
    assert [finding.text for finding in health.findings(desk.conn)] == [""]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["passes", "is_set"]), st.integers(-9, 9).filter(bool)), max_size=10
    )
)
def test_however_the_clock_is_set_no_limit_ends_later(moves: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch()
        desk = open_office(Path(folder), watch)
        counter = Counter(watch, desk)
        counter.look()
        receive(desk, body(1))
        end = counter.up.seconds + left_s(desk, watch)
        for move, hours in moves:
            getattr(counter, move)(abs(hours) * HOUR_S if move == "passes" else hours * HOUR_S)
            assert counter.up.seconds + left_s(desk, watch) <= end
            if (
                watch.now - START <= counter.up.seconds - 100
            ):  # the wall is not ahead: nothing was lost either
                assert counter.up.seconds + left_s(desk, watch) == end
        desk.conn.close()
