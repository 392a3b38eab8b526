"""Cases whose officer's phone is to ring: somebody said that it happens now, and nobody in the office has acted on it.

Kept until the phone was told, once, whatever became of that notice, or until somebody acted. Not in the minute in which
it was said: whoever stands beside those it is about must not learn from his own phone who wrote just now.
"""

import sqlite3

from sync.clock import MINUTE_S

SLOT_S, GRACE_S = 15 * MINUTE_S, 5 * MINUTE_S
"""What came in one slot of the clock rings a phone when it is over, and this much later: five to twenty minutes."""


def plan(conn: sqlite3.Connection, case_id: int, now: float) -> None:
    """Something urgent came to the case, in the caller's transaction. ``now``: the box's clock, wherever it stands."""
    at = (now // SLOT_S + 1) * SLOT_S + GRACE_S
    conn.execute("insert or replace into ring(case_id, at) values(?,?)", (case_id, int(at)))


def over(conn: sqlite3.Connection, case_id: int) -> None:
    """Its officer was told, or somebody acted; in the caller's transaction."""
    conn.execute("delete from ring where case_id=?", (case_id,))


def is_due(conn: sqlite3.Connection, case_id: int, now: float) -> bool:
    """Whether the case's phone should ring by now."""
    return conn.execute("select 1 from ring where case_id=? and at<=?", (case_id, now)).fetchone() is not None


def move_along(conn: sqlite3.Connection, by: int, now: float) -> None:
    """The clock was set by ``by`` seconds to ``now``: what was still to ring, or lies ahead, rings as much later."""
    conn.execute("update ring set at=at+:by where at>:now or at>:now-:by", {"by": by, "now": int(now)})
