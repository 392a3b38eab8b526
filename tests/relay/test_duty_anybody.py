"""Any taps, notes and reassignments: only the officer who has the case now, and only by his own notice, moves it."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance import cases, history, holders
from relay.events import Sender
from relay.limits import Buttons
from sync.db import transaction
from sync.messages import Duty, DutyOver
from tests.appliance.office import SP, SUPERVISOR, Watch, body, close, commands, open_office, receive
from tests.relay.barracks import Barracks

PHONES = {"SHO JNP-01": Sender("", "919812345678"), "SHO JNP-02": Sender("", "919812345679")}
NOBODY = Sender("", "919812345670")
UNKNOWN = Sender("IN.7", "")
EVERYBODY = (*PHONES.values(), NOBODY)
ACTS = ("accept", "accept", "acted", "could_not", "cannot", "")
COMMANDS: tuple[tuple[str, type[Duty] | type[DutyOver]], ...] = (("duty", Duty), ("duty_over", DutyOver))


class Office(RuleBasedStateMachine):
    """A box with one case, a relay, two officers, and somebody who has seen every token."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        (path / "box").mkdir()
        self.desk = open_office(path / "box", Watch())
        self.barracks = Barracks(path, random.Random(1))
        for post, sender in PHONES.items():
            holders.appoint(self.desk, SP, post, post, sender.phone, "hi")
        self.serial = receive(self.desk, body(1))
        cases.screen(self.desk, self.serial, SUPERVISOR, 1)
        self.sent = {"duty": 0, "duty_over": 0}
        self.heard = 0
        self.tokens: list[str] = []

    def teardown(self) -> None:
        self.desk.conn.close()
        self.folder.cleanup()

    @property
    def case(self) -> cases.Case:
        return cases.get(self.desk, self.serial)

    @precondition(lambda self: self.case.status != "closed")
    @rule(post=st.sampled_from(sorted(PHONES)))
    def the_case_is_given(self, post: str) -> None:
        cases.assign(self.desk, self.serial, SUPERVISOR, self.case.version, post)

    @precondition(lambda self: self.case.status == "reported_back")
    @rule()
    def the_case_is_closed(self) -> None:
        cases.verify(self.desk, self.serial, SP, self.case.version)
        close(self.desk, self.serial, SP, self.case.version, "preventive")

    @precondition(lambda self: any(len(commands(self.desk, p, k)) > self.sent[p] for p, k in COMMANDS))
    @rule(over_first=st.booleans())
    def the_line_carries(self, over_first: bool) -> None:
        """What waits at the box arrives, in either order."""
        for purpose, kind in reversed(COMMANDS) if over_first else COMMANDS:
            waiting = commands(self.desk, purpose, kind)[self.sent[purpose] :]
            self.sent[purpose] += len(waiting)
            for message in waiting:
                self.barracks.order(message)
        sent = [one.payload for one in self.barracks.relay.whatsapp.sent]
        ids = [button.id for payload in sent if isinstance(payload, Buttons) for button in payload.buttons]
        self.tokens = list(dict.fromkeys(name.split("|")[1] for name in ids))

    @precondition(lambda self: bool(self.tokens))
    @rule(who=st.sampled_from(EVERYBODY), act=st.sampled_from(ACTS), data=st.data())
    def somebody_taps(self, who: Sender, act: str, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(self.tokens))
        self._unless_his(who, lambda: self.barracks.tap(act, who, token), token)

    @rule(
        who=st.sampled_from((*EVERYBODY, UNKNOWN)), text=st.sampled_from(["done", "accept", " ", "x" * 1001])
    )
    def somebody_writes(self, who: Sender, text: str) -> None:
        self._unless_his(who, lambda: self.barracks.write(text, who), "")

    def _unless_his(self, who: Sender, act: Callable[[], object], token: str) -> None:
        before = self.case
        act()
        answers = self.barracks.answers()
        for _, answer in answers[self.heard :]:
            with transaction(self.desk.conn):
                cases.officer_answered(self.desk, answer, self.desk.clock())
        self.heard = len(answers)
        is_his = before.status != "closed" and PHONES.get(before.post) == who
        if not is_his or (token and token != self._token_now()):
            assert self.case == before

    def _token_now(self) -> str:
        """The token of the duty that is his now, as the relay keeps it."""
        last = commands(self.desk, "duty", Duty)[-1:]
        held = [row for row in self.barracks.held() if last and row.duty.duty == last[0].duty]
        return held[0].token if held else ""

    @invariant()
    def the_case_moves_by_allowed_steps_and_its_history_holds(self) -> None:
        assert history.verify(self.desk.conn) is None
        acts = {entry.act for entry in self.case.history if entry.actor in PHONES}
        assert acts <= {
            "acknowledge",
            "start",
            "report_back",
            "duty_accepted",
            "duty_cannot",
            "duty_acted",
            "duty_could_not",
            "duty_note",
        }

    @invariant()
    def nobody_but_officers_is_told_of_a_case(self) -> None:
        sent = self.barracks.relay.whatsapp.sent
        assert {one.to for one in sent if isinstance(one.payload, Buttons)} <= set(PHONES.values())


TestOffice = pytest.mark.slow(Office.TestCase)
# Each step writes to real databases: fewer sequences than the profile has, still some seconds.
TestOffice.settings = settings(max_examples=20, stateful_step_count=30)
