"""Tells informants that there is an answer: a thread of the link process."""

import logging
import random
import sqlite3
from dataclasses import dataclass

from relay import meter, stops, trouble
from relay.downlink import pace as when
from relay.downlink import rows
from relay.downlink.hurry import Hurry
from relay.downlink.pace import Pace
from relay.downlink.reading import offer
from relay.downlink.rows import Keys, name_of
from relay.downlink.settling import Settling
from relay.epochs import EpochStore
from relay.phrases import Phrases
from relay.vault import Reachable, Vault
from relay.whatsapp import Buttons, Choice, GraphError, OutcomeUnknown, Payload, SendError, Template, WhatsApp
from sync import faults
from sync.clock import Clock, day_of
from sync.db import transaction
from sync.errors import SatarkError, Unavailable
from sync.outbox import Retry

log = logging.getLogger(__name__)

_PATIENCE = 3
"""The step of the retry timer that trouble here begins with: nobody is waiting at the phone."""


@dataclass(frozen=True)
class Notices:
    """What says that there is an answer and no more: our words, and the template for whoever was silent for a day.

    ``update_template``: as in ``RelayConfig``.
    """

    phrases: Phrases
    update_template: str

    def payload(self, language: str, button: str, is_window_closed: bool) -> Payload:
        """The message whose only button has the id ``button``."""
        if is_window_closed:
            return Template(self.update_template, language, payloads=(button,))
        title = self.phrases.text(language, "button_read")
        return Buttons(self.phrases.text(language, "answer_notice"), (Choice(button, title),))


@dataclass(frozen=True)
class _Awaited:
    """The name of a message in WhatsApp's statuses, and when no more of them is waited for."""

    opaque: str
    until: float


class ReplySender:
    """Sends what is due; has its own connections.

    A message that WhatsApp took, or perhaps took (a timeout, a gateway's 5xx), is not sent again unless a status says
    that it failed: rather none than two. Without such a status it is spent, after a restart at once.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        vault: Vault,
        epochs: EpochStore,
        client: WhatsApp,
        notices: Notices,
        keys: Keys,
        pace: Pace,
        clock: Clock,
        retry: Retry,
        rng: random.Random,
    ) -> None:
        """``conn``: of relay.db, this thread's own."""
        self._conn, self._vault, self._epochs, self._client = conn, vault, epochs, client
        self._notices, self._keys, self._pace, self._clock = notices, keys, pace, clock
        self._retry, self._rng = retry, rng
        self._settling = Settling(conn, pace, rng)
        self._hurry = Hurry(vault, keys, pace, rng)
        self._rest_until = 0.0
        self._awaited: dict[tuple[str, int], _Awaited] = {}

    def step(self) -> bool:
        """Takes one answer whose key is in memory a step on; False when there is none."""
        now = self._clock()
        self._settling.step(now, self._hurry.told_early())
        self._hear(now)
        try:
            row = self._due(now) if now >= self._rest_until else None
        except Unavailable as error:
            log.error("answers must wait: %s", error)
            self._rest_until = now + self._patience_s()
            return False
        if row is None:
            return False
        try:
            self._go_on(row, now)
        except Unavailable as error:
            log.error("an answer must wait: %s", error)
            self._later(row, now + self._patience_s())
        return True

    def _due(self, now: float) -> sqlite3.Row | None:
        # All of them: a read left open would make this connection's next write fail once another process has written.
        found = self._conn.execute(
            "select * from reply where state in ('waiting', 'sending', 'sent') order by due_at"
        ).fetchall()
        self._hurry.meet(found, now)
        waiting = [row for row in found if row["state"] != "sent" and name_of(row) in self._keys]
        return next((row for row in waiting if self._hurry.goes_at(row) <= now), None)

    def _go_on(self, row: sqlite3.Row, now: float) -> None:
        if rows.is_overtaken(self._conn, row["first"], row["reply_no"]):
            self._note(row, "expired")
        elif (later := self._not_before(row, now)) > now:
            self._later(row, later)
        else:
            self._push(row)

    def _not_before(self, row: sqlite3.Row, now: float) -> float:
        """What was due may fall into the night (this process or WhatsApp was away), or be the second of the day."""
        if self._pace.one_a_day and rows.pushed_day(self._conn, row["first"]) == day_of(now):
            return self._tomorrow(row, now)
        if self._hurry.wants_it(row):
            return now
        return when.after_quiet(now, self._pace, self._rng)

    def _tomorrow(self, row: sqlite3.Row, now: float) -> float:
        """When the second answer of a day goes. Its box hears of it when it would hear of anybody's."""
        anybodys = when.next_day(now, self._pace, self._rng)
        if not self._hurry.wants_it(row):
            return anybodys
        if rows.takes_place(self._conn, row["first"], row["reply_no"], now + self._pace.status_wait_s):
            self._hurry.tell_early(row)
        else:
            with transaction(self._conn):
                self._set(row, "due_at=?", anybodys)
        return when.soon(when.midnight_after(now), self._pace, self._rng)

    def _push(self, row: sqlite3.Row) -> None:
        """To whoever can be reached and did not say stop: who did gets nothing, and the box learns no more of it."""
        report_key = self._keys.get(name_of(row))
        if report_key is None:
            return  # the line's thread has just taken a later answer
        reachable = self._vault.open(row["handle"], report_key)
        is_in_vain = (
            reachable is None
            or rows.unlocked(self._epochs, row) is None
            or stops.is_stopped(self._conn, self._epochs, reachable.sender)
        )
        if reachable is None or is_in_vain:
            self._in_vain(row, self._over_at(row))
            return
        error = self._send(row, reachable, bool(row["window_closed"]))
        if error is not None and error.window_closed and not row["window_closed"]:
            self._close_window(row)
            error = self._send(row, reachable, is_window_closed=True)
        if error is not None:
            self._not_sent(row, error, self._over_at(row))

    def _send(self, row: sqlite3.Row, reachable: Reachable, is_window_closed: bool) -> GraphError | None:
        """Gives the refusal, if there was one."""
        button = self._offer(row, reachable.language)
        payload = self._notices.payload(reachable.language, button, is_window_closed)
        opaque = f"{self._rng.getrandbits(96):024x}"
        faults.at("offer-written")
        try:
            self._client.send(reachable.sender, payload, opaque)
            faults.at("answer-sent")
        except OutcomeUnknown as error:
            log.warning("an answer may have been sent, and is not sent again: %s", error.what)
            self._await(row, opaque)
        except GraphError as error:
            return error
        except SatarkError as error:
            log.error("an answer cannot be sent: %s", error.what)
            self._note(row, "expired")
        else:
            self._await(row, opaque)
            with transaction(self._conn):
                meter.accepted(self._conn, self._client.number_id, is_window_closed, self._clock())
        return None

    def _offer(self, row: sqlite3.Row, language: str) -> str:
        with transaction(self._conn):
            self._set(row, "state='sending'")
            return offer(self._conn, row["handle"], row["reply_no"], language, self._rng)

    def _await(self, row: sqlite3.Row, opaque: str) -> None:
        """It went, as far as we know: a status may still say otherwise."""
        now = self._clock()
        self._awaited[name_of(row)] = _Awaited(opaque, now + self._pace.status_wait_s)
        with transaction(self._conn):
            # No time beside what went: a row must not tell when the phone got its answer. The day it must.
            # Who wants it at once gets it before it was due: that time, and as long as others wait, stays for the box.
            told_at = row["due_at"] + self._pace.status_wait_s if row["due_at"] > now else 0
            self._set(row, "state='sent', due_at=?, pushed_day=?", told_at, day_of(now))
        faults.at("answer-noted")

    def _hear(self, now: float) -> None:
        """Ends the wait of answers that went: by a status that says they failed, by time, or by a restart."""
        found = self._conn.execute("select * from reply where state='sent'").fetchall()
        if not found:
            return
        failed = dict(self._conn.execute("select opaque, error_code from failed_send").fetchall())
        for row in found:
            awaited = self._awaited.get(name_of(row))
            if awaited is not None and awaited.opaque in failed:
                self._refused(row, awaited.opaque, failed[awaited.opaque])
            elif awaited is None or now >= awaited.until:
                self._note(row, "spent")

    def _refused(self, row: sqlite3.Row, opaque: str, code: int) -> None:
        """WhatsApp took it and says now that it did not go: as if it had refused at once."""
        error = SendError(code, 400)
        over_at = max(row["due_at"], self._awaited.pop(name_of(row)).until)
        with transaction(self._conn):
            self._conn.execute("delete from failed_send where opaque=?", (opaque,))
            self._set(row, "pushed_day=null")
        if error.window_closed and not row["window_closed"]:
            self._close_window(row)
            self._later(row, self._clock())
        else:
            self._not_sent(row, error, over_at)

    def _not_sent(self, row: sqlite3.Row, error: GraphError, over_at: float) -> None:
        log.warning("an answer was not sent: %s", error.what)
        now = self._clock()
        if error.alarm:
            with transaction(self._conn):
                trouble.note(self._conn, error.code, now)
        if error.permanent:
            self._in_vain(row, over_at)
            return
        later = now + self._patience_s()
        self._later(row, later)
        if error.for_everyone:
            self._rest_until = later

    def _over_at(self, row: sqlite3.Row) -> float:
        """When an answer that goes now is over for its box."""
        return max(float(row["due_at"]), self._clock()) + self._pace.status_wait_s

    def _in_vain(self, row: sqlite3.Row, over_at: float) -> None:
        """Nobody gets it, and its box must not see that: it was this day's answer, and is over as late as others."""
        with transaction(self._conn):
            self._set(row, "due_at=?, pushed_day=?", over_at, day_of(self._clock()))
        self._note(row, "expired")

    def _close_window(self, row: sqlite3.Row) -> None:
        """He last wrote more than 24 hours ago: from now on only the template goes."""
        with transaction(self._conn):
            self._set(row, "window_closed=1")

    def _patience_s(self) -> float:
        return self._retry.after(_PATIENCE, self._rng)

    def _note(self, row: sqlite3.Row, state: str) -> None:
        """It is over. The words of what went can be read for some days, the others are erased now."""
        with transaction(self._conn):
            self._set(
                row,
                # Beside the handle the time would tell when the phone got its answer.
                "state=?, locked=iif(?, locked, null), due_at=iif(due_at>?, due_at, 0), window_closed=0",
                *(state, state == "spent", self._clock()),
            )
        faults.at("answer-over")
        self._keys.pop(name_of(row), None)
        self._awaited.pop(name_of(row), None)

    def _later(self, row: sqlite3.Row, due_at: float) -> None:
        if self._hurry.wants_it(row):
            self._hurry.put_off(row, due_at)
        with transaction(self._conn):
            self._set(row, "state='waiting', due_at=iif(?, due_at, ?)", self._hurry.wants_it(row), due_at)

    def _set(self, row: sqlite3.Row, assignments: str, *values: object) -> None:
        self._conn.execute(
            f"update reply set {assignments} where handle=? and reply_no=?", (*values, *name_of(row))
        )
