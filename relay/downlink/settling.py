"""What boxes hear of their answers: in one batch a day which are over, neither when nor how."""

import random
import sqlite3
from collections.abc import Set

from relay.downlink.pace import Pace
from relay.downlink.rows import name_of
from sync import faults, outbox
from sync.db import transaction
from sync.messages import Settled, encode
from sync.outbox import Parcel

SETTLED_EACH = 50


class Settling:
    """Remembers when the next batch is due."""

    def __init__(self, conn: sqlite3.Connection, pace: Pace, rng: random.Random) -> None:
        """``conn``: of relay.db, the calling thread's own."""
        self._conn, self._every_s, self._status_wait_s = conn, pace.settled_every_s, pace.status_wait_s
        self._rng = rng
        self._next_at = 0.0

    def step(self, now: float, told_early: Set[tuple[str, int]]) -> None:
        """Tells the boxes, when it is time; of those in ``told_early`` as if they had gone when they were due."""
        if now < self._next_at:
            return
        self._next_at = now + self._every_s
        with transaction(self._conn):
            rows = self._over(now, told_early)
            for node in sorted({row["node"] for row in rows}):
                items = [f"{row['handle']}/{row['reply_no']}" for row in rows if row["node"] == node]
                for start in range(0, len(items), SETTLED_EACH):
                    self._tell(node, tuple(items[start : start + SETTLED_EACH]), now)
            self._conn.executemany(
                "update reply set settled=1, due_at=iif(state='waiting', due_at, 0) where handle=? and reply_no=?",
                [(row["handle"], row["reply_no"]) for row in rows],
            )
            if rows:
                faults.at("settled-written")

    def _over(self, now: float, told_early: Set[tuple[str, int]]) -> list[sqlite3.Row]:
        over = self._conn.execute(
            "select handle, reply_no, node from reply where state in ('spent', 'expired') and settled=0"
            " and due_at<=?",
            (now,),
        ).fetchall()
        waiting = self._conn.execute(
            "select handle, reply_no, node from reply where state='waiting' and settled=0 and due_at<=?",
            (now - self._status_wait_s,),
        ).fetchall()
        return sorted([*over, *(row for row in waiting if name_of(row) in told_early)], key=name_of)

    def _tell(self, node: str, items: tuple[str, ...], now: float) -> None:
        message_id = f"{self._rng.getrandbits(128):032x}"
        content = encode(Settled(1, items))
        outbox.put(self._conn, Parcel(message_id, node, "settled", outbox.LANE_REPLY, content, int(now)))
