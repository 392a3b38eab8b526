"""Cases whose officer's phone is to ring: somebody said that it happens now, and nobody in the office has acted on it.

Kept until the phone was told, once, whatever became of that notice, or until somebody acted. Not in the minute in which
it was said: whoever stands beside those it is about must not learn from his own phone who wrote just now.
"""

import sqlite3

from sync.clock import MINUTE_S

SLOT_S, GRACE_S = 12 * MINUTE_S, 5 * MINUTE_S
"""What came in one slot of the clock rings a phone when it is over, and this much later."""
PUT_OFF_S = 3 * MINUTE_S
"""Later once, where more is added as it is about to ring: five to twenty minutes after what came first, in all."""


def plan(conn: sqlite3.Connection, case_id: int, now: float) -> None:
    """Something urgent came to the case, in the caller's transaction. ``now``: the box's clock, wherever it stands.

    What is to ring already rings no later: who keeps adding must not keep the phone silent.
    """
    at = (now // SLOT_S + 1) * SLOT_S + GRACE_S
    conn.execute(
        "insert into ring(case_id, at) values(?,?) on conflict do update set at=min(at, excluded.at)",
        (case_id, int(at)),
    )
    # what was put off once is at no slot's end
    conn.execute(
        "update ring set at=? where case_id=? and at<? and at%?=?",
        (int(now // MINUTE_S * MINUTE_S + PUT_OFF_S), case_id, now + MINUTE_S, SLOT_S, GRACE_S),
    )


def over(conn: sqlite3.Connection, case_id: int) -> None:
    """Its officer was told, or somebody acted; in the caller's transaction."""
    conn.execute("delete from ring where case_id=?", (case_id,))


def is_due(conn: sqlite3.Connection, case_id: int, now: float) -> bool:
    """Whether the case's phone should ring by now."""
    return conn.execute("select 1 from ring where case_id=? and at<=?", (case_id, now)).fetchone() is not None


def move_along(conn: sqlite3.Connection, by: int, now: float) -> None:
    """The clock was set by ``by`` seconds to ``now``: what was still to ring, or lies ahead, rings as much later."""
    conn.execute("update ring set at=at+:by where at>:now or at>:now-:by", {"by": by, "now": int(now)})
