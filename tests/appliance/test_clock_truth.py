"""Any sequence of wrong clocks, starts of the machine, times off, greetings: what a box knows of its clock is true."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance import holders, ledger, taking, tenure, timekeeping
from appliance.timekeeping import SURE_S, WAIT_S, Uptime
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from tests.appliance.office import POST, SP, START, Watch, body, open_office, receive
from tests.appliance.test_health import hear_relay

OTHER = "SHO JNP-02"
ROUNDED_S = 5
LONG_S = int(WAIT_S) + 2 * HOUR_S
STEPS_DAYS = st.sampled_from((-2000, -60, -5, -1, 1, 5, 30, 400))


@dataclass
class Case:
    """One on police; ``due_at``: the true time at which its limit should end, ``owed_s`` what it may end earlier."""

    serial: str
    due_at: float
    owed_s: float
    holders: set[str]


class Truth(RuleBasedStateMachine):
    """One box. ``true`` time passes; the clock is ``off`` it by what somebody, or a start of the machine, set it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.watch, self.up = Watch(), Uptime("0", 100.0)
        self.desk = open_office(Path(self.folder.name), self.watch)
        self.true, self.off = START, 0.0
        self.lost_s = 0.0
        self.may_be_ahead = False
        self.number = 0
        self.officer: tuple[str, int | None] = ("", None)
        self.cases: list[Case] = []
        self.day, self.successor = 0, ""
        self.comes, self.may_come = 0, 1
        self._look()

    def teardown(self) -> None:
        self.desk.conn.close()
        self.folder.cleanup()

    def _look(self) -> None:
        self.watch.now = self.true + self.off
        timekeeping.look(self.desk, self.watch.now, lambda: self.up)
        before = self._is_begun()
        taking.day_came(self.desk, self.watch.now)
        if self._is_begun() and not before and self.true >= self.day:
            self.comes += 1

    def _is_begun(self) -> bool:
        row = self.desk.conn.execute(
            "select is_begun from post_holder where post=? order by id", (OTHER,)
        ).fetchone()
        return row is not None and bool(row[0])

    def _passes(self, seconds: float, is_heard: bool = False) -> None:
        if is_heard:
            hear_relay(self.desk, self.true)
        self.true += seconds
        self.up = Uptime(self.up.boot, self.up.seconds + seconds)
        self._look()

    def _moves(self, by: float) -> None:
        if by < 0 and self.may_be_ahead:
            self.may_come += 1

    @rule(hours=st.sampled_from((1, 9, LONG_S // HOUR_S)), is_heard=st.booleans())
    def it_runs(self, hours: int, is_heard: bool) -> None:
        for _ in range(min(hours, 10)):
            self._passes(max(1, hours / 10) * HOUR_S, is_heard)
        if hours * HOUR_S == LONG_S and not (is_heard and self.off > HOUR_S):
            assert self._is_sure()

    def _is_sure(self) -> bool:
        return timekeeping.is_sure(self.desk, self.watch.now, lambda: self.up)

    @rule(days=STEPS_DAYS)
    def the_clock_is_set(self, days: int) -> None:
        self._sets(days * DAY_S)

    @precondition(lambda self: self.off != 0)
    @rule()
    def the_clock_is_put_right(self) -> None:
        self._sets(-self.off)

    def _sets(self, by: float) -> None:
        before = self.off
        self._moves(by)
        self.off += by
        self._passes(MINUTE_S)
        self._doubts(before)

    def _doubts(self, before: float) -> None:
        if before <= 0 and self.off > SURE_S + MINUTE_S:
            assert not self._is_sure()

    @rule(
        off_days=st.sampled_from((0, 0.5, 3, 40)),
        days=st.one_of(st.just(0), STEPS_DAYS),
        is_right=st.booleans(),
    )
    def it_starts_again(self, off_days: float, days: int, is_right: bool) -> None:
        by = -self.off if is_right else days * DAY_S
        forward, behind_s, before = off_days * DAY_S + by, timekeeping.behind_s(self.desk), self.off
        self._moves(min(by, forward))
        self.true, self.off = self.true + off_days * DAY_S, self.off + by
        self.up = Uptime(f"{self.up.boot}+", 5.0)
        self._look()
        if forward > 0:
            self.lost_s += min(forward, behind_s)
            self.may_be_ahead = True
        self._doubts(before)

    @rule(days=st.one_of(st.none(), st.integers(1, 9)))
    def somebody_is_appointed(self, days: int | None) -> None:
        self.number += 1
        until = None if days is None else int(self.watch.now) + days * DAY_S
        name = f"Officer {self.number}"
        holders.appoint(self.desk, SP, POST, name, f"98123{self.number:05}", "hi", until=until)
        self.officer = name, until
        for case in self.cases:
            case.holders.add(name)
        self._passes(MINUTE_S)

    @rule()
    def nobody_holds_the_post_any_more(self) -> None:
        if self._holding(POST):
            holders.release(self.desk, SP, POST)
            self.officer = "", None
        self._passes(MINUTE_S)

    @precondition(lambda self: self._is_begun() and not self.successor)
    @rule()
    def another_takes_the_place_of_who_was_planned(self) -> None:
        self.number += 1
        self.successor = f"Officer {self.number}"
        holders.appoint(self.desk, SP, OTHER, self.successor, f"98123{self.number:05}", "hi")
        self._passes(MINUTE_S)

    @rule()
    def a_case_on_police_comes(self) -> None:
        self.number += 1
        serial = receive(self.desk, body(self.number, police_involved="yes"))
        name, until = self.officer
        held = {name} if name and (until is None or self.watch.now < until) else set[str]()
        due_at = ledger.find(self.desk, serial).due_at
        assert due_at is not None
        behind_s = timekeeping.behind_s(self.desk)
        self.cases.append(Case(serial, due_at + behind_s, self.lost_s, held))
        self._passes(MINUTE_S)

    @precondition(lambda self: self.off == 0 and not self.day)
    @rule(days=st.integers(1, 70))
    def somebody_is_planned(self, days: int) -> None:
        self.day = int(self.true) + days * DAY_S
        holders.appoint(self.desk, SP, OTHER, "Pal", "9899999999", "hi", since=self.day)

    @rule()
    def the_relay_agrees_with_a_right_clock(self) -> None:
        if self.off:
            self._sets(-self.off)
        for _ in range(2):
            self._passes(MINUTE_S, is_heard=True)
        (drift,) = self.desk.conn.execute("select drift from box_time").fetchone()
        assert drift == 0
        assert self._is_sure()
        self.may_be_ahead = False
        self._are_as_they_were()
        assert self._is_begun() == (0 < self.day <= self.true)
        planned = "Pal" if self._is_begun() else ""
        assert self._holding(OTHER) == (self.successor or planned)
        if self.officer[1] is None:
            assert self._holding(POST) == self.officer[0]

    def _holding(self, post: str) -> str:
        held = tenure.current(self.desk, post, self.watch.now)
        return held.name if held else ""

    def _are_as_they_were(self) -> None:
        for case in self.cases:
            found = ledger.find(self.desk, case.serial)
            assert found.due_at is not None
            assert case.due_at - found.due_at <= self.lost_s - case.owed_s + ROUNDED_S
            assert found.due_at - case.due_at <= ROUNDED_S
            had = {one.name for one in tenure.had(self.desk, POST, found.opened_at, found.id)}
            assert case.holders <= had

    @invariant()
    def it_is_behind_at_least_by_what_the_box_says(self) -> None:
        assert timekeeping.behind_s(self.desk) <= max(0.0, -self.off) + ROUNDED_S

    @invariant()
    def whoever_was_planned_comes_once(self) -> None:
        assert self.comes <= self.may_come


TestTruth = pytest.mark.slow(Truth.TestCase)
TestTruth.settings = settings(max_examples=100, stateful_step_count=30)
