"""Who wants no answers (STOP): a tag of the person under keys of the epoch store, and nothing else.

No row leads from a tag to a report. When an answer is about to be sent, its recipient is in memory for a moment, and
only then can be asked whether he said stop. His next "Hi" lifts it; by itself it ends when no way back to him can be
left that is older than it.
"""

import sqlite3

from relay.epochs import EpochStore
from relay.events import Sender
from sync import canonical
from sync.clock import week_of
from sync.sealing import locks


def stop(conn: sqlite3.Connection, epochs: EpochStore, sender: Sender, now: float) -> None:
    """Nothing is pushed to ``sender`` any more; in the caller's transaction. Said again, it counts from then."""
    lift(conn, epochs, sender)
    conn.execute(
        "insert into stop(tag, week) values(?,?)", (_tag(epochs.stop_key(now), sender), week_of(now))
    )


def lift(conn: sqlite3.Connection, epochs: EpochStore, sender: Sender) -> None:
    """Answers may be pushed to ``sender`` again; in the caller's transaction."""
    conn.executemany("delete from stop where tag=?", [(tag,) for tag in _tags(epochs, sender)])


def is_stopped(conn: sqlite3.Connection, epochs: EpochStore, sender: Sender) -> bool:
    """Whether ``sender`` said stop and has not lifted it; raises Unavailable while the epoch store is not there."""
    tags = _tags(epochs, sender)
    marks = ",".join("?" * len(tags))
    return conn.execute(f"select 1 from stop where tag in ({marks})", tags).fetchone() is not None


def _tags(epochs: EpochStore, sender: Sender) -> list[bytes]:
    """What a stop of ``sender`` may be called, by the week he said it."""
    return [_tag(key, sender) for key in epochs.stop_keys()]


def _tag(key: bytes, sender: Sender) -> bytes:
    return locks.tag(key, "stop", canonical.dumps(sender))
