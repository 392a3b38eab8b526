"""Frames that come: checked, opened, stored once, and the acknowledgement owed for each."""

import logging
import sqlite3
from collections.abc import Sequence

from sync import faults, frames, outbox, topics, transfer
from sync.clock import Clock, whole_minute
from sync.db import savepoint, transaction
from sync.directory import Directory
from sync.errors import SatarkError, StaleKey, Unavailable, Unreadable
from sync.exchange import peers
from sync.exchange.bound import DailyBound
from sync.exchange.program import Opened, Program, Refused, count
from sync.frames import Chunk
from sync.link import Arrival
from sync.messages import (
    COMMITTED,
    QUARANTINED,
    SEALED_AHEAD,
    Acknowledgements,
    FileState,
    FirstHello,
    Hello,
    Message,
    decode,
)
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope, SealedPart
from sync.sealing.keys import PublicSealingKey

log = logging.getLogger(__name__)

QUARANTINE_ROWS = 200
"""Messages of one sender that may lie aside: a hostile node cannot take the room of the others."""
LOOK_BACK_ROWS = 200
"""How many of them are tried once more when the line starts."""
CURABLE = ("TooNew", "StaleKey")
"""Reasons that an upgrade, a newer directory or a restored key removes."""

CONTACT = "contact"
"""The part that may be missing: dropped once its work is done, or sealed to a key that no backup holds."""

Item = Opened | Refused | tuple[str, Chunk]


class Incoming:
    """The receiving half of an exchange."""

    def __init__(
        self,
        node: str,
        directory: Directory,
        conn: sqlite3.Connection,
        program: Program,
        clock: Clock,
        receiver: transfer.Receiver | None,
        greet_at: dict[str, float],
    ) -> None:
        """``greet_at``: when to greet each peer next; set to 0 for one that must learn our key at once."""
        self._node, self._directory, self._conn, self._program = node, directory, conn, program
        self._clock, self._receiver, self._greet_at = clock, receiver, greet_at
        self._bound = DailyBound()

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Stores one group: first what belongs in another file, then everything else in one transaction."""
        now = self._clock()
        items = [self._open(arrival) for arrival in arrivals]
        self._program.before([item for item in items if isinstance(item, Opened)])
        self._bound.begin(now)
        with transaction(self._conn):
            for item in items:
                self._take(item, now)
        self._bound.keep()
        faults.at("group-committed")

    def look_back(self) -> None:
        """Takes what was set aside by an older program, as far as this one can; its sender then hears so."""
        rows = self._conn.execute(
            "select id, sender, frame from quarantine where reason in (?,?) order by id limit ?",
            (*CURABLE, LOOK_BACK_ROWS),
        ).fetchall()
        for row in rows:
            item = self._open(Arrival(topics.topic(self._node, row["sender"]), row["frame"]))
            if isinstance(item, Opened):
                self._take_back(row["id"], item)

    def _take_back(self, row_id: int, opened: Opened) -> None:
        self._program.before([opened])
        try:
            with transaction(self._conn):
                self._conn.execute("delete from quarantine where id=?", (row_id,))
                known = (opened.envelope.header.id, opened.sender)
                self._conn.execute("delete from seen where message_id=? and sender in (?, '')", known)
                self._effect(opened, self._clock())
        except (sqlite3.OperationalError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: it stays aside, as it was
            log.warning("a %s stays set aside: %s", opened.envelope.header.purpose, type(error).__name__)

    def _open(self, arrival: Arrival) -> Item:
        sender, envelope = "", None
        try:
            sender = topics.sender_of(arrival.topic, self._node)
            node = self._directory.node(sender)
            content = frames.read(arrival.frame)
            if isinstance(content, Chunk):
                return sender, content
            unverified = envelopes.read(content)
            envelopes.verify(unverified, node.verify, sender, self._node)
            _refuse_cut(unverified)
            envelope = unverified
            return Opened(sender, envelope, self._open_parts(envelope), arrival.frame)
        except SatarkError as error:
            return Refused(sender, error, arrival.frame, envelope)

    def _open_parts(self, envelope: Envelope) -> dict[str, Message]:
        purpose = envelope.header.purpose
        return {
            part.name: decode(
                purpose, part.name, envelopes.open_part(envelope, part.name, self._program.find_key)
            )
            for part in envelope.parts
            if not self._is_way_back_lost(part)
        }

    def _is_way_back_lost(self, part: SealedPart) -> bool:
        """A contact key is in no backup: a restored node takes the body alone, and there is no way to write back."""
        return part.name == CONTACT and self._program.find_key(part.key) is None

    def _take(self, item: Item, now: float) -> None:
        if isinstance(item, Refused):
            self._refuse(item, now)
        elif isinstance(item, Opened):
            self._take_message(item, now)
        else:
            self._take_chunk(*item, now)

    def _take_message(self, opened: Opened, now: float) -> None:
        purpose = opened.envelope.header.purpose
        try:
            with savepoint(self._conn):
                self._effect(opened, now)
        except (sqlite3.OperationalError, OSError):
            raise  # a full disk or a locked file is no fault of the message: the broker keeps the group
        except (
            Unavailable
        ) as error:  # its handler lacks something: the rest of the group goes on, its sender repeats it
            log.warning("a %s must wait: %s", purpose, error.what)
            count(self._conn, "unavailable")
        except Exception as error:  # noqa: BLE001 - outermost loop: a poisoned message must not stop the line
            log.warning("a %s was set aside: %s", purpose, type(error).__name__)
            if self._set_aside(opened.sender, type(error).__name__, opened.frame, now):
                self._settle(opened.envelope, opened.sender, QUARANTINED, now)

    def _effect(self, opened: Opened, now: float) -> None:
        own = {"hello": self._hello, "acknowledgement": self._acknowledgements, "file": self._file_state}
        own.get(opened.envelope.header.purpose, self._once)(opened, now)
        if any(part.name not in opened.messages for part in opened.envelope.parts):
            count(self._conn, "contact_key_gone")

    def _once(self, opened: Opened, now: float) -> None:
        header = opened.envelope.header
        before = self._seen(opened)
        if before is not None and not _is_same(opened.envelope, before):
            # Its first envelope was answered; a word on this one would make its sender drop what is not here.
            log.warning("a %s came under an id that was used", header.purpose)
            count(self._conn, "id_used_twice")
            return
        if before is not None:
            count(self._conn, "duplicate")
            self._owe(opened.sender, header.id, opened.envelope.hash, header.index, before["result"])
            return
        is_command = header.purpose not in SEALED_AHEAD
        if is_command and not self._bound.has_room(opened.sender):
            count(self._conn, "refused.over_a_day")
            return
        handler = self._program.handlers.get(header.purpose)
        if handler is None:
            raise SatarkError(f"this node takes no {header.purpose}")
        handler(self._conn, opened, now)
        self._settle(opened.envelope, opened.sender, COMMITTED, now)
        if is_command:
            self._bound.note(opened.sender)

    def _seen(self, opened: Opened) -> sqlite3.Row | None:
        """The row of this sender's message of that id; one from before senders were kept, where it can be no other."""
        envelope = opened.envelope
        rows = self._conn.execute(
            "select * from seen where message_id=? and sender in (?, '') order by sender desc",
            (envelope.header.id, opened.sender),
        ).fetchall()
        mine = [row for row in rows if row["sender"] or _is_same(envelope, row)]
        return mine[0] if mine else None

    def _settle(self, envelope: Envelope, sender: str, result: str, now: float) -> None:
        header = envelope.header
        key = next((part.key for part in header.parts if part.name != CONTACT), "")
        self._conn.execute(
            "insert into seen(sender, message_id, envelope_hash, log_index, result, at, key) values(?,?,?,?,?,?,?)"
            " on conflict do nothing",
            (sender, header.id, envelope.hash, header.index, result, whole_minute(now), key),
        )
        self._owe(sender, header.id, envelope.hash, header.index, result)

    def _owe(
        self, recipient: str, message_id: str, envelope_hash: bytes, index: int | None, result: str
    ) -> None:
        self._conn.execute(
            "insert into acknowledge(recipient, message_id, envelope_hash, log_index, result) values(?,?,?,?,?)",
            (recipient, message_id, envelope_hash, index, result),
        )

    def _refuse(self, refused: Refused, now: float) -> None:
        count(self._conn, "refused." + type(refused.reason).__name__)
        log.warning("a frame was refused: %s", type(refused.reason).__name__)
        envelope = refused.envelope
        if isinstance(refused.reason, StaleKey):
            # The sender seals commands anew to the key of our next hello; it cannot where it has no plaintext.
            self._greet_at[refused.sender] = 0.0
            if envelope is None or envelope.header.purpose not in SEALED_AHEAD:
                return
        if envelope is not None and self._set_aside(
            refused.sender, type(refused.reason).__name__, refused.frame, now
        ):
            self._settle(envelope, refused.sender, QUARANTINED, now)

    def _set_aside(self, sender: str, reason: str, frame: bytes, now: float) -> bool:
        """False when there is no more room: then it is not acknowledged either, and its sender keeps it."""
        (lying,) = self._conn.execute("select count(*) from quarantine where sender=?", (sender,)).fetchone()
        if lying >= QUARANTINE_ROWS:
            count(self._conn, "quarantine_full")
            return False
        self._conn.execute(
            "insert into quarantine(at, sender, reason, frame) values(?,?,?,?)",
            (whole_minute(now), sender, reason, frame),
        )
        return True

    def _take_chunk(self, sender: str, chunk: Chunk, now: float) -> None:
        if self._receiver is None:
            count(self._conn, "refused.chunk")
            return
        state = self._receiver.take(self._conn, chunk, sender)
        if state == "refused":
            count(self._conn, "refused.chunk")
        elif state != "coming":
            self._program.file_came(self._conn, chunk.file_id, state, now)

    def _hello(self, opened: Opened, now: float) -> None:
        hello = opened.messages["message"]
        assert isinstance(hello, Hello | FirstHello)
        known = self._conn.execute("select * from peer where node=?", (opened.sender,)).fetchone()
        if known is not None and hello.issued_at <= known["issued_at"]:
            count(self._conn, "old_hello")
            return
        self._try_keys(hello, opened.sender)
        peers.note(self._conn, opened.sender, hello, known, now)
        new_run = known is None or known["run"] != hello.run
        new_epoch = known is not None and known["epoch"] != hello.epoch
        if new_run:
            self._greet_at[opened.sender] = 0.0
            outbox.hurry(self._conn, opened.sender, now)
            outbox.try_again(self._conn, opened.sender, now)
        if new_epoch:
            outbox.again(self._conn, opened.sender, now)
        self._program.greeted(self._conn, opened.sender, new_run, new_epoch)

    def _try_keys(self, hello: Hello | FirstHello, sender: str) -> None:
        """A key of the right length that is no key would stop the line each time something is sealed to it."""
        given = [hello.message_key, hello.contact_key if isinstance(hello, Hello) else b""]
        for raw in given if given[1] else given[:1]:
            envelopes.seal_part("hello", "message", b"", PublicSealingKey(raw), self._node, sender, "trial")

    def _acknowledgements(self, opened: Opened, now: float) -> None:
        message = opened.messages["message"]
        assert isinstance(message, Acknowledgements)
        peer = self._conn.execute("select epoch from peer where node=?", (opened.sender,)).fetchone()
        for ack in message.items:
            if peer is not None and ack.epoch != peer["epoch"]:
                count(self._conn, "old_epoch")
                continue
            parcel = outbox.find(self._conn, ack, opened.sender)
            if parcel is None:
                count(self._conn, "late_acknowledgement")
            elif ack.result == COMMITTED:
                self._program.acknowledged(self._conn, parcel, ack)
                transfer.report_acknowledged(self._conn, parcel.message_id, now)
            else:
                outbox.keep(self._conn, parcel.message_id, QUARANTINED, parcel.content)
                count(self._conn, "quarantined_there")

    def _file_state(self, opened: Opened, now: float) -> None:
        state = opened.messages["message"]
        assert isinstance(state, FileState)
        peer = self._conn.execute("select epoch from peer where node=?", (opened.sender,)).fetchone()
        if peer is not None and state.epoch != peer["epoch"]:
            count(self._conn, "old_epoch")
            return
        if transfer.told(self._conn, state, opened.sender, now):
            self._program.file_left(self._conn, state.file_id)


def _is_same(envelope: Envelope, seen: sqlite3.Row) -> bool:
    """What is sealed ahead is the same each time it goes, also without its contact part; a command is sealed anew."""
    return envelope.header.purpose not in SEALED_AHEAD or envelope.hash == seen["envelope_hash"]


def _refuse_cut(envelope: Envelope) -> None:
    """A part lost on the way is asked for again; only the contact part may be missing, once its work is done."""
    present = {part.name for part in envelope.parts}
    missing = {head.name for head in envelope.header.parts} - present - {CONTACT}
    if missing:
        raise Unreadable(f"envelope: part {min(missing)} was lost on the way")
