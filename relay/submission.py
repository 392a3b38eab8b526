"""From a told story to a report nobody can lose: vault row first, then everything else in the step's transaction."""

import random
import sqlite3
from dataclasses import dataclass, replace

from relay import drafts, receipts
from relay.dialogue import Book, Say, Told, addition_words, receipt_words
from relay.epochs import EpochStore
from relay.events import Sender
from relay.slots import Pace as Pace
from relay.vault import Vault
from sync import exchange, faults
from sync.catalogue import TO_RANGE
from sync.clock import hour_of
from sync.directory import RANGE, Node
from sync.errors import ConfigError
from sync.messages import Contact, ReportBody, encode
from sync.sealing import locks
from sync.sealing.envelopes import SealedPart, seal_part

UNFINISHED_SLOTS = 24
"""An unfinished report goes up to so many slots after the message that nobody asked for: that tells whose it is."""
UNDO, UNDO_WITH = "undo", "undo with "
"""Effects of a token: its button takes the report back; it is taken back with the report of that message id."""


@dataclass(frozen=True)
class Submitted:
    """A report that is held: its name and what to say. ``can_undo``: it does not go at once."""

    message_id: str
    say: tuple[Say, ...]
    can_undo: bool


@dataclass(frozen=True)
class Undone:
    """What reports taken back leave outside relay.db, to be removed once the step is committed."""

    handles: tuple[str, ...]
    files: tuple[str, ...]


class Submission:
    """Makes reports; works inside the relay.db transaction of its caller."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        vault: Vault,
        epochs: EpochStore,
        book: Book,
        node: str,
        pace: Pace,
        rng: random.Random,
    ) -> None:
        """``node``: this relay. ``rng``: the system's randomness; seeded only in tests."""
        self._conn, self._vault, self._epochs, self._book = conn, vault, epochs, book
        self._node, self._pace, self._rng = node, pace, rng

    def submit(self, told: Told, sender: Sender, now: float, later_s: float = 0.0) -> Submitted:
        """Holds the report and gives the receipt's words. From here nothing depends on the intake key.

        ``later_s``: by so much longer than others it is held, in whole slots; nothing that is said tells it.
        The vault row is durable before the transaction that holds the report commits; a crash between the two
        leaves a row that opens for nobody, and the next try makes a new handle.
        """
        handle, report_key = self._random_hex(), self._rng.randbytes(locks.KEY_BYTES)
        message_id = self._random_hex()
        recipient = self._recipient(told)
        if receipts.node_of(self._conn, told.adds_to or "") != recipient.id:
            told = replace(told, adds_to=None)  # its reader cannot know the earlier one: a report of its own
        if told.contact == "push":
            kept = (handle, report_key, sender, told.language, now)
            first_handle = told.adds_to or ""
            self._vault.keep(*kept, at_once=told.at_once, node=recipient.id, first=first_handle)
            faults.at("vault-written")
        # A contact part goes in every case: without a vault row it opens nothing, and the broker sees no difference.
        contact = Contact(1, handle, report_key)
        first = self._held_first(told)
        if told.incomplete:
            later_s += self._rng.randint(1, UNFINISHED_SLOTS) * self._pace.jitter_max_s
        release_at = self._release_at(told, first, now, later_s)
        hour = hour_of(now) if release_at <= now else self._pace.hour(release_at)
        body = self._body(told, handle, hour)
        self._hold(message_id, body, contact, recipient, release_at)
        is_final = told.is_urgent or release_at <= now
        if first:
            self._tie(message_id, first["message_id"])
        undo = None if is_final else self._undo_token(message_id)
        said = self._receipt(told, handle, message_id, recipient, undo, now)
        faults.at("report-written")
        return Submitted(message_id, said, undo is not None)

    def _receipt(
        self, told: Told, handle: str, message_id: str, to: Node, undo: str | None, now: float
    ) -> tuple[Say, ...]:
        """A new receipt; what is added to an earlier report goes on under that one's."""
        if told.adds_to is not None:
            return addition_words(told.language, undo, self._book)
        code = receipts.new_code(self._rng)
        receipts.add(self._conn, receipts.tag(self._epochs, code), handle, message_id, to.id, now)
        return receipt_words(told.language, code, undo, self._book)

    def message_of(self, token: str) -> str | None:
        """The held report that a button takes back; None when it is too late."""
        row = self._conn.execute(
            "select h.message_id from token t join held h using(message_id) where t.hash=?",
            (locks.digest(token.encode()),),
        ).fetchone()
        return None if row is None else str(row["message_id"])

    def undo(self, message_id: str, keep: frozenset[str] = frozenset()) -> Undone | None:
        """Takes a held report back, and what is held to be added to it, without a trace; None if too late.

        The files ``keep`` stay: they are a draft's again.
        """
        rows = self._conn.execute(
            "select message_id, handle from held where message_id=?"
            " or message_id in (select message_id from token where effect=?)",
            (message_id, UNDO_WITH + message_id),
        ).fetchall()
        if all(row["message_id"] != message_id for row in rows):
            return None
        files = [f for each in rows for f in self._take_back(each["message_id"], each["handle"], keep)]
        return Undone(tuple(each["handle"] for each in rows), tuple(files))

    def _take_back(self, message_id: str, handle: str, keep: frozenset[str]) -> list[str]:
        """Removes one held report; gives the ids of its files but those to keep."""
        rows = self._conn.execute("select file_id from evidence_file where message_id=?", (message_id,))
        found = [row["file_id"] for row in rows.fetchall()]
        kept = [(file_id,) for file_id in found if file_id in keep]
        self._conn.executemany("update evidence_file set message_id=null where file_id=?", kept)
        for table in ("held", "token", "evidence_file", "sent_draft"):
            self._conn.execute(f"delete from {table} where message_id=?", (message_id,))
        self._conn.execute("delete from receipt where handle=?", (handle,))
        return [file_id for file_id in found if file_id not in keep]

    def _held_first(self, told: Told) -> sqlite3.Row | None:
        """The report that this one adds to, while it is held: what is added never goes before it.

        It waits for the first, unless it is urgent: then both go at once.
        """
        row: sqlite3.Row | None = self._conn.execute(
            "select message_id, release_at from held where handle=?", (told.adds_to,)
        ).fetchone()
        return row

    def _release_at(self, told: Told, first: sqlite3.Row | None, now: float, later_s: float) -> float:
        """When the report goes, and that no later than it the one goes to which it adds."""
        goes_at_once = told.is_urgent and not later_s
        release_at = now if goes_at_once else self._pace.release_at(now, later_s)
        if first and told.is_urgent:
            self._hurry(first["message_id"], release_at)
        elif first:
            release_at = max(release_at, first["release_at"])
        return release_at

    def _hurry(self, message_id: str, release_at: float) -> None:
        """Makes a held report due by then; it cannot be taken back any more."""
        self._conn.execute(
            "update held set release_at=min(release_at, ?) where message_id=?", (release_at, message_id)
        )
        self._conn.execute("delete from token where message_id=?", (message_id,))
        drafts.forget_sent(self._conn, message_id)

    def _tie(self, message_id: str, first: str) -> None:
        """Whoever takes ``first`` back takes this back too, and it goes behind it; no button has this token."""
        nobodys = locks.digest(self._random_hex().encode())
        self._conn.execute("insert into token values(?,?,?)", (nobodys, UNDO_WITH + first, message_id))

    def _hold(self, message_id: str, body: ReportBody, contact: Contact, to: Node, release_at: float) -> None:
        sealed_body = self._seal("body", encode(body), to, message_id)
        sealed_contact = self._seal("contact", encode(contact), to, message_id)
        self._conn.execute(
            "insert into held values(?,?,?,?,?,?,?,?)",
            (
                message_id,
                body.handle,
                to.id,
                sealed_body.key,
                sealed_body.ciphertext,
                sealed_contact.key,
                sealed_contact.ciphertext,
                release_at,
            ),
        )
        for manifest in body.evidence:
            self._conn.execute(
                "update evidence_file set message_id=? where file_id=?", (message_id, manifest.file_id)
            )

    def _seal(self, name: str, message: bytes, to: Node, message_id: str) -> SealedPart:
        keys = exchange.keys_of(self._conn, to)
        key = keys.body if name == "body" else keys.contact
        if key is None:
            raise ConfigError("there is no sealing key for a recipient of reports")
        return seal_part("report", name, message, key, self._node, to.id, message_id)

    def _recipient(self, told: Told) -> Node:
        """Reports on police, and those from outside the districts, go to the range and nowhere else.

        What adds to an earlier report goes where that one went, unless it is on police.
        """
        category = self._book.catalogue.category(told.category)
        if told.police_involved == "yes" or (category is not None and category.route == TO_RANGE):
            return self._range()
        earlier = receipts.node_of(self._conn, told.adds_to) if told.adds_to else None
        if earlier is not None:
            return self._book.directory.node(earlier)
        return self._book.directory.box_of(told.district) or self._range()

    def _range(self) -> Node:
        nodes = self._book.directory.of_role(RANGE)
        if not nodes:
            raise ConfigError("the directory names no range node")
        return nodes[0]

    def _undo_token(self, message_id: str) -> str:
        """The code behind the button; it works as long as the report is held, at least for the undo window."""
        token = self._random_hex()
        self._conn.execute(
            "insert into token values(?,?,?)", (locks.digest(token.encode()), UNDO, message_id)
        )
        return token

    def _random_hex(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    def _body(self, told: Told, handle: str, hour: int) -> ReportBody:
        """The report without the receipts that people put into their words: with one, staff could ask and add."""
        mark = self._book.phrases.text(told.language, "receipt_mark")

        def bare(text: str) -> str:
            return receipts.without_codes(text, mark)

        return ReportBody(
            v=1,
            handle=handle,
            category=told.category,
            language=told.language,
            answers=tuple(replace(answer, text=bare(answer.text)) for answer in told.answers),
            text=bare(told.text),
            district=told.district,
            thana=told.thana,
            place=", ".join(part for part in (bare(told.place), told.point) if part),
            hour=hour,
            happening_now=told.is_urgent,
            fear=told.fear,
            police_involved=told.police_involved,
            incomplete=told.incomplete,
            contact=told.contact,
            evidence=told.evidence,
            missing_evidence=told.missing_evidence,
            adds_to=told.adds_to,
        )
