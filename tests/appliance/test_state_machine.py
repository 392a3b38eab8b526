"""Any sequence of acts by anybody: no forbidden transition, the chains hold, the figures agree with the cases."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance import audit, cases, figures, history, ledger
from appliance.cases import Quantities
from appliance.desk import ROLES, Actor
from appliance.errors import BudgetSpent, Conflict, Forbidden, NotAllowed, NotAnswerable, NotFound
from appliance.ledger import CaseFile
from appliance.proposal import strictest
from sync.errors import SatarkError
from tests.appliance.office import POST, Watch, body, open_office, receive

REFUSALS = (BudgetSpent, Forbidden, NotAllowed, NotAnswerable, NotFound)

# What a reader expects of the office, written down apart from the table in the code.
LIMITS = {
    "received": "screen",
    "screened": "assign",
    "assigned": "acknowledge",
    **dict.fromkeys(("acknowledged", "in_action"), "report"),
    **dict.fromkeys(("reported_back", "verified", "feedback_sent"), "feedback"),
    "quarantined": "screen",
}
"""The limit of each status: until a case is closed, linked to another, or confirmed as spam, somebody has to answer."""
TAKEN_BACK = {
    (status, "screened")
    for status in ("assigned", "acknowledged", "in_action", "reported_back", "verified", "feedback_sent")
}
"""From a post whose own people it turned out to be about."""
STEPS = {
    *TAKEN_BACK,
    *(("received", "screened"), ("received", "duplicate"), ("screened", "duplicate")),
    *(("received", "quarantined"), ("screened", "quarantined"), ("quarantined", "received")),
    *(("duplicate", "screened"), ("closed", "screened"), ("acknowledged", "assigned")),
    *(("assigned", "acknowledged"), ("acknowledged", "in_action"), ("reported_back", "verified")),
    *(("screened", "assigned"), ("assigned", "in_action"), ("in_action", "reported_back")),
    *(("in_action", "assigned"), ("reported_back", "assigned"), ("verified", "feedback_sent")),
    *(("verified", "assigned"), ("feedback_sent", "assigned")),
    *(("screened", "closed"), ("verified", "closed"), ("feedback_sent", "closed")),
}


def readers(case: cases.Case) -> set[str]:
    """Who did anything with it since something last came to it: nobody closes by himself what he alone has read."""
    comes = [entry.act in ("receive", "reopen", "separate") or own_addition(entry) for entry in case.history]
    last = max(at for at, came in enumerate(comes) if came)
    return {entry.actor for entry in case.history[last:]} - {"box"}


def own_addition(entry: history.Entry) -> bool:
    """Not one that is told here of a duplicate."""
    return entry.act == "add" and not entry.detail


def is_no_looser(before: CaseFile, after: CaseFile) -> bool:
    """Whether a limit that ran ends no later, and the class is no lower."""
    ends = (before.due_at, after.due_at)
    is_later = ends[0] is not None and (ends[1] is None or ends[1] > ends[0])
    return not is_later and strictest(before.sensitivity, after.sensitivity) == after.sensitivity


class Office(RuleBasedStateMachine):
    """Cases come and are worked on with versions that are sometimes old."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.watch = Watch()
        self.desk = open_office(Path(self.folder.name), self.watch)
        self.serials: list[str] = []
        self.seen: dict[str, tuple[str, int]] = {}
        self.number = 0

    def teardown(self) -> None:
        self.desk.conn.close()
        self.folder.cleanup()

    @rule(add=st.booleans(), contact=st.sampled_from(["push", "none"]), now=st.booleans(), data=st.data())
    def a_report_comes(self, add: bool, contact: str, now: bool, data: st.DataObject) -> None:
        self.number += 1
        earlier = data.draw(st.integers(1, self.number - 1)) if add and self.number > 1 else None
        adds_to = body(earlier).handle if earlier else None
        serial = receive(self.desk, body(self.number, adds_to=adds_to, contact=contact, happening_now=now))
        if serial not in self.serials:
            self.serials.append(serial)

    @precondition(lambda self: bool(self.serials))
    @rule(
        act=st.sampled_from(sorted(cases.TRANSITIONS)),
        role=st.sampled_from(ROLES),
        stale=st.booleans(),
        data=st.data(),
    )
    def somebody_acts(self, act: str, role: str, stale: bool, data: st.DataObject) -> None:
        serial, other = (data.draw(st.sampled_from(self.serials)) for _ in range(2))
        before, agreed = cases.get(self.desk, serial), data.draw(st.integers(0, 2))
        version = before.version - stale
        actor = Actor(role, role, role, {"co": "CO City", "sho": POST}.get(role, ""))
        more: dict[str, tuple[object, ...]] = {
            "assign": (POST,),
            "answer": data.draw(st.sampled_from((("taken_up", ()), ("not_found", ())))),
            "close": ("unfounded", "", Quantities(), agreed),
            "mark_duplicate": (other,),
            "concern": ("JNP-01", "a reason"),
            "unconcern": ("JNP-01", "a reason"),
            "reclassify": ("secret", data.draw(st.booleans()), False, "a reason"),
            "correct": (
                data.draw(st.sampled_from(("other", "arms", "women_child"))),
                data.draw(st.sampled_from(("JNP-01", "JNP-02", ""))),
                "a reason",
            ),
            "pause": ("agency", "a reason"),
            **dict.fromkeys(("reopen", "separate", "quarantine"), ("a reason",)),
        }
        if act == "ask":
            act, more["answer"] = "answer", ("need_more", ("place",))
        try:
            getattr(cases, act)(self.desk, serial, actor, version, *more.get(act, ()))
        except Conflict:
            assert stale
        except REFUSALS:
            assert cases.get(self.desk, serial) == before
        else:
            assert not stale
            assert act in cases.acts_for(before.status, role)
            assert act != "close" or len(before.untold) <= agreed
            assert act != "close" or readers(before) - {actor.name}
            after = cases.get(self.desk, serial)
            assert after.version == before.version + 1
            assert act != "correct" or is_no_looser(before.file, after.file)

    @rule(hours=st.integers(1, 400))
    def time_passes(self, hours: int) -> None:
        self.watch.now += hours * 3600

    @invariant()
    def only_allowed_steps(self) -> None:
        for serial in self.serials:
            case = cases.get(self.desk, serial)
            status, version = self.seen.get(serial, ("received", 1))
            steps = [
                (entry.from_status, entry.to_status) for entry in case.history if entry.version > version
            ]
            assert {step for step in steps if step[0] != step[1]} <= STEPS
            assert [entry.version for entry in case.history] == list(range(1, case.version + 1))
            assert case.status == (steps[-1][1] if steps else status)
            self.seen[serial] = (case.status, case.version)

    @invariant()
    def no_clock_is_lost(self) -> None:
        for serial in self.serials:
            case = cases.get(self.desk, serial).file
            is_over = case.status in ("closed", "duplicate") or ledger.is_confirmed(self.desk, case)
            assert case.clock == ("" if is_over else LIMITS[case.status])
            assert (case.due_at is not None) + (case.left_s is not None) == (not is_over)

    @invariant()
    def chains_and_figures_agree(self) -> None:
        assert audit.verify(self.desk.conn) is None
        assert history.verify(self.desk.conn) is None
        assert figures.rollups(self.desk.conn) == figures.recount(self.desk.conn)
        assert figures.wrong_tallies(self.desk.conn) == 0
        shown = Counter(cases.get(self.desk, serial).status for serial in self.serials)
        assert Counter({k: n for k, n in cases.counts(self.desk).items() if n}) == shown


TestOffice = pytest.mark.slow(Office.TestCase)
# Each step writes to a real database with every flush: fewer sequences than the profile has, still some seconds.
TestOffice.settings = settings(max_examples=20, stateful_step_count=25)


def test_refusals_are_errors_of_ours() -> None:
    assert all(issubclass(refusal, SatarkError) for refusal in REFUSALS)


def test_the_table_reaches_every_status() -> None:
    rows = [(source, row.to) for row in cases.TRANSITIONS.values() for source in row.sources if row.to]
    rows += [("verified", "feedback_sent"), *TAKEN_BACK]
    assert {step for step in rows if step[0] != step[1]} == STEPS
    assert {to for _, to in rows} | {"received"} == set(cases.STATUSES)
