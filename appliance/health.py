"""How the box is: daily checks of ``box.db``, what waits to leave, jobs, disk and clock; nothing of any report."""

import shutil
import sqlite3
from dataclasses import dataclass

from appliance import chains, figures, outgoing
from appliance.desk import Desk
from sync import exchange
from sync.clock import MINUTE_S
from sync.db import transaction

CLOCK_TOLERANCE_S = 3 * MINUTE_S
"""The relay greets every minute; a greeting that seems older or younger than this means that a clock is wrong."""
LEAST_FREE = 0.1
"""Of the disk: below this the technician must act, before the reserve is needed."""
_PRIMARY = 0xFF
"""Of an extended result code of SQLite: what it is one kind of."""
_NOT_LOOKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT})
"""Locked, or ended as it took too long: says nothing of the file."""


@dataclass(frozen=True)
class Finding:
    """What one check found when it last ran; ``text`` is empty when all is well. ``at``: epoch seconds."""

    name: str
    text: str
    at: int


@dataclass(frozen=True)
class Waiting:
    """Messages of one purpose that wait to be acknowledged; ``oldest_at``: epoch seconds."""

    purpose: str
    count: int
    oldest_at: int


@dataclass(frozen=True)
class Disk:
    """The volume under the box's folder, in bytes."""

    size: int
    free: int

    @property
    def is_low(self) -> bool:
        """Whether somebody must make room."""
        return self.free < self.size * LEAST_FREE


@dataclass(frozen=True)
class ClockState:
    """``gap_s``: by how much this clock is ahead of the relay's (None: never heard of it); ``ran_back_s``: behind the
    newest row of the trail.
    """

    gap_s: int | None
    ran_back_s: int

    @property
    def is_wrong(self) -> bool:
        """Whether a technician must set the clock."""
        is_apart = self.gap_s is not None and abs(self.gap_s) > CLOCK_TOLERANCE_S
        return is_apart or self.ran_back_s > MINUTE_S


def waiting(conn: sqlite3.Connection) -> tuple[Waiting, ...]:
    """What waits in the outbox, by purpose, the oldest first."""
    rows = conn.execute(
        "select purpose, count(*), min(created_at) from outbox where state='due' group by purpose order by 3"
    )
    return tuple(Waiting(*row) for row in rows.fetchall())


def jobs(conn: sqlite3.Connection) -> dict[str, int]:
    """When each job last ran, epoch seconds, by name."""
    return dict(conn.execute("select name, ran_at from job_run order by name").fetchall())


def disk(desk: Desk) -> Disk:
    """How full the disk of the box is."""
    usage = shutil.disk_usage(desk.config.box_db.parent)
    return Disk(usage.total, usage.free)


def clock(desk: Desk) -> ClockState:
    """Compares this box's clock with the relay's last greeting and with what was written here before."""
    gap_s = exchange.clock_gap_s(desk.conn, outgoing.relay_of(desk))
    newest = desk.conn.execute("select at from audit order by id desc limit 1").fetchone()
    return ClockState(gap_s, max(0, int(newest["at"] - desk.clock())) if newest else 0)


def check_file(conn: sqlite3.Connection, now: float) -> None:
    """SQLite's own look at its pages and indexes, table by table: of one it does not say that it goes on."""
    tables = [
        row[0] for row in conn.execute("select name from sqlite_schema where type='table' order by name")
    ]
    words = (_look_at(conn, name) for name in ("sqlite_schema", *tables))
    word = next((word for word in words if word != "ok"), "ok")
    _note(conn, "database", "" if word == "ok" else f"{word}. Restore the last backup", now)


def _look_at(conn: sqlite3.Connection, table: str) -> str:
    try:
        return str(conn.execute(f'pragma quick_check("{table}")').fetchone()[0])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY in _NOT_LOOKED:
            raise
        return str(error)


def check_figures(conn: sqlite3.Connection, now: float) -> None:
    """Counts the cases anew."""
    conn.execute("begin")
    try:
        kept, counted = figures.rollups(conn), figures.recount(conn)
        wrong = figures.wrong_tallies(conn)
    finally:
        conn.execute("rollback")
    wrong += sum(kept[place] != counted[place] for place in kept | counted)
    _note(conn, "figures", f"{wrong} cells of the figures are wrong" if wrong else "", now)


def check_chains(conn: sqlite3.Connection, now: float) -> None:
    """Follows the hash chains of audit, history and custody."""
    for name in chains.NAMES:
        broken = chains.first_broken(conn, name)
        text = "" if broken is None else f"row {broken} was changed or is gone, or rows before it are"
        _note(conn, name, text, now)


def findings(conn: sqlite3.Connection) -> tuple[Finding, ...]:
    """What the checks found last, by name; a check that never ran is not there."""
    rows = conn.execute("select name, text, at from finding order by name")
    return tuple(Finding(*row) for row in rows)


def note(conn: sqlite3.Connection, name: str, text: str, now: float) -> None:
    """Keeps what a check found, in the caller's transaction."""
    conn.execute("insert or replace into finding values(?,?,?)", (name, text, int(now)))


def note_work(conn: sqlite3.Connection, name: str, text: str, now: float) -> None:
    """Keeps what a job could not do for some cases or posts, or takes that back; where all is well as before, nothing
    is written."""
    was_told = conn.execute("select 1 from finding where name=? and text<>''", (name,)).fetchone()
    if text or was_told:
        _note(conn, name, text, now)


def note_job(conn: sqlite3.Connection, name: str, ended_after_s: float | None, now: float) -> None:
    """Keeps whether a job was ended because it took too long, or takes that back; None: it came to its end. What is
    known of other jobs stays."""
    with transaction(conn):  # jobs of both threads end at once
        row = conn.execute("select text from finding where name='jobs'").fetchone()
        known = row["text"].split("; ") if row and row["text"] else []
        told = [text for text in known if not text.startswith(f"{name} ")]
        if ended_after_s is not None:
            told.append(f"{name} was ended after {ended_after_s // MINUTE_S:.0f} min")
        if ended_after_s is not None or told != known:
            note(conn, "jobs", "; ".join(told), now)


def _note(conn: sqlite3.Connection, name: str, text: str, now: float) -> None:
    with transaction(conn):
        note(conn, name, text, now)
