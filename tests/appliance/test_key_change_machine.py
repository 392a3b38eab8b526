"""Changes of keys, greetings, submits, losses, restarts and long absences in any order.

Every report opens exactly once with its way back, no key is erased while an envelope sealed to it can still come, and
what is erased stays erased.
"""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync.clock import DAY_S
from tests.appliance.months import Months
from tests.stations import World

WAITS_S = (60.0, 3600.0, 2 * DAY_S, 8 * DAY_S, 20 * DAY_S, 36 * DAY_S)


class KeyChange(RuleBasedStateMachine):
    """A box, a relay, and a broker that loses, repeats and delays what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.months = Months(Path(self.folder.name), World(Path(self.folder.name), random.Random(1)))
        self.lying: list[tuple[str, list[bytes]]] = []
        self.erased: set[str] = set()
        self.live = set(self.months.ring.live)

    def teardown(self) -> None:
        try:
            self.months.pass_days(1, step_s=3600)
            self.months.turns(40)
            everything = list(range(1, self.months.told + 1))
            assert self.months.opened() == self.months.stored() == everything
            assert self.months.relay.station.waiting() == 0
        finally:
            for conn in (self.months.desk.conn, self.months.keys_conn, self.months.station):
                conn.close()
            self.folder.cleanup()

    @rule()
    def an_informant_tells(self) -> None:
        self.months.submit()

    @rule(seconds=st.sampled_from(WAITS_S))
    def time_passes(self, seconds: float) -> None:
        self.months.world.time.now += seconds

    @rule(fate=st.sampled_from(["arrives", "lost", "delayed"]))
    def the_box_speaks(self, fate: str) -> None:
        self._carry("relay", self.months.box_frames(), fate)

    @rule(fate=st.sampled_from(["arrives", "lost", "delayed"]))
    def the_relay_speaks(self, fate: str) -> None:
        self._carry("box", self.months.relay_frames(), fate)

    @rule()
    def they_talk_for_days(self) -> None:
        self.months.pass_days(9, step_s=DAY_S)

    @precondition(lambda self: bool(self.lying))
    @rule(data=st.data(), again=st.booleans())
    def something_old_arrives(self, data: st.DataObject, again: bool) -> None:
        at = data.draw(st.integers(0, len(self.lying) - 1))
        to, frames = self.lying[at] if again else self.lying.pop(at)
        self._arrive(to, frames)

    @rule()
    def the_box_starts_anew(self) -> None:
        self.months.start_box()

    @rule()
    def the_relay_starts_anew(self) -> None:
        self.months.restart_relay()

    @invariant()
    def no_key_is_erased_that_something_is_sealed_to(self) -> None:
        live = self.months.ring.live
        for envelope in self.months.under_way():
            assert {part.key for part in envelope.parts} <= set(live)

    @invariant()
    def what_is_erased_stays_erased(self) -> None:
        live = set(self.months.ring.live)
        self.erased |= self.live - live
        self.live = live
        newest = self.months.ring.newest
        assert not self.erased & live
        assert {newest.body.public.id, newest.contact.public.id} <= live
        files = [p.read_bytes() for p in (self.months.desk.config.root / "keys").rglob("*.key")]
        assert len([raw for raw in files if raw]) == len(live)

    @invariant()
    def nothing_opens_twice(self) -> None:
        assert len(self.months.stored()) == len(set(self.months.stored()))

    def _carry(self, to: str, frames: list[bytes], fate: str) -> None:
        if fate == "delayed" and frames:
            self.lying.append((to, frames))
        if fate == "arrives":
            self._arrive(to, frames)

    def _arrive(self, to: str, frames: list[bytes]) -> None:
        if frames:
            (self.months.to_box if to == "box" else self.months.to_relay)(frames)


TestKeyChange = pytest.mark.slow(KeyChange.TestCase)
TestKeyChange.settings = settings(max_examples=12, stateful_step_count=30)
