"""Any interleaving of people, taps, words, files, repeats, kills and reboots: exactly what was submitted is kept."""

from sqlite3 import Connection

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from relay import drafts
from relay.drafts import Draft
from relay.identity import IntakeKeys
from relay.intake import engine
from tests.conftest import SEED
from tests.relay.anybody import Anybody

EXAMPLES, STEPS = 15, 25
FIXED = settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
BY_CHANCE = settings(FIXED, derandomize=False)


@pytest.mark.slow
def test_what_people_submitted_is_kept_once_whatever_happens() -> None:
    run_state_machine_as_test(Anybody, settings=FIXED)


@pytest.mark.slow
def test_the_same_with_this_runs_seed() -> None:
    class ByChance(Anybody):
        """Searched anew in each run; pytest prints the seed."""

    seed(SEED)(ByChance)
    run_state_machine_as_test(ByChance, settings=BY_CHANCE)


@pytest.mark.slow
def test_a_draft_that_outlives_its_report_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: the same search on a relay that forgets to end the conversation with the report."""
    erase, save = drafts.erase, drafts.save

    def save_anew(conn: Connection, keys: IntakeKeys, draft: Draft, wake_at: float | None) -> None:
        erase(conn, keys, draft.sender)
        save(conn, keys, draft, wake_at)

    monkeypatch.setattr(drafts, "erase", lambda conn, keys, sender: None)
    monkeypatch.setattr(drafts, "save", save_anew)
    # what ends sooner by chance would be handed on again without end
    monkeypatch.setattr(engine, "sooner", lambda rng: (0, 0))
    first = settings(FIXED, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Anybody, settings=first)
