"""What time and order of release tell: nothing but the slot. ``./run adversaries timing`` measures it over days."""

import random
import sqlite3
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import release
from relay.slots import Pace
from relay.submission import UNFINISHED_SLOTS
from sync import db
from sync.clock import HOUR_S, hour_of
from sync.db import transaction
from tests.anonymity.additions import added_once, answered_by_adding
from tests.anonymity.matching import score, taught
from tests.anonymity.timeline import Seen, day, quick_towns, times
from tests.relay.builders import JITTER_S, SENDER, UNDO_S, FakeRelay, after_release, told

PACE = Pace(UNDO_S, JITTER_S)
NOW = 1_800_000_000.0
SECONDS = st.floats(NOW, NOW + 86_400, allow_nan=False)


@pytest.fixture
def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRelay:
    """A relay whose databases wait for no disk."""
    monkeypatch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))
    return FakeRelay(tmp_path, random.Random("timing"))


@given(SECONDS, SECONDS)
def test_what_is_told_in_one_half_hour_goes_together_and_says_one_hour(one: float, other: float) -> None:
    goes, other_goes = PACE.release_at(one), PACE.release_at(other)
    assert (goes == other_goes) == (one // JITTER_S == other // JITTER_S)
    assert UNDO_S < goes - one <= UNDO_S + JITTER_S
    assert PACE.hour(goes) == hour_of(one)


@given(SECONDS, st.integers(0, 20 * HOUR_S))
def test_what_is_slowed_down_looks_like_what_was_told_in_a_later_slot(now: float, later_s: int) -> None:
    goes, told_then = PACE.release_at(now, later_s), now // JITTER_S * JITTER_S
    while PACE.release_at(told_then) < goes:
        told_then += JITTER_S
    assert PACE.release_at(told_then) == goes and PACE.hour(goes) == hour_of(told_then)
    assert later_s <= goes - PACE.release_at(now) <= later_s + JITTER_S


@pytest.mark.parametrize("happening_now", [False, True])
def test_a_slowed_report_is_held_with_the_others_of_its_slot(relay: FakeRelay, happening_now: bool) -> None:
    with transaction(relay.conn):
        relay.submission.submit(told(happening_now=happening_now), SENDER, relay.now, later_s=2 * HOUR_S)
    relay.told_time.now += 2 * HOUR_S + 7
    _submit(relay)
    assert relay.value("select count(distinct release_at) from held") == 1
    slowed, other = relay.held()
    assert slowed.body.hour == other.body.hour == hour_of(relay.now)


@pytest.mark.parametrize("happening_now", [False, True])
def test_an_unfinished_report_goes_in_a_slot_that_its_message_does_not_tell(
    relay: FakeRelay, happening_now: bool
) -> None:
    for _ in range(60):
        _submit(relay, incomplete=True, happening_now=happening_now)
    goes = [row[0] for row in relay.conn.execute("select release_at from held order by rowid")]
    slots = {(at - PACE.release_at(relay.now)) / JITTER_S for at in goes}
    assert slots <= set(range(1, UNFINISHED_SLOTS + 1)) and len(slots) > UNFINISHED_SLOTS / 2
    assert [held.body.hour for held in relay.held()] == [PACE.hour(at) for at in goes]


def test_without_jitter_a_report_goes_after_its_undo_window() -> None:
    assert Pace(UNDO_S, 0).release_at(NOW + 7) == NOW + 7 + UNDO_S
    assert Pace(0, 0.2).release_at(NOW + 0.07) == pytest.approx(NOW + 0.2)


def _submit(relay: FakeRelay, **changes: object) -> str:
    with transaction(relay.conn):
        return relay.submission.submit(told(**changes), SENDER, relay.now).message_id


def _release(relay: FakeRelay) -> list[str]:
    """The message ids in the order in which they went."""
    before = int(str(relay.value("select coalesce(max(rowid), 0) from outbox")))
    after_release(relay)
    release.release_due(relay.conn, relay.identity(), relay.now)
    return [
        row[0]
        for row in relay.conn.execute("select message_id from outbox where rowid>? order by rowid", (before,))
    ]


@pytest.mark.slow
def test_the_order_inside_a_slot_is_drawn_and_none_is_left_out(relay: FakeRelay) -> None:
    seen = set()
    for _ in range(40):
        submitted = [_submit(relay) for _ in range(3)]
        went = _release(relay)
        assert sorted(went) == sorted(submitted)
        seen.add(tuple(submitted.index(message_id) for message_id in went))
    assert seen == set(permutations(range(3)))


def test_after_release_no_table_of_the_relay_keeps_the_order_of_writing(relay: FakeRelay) -> None:
    for _ in range(8):
        _submit(relay)
    went = _release(relay)
    assert went == sorted(went)  # by their random names: log index, rows and leaves all follow these
    for conn in (relay.conn, relay.vault_conn):
        kept_in_order = {
            row["name"]
            for row in conn.execute("pragma table_list")
            if not row["wr"] and row["schema"] == "main"
        }
        filled = {
            name for name in kept_in_order if conn.execute(f"select count(*) from {name}").fetchone()[0] > 1
        }
        assert {name for name in filled if not name.startswith(("sqlite_", "_sqlite"))} <= {"outbox"}


def _pages(conn: sqlite3.Connection, names: Sequence[bytes]) -> list[list[int]]:
    """For each page of a database where some of ``names`` lie: which, in the order of their bytes there."""
    conn.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()
    data = Path(conn.execute("pragma database_list").fetchone()[2]).read_bytes()
    size = conn.execute("pragma page_size").fetchone()[0]
    pages = [data[start : start + size] for start in range(0, len(data), size)]
    there = [{page.index(name): at for at, name in enumerate(names) if name in page} for page in pages]
    return [[places[start] for start in sorted(places)] for places in there if len(places) > 1]


def _two_years(relay: FakeRelay) -> None:
    """What 500 reports a day leave on the disk: 14 days of the outbox and the whole log."""
    rows = "with recursive n(x) as (select 1 union all select x+1 from n where x<500*{}) insert into "
    sent = "lower(hex(randomblob(16))), 'box', 'report', 0, zeroblob(7000), null, ?, 0, 0, 'acknowledged', ''"
    leaf = "'box', x, randomblob(32), randomblob(32)"
    with transaction(relay.conn):
        relay.conn.execute(rows.format(14) + f"outbox select {sent} from n", (relay.now,))
        relay.conn.execute(rows.format(730) + f"log_leaf select {leaf} from n")


@pytest.mark.parametrize("before", [_two_years, lambda relay: None])
def test_after_release_no_page_of_the_relays_disk_keeps_the_order_of_writing(
    relay: FakeRelay, before: Callable[[FakeRelay], None]
) -> None:
    """The bytes, not the rows: SQLite puts what is new before what was there, whatever its key."""
    before(relay)
    written = [_submit(relay) for _ in range(9)]
    query = "select tag, handle from receipt where message_id=?"
    rows = [relay.conn.execute(query, (message_id,)).fetchone() for message_id in written]
    tags, handles = [row["tag"] for row in rows], [row["handle"].encode() for row in rows]
    relay.pass_time(JITTER_S)
    _release(relay)
    in_vault, in_receipts = _pages(relay.vault_conn, handles), _pages(relay.conn, tags)
    for page in in_vault:
        found = [handles[at] for at in page]
        assert found == sorted(found, reverse=True)
    assert in_vault and max(map(len, in_receipts)) == len(tags)
    assert not [page for page in in_receipts if page in ([*range(9)], [*reversed(range(9))])]


def test_what_adds_to_a_held_report_goes_behind_it(relay: FakeRelay) -> None:
    for _ in range(6):
        first = _submit(relay)
        handle = str(relay.value("select handle from held where message_id=?", first))
        added = [_submit(relay, adds_to=handle) for _ in range(2)]
        went = _release(relay)
        assert went[0] == first and went[1:] == sorted(added)


def _synthetic(seed: int, weak: str) -> list[Seen]:
    """A day without a relay, under one rule or another."""
    rng = random.Random(f"{weak} {seed}")
    told_at = times(rng, 120, NOW)
    came = []
    for phone, at in enumerate(told_at):
        goes = {"at once": at + UNDO_S, "each its own": at + UNDO_S + rng.uniform(0, JITTER_S)}
        came.append((goes.get(weak, PACE.release_at(at)), phone))
    return [
        Seen(phone, told_at[phone], arrived, order, hour_of(told_at[phone]))
        for order, (arrived, phone) in enumerate(sorted(came))
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "at_least"), [("at once", 2.0), ("in order", 2.0), ("each its own", 1.25)])
def test_the_matchers_win_where_the_rule_is_weak(rule: str, at_least: float) -> None:
    days = [_synthetic(seed, rule) for seed in range(8)]
    weak = score(days[3:], taught(days[:3], UNDO_S, JITTER_S), UNDO_S, JITTER_S, random.Random(0))
    assert weak.ratio >= at_least


@pytest.mark.slow
def test_the_best_matcher_gains_little_on_the_real_relay() -> None:
    with quick_towns() as towns:
        days = [day(towns, seed, 200) for seed in range(2)]
    assert all(len(one) == 200 for one in days)
    found = score(days, taught([], UNDO_S, JITTER_S), UNDO_S, JITTER_S, random.Random(0))
    assert found.ratio <= 1.5 and found.crowd > 4


def test_whoever_adds_once_is_found_unless_the_same_people_write_every_day() -> None:
    alone, once = added_once(random.Random(1), PACE, 20_000, 500, 25, 4)
    assert alone < 0.15 and once > 0.95
    alone, once = added_once(random.Random(1), PACE, 500, 500, 25, 4)
    assert alone < once < 0.9


def test_without_slots_a_report_alone_finds_its_phone() -> None:
    alone, once = added_once(random.Random(1), Pace(UNDO_S, 0), 20_000, 500, 25, 2)
    assert alone > 0.9 and once > 0.9


def test_an_answer_by_adding_narrows_who_was_asked() -> None:
    rng = random.Random(2)
    rang = [(NOW + 60 * phone, 300 + 3300 * rng.random()) for phone in range(300)]
    asked = [Seen(phone, at, at + wait, phone, hour_of(at)) for phone, (at, wait) in enumerate(rang)]
    found = answered_by_adding(asked, rng, PACE, 300, 3600)
    assert 4 / 55 < found < 1
