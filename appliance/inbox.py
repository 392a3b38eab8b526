"""Report keys in ``keys.db``: kept when their report comes, found for an answer, erased after closing."""

import sqlite3

from sync import faults
from sync.clock import DAY_S
from sync.db import transaction
from sync.messages import Contact

KEY_LIFE_S = 7 * DAY_S
"""How long a report key outlives the closing of its case."""


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
        with transaction(keys_conn):
            keys_conn.executemany("delete from report_key where handle=?", due)
        faults.at("key-erased")
    # Each time: who died after the erasing has left the keys in the pages that the log has not yet replaced.
    keys_conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    if due:
        faults.at("keys-log-cut")
    return len(due)


def _is_over(box_conn: sqlite3.Connection, handle: str, now: float) -> bool:
    row = box_conn.execute(
        "select closed_at from report join case_report on case_report.report_id = report.id"
        " join case_file on case_file.id = case_id where handle=?",
        (handle,),
    ).fetchone()
    return row is not None and row[0] is not None and row[0] + KEY_LIFE_S <= now
