"""Whether the trails are whole: each chain followed from its first row, and its end compared with what is known of it.

A chain cannot tell by itself that its newest rows are gone. So its length and its head stand beside it
(``audit.end``), the history is as long as its cases say, and each of its rows was noted in the audit trail too.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType

from appliance import audit, custody, history

_FOLLOWED: MappingProxyType[str, Callable[[sqlite3.Connection], int | None]] = MappingProxyType(
    {"audit": audit.verify, "history": history.verify, "custody": custody.verify}
)
NAMES = tuple(_FOLLOWED)
_END_IS_GONE = {
    "audit": "select 1 from (select * from history order by id desc limit 1) newest"
    " join case_file on case_file.id = case_id where not exists"
    " (select 1 from audit where object=serial and act='case.' || newest.act and audit.at = newest.at)",
    "history": "select 1 from case_file where version <>"
    " coalesce((select max(version) from history where case_id = case_file.id), 0) limit 1",
}


def first_broken(conn: sqlite3.Connection, name: str) -> int | None:
    """Id of the first row of a chain (one of NAMES) that does not fit, or that is gone from its end; or None."""
    with _at_one_moment(conn):
        broken = _FOLLOWED[name](conn)
        if broken is not None or not _is_end_gone(conn, name):
            return broken
        (newest,) = conn.execute(f"select coalesce(max(id), 0) from {name}").fetchone()
    return int(newest) + 1


def are_whole(conn: sqlite3.Connection) -> bool:
    """Whether no row of any of them was changed or is missing."""
    return all(first_broken(conn, name) is None for name in NAMES)


def _is_end_gone(conn: sqlite3.Connection, name: str) -> bool:
    (rows,) = conn.execute(f"select count(*) from {name}").fetchone()
    if audit.end(conn, name) != audit.End(rows, audit.last_hash(conn, name)):
        return True
    return name in _END_IS_GONE and conn.execute(_END_IS_GONE[name]).fetchone() is not None


@contextmanager
def _at_one_moment(conn: sqlite3.Connection) -> Iterator[None]:
    """What others write meanwhile is not seen, or a row written between two looks would be missed in one of them."""
    if conn.in_transaction:
        yield
        return
    conn.execute("begin")
    try:
        yield
    finally:
        conn.execute("rollback")
