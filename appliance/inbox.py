"""Report keys in ``keys.db``: kept when their report comes, found for an answer, erased after closing.

Once its case is closed nothing more is ordered for an informant (``report.has_key`` is 0), so a key is kept only for
answers that the relay may still ask for: it forgets every report key when it starts anew.
"""

import sqlite3

from appliance.public_state import CLOSED
from appliance.replies import ACCEPTED, QUEUED
from sync import faults
from sync.clock import DAY_S
from sync.db import transaction
from sync.messages import Contact

KEY_LIFE_S = 7 * DAY_S
"""How long an answer that is not settled keeps the report key of a closed case."""


def add_key(keys_conn: sqlite3.Connection, contact: Contact) -> None:
    """Keeps a report key; the first one of a handle stays."""
    keys_conn.execute(
        "insert into report_key values(?,?) on conflict do nothing", (contact.handle, contact.report_key)
    )


def find_key(keys_conn: sqlite3.Connection, handle: str) -> bytes | None:
    """The report key of a handle, or None where the informant gave none or it was erased."""
    row = keys_conn.execute("select report_key from report_key where handle=?", (handle,)).fetchone()
    return bytes(row[0]) if row else None


def erase_due(keys_conn: sqlite3.Connection, box_conn: sqlite3.Connection, now: float) -> int:
    """Erases the keys that no answer needs, from the log of the database as well; gives how many.

    Those of closed cases, once every answer ordered before is settled, seven days after it at the latest.
    """
    handles = [row[0] for row in keys_conn.execute("select handle from report_key")]
    due = [(handle,) for handle in handles if _is_over(box_conn, handle, now)]
    if due:
        with transaction(box_conn):  # first: a page must never offer to write where the key is gone
            box_conn.executemany("update report set has_key=0 where handle=?", due)
        with transaction(keys_conn):
            keys_conn.executemany("delete from report_key where handle=?", due)
        faults.at("key-erased")
    # Each time: who died after the erasing has left the keys in the pages that the log has not yet replaced.
    keys_conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    if due:
        faults.at("keys-log-cut")
    return len(due)


def _is_over(box_conn: sqlite3.Connection, handle: str, now: float) -> bool:
    """Whether its report was closed once, also where the case was opened again, and no answer is on its way."""
    row = box_conn.execute(
        "select has_key, state, exists(select 1 from reply where reply.handle=report.handle"
        " and reply.state in (?,?) and max(at, coalesce(closed_at, 0))>?)"
        " from report join case_report on case_report.report_id = report.id"
        " join case_file on case_file.id = case_id left join public_state using(handle) where handle=?",
        (QUEUED, ACCEPTED, now - KEY_LIFE_S, handle),
    ).fetchone()
    if row is None:
        return False
    has_key, state, is_awaited = row
    return (not has_key or state == CLOSED) and not is_awaited
