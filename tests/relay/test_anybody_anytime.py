"""Any interleaving of people, taps, words, files, repeats, kills and reboots: exactly what was submitted is kept."""

import sys
from contextlib import nullcontext
from sqlite3 import IntegrityError

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from relay.intake import Intake
from tests.conftest import SEED
from tests.relay.anybody import Anybody

EXAMPLES, STEPS = 25, 25
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
def test_a_step_that_is_not_one_transaction_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: the same search on a relay that commits every statement of a step by itself."""
    monkeypatch.setattr(sys.modules[Intake.__module__], "transaction", nullcontext)
    first = settings(FIXED, max_examples=300, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises((AssertionError, IntegrityError)):
        run_state_machine_as_test(Anybody, settings=first)
