"""What happened to a case: who, when, from which status to which, and why; a hash chain of its own."""

import sqlite3
from dataclasses import dataclass

from appliance import audit, content_keys
from appliance.desk import Actor, Desk
from appliance.errors import Erased
from sync.errors import Unreadable
from sync.sealing import locks

_COLUMNS = (
    "id, prev_hash, hash, case_id, version, at, actor, act, from_status, to_status, detail, note_locked"
)


@dataclass(frozen=True)
class Change:
    """One change to be written. ``detail`` is a code (post, outcome, template, serial), ``note`` free text.

    ``is_beside``: it is written here because somebody acted on another case or on a post; he has not read this one.
    """

    act: str
    from_status: str
    to_status: str
    detail: str = ""
    note: str = ""
    is_beside: bool = False


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
    note = _lock(desk, case_id, change.note, f"note:{serial}:{version}")
    fields = (
        *(case_id, version, int(now), actor.name, change.act),
        *(change.from_status, change.to_status, change.detail, note),
    )
    prev = audit.end(desk.conn, "history").head
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
    keys = _keys(desk, case_id)
    opened = (
        [*row[:8], _unlock(keys, row["note_locked"], f"note:{serial}:{row['version']}")]
        for row in rows.fetchall()
    )
    return tuple(Entry(*fields) for fields in opened)


def note(desk: Desk, row: sqlite3.Row) -> str:
    """The note of one row of the history (with its case's serial), "" where it has none or it was erased."""
    context = f"note:{row['serial']}:{row['version']}"
    return _unlock(_keys(desk, row["case_id"]), row["note_locked"], context) if row["note_locked"] else ""


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


def _lock(desk: Desk, case_id: int, note: str, context: str) -> bytes:
    """Under the key of the case's first report, so that the note goes with it and the chain still holds."""
    return locks.lock(_keys(desk, case_id)[0], note.encode(), context) if note else b""


def _keys(desk: Desk, case_id: int) -> tuple[bytes, ...]:
    """What notes of a case lie under: its own key, and the field key before there were such, or after it was erased."""
    (report_id,) = desk.conn.execute("select report_id from case_file where id=?", (case_id,)).fetchone()
    try:
        own = content_keys.of(desk, report_id)
    except Erased:
        return (desk.field_key,)
    return (own, desk.field_key)


def _unlock(keys: tuple[bytes, ...], locked: bytes, context: str) -> str:
    """The note, or "" where its key was erased; raises Unreadable where it was altered."""
    if not locked:
        return ""
    for key in keys[:-1]:
        try:
            return locks.unlock(key, locked, context).decode()
        except Unreadable:
            continue
    is_erased = len(keys) == 1
    try:
        return locks.unlock(keys[-1], locked, context).decode()
    except Unreadable:
        if is_erased:
            return ""
        raise
