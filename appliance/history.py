"""What happened to a case: who, when, from which status to which, and why; a hash chain of its own."""

import sqlite3
from dataclasses import dataclass

from appliance import audit
from appliance.desk import Actor, Desk
from sync.sealing import locks

_COLUMNS = (
    "id, prev_hash, hash, case_id, version, at, actor, act, from_status, to_status, detail, note_locked"
)


@dataclass(frozen=True)
class Change:
    """One change to be written. ``detail`` is a code (post, outcome, template, serial), ``note`` free text."""

    act: str
    from_status: str
    to_status: str
    detail: str = ""
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One change as the page shows it. ``actor`` is a login name, ``display`` the name to show."""

    at: int
    version: int
    actor: str
    display: str
    act: str
    from_status: str
    to_status: str
    detail: str
    note: str


def write(
    desk: Desk, case_id: int, serial: str, version: int, actor: Actor, change: Change, now: float
) -> None:
    """Adds a row, in the caller's transaction."""
    note = _lock(desk, change.note, serial, version)
    fields = (
        *(case_id, version, int(now), actor.name, change.act),
        *(change.from_status, change.to_status, change.detail, note),
    )
    prev = audit.last_hash(desk.conn, "history")
    desk.conn.execute(
        "insert into history(case_id, version, at, actor, act, from_status, to_status, detail, note_locked,"
        " prev_hash, hash) values(?,?,?,?,?,?,?,?,?,?,?)",
        (*fields, prev, audit.chained(prev, fields)),
    )


def entries(desk: Desk, case_id: int, serial: str) -> tuple[Entry, ...]:
    """The history of a case, oldest first, notes opened."""
    rows = desk.conn.execute(
        "select at, version, actor, coalesce(display, actor) as display, act, from_status, to_status, detail,"
        " note_locked from history left join person on person.name = actor where case_id=? order by history.id",
        (case_id,),
    )
    opened = ([*row[:8], _unlock(desk, row["note_locked"], serial, row["version"])] for row in rows)
    return tuple(Entry(*fields) for fields in opened)


def last_change(conn: sqlite3.Connection, case_id: int) -> tuple[str, str]:
    """(name to show, act) of whoever changed the case last."""
    row = conn.execute(
        "select coalesce(display, actor), act from history left join person on person.name = actor"
        " where case_id=? order by history.id desc limit 1",
        (case_id,),
    ).fetchone()
    return (str(row[0]), str(row[1]))


def last_actor(conn: sqlite3.Connection, case_id: int, act: str) -> str:
    """Login name of whoever did ``act`` last with the case, "" where nobody did."""
    row = conn.execute(
        "select actor from history where case_id=? and act=? order by id desc limit 1", (case_id, act)
    ).fetchone()
    return str(row[0]) if row else ""


def verify(conn: sqlite3.Connection) -> int | None:
    """The id of the first row that does not fit the chain, or None."""
    return audit.first_broken(conn.execute(f"select {_COLUMNS} from history order by id"))


def _lock(desk: Desk, note: str, serial: str, version: int) -> bytes:
    return locks.lock(desk.field_key, note.encode(), f"note:{serial}:{version}") if note else b""


def _unlock(desk: Desk, locked: bytes, serial: str, version: int) -> str:
    return locks.unlock(desk.field_key, locked, f"note:{serial}:{version}").decode() if locked else ""
