"""The demo's practice cases: every stage is a way that the office may go, and every text says that it is practice."""

import random
from pathlib import Path

from appliance import cases
from appliance.cases import Filter
from appliance.desk import BOX, open_desk
from provisioning.demo import history
from tests.appliance.office import enrolled

NOW = 1_795_000_000.0


def test_forty_practice_cases_of_every_stage_are_made(tmp_path: Path, rng: random.Random) -> None:
    root = enrolled(tmp_path)
    history.seed(root, lambda: NOW, rng, 40)
    desk = open_desk(root, lambda: NOW)
    counts = cases.counts(desk)
    assert sum(counts.values()) == 40
    assert all(counts[status] for status in ("received", "screened", "assigned", "closed"))


def test_each_says_that_it_is_practice(tmp_path: Path, rng: random.Random) -> None:
    root = enrolled(tmp_path)
    history.seed(root, lambda: NOW, rng, 6)
    desk = open_desk(root, lambda: NOW)
    for row in cases.open_cases(desk, BOX, Filter(), None).rows:
        (told,) = cases.get(desk, row.serial).reports
        assert told.text in history.LABEL.values()
        assert told.place in history.LABEL.values()
