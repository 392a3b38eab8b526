"""Which message goes next, shared by the threads that send: one at a time for each person, others beside."""

import sqlite3
import threading

from relay.chat.pace import Buckets


class Lanes:
    """What the threads have in hand, and until when everybody rests because WhatsApp said so."""

    def __init__(self) -> None:
        """Nothing is in hand."""
        self._lock = threading.Lock()
        self._in_hand: set[int] = set()
        self._rest_until = 0.0
        self._refusals = 0
        self.buckets = Buckets()

    def take(self, conn: sqlite3.Connection, now: float) -> sqlite3.Row | None:
        """A message that is due and has none of the same person before it; it is in hand until ``put_back``.

        ``conn``: the calling thread's own.
        """
        with self._lock:
            if now < self._rest_until:
                return None
            row = self._next(conn, now)
            if row is not None:
                self._in_hand.add(row["id"])
            return row

    def put_back(self, message: int) -> None:
        """The thread is done with it, whatever came of it."""
        with self._lock:
            self._in_hand.discard(message)

    def went(self) -> None:
        """WhatsApp took one: whatever it had against all of them is over."""
        with self._lock:
            self._refusals = 0

    def refusals(self) -> int:
        """How often in a row WhatsApp refused everybody."""
        return self._refusals

    def rest(self, until: float) -> None:
        """WhatsApp refuses everybody: nothing is sent before ``until``."""
        with self._lock:
            self._refusals += 1
            self._rest_until = max(self._rest_until, until)

    def _next(self, conn: sqlite3.Connection, now: float) -> sqlite3.Row | None:
        # As many as are in hand and one: reads left open would make this connection's next write fail.
        rows: list[sqlite3.Row] = conn.execute(
            "select id, person, opaque, key_day, sealed, attempts, doubts, state from chat_out c"
            " where state in ('queued', 'sending', 'unknown') and due_at<=?"
            " and not exists(select 1 from chat_out b where b.person=c.person and b.id<c.id"
            " and b.state in ('queued', 'sending', 'unknown')) order by due_at, id limit ?",
            (now, len(self._in_hand) + 1),
        ).fetchall()
        return next((row for row in rows if row["id"] not in self._in_hand), None)
