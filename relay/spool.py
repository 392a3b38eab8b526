"""Where updates wait between the webhook and the conversation: sealed, each once, durable before WhatsApp hears 200."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relay.epochs import tag_keys
from relay.events import Update
from relay.identity import IntakeKey, IntakeKeys, Queued
from sync import canonical
from sync.db import transaction
from sync.errors import Unreadable
from sync.sealing import locks

TagKeys = Callable[[], list[tuple[int, bytes]]]

__all__ = ["Item", "Spool", "drop", "keep", "next_item", "poison", "put_result", "tag_keys"]


@dataclass(frozen=True)
class Item:
    """One waiting thing; ``queued`` is None when its key is gone or it does not open."""

    id: int
    queued: Queued | None


class Spool:
    """The webhook's side."""

    def __init__(self, conn: sqlite3.Connection, keys: IntakeKeys, tags: TagKeys) -> None:
        """``tags`` gives the live tag keys, newest first."""
        self._conn, self._keys, self._tags = conn, keys, tags

    def put(self, updates: Sequence[Update], now: float) -> int:
        """Stores what is new, in the order people wrote it, in one transaction; gives how many were new."""
        key, tags = self._keys.newest(), self._tags()
        ordered = sorted(updates, key=lambda update: (update.event.kind == "status", update.event.at_s))
        rows = [(update, [locks.tag(secret, "update", update.tag_source.encode()) for _, secret in tags])
                for update in ordered]  # fmt: skip
        with transaction(self._conn):
            return sum(self._put_one(update, names, key, tags[0][0]) for update, names in rows)

    def _put_one(self, update: Update, names: list[bytes], key: IntakeKey, week: int) -> bool:
        marks = ",".join("?" * len(names))
        if self._conn.execute(f"select 1 from tag where tag in ({marks})", names).fetchone():
            return False
        self._conn.execute("insert into tag values(?,?)", (names[0], week))
        _insert(self._conn, key, Queued(update.event.sender, update.event, None))
        return True


def put_result(conn: sqlite3.Connection, key: IntakeKey, queued: Queued) -> None:
    """Queues the result of a fetch behind what the person wrote; in the caller's transaction."""
    _insert(conn, key, queued)


def next_item(conn: sqlite3.Connection, keys: IntakeKeys) -> Item | None:
    """The oldest waiting thing, or None."""
    row = conn.execute(
        "select id, key_day, sealed from event where state='new' order by id limit 1"
    ).fetchone()
    if row is None:
        return None
    key = keys.of(row["key_day"])
    try:
        queued = canonical.loads(Queued, key.open(row["sealed"], "event")) if key else None
    except Unreadable:
        queued = None
    return Item(row["id"], queued)


def drop(conn: sqlite3.Connection, item: Item) -> None:
    """Forgets a thing that was used; in the caller's transaction."""
    conn.execute("delete from event where id=?", (item.id,))


def keep(conn: sqlite3.Connection, item: Item) -> None:
    """Sets aside what we did not understand, as long as its key lives; in the caller's transaction."""
    conn.execute("update event set state='odd' where id=?", (item.id,))


def poison(conn: sqlite3.Connection, item: Item) -> None:
    """Sets aside a thing that no step can take, in the caller's transaction: nothing is deleted."""
    conn.execute("update event set state='poisoned' where id=?", (item.id,))


def _insert(conn: sqlite3.Connection, key: IntakeKey, queued: Queued) -> None:
    conn.execute("insert into event(key_day, sealed) values(?,?)", (key.day, key.seal(queued, "event")))
