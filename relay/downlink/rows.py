"""The rows of answers: {handle, reply number, state}, and under the epoch key what is said."""

import sqlite3
from dataclasses import dataclass

from relay.epochs import EpochStore
from sync import canonical
from sync.errors import Unreadable
from sync.sealing import locks

Keys = dict[tuple[str, int], bytes]
"""(handle, reply number) → report key, in this process's memory and nowhere else."""


@dataclass(frozen=True)
class Words:
    """What is said: a template of the catalogue with values from its lists."""

    template: str
    parameters: tuple[str, ...]


def name_of(row: sqlite3.Row) -> tuple[str, int]:
    """(handle, reply number)."""
    return row["handle"], row["reply_no"]


def locked(epoch_key: bytes, words: Words, handle: str, reply_no: int) -> bytes:
    """The words as they lie on disk."""
    return locks.lock(epoch_key, canonical.dumps(words), _context(handle, reply_no))


def unlocked(epochs: EpochStore, row: sqlite3.Row) -> Words | None:
    """The words of a row; None when they are erased, or lost with their key. Raises Unavailable."""
    epoch_key = epochs.key(row["week"])
    if epoch_key is None or row["locked"] is None:
        return None
    try:
        opened = locks.unlock(epoch_key, row["locked"], _context(*name_of(row)))
    except Unreadable:
        return None
    return canonical.loads(Words, opened)


def is_overtaken(conn: sqlite3.Connection, first: str, reply_no: int) -> bool:
    """Whether a later answer to the same first report has come: it says what is newest, and takes this one's place."""
    later = conn.execute(
        "select 1 from reply where first=? and reply_no>? limit 1", (first, reply_no)
    ).fetchone()
    return later is not None


def is_taken(conn: sqlite3.Connection, first: str, handle: str, reply_no: int) -> bool:
    """Whether the number went, or waits to go, to another handle of the same first report: it is good for one."""
    other = conn.execute(
        "select 1 from reply where first=? and reply_no=? and handle<>?"
        " and (state<>'expired' or pushed_day is not null) limit 1",
        (first, reply_no, handle),
    ).fetchone()
    return other is not None


def takes_place(conn: sqlite3.Connection, first: str, reply_no: int, told_after: float) -> bool:
    """Whether an earlier answer went before its time: its box is told of it after ``told_after`` only."""
    earlier = conn.execute(
        "select 1 from reply where first=? and reply_no<? and state in ('sent', 'spent') and due_at>? limit 1",
        (first, reply_no, told_after),
    ).fetchone()
    return earlier is not None


def pushed_day(conn: sqlite3.Connection, first: str) -> int | None:
    """The day (``clock.day_of``) on which anybody of a first report, or of what was added to it, last got an answer."""
    (day,) = conn.execute("select max(pushed_day) from reply where first=?", (first,)).fetchone()
    return None if day is None else int(day)


def _context(handle: str, reply_no: int) -> str:
    return f"reply:{handle}:{reply_no}"
