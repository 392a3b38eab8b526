"""Where updates wait between the webhook and the conversation: sealed, each once, durable before WhatsApp hears 200."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from relay.epochs import tag_keys
from relay.events import Event, Update
from relay.identity import IntakeKey, IntakeKeys, Queued
from sync import canonical
from sync.db import transaction
from sync.errors import Unreadable
from sync.sealing import locks

TagKeys = Callable[[], list[tuple[int, bytes]]]
Turn = AbstractContextManager[object]
"""What other writers wait for, in order; entered once per transaction."""
ALONE: Turn = nullcontext()

ROWS_AT_ONCE = 200

__all__ = [
    "Item",
    "Spool",
    "count_take",
    "drop",
    "item",
    "keep",
    "left",
    "poison",
    "put_result",
    "tag_keys",
    "waiting",
]


@dataclass(frozen=True)
class Item:
    """One waiting thing; ``queued`` is None when its key is gone or it does not open."""

    id: int
    queued: Queued | None


@dataclass(frozen=True)
class _Row:
    """A new update as it will lie on disk; ``tag_source`` in memory only."""

    tag_source: bytes
    sealed: bytes


class Spool:
    """The webhook's side."""

    def __init__(self, conn: sqlite3.Connection, keys: IntakeKeys, tags: TagKeys, turn: Turn = ALONE) -> None:
        """``tags`` gives the live tag keys, newest first; ``turn`` is held from before they are read to the commit."""
        self._conn, self._keys, self._tags, self._turn = conn, keys, tags, turn

    def put(self, updates: Sequence[Update], now: float) -> int:
        """Stores what is new, in the order people wrote it, in one transaction; gives how many were new."""
        key = self._keys.newest()
        ordered = sorted(updates, key=lambda update: (update.event.kind == "status", update.event.at_s))
        rows = [_Row(update.tag_source.encode(), _sealed(key, update.event)) for update in ordered]
        parts = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
        with self._turn:
            secrets = self._tags()
            with transaction(self._conn):
                return sum(self._put_some(part, key.day, secrets) for part in parts)

    def _put_some(self, rows: Sequence[_Row], day: int, secrets: Sequence[tuple[int, bytes]]) -> int:
        """One statement for all rows: each by itself would cost as much as the commit."""
        older = [secret for _, secret in secrets[1:]]
        (week, newest), first = secrets[0], dict[bytes, _Row]()
        for row in rows:
            first.setdefault(_tag(newest, row), row)
        known = self._known([*first, *(_tag(secret, row) for row in first.values() for secret in older)])
        new = {
            name: row
            for name, row in first.items()
            if name not in known and known.isdisjoint(_tag(secret, row) for secret in older)
        }
        self._insert("tag", [value for name in new for value in (name, week)])
        self._insert("event(key_day, sealed)", [value for row in new.values() for value in (day, row.sealed)])
        return len(new)

    def _known(self, names: Sequence[bytes]) -> set[bytes]:
        marks = ",".join("?" * len(names))
        return {row[0] for row in self._conn.execute(f"select tag from tag where tag in ({marks})", names)}

    def _insert(self, into: str, values: Sequence[object]) -> None:
        if values:
            self._conn.execute(f"insert into {into} values{','.join(['(?,?)'] * (len(values) // 2))}", values)


def _sealed(key: IntakeKey, event: Event) -> bytes:
    return key.seal(Queued(event.sender, event, None), "event")


def _tag(secret: bytes, row: _Row) -> bytes:
    return locks.tag(secret, "update", row.tag_source)


def put_result(conn: sqlite3.Connection, key: IntakeKey, queued: Queued) -> None:
    """Queues the result of a fetch behind what the person wrote; in the caller's transaction."""
    _insert(conn, key, queued)


def waiting(conn: sqlite3.Connection, keys: IntakeKeys, after: int, most: int) -> list[Item]:
    """The oldest ``most`` waiting things whose numbers are higher than ``after``."""
    rows = conn.execute(
        "select id, key_day, sealed from event where state='new' and id>? order by id limit ?", (after, most)
    )
    return [_opened(row, keys) for row in rows.fetchall()]


def item(conn: sqlite3.Connection, keys: IntakeKeys, number: int) -> Item | None:
    """The waiting thing of that number; None when it is gone, as with its key."""
    row = conn.execute(
        "select id, key_day, sealed from event where state='new' and id=?", (number,)
    ).fetchone()
    return None if row is None else _opened(row, keys)


def _opened(row: sqlite3.Row, keys: IntakeKeys) -> Item:
    key = keys.of(row["key_day"])
    try:
        queued = canonical.loads(Queued, key.open(row["sealed"], "event")) if key else None
    except Unreadable:
        queued = None
    return Item(row["id"], queued)


def left(conn: sqlite3.Connection) -> set[int]:
    """The numbers of all that waits."""
    return {row[0] for row in conn.execute("select id from event where state='new'").fetchall()}


def count_take(conn: sqlite3.Connection, number: int, by: int) -> int:
    """Adds ``by`` to how often a thing was taken, in the caller's transaction; gives how often before."""
    row = conn.execute("select takes from event where id=?", (number,)).fetchone()
    conn.execute("update event set takes=takes+? where id=?", (by, number))
    return int(row["takes"]) if row else 0  # its key was over in between


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
