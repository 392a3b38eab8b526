"""Sends what the bot has said."""

import logging
import random
import sqlite3
from functools import partial

from relay import meter, trouble
from relay.chat import pace
from relay.chat.lanes import Lanes
from relay.chat.messages import MOST_DOUBTS, opened, payload_of
from relay.identity import IntakeKeys
from relay.whatsapp import TOO_FAST, GraphError, OutcomeUnknown, WhatsApp
from sync.clock import Clock, hour_of
from sync.db import transaction
from sync.errors import SatarkError
from sync.outbox import Retry

log = logging.getLogger(__name__)


class ChatSender:
    """One of the threads that send; they share ``Lanes``, which keep each person's messages in order."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        keys: IntakeKeys,
        client: WhatsApp,
        lanes: Lanes,
        clock: Clock,
        retry: Retry,
        rng: random.Random,
        status_wait_s: float,
    ) -> None:
        """``conn``: of relay.db, this thread's own; ``status_wait_s``: as in ``RelayConfig``."""
        self._conn, self._keys, self._client, self._lanes = conn, keys, client, lanes
        self._clock, self._retry, self._rng, self._status_wait_s = clock, retry, rng, status_wait_s

    def step(self) -> bool:
        """Takes one message a step on; False when none is due."""
        row = self._lanes.take(self._conn, self._clock())
        if row is None:
            return False
        try:
            self._go_on(row)
        finally:
            self._lanes.put_back(row["id"])
        return True

    def _go_on(self, row: sqlite3.Row) -> None:
        now = self._clock()
        if row["state"] == "sending":  # of a run that ended in the middle: perhaps it went
            self._doubt(row)
        elif row["doubts"] >= MOST_DOUBTS:
            self._change(row, "sent", from_="unknown", due_at=0.0, is_over=True)
        elif row["state"] == "unknown" and not self._client.is_reachable():
            # Sent into the same trouble again it would only be in doubt once more, and that is the last time.
            self._change(row, "unknown", from_="unknown", due_at=now + self._after(row), attempts=1)
        elif (wait_s := self._lanes.buckets.wait_s(row["person"], now, partial(self._lately, row, now))) > 0:
            self._change(row, row["state"], from_=row["state"], due_at=now + wait_s)
        else:
            self._send(row, now)

    def _send(self, row: sqlite3.Row, now: float) -> None:
        key = self._keys.of(row["key_day"])
        if key is None:
            self._change(row, "failed", from_=row["state"], due_at=0.0, is_over=True)
            return
        if not self._change(row, "sending", from_=row["state"], due_at=0.0, posted_hour=hour_of(now)):
            return  # a status settled it in this very moment
        self._lanes.buckets.spend(row["person"], now)
        try:
            saying = opened(key, row["sealed"])
            self._client.send(saying.sender, payload_of(saying.say), row["opaque"])
        except OutcomeUnknown as error:
            log.warning("a chat message may have been sent: %s", error.what)
            self._doubt(row)
        except SatarkError as error:
            self._refused(row, error)
        else:
            self._went(row)

    def _went(self, row: sqlite3.Row) -> None:
        self._lanes.went()
        with transaction(self._conn):
            # The words stay until a status: WhatsApp may take a message and refuse it afterwards.
            changed = self._conn.execute(
                "update chat_out set state='sent' where id=? and state='sending'", (row["id"],)
            )
            if changed.rowcount:  # otherwise a status was faster, and has counted it
                meter.accepted(self._conn, self._client.number_id, False, self._clock())

    def _doubt(self, row: sqlite3.Row) -> None:
        due_at = self._clock() + self._status_wait_s
        self._change(row, "unknown", from_="sending", due_at=due_at, doubts=1)

    def _refused(self, row: sqlite3.Row, error: SatarkError) -> None:
        log.warning("a chat message was not sent: %s", error.what)
        if isinstance(error, GraphError):
            self._tell(error)
        if error.permanent:  # all else may pass; what does not ends with the key the message lies under
            self._change(row, "failed", from_="sending", due_at=0.0, is_over=True)
            return
        now = self._clock()
        is_too_fast = isinstance(error, GraphError) and error.code == TOO_FAST
        wait_s = pace.after_too_fast_s(row["attempts"]) if is_too_fast else self._after(row)
        state = "unknown" if row["doubts"] else "queued"
        self._change(row, state, from_="sending", due_at=now + wait_s, attempts=1)

    def _tell(self, error: GraphError) -> None:
        now = self._clock()
        if error.for_everyone:
            self._lanes.rest(now + self._retry.after(self._lanes.refusals(), self._rng))
        if error.alarm:
            with transaction(self._conn):
                trouble.note(self._conn, error.code, now)

    def _after(self, row: sqlite3.Row) -> float:
        return self._retry.after(row["attempts"], self._rng)

    def _lately(self, row: sqlite3.Row, now: float) -> int:
        """How many messages went to the person in this hour and the one before, as the disk has it."""
        (count,) = self._conn.execute(
            "select count(*) from chat_out where person=? and posted_hour>=?",
            (row["person"], hour_of(now) - 1),
        ).fetchone()
        return int(count)

    def _change(
        self,
        row: sqlite3.Row,
        state: str,
        *,
        from_: str,
        due_at: float,
        attempts: int = 0,
        doubts: int = 0,
        posted_hour: int | None = None,
        is_over: bool = False,
    ) -> bool:
        """False when it is no longer in ``from_``: a status that came meanwhile knows better than we do."""
        with transaction(self._conn):
            changed = self._conn.execute(
                "update chat_out set state=?, due_at=?, attempts=attempts+?, doubts=doubts+?,"
                " posted_hour=coalesce(?, posted_hour), sealed=iif(?, x'', sealed) where id=? and state=?",
                (state, due_at, attempts, doubts, posted_hour, is_over, row["id"], from_),
            )
        return changed.rowcount == 1
