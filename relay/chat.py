"""The bot's messages: written in the transaction of the step that says them, sent in order per person."""

import logging
import random
import re
import sqlite3
from dataclasses import dataclass

from relay import whatsapp
from relay.dialogue import Say
from relay.events import Event, Sender
from relay.identity import IntakeKey, IntakeKeys
from relay.whatsapp import Payload, WhatsApp
from sync import canonical
from sync.clock import Clock, whole_hour
from sync.db import transaction
from sync.errors import SatarkError
from sync.outbox import Retry

log = logging.getLogger(__name__)

_OPAQUE = re.compile("[0-9a-f]{24}")
_ORDER = ("queued", "sending", "sent", "delivered", "read")


@dataclass(frozen=True)
class Saying:
    """One message and whom it goes to, as it lies sealed until it is sent."""

    sender: Sender
    say: Say


def queue(conn: sqlite3.Connection, keys: IntakeKeys, saying: Saying, rng: random.Random) -> None:
    """Puts a message behind the person's others; in the caller's transaction."""
    key = keys.newest()
    conn.execute(
        "insert into chat_out(person, opaque, key_day, sealed, due_at) values(?,?,?,?,0)",
        (key.person(saying.sender), f"{rng.getrandbits(96):024x}", key.day, key.seal(saying, "chat")),
    )


def note_status(conn: sqlite3.Connection, event: Event, now: float) -> None:
    """WhatsApp's word on a message: states only move forward; in the caller's transaction.

    A failure of none of ours may be one of an answer: the link process, which alone can tell, finds it in failed_send.
    """
    row = conn.execute("select state from chat_out where opaque=?", (event.opaque,)).fetchone()
    if row is None and event.status == "failed" and _OPAQUE.fullmatch(event.opaque):
        conn.execute(
            "insert or ignore into failed_send values(?,?,?)",
            (event.opaque, event.error_code, whole_hour(now)),
        )
    if row is None or row["state"] == "failed" or event.status not in (*_ORDER, "failed"):
        return
    if event.status == "failed" or _ORDER.index(event.status) > _ORDER.index(row["state"]):
        conn.execute("update chat_out set state=?, sealed=x'' where opaque=?", (event.status, event.opaque))


def payload_of(say: Say) -> Payload:
    """A message as WhatsApp takes it."""
    if say.rows:
        return whatsapp.Rows(say.text, say.rows_button, say.rows)
    if say.buttons:
        return whatsapp.Buttons(say.text, say.buttons)
    return whatsapp.Text(say.text)


class ChatSender:
    """Sends what is queued; one message at a time, so that a person's messages keep their order."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        keys: IntakeKeys,
        client: WhatsApp,
        clock: Clock,
        retry: Retry,
        rng: random.Random,
    ) -> None:
        """``conn``: of relay.db, this thread's own."""
        self._conn, self._keys, self._client = conn, keys, client
        self._clock, self._retry, self._rng = clock, retry, rng

    def step(self) -> bool:
        """Sends one message that is due and has none of the same person before it; False when there is none."""
        row = self._conn.execute(
            "select id, opaque, key_day, sealed, attempts from chat_out c where state in ('queued', 'sending')"
            " and due_at<=? and not exists(select 1 from chat_out b where b.person=c.person and b.id<c.id"
            " and b.state in ('queued', 'sending')) order by id limit 1",
            (self._clock(),),
        ).fetchone()
        if row is None:
            return False
        key = self._keys.of(row["key_day"])
        if key is None:
            self._note(row, "failed")
        else:
            self._send(row, key)
        return True

    def _send(self, row: sqlite3.Row, key: IntakeKey) -> None:
        self._note(row, "sending", row["sealed"])
        try:
            saying = canonical.loads(Saying, key.open(row["sealed"], "chat"))
            self._client.send(saying.sender, payload_of(saying.say), row["opaque"])
        except SatarkError as error:
            self._failed(row, error)
        else:
            self._note(row, "sent")

    def _failed(self, row: sqlite3.Row, error: SatarkError) -> None:
        log.warning("a chat message was not sent: %s", error.what)
        if error.permanent:  # all else may pass; what does not ends with the key the message lies under
            self._note(row, "failed")
            return
        with transaction(self._conn):
            self._conn.execute(
                "update chat_out set state='queued', attempts=attempts+1, due_at=? where id=? and state='sending'",
                (self._clock() + self._retry.after(row["attempts"], self._rng), row["id"]),
            )

    def _note(self, row: sqlite3.Row, state: str, sealed: bytes = b"") -> None:
        """A status that came meanwhile knows better than we do: states only move forward."""
        earlier = _ORDER[: _ORDER.index(state) + 1] if state in _ORDER else _ORDER[:2]
        marks = ",".join("?" * len(earlier))
        with transaction(self._conn):
            self._conn.execute(
                f"update chat_out set state=?, sealed=? where id=? and state in ({marks})",
                (state, sealed, row["id"], *earlier),
            )
