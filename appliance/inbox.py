"""What the line hands to the office: reports into ``box.db``, report keys into ``keys.db``."""

import sqlite3

from appliance import reports
from appliance.desk import Desk
from sync.clock import DAY_S
from sync.messages import COMMITTED, Contact, ReportBody

KEY_LIFE_S = 7 * DAY_S
"""How long a report key outlives the closing of its case."""


def handle_report(desk: Desk, body: ReportBody, message_id: str, now: float, has_key: bool = True) -> str:
    """Stores a report once, in the caller's transaction; gives the acknowledgement's result.

    ``has_key``: its report key is kept. Raises Unreadable for a report that must be set aside (quarantined).
    """
    reports.add(desk, body, message_id, now, has_key)
    return COMMITTED


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
    """Erases the keys of reports whose case was closed seven days ago, from the log of the database as well."""
    handles = [row[0] for row in keys_conn.execute("select handle from report_key")]
    due = [(handle,) for handle in handles if _is_over(box_conn, handle, now)]
    if due:
        keys_conn.executemany("delete from report_key where handle=?", due)
        keys_conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    return len(due)


def _is_over(box_conn: sqlite3.Connection, handle: str, now: float) -> bool:
    row = box_conn.execute(
        "select closed_at from report join case_report on case_report.report_id = report.id"
        " join case_file on case_file.id = case_id where handle=?",
        (handle,),
    ).fetchone()
    return row is not None and row[0] is not None and row[0] + KEY_LIFE_S <= now
