"""The demo's invented year: it looks like a district's, holds together, and every text says that it is of a demo."""

import random
from collections import Counter
from pathlib import Path

import pytest

from appliance import audit, cases, figures, history, reports
from appliance.cases import Filter
from appliance.desk import Desk, open_desk
from provisioning.demo import history as invented
from provisioning.demo.year import course, rhythm
from sync.clock import DAY_S, HOUR_S
from tests.appliance.office import SP, enrolled

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

NOW = 1_795_000_000.0
DAYS = 150


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = enrolled(tmp_path_factory.mktemp("year"))
    invented.seed(root, lambda: NOW, random.Random(1), days=DAYS)
    return open_desk(root, lambda: NOW)


def column(desk: Desk, query: str) -> list[str]:
    return [row[0] for row in desk.conn.execute(query).fetchall()]


def test_it_holds_cases_of_every_stage_and_kind(desk: Desk) -> None:
    counts = cases.counts(desk)
    assert 500 < sum(counts.values()) < 1200
    assert all(counts[status] for status in ("received", "screened", "assigned", "in_action", "verified"))
    assert counts["closed"] > 0.8 * sum(counts.values()) and counts["duplicate"] > 20
    assert len(column(desk, "select distinct category from case_file")) >= 14
    assert set(column(desk, "select distinct outcome from case_file where status='closed'")) == set(
        cases.OUTCOMES
    )


def test_the_launch_is_busier_than_the_end_and_some_thanas_than_others(desk: Desk) -> None:
    opened = Counter(
        (int(NOW) - int(at)) // (30 * DAY_S) for at in column(desk, "select opened_at from case_file")
    )
    assert opened[4] > 1.3 * opened[1]
    thanas = Counter(column(desk, "select thana from case_file")).most_common()
    assert thanas[0][1] > 1.15 * thanas[-1][1]


def test_each_text_says_that_it_is_of_a_demo_and_few_repeat(desk: Desk) -> None:
    texts = [reports.told(desk, int(number)) for number in column(desk, "select id from report")]
    assert all(
        told.text.startswith(invented.LABELS) and told.place.startswith(invented.LABELS) for told in texts
    )
    assert len({told.text for told in texts}) > 0.6 * len(texts)
    assert {told.language for told in texts} == {"hi", "en"}


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_linked_to_a_case_that_was_closed_by_then(desk: Desk, seed: int) -> None:
    rng = random.Random(seed)
    moments = rhythm.moments(rng, int(NOW) - 400 * DAY_S, int(NOW), 3.0)
    pasts = list(course.pasts(course.of_box(desk), moments, rng))
    linked = [(past, pasts[n - past.of]) for n, past in enumerate(pasts) if past.of]
    assert len(linked) > 20
    for past, main in linked:
        assert all(step.act != "close" or step.at > past.steps[0].at for step in main.steps)


def test_something_urgent_has_just_come_and_waits(desk: Desk) -> None:
    newest = cases.open_cases(desk, SP, Filter(), None, 5).rows
    assert newest[0].happening_now and newest[0].status == "received"
    assert NOW - newest[0].opened_at < HOUR_S


def test_both_chains_hold_and_the_figures_agree(desk: Desk) -> None:
    assert audit.verify(desk.conn) is None and history.verify(desk.conn) is None
    assert figures.rollups(desk.conn) == figures.recount(desk.conn)
    assert figures.wrong_tallies(desk.conn) == 0


def test_whole_cases_open_and_the_next_serial_is_free(desk: Desk) -> None:
    for (serial,) in desk.conn.execute(
        "select serial from case_file order by id % 97, id limit 40"
    ).fetchall():
        case = cases.get(desk, serial)
        assert [entry.version for entry in case.history] == list(range(1, case.version + 1))
        assert all(
            one.to_status == other.from_status
            for one, other in zip(case.history, case.history[1:], strict=False)
        )
    serials = column(desk, "select serial from case_file")
    assert len(set(serials)) == len(serials)


def test_the_same_seed_makes_the_same_cases(tmp_path: Path) -> None:
    rows = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        root = enrolled(tmp_path / name)
        invented.seed(root, lambda: NOW, random.Random(1), days=20)
        conn = open_desk(root, lambda: NOW).conn
        rows.append(
            [tuple(row) for row in conn.execute("select serial, status, thana, opened_at from case_file")]
        )
    assert rows[0] == rows[1] and len(rows[0]) > 50
