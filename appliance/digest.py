"""Counts for the range: what changed since the last digest, numbered without gaps."""

import sqlite3

from appliance import outgoing
from appliance.desk import Desk
from sync import messages
from sync.db import transaction
from sync.directory import DISTRICT, RANGE
from sync.messages import Cell
from sync.outbox import LANE_DIGEST

CELLS_EACH = 400
"""A digest of this many cells fits one frame."""
_CELL = "district, thana, category, week, status"


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
    """The range has lost its database: the next digests tell every cell anew; in the caller's transaction."""
    conn.execute(f"insert or ignore into digest_dirty select {_CELL} from rollup")


def _has_news(conn: sqlite3.Connection) -> bool:
    return bool(conn.execute("select exists(select 1 from digest_dirty)").fetchone()[0])


def _build(desk: Desk, recipient: str) -> None:
    rows = desk.conn.execute(
        f"select {_CELL}, coalesce(count, 0) from digest_dirty left join rollup using({_CELL})"
        f" order by {_CELL} limit ?",
        (CELLS_EACH,),
    ).fetchall()
    cells = tuple(Cell(*row) for row in rows)
    epoch, seq = _next_seq(desk.conn)
    digest = messages.Digest(1, epoch, seq, cells)
    outgoing.put(desk, recipient, "digest", LANE_DIGEST, digest, desk.clock())
    desk.conn.executemany(
        "delete from digest_dirty where district=? and thana=? and category=? and week=? and status=?",
        [tuple(row)[:5] for row in rows],
    )


def _next_seq(conn: sqlite3.Connection) -> tuple[str, int]:
    """The epoch is the name of this database: a restored one counts anew."""
    epoch = str(conn.execute("select epoch from node_epoch").fetchone()[0])
    (seq,) = conn.execute(
        "insert into digest_state values(?,1) on conflict do update set next_seq=next_seq+1 returning next_seq-1",
        (epoch,),
    ).fetchone()
    return epoch, int(seq)
