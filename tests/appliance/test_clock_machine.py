"""Any sequence of acts, additions, pauses, restarts, nights off: no clock is lost, no step up comes twice."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance import cases, clocks, escalation, ledger
from appliance.cases import Quantities
from appliance.clocks import LAPS, PAUSES, RUNS_IN, STANDS_MOST_S
from appliance.desk import Actor
from appliance.errors import Conflict, Forbidden, NotAllowed, NotAnswerable, OwnPeople
from appliance.history import Entry
from sync.clock import DAY_S, HOUR_S
from tests.appliance.office import MANY, POST, Watch, body, open_office, receive

REFUSED = (Conflict, Forbidden, NotAllowed, NotAnswerable, OwnPeople)
PEOPLE = (Actor("asha", "Asha", "supervisor"), Actor("chand", "Chand", "sp"))
ORDER = {"CO City": 1, "sp": 2, "range": 3}
MORE: dict[str, st.SearchStrategy[tuple[object, ...]]] = {
    "assign": st.tuples(st.sampled_from((POST, "SHO JNP-02", "CO City"))),
    "answer": st.sampled_from((("need_more", ("place",)), ("not_found", ()))),
    "close": st.just(("unfounded", "a reason", Quantities(), MANY)),
    "concern": st.tuples(st.sampled_from(("JNP-01", "JNP-02")), st.just("a reason")),
    "pause": st.tuples(st.sampled_from(sorted(PAUSES)), st.just("a reason")),
}
ACTS = (
    *("screen", "assign", "acknowledge", "start", "report_back", "verify", "answer", "close", "reopen"),
    *("quarantine", "confirm_spam", "release", "mark_duplicate", "separate", "concern", "pause", "resume"),
)


class Clocks(RuleBasedStateMachine):
    """One box. Its job runs when it is told; in between it may be off for a month."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.watch = Watch()
        self.desk = open_office(Path(self.folder.name), self.watch)
        self.serials: list[str] = []
        self.number = 0

    def teardown(self) -> None:
        self.desk.conn.close()
        self.folder.cleanup()

    @rule(category=st.sampled_from(("cattle", "liquor")))
    def a_report_comes(self, category: str) -> None:
        self.number += 1
        self.serials.append(receive(self.desk, body(self.number, category=category)))

    @precondition(lambda self: self.number > 0)
    @rule(now=st.booleans(), data=st.data())
    def the_informant_adds_something(self, now: bool, data: st.DataObject) -> None:
        self.number += 1
        earlier = body(data.draw(st.integers(1, self.number - 1))).handle
        before = {serial: ledger.find(self.desk, serial) for serial in self.serials}
        serial = receive(self.desk, body(self.number, adds_to=earlier, happening_now=now))
        if serial not in before:
            self.serials.append(serial)
        for one, was in before.items():
            case = ledger.find(self.desk, one)
            if was.due_at is not None:
                assert case.due_at is not None
                assert case.due_at <= was.due_at if now else case.due_at == was.due_at
            elif was.left_s is not None and case.due_at is not None:
                assert case.due_at <= int(self.watch.now) + was.left_s

    @precondition(lambda self: bool(self.serials))
    @rule(actor=st.sampled_from(PEOPLE), data=st.data())
    def somebody_acts(self, actor: Actor, data: st.DataObject) -> None:
        serial = data.draw(st.sampled_from(self.serials))
        possible = set(cases.acts_for(ledger.find(self.desk, serial).status, actor.role))
        act = data.draw(st.sampled_from([one for one in ACTS if one in possible] or ACTS))
        more = MORE.get(act, st.just(("a reason",)))
        if act == "mark_duplicate":
            more = st.tuples(st.sampled_from(self.serials))
        version = ledger.find(self.desk, serial).version
        try:
            getattr(cases, act)(self.desk, serial, actor, version, *data.draw(more))
        except REFUSED:
            assert ledger.find(self.desk, serial).version == version

    @rule(hours=st.sampled_from((1, 5, 30, 24 * 30)), runs=st.integers(1, 2))
    def time_passes_and_the_job_runs(self, hours: int, runs: int) -> None:
        self.watch.now += hours * HOUR_S
        steps = [escalation.run(self.desk, self.watch.now) for _ in range(runs)]
        assert sum(steps[1:]) == 0
        due = "select count(*) from case_clock where step_at<=:now or pause_until<=:now"
        assert self.desk.conn.execute(due, {"now": self.watch.now}).fetchone()[0] == 0

    @rule(days=st.integers(1, 40))
    def the_box_is_off(self, days: int) -> None:
        before = [ledger.find(self.desk, serial) for serial in self.serials]
        self.desk.conn.close()
        self.watch.now += days * DAY_S
        self.desk = open_office(Path(self.folder.name), self.watch)
        assert [ledger.find(self.desk, serial) for serial in self.serials] == before

    @invariant()
    def where_a_limit_runs_there_is_one_clock_that_runs_or_is_paused(self) -> None:
        for serial in self.serials:
            case = ledger.find(self.desk, serial)
            run = clocks.get(self.desk, case)
            assert run is not None
            is_over = case.status in ("closed", "duplicate") or ledger.is_confirmed(self.desk, case)
            assert bool(case.clock) == (not is_over)
            assert run.stood_s <= STANDS_MOST_S
            assert (case.due_at is not None) + (case.left_s is not None) == bool(case.clock)
            assert bool(run.pause) == (case.left_s is not None) == (run.pause_until is not None)
            at_the_top = case.level == clocks.LEVEL_RANGE
            assert (run.step_at is None) == (not case.clock or bool(run.pause) or at_the_top)

    @invariant()
    def no_orphan(self) -> None:
        (orphans,) = self.desk.conn.execute(
            "select (select count(*) from case_clock where case_id not in (select id from case_file))"
            " + (select count(*) from case_file where id not in (select case_id from case_clock))"
        ).fetchone()
        assert orphans == 0

    @invariant()
    def in_one_lap_each_step_up_comes_once_and_in_order(self) -> None:
        for serial in self.serials:
            levels: list[int] = []
            post = ""
            for entry in cases.get(self.desk, serial).history:
                if entry.act == "escalate":
                    assert not levels or ORDER[entry.detail] > levels[-1]
                    levels.append(ORDER[entry.detail])
                elif _begins_a_lap(entry, post):
                    levels = []
                post = (
                    entry.detail if entry.act == "assign" else "" if entry.to_status == "screened" else post
                )
            if ledger.find(self.desk, serial).clock:
                assert ledger.find(self.desk, serial).level == max(levels, default=0)


def _begins_a_lap(entry: Entry, post: str) -> bool:
    before, after = (RUNS_IN.get(status, "") for status in (entry.from_status, entry.to_status))
    if entry.act in ("reopen", "separate") or (entry.act == "assign" and entry.detail != post):
        return True
    return bool(before and after) and LAPS[before] != LAPS[after]


TestClocks = pytest.mark.slow(Clocks.TestCase)
TestClocks.settings = settings(max_examples=25, stateful_step_count=30)
