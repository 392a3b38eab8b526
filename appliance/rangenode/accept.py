"""Takes what boxes tell: any order, any number of times, the same result; only cells that can be."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from appliance.analysis.counts import RESULTS
from appliance.desk import Desk
from appliance.rangenode import migrations
from sync import db
from sync.clock import week_of
from sync.db import transaction
from sync.errors import Unreadable
from sync.messages import Cell, Digest, Tally

SEQ_MAX = 2**62
_CODE = re.compile(r"[A-Za-z0-9_-]{0,40}")
_NEWER = ", ".join(f"{name}=excluded.{name}" for name in RESULTS)
COUNT_MAX = 1_000_000
"""Cases of one cell or tally."""


def open_range(path: Path) -> sqlite3.Connection:
    """Opens ``range.db``, bringing it to the newest schema."""
    return db.open_db(path, migrations.RANGE)


def possible(desk: Desk, box: str, digest: Digest, now: float) -> Digest:
    """The digest with those of its counts that can be ``box``'s: one odd cell must not cost the counts of the others.

    Codes that are not known here are kept as they are, so that a newer box counts too. Raises Unreadable when the
    number of the digest is none.
    """
    if not 0 <= digest.seq < SEQ_MAX:
        raise Unreadable("a digest whose number is none")
    district = desk.directory.node(box).district
    week = week_of(now)
    cells = tuple(
        one
        for one in digest.cells
        if _is_possible(one, district, week, (one.count,), (one.thana, one.status))
    )
    tallies = tuple(
        one
        for one in digest.tallies
        if _is_possible(one, district, week, [getattr(one, name) for name in RESULTS], (one.sensitivity,))
    )
    return replace(digest, cells=cells, tallies=tallies)


def _is_possible(
    one: Cell | Tally, district: str | None, this_week: int, counts: Iterable[int], codes: Iterable[str]
) -> bool:
    # A box whose clock runs a little ahead may be in the next week already.
    numbers = all(0 <= count <= COUNT_MAX for count in counts) and 0 <= one.week <= this_week + 1
    return one.district == district and numbers and all(map(_CODE.fullmatch, (one.category, *codes)))


def accept(conn: sqlite3.Connection, box: str, digest: Digest, now: float) -> None:
    """Stores one digest of ``box``; its own transaction. A count with a higher number takes the place of one."""
    with transaction(conn):
        conn.execute(
            "insert into box_epoch(box, epoch, first_at) values(?,?,?) on conflict do nothing",
            (box, digest.epoch, int(now)),
        )
        _see(conn, box, digest.epoch, digest.seq)
        conn.executemany(
            "insert into digest_cell values(?,?,?,?,?,?,?,?,?) on conflict do update"
            " set count=excluded.count, seq=excluded.seq where excluded.seq > seq",
            [
                (box, digest.epoch, c.district, c.thana, c.category, c.week, c.status, c.count, digest.seq)
                for c in digest.cells
            ],
        )
        conn.executemany(
            f"insert into tally_cell values({','.join('?' * 14)}) on conflict do update"
            f" set {_NEWER}, seq=excluded.seq where excluded.seq > seq",
            [_row(box, digest, one) for one in digest.tallies],
        )


def _row(box: str, digest: Digest, one: Tally) -> tuple[str | int, ...]:
    return (
        *(box, digest.epoch, one.district, one.category, one.week, one.sensitivity),
        *(int(one.victim), int(one.child)),
        *(getattr(one, name) for name in RESULTS),
        digest.seq,
    )


def _see(conn: sqlite3.Connection, box: str, epoch: str, seq: int) -> None:
    """Notes a number; of those without a gap before them only the last stays, so that a year's take no room."""
    of = (box, epoch)
    (base,) = conn.execute("select min(seq) from digest_seen where box=? and epoch=?", of).fetchone()
    base = -1 if base is None else int(base)
    if seq > base:
        conn.executemany("insert or ignore into digest_seen values(?,?,?)", ((*of, base), (*of, seq)))
    later = conn.execute(
        "select seq from digest_seen where box=? and epoch=? and seq>? order by seq", (*of, base)
    )
    for (number,) in later.fetchall():
        if number != base + 1:
            break
        base = number
    conn.execute("delete from digest_seen where box=? and epoch=? and seq<?", (*of, base))


def contact(conn: sqlite3.Connection, box: str, now: float, directory_version: int = 0) -> None:
    """``box`` was heard of; a time or version older than the known one changes nothing."""
    conn.execute(
        "insert into contact values(?,?,?) on conflict do update set"
        " last_contact_at=max(last_contact_at, excluded.last_contact_at),"
        " directory_version=max(directory_version, excluded.directory_version)",
        (box, int(now), directory_version),
    )
