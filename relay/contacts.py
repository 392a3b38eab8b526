"""The contact part of a report in the outbox: it goes at the acknowledgement, or when it can open nothing any more."""

import sqlite3

from relay.vault import LIFE_S
from sync import outbox
from sync.sealing import envelopes


def drop(conn: sqlite3.Connection, message_id: str, state: str, content: bytes) -> None:
    """Keeps the envelope ``content`` without its contact part, its row in ``state``; in the caller's transaction."""
    bare = envelopes.read(content).without("contact")
    keys = " ".join(part.key for part in bare.parts)
    outbox.keep(conn, message_id, state, bare.to_bytes(), keys)


def drop_old(conn: sqlite3.Connection, now: float) -> None:
    """Drops those that no vault row is left for: a box that cannot take its report must not need their key for ever."""
    rows = conn.execute(
        "select message_id, state, content from outbox"
        " where state in ('due', 'quarantined') and purpose='report' and sealed_to like '% %' and created_at<=?",
        (now - LIFE_S,),
    ).fetchall()
    for row in rows:
        drop(conn, row["message_id"], row["state"], row["content"])
