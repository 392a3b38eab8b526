"""Counts travel to the range: dense, idempotent, and in the end the same as the box's own."""

import random
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import cases, digest, figures
from appliance.desk import Desk
from appliance.figures import Place
from appliance.rangenode import accept
from appliance.rangenode import figures as range_figures
from sync import frames
from sync.clock import week_of
from sync.db import transaction
from sync.errors import Unreadable
from sync.exchange import Opened
from sync.messages import Cell, Digest, FirstDigest, Tally, decode, encode
from tests.appliance.ends import Ends
from tests.appliance.office import (
    SCREENER,
    START,
    SUPERVISOR,
    Watch,
    body,
    close,
    commands,
    open_office,
    receive,
)
from tests.stations import RELAY_ID, World, a_report

BOX = "n0000000b"


def told(conn: object, box: str = BOX) -> Counter[Place]:
    """The cells of a box at the range, all epochs."""
    assert hasattr(conn, "execute")
    rows = conn.execute("select * from digest_cell where box=? and count > 0", (box,))
    names = ("district", "thana", "category", "week", "status")
    return Counter({Place(*(row[name] for name in names)): row["count"] for row in rows})


def busy_office(root: Path, seed: int) -> Desk:
    """An office after some days of work, with a digest now and then."""
    desk, rng = open_office(root, Watch()), random.Random(seed)
    for number in range(1, 25):
        category = rng.choice(["liquor", "drugs"])
        serial = receive(desk, body(number, category=category, thana=rng.choice(["JNP-01", ""])))
        if rng.random() < 0.7:
            cases.screen(desk, serial, SUPERVISOR, 1)
        if rng.random() < 0.3:
            digest.build_due(desk)
    digest.build_due(desk)
    return desk


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> list[Desk]:
    return [busy_office(tmp_path_factory.mktemp("box"), seed) for seed in range(4)]


@pytest.mark.slow
@given(data=st.data(), rng=st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_boxs_own_figures(
    tmp_path_factory: pytest.TempPathFactory, offices: list[Desk], data: st.DataObject, rng: random.Random
) -> None:
    desk = data.draw(st.sampled_from(offices))
    digests = commands(desk, "digest", Digest)
    arrivals = digests + rng.choices(digests, k=5)
    rng.shuffle(arrivals)
    conn = accept.open_range(tmp_path_factory.mktemp("range") / "range.db")
    for one in arrivals:
        accept.accept(conn, BOX, one, START)
    assert told(conn) == figures.recount(desk.conn)
    (totals,) = range_figures.by_district(conn)
    assert totals.total == 24
    assert totals.by_status == {status: n for status, n in cases.counts(desk).items() if n}
    assert range_figures.boxes(conn)[0].missing == ()
    conn.close()


def test_digests_are_numbered_without_gaps_and_made_only_for_news(desk: Desk) -> None:
    assert digest.build_due(desk) == 0
    for number in (1, 2, 3):
        receive(desk, body(number))
        assert (digest.build_due(desk), digest.build_due(desk)) == (1, 0)
    digests = commands(desk, "digest", Digest)
    assert [one.seq for one in digests] == [0, 1, 2]
    assert [one.cells[0].count for one in digests] == [1, 2, 3]


def test_a_cell_that_became_empty_is_told_as_zero(desk: Desk) -> None:
    serial = receive(desk, body(1))
    digest.build_due(desk)
    cases.screen(desk, serial, SUPERVISOR, 1)
    digest.build_due(desk)
    last = commands(desk, "digest", Digest)[-1]
    assert {cell.status: cell.count for cell in last.cells} == {"received": 0, "screened": 1}


def test_many_changed_cells_take_several_digests_that_each_fit_a_frame(desk: Desk) -> None:
    with transaction(desk.conn):
        for number in range(digest.CELLS_EACH + 1):
            figures.bump(desk.conn, Place("JNP" * 4, f"JNP-{number:08}", "c" * 30, 3000, "s" * 20), 1)
    assert digest.build_due(desk) == 2
    first, second = commands(desk, "digest", Digest)
    assert (len(first.cells), len(second.cells)) == (digest.CELLS_EACH, 1)
    assert len(encode(first)) < frames.FRAME_MAX_BYTES - 16_384


_TALLY = "category, sensitivity, victim, child, sum(open), sum(none), sum(duplicates)"


def tallied(desk: Desk) -> set[tuple[object, ...]]:
    """The tallies of weeks as the box keeps them, without thanas."""
    rows = desk.conn.execute(f"select period, {_TALLY} from tally where unit='week' group by 1, 2, 3, 4, 5")
    return {tuple(row) for row in rows}


def told_tallies(conn: sqlite3.Connection) -> set[tuple[object, ...]]:
    """The same as the range was told them."""
    rows = conn.execute(f"select week, {_TALLY} from tally_cell group by 1, 2, 3, 4, 5")
    return {tuple(row) for row in rows}


def test_classes_and_results_are_told_in_any_order(desk: Desk, tmp_path: Path, rng: random.Random) -> None:
    for number in range(1, 9):
        serial = receive(desk, body(number, category=["drugs", "liquor"][number % 2]))
        digest.build_due(desk)
        if number % 3 == 0:
            cases.screen(desk, serial, SCREENER, 1)
            close(desk, serial, SUPERVISOR, 2, "unfounded")
    digest.build_due(desk)
    arrivals = commands(desk, "digest", Digest)
    rng.shuffle(arrivals)
    conn = accept.open_range(tmp_path / "range" / "range.db")
    for one in (*arrivals, *arrivals[:3]):
        accept.accept(conn, BOX, accept.possible(desk, BOX, one, START), START)
    assert told_tallies(conn) == tallied(desk)
    assert {key[1] for key in tallied(desk)} == {"drugs", "liquor"}
    assert digest.build_due(desk) == 0


def test_a_digest_of_a_box_that_was_not_upgraded_still_counts(tmp_path: Path, rng: random.Random) -> None:
    world = World(tmp_path, rng)
    world.time.now = START
    ends = Ends(tmp_path, open_office(tmp_path, world.clock, "range"), world)
    envelope = a_report(RELAY_ID, world.keys[RELAY_ID].signing, BOX, world.keys[BOX], "m")
    old = decode("digest", "message", encode(FirstDigest(1, "e", 0, (PLAIN,))))
    ends.program.handlers["digest"](ends.desk.conn, Opened(BOX, envelope, {"message": old}, b""), START)
    conn = accept.open_range(ends.desk.config.range_db)
    assert [row["count"] for row in conn.execute("select count from digest_cell")] == [PLAIN.count]


def test_what_waits_from_before_an_upgrade_still_leaves(desk: Desk) -> None:
    old = FirstDigest(1, "e", 0, (PLAIN,))
    assert decode("digest", "message", encode(old)) == old


TALLY = Tally("JNP", "liquor", week_of(START), "open", False, True, 3, 2, 1, 0, 0)


@pytest.mark.parametrize(
    ("one", "is_kept"),
    [
        (TALLY, True),
        (replace(TALLY, open=0), True),
        (replace(TALLY, district="GZP"), False),
        (replace(TALLY, none=-1), False),
        (replace(TALLY, duplicates=10**6 + 1), False),
        (replace(TALLY, week=TALLY.week + 2), False),
        (replace(TALLY, sensitivity="a b"), False),
        (replace(TALLY, category="<b>"), False),
    ],
)
def test_the_range_takes_tallies_that_a_box_can_count(desk: Desk, one: Tally, is_kept: bool) -> None:
    kept = accept.possible(desk, BOX, Digest(2, "e", 0, (), (one,)), START).tallies
    assert kept == ((one,) if is_kept else ())


def test_a_digest_goes_to_the_range_in_the_last_lane(desk: Desk) -> None:
    receive(desk, body(1))
    digest.build_due(desk)
    (row,) = desk.conn.execute("select recipient, lane, content from outbox where purpose='digest'")
    assert tuple(row)[:2] == ("n0000000c", 3)
    assert b"liquor" not in row[2]


def test_a_range_node_sends_no_digest(tmp_path: Path) -> None:
    desk = open_office(tmp_path, Watch(), role="range")
    receive(desk, body(1))
    assert digest.build_due(desk) == 0


def test_a_range_that_lost_everything_is_told_everything(desk: Desk, tmp_path: Path) -> None:
    for number in (1, 2):
        receive(desk, body(number, category=["drugs", "liquor"][number - 1]))
        digest.build_due(desk)
    with transaction(desk.conn):
        digest.resend_all(desk.conn)
    digest.build_due(desk)
    conn = accept.open_range(tmp_path / "range.db")
    accept.accept(conn, BOX, commands(desk, "digest", Digest)[-1], START)
    assert told(conn) == figures.recount(desk.conn)


def cells(count: int, status: str = "received") -> tuple[Cell, ...]:
    return (Cell("JNP", "JNP-01", "liquor", 2922, status, count),)


def test_a_restored_box_counts_anew_and_its_old_counts_are_gone(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    accept.accept(conn, BOX, Digest(1, "old", 0, cells(9)), START)
    accept.accept(conn, BOX, Digest(1, "new", 0, cells(4)), START + 1)
    accept.accept(conn, BOX, Digest(1, "old", 1, cells(10)), START + 2)
    (totals,) = range_figures.by_district(conn)
    assert (totals.total, totals.by_week) == (4, {2922: 4})
    assert range_figures.by_district(conn, since_week=2923) == ()


def test_two_boxes_are_two_columns_of_one_sum(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    accept.accept(conn, BOX, Digest(1, "e", 0, cells(2)), START)
    accept.accept(conn, "n000000d", Digest(1, "e", 0, (*cells(3), *cells(1, "closed"))), START)
    (totals,) = range_figures.by_district(conn)
    assert (totals.district, totals.by_status) == ("JNP", {"received": 5, "closed": 1})
    assert totals.by_category == {"liquor": 6}


def test_the_range_knows_how_fresh_its_boxes_are(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    for seq in (0, 3, 5):
        accept.accept(conn, BOX, Digest(1, "e", seq, ()), START)
    accept.contact(conn, BOX, START + 60, directory_version=3)
    accept.contact(conn, BOX, START, directory_version=2)
    accept.contact(conn, "n000000d", START)
    box, silent = range_figures.boxes(conn)
    assert (box.last_contact_at, box.directory_version) == (START + 60, 3)
    assert (box.last_seq, box.missing) == (5, (1, 2, 4))
    assert (silent.last_seq, silent.missing) == (None, ())


def test_a_long_gap_is_named_in_part(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    accept.accept(conn, BOX, Digest(1, "e", 10**9, ()), START)
    assert range_figures.boxes(conn)[0].missing == tuple(range(100))


def test_numbers_without_a_gap_take_one_row(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    for seq in (2, 0, 1, 5, 2, 3, 0):
        accept.accept(conn, BOX, Digest(1, "e", seq, ()), START)
    assert [row[0] for row in conn.execute("select seq from digest_seen")] == [3, 5]
    (box,) = range_figures.boxes(conn)
    assert (box.last_seq, box.missing) == (5, (4,))


def test_numbers_of_an_older_program_are_read_alike(tmp_path: Path) -> None:
    conn = accept.open_range(tmp_path / "range.db")
    conn.execute("delete from _sqlite_migrations where name='002_dense_numbers'")
    accept.accept(conn, BOX, Digest(1, "e", 3, ()), START)
    conn.execute("delete from digest_seen where seq=-1")
    conn.close()
    conn = accept.open_range(tmp_path / "range.db")
    assert range_figures.boxes(conn)[0].missing == (0, 1, 2)


THIS_WEEK = week_of(START)
PLAIN = Cell("JNP", "JNP-01", "liquor", THIS_WEEK, "received", 3)


@pytest.mark.parametrize(
    "one",
    [
        PLAIN,
        replace(PLAIN, thana="", count=0),
        replace(PLAIN, count=10**6),
        replace(PLAIN, week=THIS_WEEK + 1, status="duplicate"),
    ],
)
def test_the_range_takes_what_a_box_can_count(desk: Desk, one: Cell) -> None:
    digest = Digest(1, "e", 0, (PLAIN, one))
    assert accept.possible(desk, BOX, digest, START) == digest


@pytest.mark.parametrize(
    "one",
    [
        replace(PLAIN, district="GZP", thana="GZP-01"),
        replace(PLAIN, count=10**6 + 1),
        replace(PLAIN, count=-1),
        replace(PLAIN, week=THIS_WEEK + 2),
        replace(PLAIN, week=-1),
        replace(PLAIN, thana="<b>" * 9),
        replace(PLAIN, category="x" * 41),
        replace(PLAIN, status="a b"),
    ],
)
def test_the_range_leaves_out_what_no_box_can_count(desk: Desk, one: Cell) -> None:
    assert accept.possible(desk, BOX, Digest(1, "e", 0, (PLAIN, one)), START).cells == (PLAIN,)


def test_a_digest_whose_number_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(Unreadable):
        accept.possible(desk, BOX, Digest(1, "e", -1, (PLAIN,)), START)


def test_one_odd_cell_costs_the_others_nothing_and_is_counted(tmp_path: Path, rng: random.Random) -> None:
    world = World(tmp_path, rng)
    world.time.now = START
    ends = Ends(tmp_path, open_office(tmp_path, world.clock, "range"), world)
    envelope = a_report(RELAY_ID, world.keys[RELAY_ID].signing, BOX, world.keys[BOX], "m")
    odd = Digest(1, "e", 0, (PLAIN, replace(PLAIN, count=10**12)))
    ends.program.handlers["digest"](ends.desk.conn, Opened(BOX, envelope, {"message": odd}, b""), START)
    conn = accept.open_range(ends.desk.config.range_db)
    assert [row["count"] for row in conn.execute("select count from digest_cell")] == [PLAIN.count]
    assert ends.desk.conn.execute("select value from counter where name='odd_cell'").fetchone()[0] == 1
