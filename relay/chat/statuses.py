"""WhatsApp's word on a message of the bot: forward only, and what of it asks for another try."""

import re
import sqlite3

from relay import meter, trouble
from relay.chat.messages import ORDER
from relay.chat.pace import after_too_fast_s
from relay.events import Event
from relay.whatsapp import Verdict, verdict
from sync.clock import hour_of, whole_hour

_OPAQUE = re.compile("[0-9a-f]{24}")
_UNSAID = Verdict(permanent=True, alarm=False)
"""A failure without a code; as WhatsApp's own, 0 is about our token and never stands in a status."""
_NOT_COUNTED = ("queued", "sending", "unknown")


def note_status(conn: sqlite3.Connection, event: Event, now: float) -> None:
    """Takes a status; in the caller's transaction.

    A failure of none of ours may be one of an answer: the link process, which alone can tell, finds it in failed_send.
    """
    trouble.heard(conn, now)
    row = conn.execute(
        "select id, person, state, attempts, doubts, length(sealed) as size_bytes from chat_out where opaque=?",
        (event.opaque,),
    ).fetchone()
    if event.status == "failed":
        _failed(conn, event, row, now)
    elif row is not None and event.status in ORDER:
        _went(conn, event, row, now)


def _went(conn: sqlite3.Connection, event: Event, row: sqlite3.Row, now: float) -> None:
    if row["state"] == "failed" or ORDER.index(event.status) < ORDER.index(row["state"]):
        return
    if row["state"] in _NOT_COUNTED:
        meter.accepted(conn, event.number_id, False, now)
    conn.execute(
        "update chat_out set state=?, sealed=x'', due_at=0, posted_hour=coalesce(posted_hour, ?) where id=?",
        (event.status, hour_of(now), row["id"]),
    )


def _failed(conn: sqlite3.Connection, event: Event, row: sqlite3.Row | None, now: float) -> None:
    found = verdict(event.error_code) if event.error_code else _UNSAID
    if found.alarm:
        trouble.note(conn, event.error_code, now)
    if row is None:
        if _OPAQUE.fullmatch(event.opaque):
            conn.execute(
                "insert or ignore into failed_send values(?,?,?)",
                (event.opaque, event.error_code, whole_hour(now)),
            )
    elif row["state"] in ("sending", "unknown", "sent"):
        if found.permanent or not row["size_bytes"] or _has_later(conn, row):
            conn.execute("update chat_out set state='failed', sealed=x'', due_at=0 where id=?", (row["id"],))
        else:
            _try_again(conn, row, now)


def _try_again(conn: sqlite3.Connection, row: sqlite3.Row, now: float) -> None:
    """One of its sendings came to nothing: whether others are still in doubt decides what is next."""
    others = row["doubts"] - (1 if row["state"] == "unknown" else 0)
    conn.execute(
        "update chat_out set state=?, doubts=?, attempts=attempts+1, due_at=max(due_at, ?) where id=?",
        (
            "unknown" if others else "queued",
            others,
            now + after_too_fast_s(row["attempts"]),
            row["id"],
        ),
    )


def _has_later(conn: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Whether the person got something said after it: it would come too late to make sense."""
    later = conn.execute(
        "select 1 from chat_out where person=? and id>? and state in ('sent', 'delivered', 'read') limit 1",
        (row["person"], row["id"]),
    ).fetchone()
    return later is not None
