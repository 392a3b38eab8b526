"""Counts for the range: what changed since the last digest, numbered without gaps."""

import sqlite3

from appliance import figures, outgoing
from appliance.analysis.counts import RESULTS
from appliance.desk import Desk
from sync import messages
from sync.db import transaction
from sync.directory import DISTRICT, RANGE
from sync.messages import LATE, Cell, Tally
from sync.outbox import LANE_DIGEST

CELLS_EACH = 400
"""A digest of this many counts fits one frame."""
_CELL = "district, thana, category, week, status"
_LATE = "practice=0 and clock<>'' and level=3"
_LATE_THERE = (
    f"select count(*) from case_file as one where {_LATE} and one.district=told.district and one.thana=told.thana"
    " and one.category=told.category and one.week=told.week"
)
_TALLY = "district, category, week, sensitivity, victim, child"


def build_due(desk: Desk) -> int:
    """Puts digests of all changed cells into the outbox; gives how many. Only a district's box has a range."""
    ranges = desk.directory.of_role(RANGE)
    if desk.config.role != DISTRICT or not ranges:
        return 0
    built = 0
    while _has_news(desk.conn):
        with transaction(desk.conn):
            _build(desk, ranges[0].id)
        built += 1
    return built


def resend_all(conn: sqlite3.Connection) -> None:
    """The range has lost its database: the next digests tell every count anew; in the caller's transaction."""
    figures.tell_all(conn)
    late = f"select distinct district, thana, category, week, ? from case_file where {_LATE}"
    conn.execute(f"insert or ignore into digest_dirty({_CELL}) {late}", (LATE,))


def _has_news(conn: sqlite3.Connection) -> bool:
    return any(
        conn.execute(f"select exists(select 1 from {table})").fetchone()[0]
        for table in ("digest_dirty", "tally_dirty")
    )


def _build(desk: Desk, recipient: str) -> None:
    cells = _cells(desk.conn)
    tallies = _tallies(desk.conn, CELLS_EACH - len(cells))
    epoch, seq = _next_seq(desk.conn)
    digest = messages.Digest(messages.VERSIONS["digest"], epoch, seq, cells, tallies)
    outgoing.put(desk, recipient, "digest", LANE_DIGEST, digest, desk.clock())


def _cells(conn: sqlite3.Connection) -> tuple[Cell, ...]:
    """Takes changed cells off the list of what is to be told."""
    rows = conn.execute(
        f"select {_CELL}, case status when ? then ({_LATE_THERE}) else coalesce(count, 0) end"
        f" from digest_dirty as told left join rollup using({_CELL}) order by {_CELL} limit ?",
        (LATE, CELLS_EACH),
    ).fetchall()
    conn.executemany(
        "delete from digest_dirty where district=? and thana=? and category=? and week=? and status=?",
        [tuple(row)[:5] for row in rows],
    )
    return tuple(Cell(*row) for row in rows)


def _tallies(conn: sqlite3.Connection, most: int) -> tuple[Tally, ...]:
    """The same for the tallies of weeks, without the thana: the range counts districts."""
    rows = conn.execute(f"select {_TALLY} from tally_dirty order by {_TALLY} limit ?", (most,)).fetchall()
    told = [_tally(conn, *row) for row in rows]
    where = " and ".join(f"{column}=?" for column in _TALLY.split(", "))
    conn.executemany(f"delete from tally_dirty where {where}", [tuple(row) for row in rows])
    return tuple(told)


def _tally(
    conn: sqlite3.Connection,
    district: str,
    category: str,
    week: int,
    sensitivity: str,
    victim: int,
    child: int,
) -> Tally:
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in RESULTS)
    counts = conn.execute(
        f"select {sums} from tally where unit='week' and period=? and district=? and category=?"
        " and sensitivity=? and victim=? and child=?",
        (week, district, category, sensitivity, victim, child),
    ).fetchone()
    return Tally(district, category, week, sensitivity, bool(victim), bool(child), *counts)


def _next_seq(conn: sqlite3.Connection) -> tuple[str, int]:
    """The epoch is the name of this database: a restored one counts anew."""
    epoch = str(conn.execute("select epoch from node_epoch").fetchone()[0])
    (seq,) = conn.execute(
        "insert into digest_state values(?,1) on conflict do update set next_seq=next_seq+1 returning next_seq-1",
        (epoch,),
    ).fetchone()
    return epoch, int(seq)
