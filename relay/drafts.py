"""Unfinished conversations: one row a person, sealed under the intake key, moved to the newest key at each step."""

import sqlite3
from dataclasses import dataclass

from relay.dialogue import State
from relay.events import Sender
from relay.identity import IntakeKeys
from sync import canonical
from sync.errors import Unreadable


@dataclass(frozen=True)
class Draft:
    """Whose conversation stands where."""

    sender: Sender
    state: State


def find(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> Draft | None:
    """The person's conversation, looked up under every live key."""
    for key in keys.live():
        row = conn.execute("select sealed from draft where person=?", (key.person(sender),)).fetchone()
        if row is not None:
            return canonical.loads(Draft, key.open(row["sealed"], "draft"))
    return None


def save(conn: sqlite3.Connection, keys: IntakeKeys, draft: Draft, wake_at: float | None) -> None:
    """Keeps a conversation under the newest key; in the caller's transaction."""
    erase(conn, keys, draft.sender)
    key = keys.newest()
    conn.execute(
        "insert into draft values(?,?,?,?)",
        (key.person(draft.sender), key.day, key.seal(draft, "draft"), wake_at),
    )


def erase(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> None:
    """Forgets a person's conversation; in the caller's transaction."""
    for key in keys.live():
        conn.execute("delete from draft where person=?", (key.person(sender),))


@dataclass(frozen=True)
class Waking:
    """A conversation that wanted to go on by itself; ``draft`` is None when it does not open (any more)."""

    person: bytes
    draft: Draft | None


def next_to_wake(conn: sqlite3.Connection, keys: IntakeKeys, now: float) -> Waking | None:
    """The conversation that has waited longest to go on by itself, or None."""
    row = conn.execute(
        "select person, key_day, sealed from draft where wake_at<=? order by wake_at limit 1", (now,)
    ).fetchone()
    if row is None:
        return None
    key = keys.of(row["key_day"])
    try:
        draft = canonical.loads(Draft, key.open(row["sealed"], "draft")) if key else None
    except Unreadable:
        draft = None
    return Waking(row["person"], draft)


def let_sleep(conn: sqlite3.Connection, waking: Waking) -> None:
    """Wakes it no more, until the person writes again; in the caller's transaction."""
    conn.execute("update draft set wake_at=null where person=?", (waking.person,))


def drop_lost(conn: sqlite3.Connection, live_days: list[int]) -> None:
    """Removes rows whose key is gone: nobody can read them any more; in the caller's transaction."""
    marks = ",".join("?" * len(live_days))
    for table in ("draft", "fetch"):
        conn.execute(f"delete from {table} where key_day not in ({marks})", live_days)
    conn.execute(f"delete from event where key_day not in ({marks})", live_days)
    conn.execute(f"delete from chat_out where state='queued' and key_day not in ({marks})", live_days)
