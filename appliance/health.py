"""Daily checks of ``box.db``: is the file whole, do the figures agree with the cases, do the chains hold."""

import sqlite3
from dataclasses import dataclass

from appliance import audit, figures, history
from sync.db import transaction


@dataclass(frozen=True)
class Finding:
    """What one check found when it last ran; ``text`` is empty when all is well. ``at``: epoch seconds."""

    name: str
    text: str
    at: int


def check_file(conn: sqlite3.Connection, now: float) -> None:
    """SQLite's own look at its pages and indexes."""
    (word,) = conn.execute("pragma quick_check(1)").fetchone()
    _note(conn, "database", "" if word == "ok" else f"{word}. Restore the last backup", now)


def check_figures(conn: sqlite3.Connection, now: float) -> None:
    """Counts the cases anew."""
    conn.execute("begin")
    try:
        kept, counted = figures.rollups(conn), figures.recount(conn)
    finally:
        conn.execute("rollback")
    wrong = sum(kept[place] != counted[place] for place in kept | counted)
    _note(conn, "figures", f"{wrong} cells of the figures are wrong" if wrong else "", now)


def check_chains(conn: sqlite3.Connection, now: float) -> None:
    """Follows the hash chains of audit and history."""
    for name, broken in (("audit", audit.verify(conn)), ("history", history.verify(conn))):
        text = "" if broken is None else f"row {broken} was changed, or rows before it are gone"
        _note(conn, name, text, now)


def findings(conn: sqlite3.Connection) -> tuple[Finding, ...]:
    """What the checks found last, by name; a check that never ran is not there."""
    rows = conn.execute("select name, text, at from finding order by name")
    return tuple(Finding(*row) for row in rows)


def _note(conn: sqlite3.Connection, name: str, text: str, now: float) -> None:
    with transaction(conn):
        conn.execute("insert or replace into finding values(?,?,?)", (name, text, int(now)))
