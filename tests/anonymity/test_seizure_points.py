"""Disks as they lie at fault points of submit, release, reply and close; ``./run adversaries seizure`` takes all."""

from pathlib import Path

import pytest

from sync import faults
from tests.adversaries import disks
from tests.anonymity.conftest import MakeTown
from tests.anonymity.seizing import DAY_AFTER, SHARED, Seizing

pytestmark = pytest.mark.slow

OPEN = ("released", "command-taken", "answer-over")
POINTS = ("vault-written", *OPEN, DAY_AFTER, "keys-log-cut", "epoch key dead")


@pytest.fixture
def seizing(make_town: MakeTown, tmp_path: Path) -> Seizing:
    """A report from its first word to the death of its keys."""
    made = Seizing(make_town("points"), tmp_path / "cuts")
    made.play()
    return made


def test_a_report_passes_every_point_and_its_disks_name_nobody_without_all_three(seizing: Seizing) -> None:
    passed = {cut.point.partition(" at ")[0] for cut in seizing.cuts}
    assert passed >= {*faults.POINTS, *SHARED}
    learned = disks.rob(seizing, POINTS)
    named = {what.partition(": ")[2].rstrip(")") for what in learned.pop(disks.ALL_OPEN)}
    assert named == set(OPEN)
    assert learned == {thief: [] for thief in learned}
