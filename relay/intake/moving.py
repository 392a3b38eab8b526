"""Somebody whose number changed: what is kept of his conversation goes on under the new one."""

import sqlite3
from dataclasses import replace

from relay import chat, drafts, evidence
from relay.events import Sender
from relay.identity import IntakeKey, IntakeKeys
from relay.intake.persons import Persons
from sync import canonical
from sync.errors import Unreadable


def move(
    conn: sqlite3.Connection, keys: IntakeKeys, persons: Persons, old: Sender, new: Sender, now: float
) -> None:
    """Drafts, files on their way, messages not sent yet and a stop; in the caller's transaction. Nobody is told."""
    drafts.move(conn, keys, old, new)
    for key in keys.live():
        _move_messages(conn, keys, key, old, new)
        _move_fetches(conn, key, old, new)
    persons.move(old, new, now)


def _move_messages(
    conn: sqlite3.Connection, keys: IntakeKeys, key: IntakeKey, old: Sender, new: Sender
) -> None:
    rows = conn.execute(
        "select id, key_day, sealed from chat_out where person=? and state in ('queued', 'unknown')",
        (key.person(old),),
    ).fetchall()
    for row in rows:
        own = keys.of(row["key_day"])
        if own is None:
            continue
        try:
            saying = canonical.loads(chat.Saying, own.open(row["sealed"], "chat"))
        except Unreadable:  # its sender gives it up; the draft must move all the same
            continue
        sealed = own.seal(chat.Saying(new, saying.say), "chat")
        conn.execute(
            "update chat_out set person=?, sealed=? where id=?", (key.person(new), sealed, row["id"])
        )


def _move_fetches(conn: sqlite3.Connection, key: IntakeKey, old: Sender, new: Sender) -> None:
    for row in conn.execute("select id, sealed from fetch where key_day=?", (key.day,)).fetchall():
        try:
            wanted = canonical.loads(evidence.Wanted, key.open(row["sealed"], "fetch"))
        except Unreadable:  # its fetcher drops it
            continue
        if wanted.sender == old:
            changed = replace(wanted, sender=new)
            sealed = key.seal(changed, "fetch")
            conn.execute("update fetch set sealed=? where id=?", (sealed, row["id"]))
