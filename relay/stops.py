"""Who wants no answers (STOP): a tag of the person under keys of the epoch store, and nothing else.

No row leads from a tag to a report. When an answer is about to be sent, its recipient is in memory for a moment, and
only then can be asked whether he said stop. His next "Hi" lifts it; by itself it ends when no way back to him can be
left that is older than it.

There are so few numbers that whoever holds the table and the store could try them all: each try is made to cost what
one of ours does (``locks.slow``), so a caller that holds others up works a person out before his transaction.
"""

import sqlite3
from dataclasses import dataclass

from relay.epochs import EpochStore
from relay.events import Sender
from sync import canonical
from sync.clock import week_of
from sync.sealing import locks


@dataclass(frozen=True)
class Person:
    """Somebody as tags know him: ``plain`` in the tags of earlier versions, which go with their weeks."""

    slow: bytes
    plain: bytes


def person(epochs: EpochStore, sender: Sender) -> Person:
    """Takes some 60 ms of a processor."""
    plain = canonical.dumps(sender)
    return Person(locks.slow(plain, epochs.stop_salt()), plain)


def any_stopped(conn: sqlite3.Connection) -> bool:
    """Whether anybody is stopped; where nobody is, nobody need be worked out."""
    return conn.execute("select 1 from stop limit 1").fetchone() is not None


def stop(conn: sqlite3.Connection, epochs: EpochStore, who: Sender | Person, now: float) -> None:
    """Nothing is pushed to ``who`` any more; in the caller's transaction. Said again, it counts from then."""
    known = _known(epochs, who)
    lift(conn, epochs, known)
    tag = locks.tag(epochs.stop_key(now), "stop", known.slow)
    conn.execute("insert into stop(tag, week) values(?,?)", (tag, week_of(now)))


def lift(conn: sqlite3.Connection, epochs: EpochStore, who: Sender | Person) -> None:
    """Answers may be pushed to ``who`` again; in the caller's transaction."""
    if any_stopped(conn):
        conn.executemany("delete from stop where tag=?", [(tag,) for tag in _tags(epochs, who)])


def is_stopped(conn: sqlite3.Connection, epochs: EpochStore, who: Sender | Person) -> bool:
    """Whether ``who`` said stop and has not lifted it; raises Unavailable while the epoch store is not there."""
    epochs.stop_keys()
    if not any_stopped(conn):
        return False
    tags = _tags(epochs, who)
    marks = ",".join("?" * len(tags))
    return conn.execute(f"select 1 from stop where tag in ({marks})", tags).fetchone() is not None


def _known(epochs: EpochStore, who: Sender | Person) -> Person:
    return who if isinstance(who, Person) else person(epochs, who)


def _tags(epochs: EpochStore, who: Sender | Person) -> list[bytes]:
    """What a stop of ``who`` may be called, by the week he said it."""
    known = _known(epochs, who)
    names = (known.slow, known.plain)
    return [locks.tag(key, "stop", name) for key in epochs.stop_keys() for name in names]
