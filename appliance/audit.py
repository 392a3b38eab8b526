"""The audit trail: who did what to which object, as a hash chain in which no row can change unseen."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sync import canonical

_COLUMNS = "id, prev_hash, hash, at, actor, act, object"


@dataclass(frozen=True)
class End:
    """Where a chain ends, as noted with each row beside it: how many rows there are, and the hash of the newest."""

    rows: int
    head: bytes


def write(conn: sqlite3.Connection, at: float, actor: str, act: str, of: str) -> None:
    """Adds a row, in the caller's transaction. ``of``: a serial, a file id or a login name; never a handle."""
    fields = (int(at), actor, act, of)
    prev = end(conn, "audit").head
    conn.execute(
        "insert into audit(at, actor, act, object, prev_hash, hash) values(?,?,?,?,?,?)",
        (*fields, prev, chained(prev, fields)),
    )


def verify(conn: sqlite3.Connection) -> int | None:
    """The id of the first row that does not fit the chain, or None."""
    return first_broken(conn.execute(f"select {_COLUMNS} from audit order by id"))


def end(conn: sqlite3.Connection, table: str) -> End:
    """The end of the chain in ``table``, which the next row goes on from; nothing where the note of it is gone.

    The database writes it with each row (triggers of migration 019): rows that were cut off leave a gap for ever.
    """
    row = conn.execute("select rows, head from chain_end where name=?", (table,)).fetchone()
    return End(row[0], bytes(row[1])) if row else End(0, b"")


def last_hash(conn: sqlite3.Connection, table: str) -> bytes:
    """The hash of the newest row that is there; empty where there is none."""
    row = conn.execute(f"select hash from {table} order by id desc limit 1").fetchone()
    return bytes(row[0]) if row else b""


def chained(prev: bytes, fields: Iterable[object]) -> bytes:
    """The hash of a row with these fields after ``prev``."""
    return sha256(b"satark/1 row\0" + canonical.dumps([prev, *fields])).digest()


def first_broken(rows: Iterable[sqlite3.Row]) -> int | None:
    """The first id whose (id, prev_hash, hash, fields...) does not fit the one before it, or None."""
    head = b""
    for row_id, prev, found, *fields in rows:
        if prev != head or found != chained(prev, fields):
            return int(row_id)
        head = found
    return None
