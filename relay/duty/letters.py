"""Messages to officers, from the row that is written first to the status that settles it.

A notice that may have been lost is sent again: one that comes twice does no harm, one that never comes does.
"""

import logging
import random
import sqlite3
from dataclasses import dataclass

from relay import meter, trouble
from relay.duty import rows
from relay.duty.answers import Mail
from relay.duty.rows import Row
from relay.epochs import EpochStore
from relay.events import Event, Sender
from relay.limits import Buttons, Choice, Payload, Template, Text
from relay.whatsapp import GraphError, OutcomeUnknown, SendError, WhatsApp
from sync import canonical
from sync.clock import DAY_S, Clock, whole_hour
from sync.db import transaction
from sync.errors import SatarkError, Unreadable
from sync.outbox import Retry
from sync.sealing import locks

log = logging.getLogger(__name__)

UNDELIVERED, DELIVERED = "undelivered", "delivered"
STATUS_WAIT_S = 600.0
"""How long a status may take that tells what became of a message of unknown fate."""
MOST_DOUBTS = 3
"""How often a message goes that perhaps went before."""
UNSENT_S = DAY_S
"""After so long in vain his office had better tell him itself."""
_ORDER = ("queued", "sent", "delivered", "read")
_UNSAID = SatarkError("WhatsApp did not say why a message failed")
"""A failure without a code; as WhatsApp's own, 0 is about our token and never stands in a status."""


@dataclass(frozen=True)
class Letter:
    """One message; ``parameters`` are those of the template that takes its place where the window is closed."""

    to: Sender
    language: str
    text: str
    buttons: tuple[Choice, ...] = ()
    parameters: tuple[str, ...] = ()

    def payload(self, template: str) -> Payload:
        """As WhatsApp takes it; ``template``: its name, "" for the words themselves."""
        if template:
            payloads = tuple(button.id for button in self.buttons)
            return Template(template, self.language, self.parameters, payloads)
        return Buttons(self.text, self.buttons) if self.buttons else Text(self.text)


def queue(
    conn: sqlite3.Connection, epochs: EpochStore, duty: str, letter: Letter, now: float, rng: random.Random
) -> None:
    """Writes a message that is due, in the caller's transaction. ``duty``: its name, "" for a word to a stranger."""
    week, key = epochs.current(now)
    opaque = f"{rng.getrandbits(96):024x}"
    conn.execute(
        "insert into duty_out(opaque, duty, week, locked, due_at, made_at, is_notice) values(?,?,?,?,?,?,?)",
        (
            *(opaque, duty, week, locks.lock(key, canonical.dumps(letter), f"duty_out:{opaque}")),
            *(now, whole_hour(now), bool(letter.parameters)),
        ),
    )


def drop_queued(conn: sqlite3.Connection, duty: str) -> None:
    """What has not gone of a duty that is over will not go; in the caller's transaction."""
    conn.execute("delete from duty_out where duty=? and state='queued'", (duty,))


class Letters:
    """Sends what is queued, and takes WhatsApp's word on it."""

    def __init__(
        self, epochs: EpochStore, mail: Mail, template: str, retry: Retry, rng: random.Random
    ) -> None:
        """``template``: name of the approved one with serial, class and thana."""
        self._epochs, self._mail, self._template = epochs, mail, template
        self._retry, self._rng = retry, rng

    def send_next(self, conn: sqlite3.Connection, client: WhatsApp, now: float) -> bool:
        """Sends one message that is due; False when there is none."""
        row = conn.execute(
            "select * from duty_out where state='queued' and due_at<=? order by due_at, id limit 1", (now,)
        ).fetchone()
        if row is None:
            return False
        letter = self._open(row)
        with transaction(conn):
            may_go = self._begin(conn, row, letter, now)
        if letter is not None and may_go:
            error = self._post(client, row, letter)
            with transaction(conn):
                self._posted(conn, row["id"], client.number_id, error, now)
        return True

    def _begin(self, conn: sqlite3.Connection, row: sqlite3.Row, letter: Letter | None, now: float) -> bool:
        """Whether it goes now. If so it counts as one in doubt, also after a kill, until WhatsApp's word is here."""
        if letter is None or self._is_stale(conn, row, letter):
            self._end(conn, row, now)
            return False
        if row["doubts"] >= MOST_DOUBTS:
            conn.execute("update duty_out set state='sent' where id=?", (row["id"],))
            return False
        changed = conn.execute(
            "update duty_out set doubts=doubts+1, due_at=? where id=? and state='queued'",
            (now + STATUS_WAIT_S, row["id"]),
        )
        return changed.rowcount == 1

    def _is_stale(self, conn: sqlite3.Connection, row: sqlite3.Row, letter: Letter) -> bool:
        """Whether it is of a duty that is withdrawn, or a notice that is answered already."""
        if not row["duty"]:
            return False
        duty = rows.get(conn, self._epochs, row["duty"])
        if duty is None or duty.state == rows.OVER:
            return True
        return bool(letter.parameters) and duty.state not in rows.UNANSWERED

    def _post(self, client: WhatsApp, row: sqlite3.Row, letter: Letter) -> SatarkError | None:
        try:
            payload = letter.payload(self._template if row["as_template"] else "")
            client.send(letter.to, payload, row["opaque"])
        except SatarkError as error:
            log.warning("a message to an officer was not sent: %s", error.what)
            return error
        return None

    def _posted(
        self, conn: sqlite3.Connection, row_id: int, number_id: str, error: SatarkError | None, now: float
    ) -> None:
        """What the answer to a POST means, unless a status was faster and knows better."""
        row = conn.execute("select * from duty_out where id=? and state='queued'", (row_id,)).fetchone()
        if row is None:
            return
        if error is None:
            conn.execute("update duty_out set state='sent' where id=?", (row_id,))
            meter.accepted(conn, number_id, bool(row["as_template"]), now)
        elif not isinstance(error, OutcomeUnknown):  # which stays in doubt, as it is
            self._failed(conn, row, error, now)

    def hear(self, conn: sqlite3.Connection, event: Event, now: float) -> None:
        """A status: states only move forward; in the caller's transaction."""
        trouble.heard(conn, now)
        row = conn.execute("select * from duty_out where opaque=?", (event.opaque,)).fetchone()
        if row is None or row["state"] == "failed":
            return
        if event.status == "failed":
            if row["state"] in ("queued", "sent"):
                error = SendError(event.error_code, 400) if event.error_code else _UNSAID
                self._failed(conn, row, error, now)
        elif event.status in _ORDER and _ORDER.index(event.status) > _ORDER.index(row["state"]):
            if row["state"] == "queued":
                meter.accepted(conn, event.number_id, bool(row["as_template"]), now)
            arrived = event.status != "sent"
            if arrived and row["is_notice"]:
                self._arrived(conn, row["duty"], now)
            conn.execute(
                "update duty_out set state=?, locked=iif(?, x'', locked) where id=?",
                (event.status, arrived, row["id"]),
            )

    def _arrived(self, conn: sqlite3.Connection, name: str, now: float) -> None:
        """The notice is on the phone: told once, and not where its officer answered before WhatsApp's word came."""
        duty = rows.get(conn, self._epochs, name)
        if duty is not None and duty.state == rows.NOTICED:
            rows.arrived(conn, duty)
            self._tell(conn, duty, DELIVERED, now)

    def _failed(self, conn: sqlite3.Connection, row: sqlite3.Row, error: SatarkError, now: float) -> None:
        """One sending of it certainly came to nothing."""
        if isinstance(error, GraphError) and error.alarm:
            trouble.note(conn, error.code, now)
        closed = isinstance(error, GraphError) and error.window_closed
        if closed and row["is_notice"] and row["locked"] and not row["as_template"]:
            conn.execute(
                "update duty_out set as_template=1, state='queued', doubts=max(doubts-1, 0), due_at=? where id=?",
                (now, row["id"]),
            )
        elif error.permanent or now - row["made_at"] > UNSENT_S:
            self._end(conn, row, now)
        else:
            conn.execute(
                "update duty_out set state='queued', attempts=attempts+1, doubts=max(doubts-1, 0), due_at=?"
                " where id=?",
                (now + self._retry.after(row["attempts"], self._rng), row["id"]),
            )

    def _end(self, conn: sqlite3.Connection, row: sqlite3.Row, now: float) -> None:
        """It will never arrive. Whoever was never told of a case cannot hold it: his office hears so."""
        conn.execute("update duty_out set state='failed', locked=x'' where id=?", (row["id"],))
        duty = rows.get(conn, self._epochs, row["duty"])
        if duty is None or duty.state != rows.NOTICED:
            return
        rows.end(conn, self._epochs, duty.node, duty.name, now)
        self._tell(conn, duty, UNDELIVERED, now)

    def _tell(self, conn: sqlite3.Connection, duty: Row, what: str, now: float) -> None:
        try:
            self._mail.put(conn, duty.node, duty.name, what, now)
        except SatarkError as error:  # a box that left the directory: the others' messages must go on
            log.warning("a box cannot hear what became of its notice: %s", error.what)

    def _open(self, row: sqlite3.Row) -> Letter | None:
        key = self._epochs.key(row["week"])
        try:
            plain = locks.unlock(key, row["locked"], f"duty_out:{row['opaque']}") if key else None
            return canonical.loads(Letter, plain) if plain else None
        except Unreadable:
            return None


class DutySender:
    """The sender of one process: a thread with its own connection."""

    def __init__(self, conn: sqlite3.Connection, letters: Letters, client: WhatsApp, clock: Clock) -> None:
        """``conn``: of relay.db, this thread's own; ``client``: of the second number."""
        self._conn, self._letters, self._client, self._clock = conn, letters, client, clock

    def step(self) -> bool:
        """Sends one message that is due; False when there is none."""
        return self._letters.send_next(self._conn, self._client, self._clock())
