"""The conversation's engine: takes one waiting thing after another through the dialogue, each in one transaction.

One thread takes all steps, so a person's messages are serial by construction; a step costs about a millisecond, and
what is slow (fetching photos, sending messages) happens in other threads and comes back as a waiting thing.
"""

import logging
import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from relay import chat, drafts, evidence, receipts, spool, understanding
from relay.chat import Saying
from relay.dialogue import Book, Heard, Say, Step, advance, read_undo, words
from relay.drafts import Draft
from relay.epochs import EpochStore
from relay.events import Event, Sender
from relay.identity import IntakeKeys, Queued
from relay.spool import Item
from relay.submission import Submission
from relay.vault import Vault
from sync import faults
from sync.clock import Clock, whole_hour
from sync.db import transaction
from sync.errors import Unavailable

log = logging.getLogger(__name__)

MOST_WORDS_BESIDE_RECEIPT = 3
PHOTO_MIMES = ("image/jpeg", "image/png", "image/webp")
CHECKPOINT_WAIT_MS = 200
MACHINE_FAULTS = (sqlite3.OperationalError, OSError, Unavailable)
"""A full disk, a locked file, a store that is away: no fault of the item, which is taken again after a restart."""


_REFUSED = {"voice": "voice", "audio": "voice", "contacts": "contacts"}


@dataclass(frozen=True)
class Left:
    """What a step's transaction left without a use, to be removed once it is committed."""

    handles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Intake:
    """One relay's conversations."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        keys: IntakeKeys,
        epochs: EpochStore,
        vault: Vault,
        submission: Submission,
        book: Book,
        media: Path,
        clock: Clock,
        rng: random.Random,
        file_wait_s: float,
    ) -> None:
        """``conn``: of relay.db, this thread's own; ``media``: the folder of sealed files."""
        self._conn, self._keys, self._epochs, self._vault = conn, keys, epochs, vault
        self._submission, self._book, self._media = submission, book, media
        self._clock, self._rng, self._file_wait_s = clock, rng, file_wait_s

    def step(self) -> bool:
        """Takes one waiting thing, or wakes one conversation; False when there was neither."""
        now = self._clock()
        item = spool.next_item(self._conn, self._keys)
        if item is None:
            return self._wake(now)
        try:
            self._take(item, now)
        except MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: a poisoned item must not stop the line
            log.warning("an update was set aside: %s", type(error).__name__)
            with transaction(self._conn):
                spool.poison(self._conn, item)
            self._regret(item.queued.sender if item.queued else None)
        return True

    def _take(self, item: Item, now: float) -> None:
        queued, left = item.queued, Left()
        with transaction(self._conn):
            if queued is not None and queued.event is not None and queued.event.kind == "status":
                chat.note_status(self._conn, queued.event, now)
            elif queued is not None and queued.sender is not None:
                left = self._hear(queued, queued.sender, now)
            if _is_odd(queued):
                spool.keep(self._conn, item)
            else:
                spool.drop(self._conn, item)
        faults.at("step-committed")
        self._clear(left)

    def _wake(self, now: float) -> bool:
        waking = drafts.next_to_wake(self._conn, self._keys, now)
        if waking is None:
            return False
        try:
            with transaction(self._conn):
                if waking.draft is None:
                    drafts.let_sleep(self._conn, waking)
                else:
                    self._advance(waking.draft, Heard("tick"), waking.draft.sender, now)
        except MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: a poisoned draft must not stop the line
            log.warning("a conversation was not woken: %s", type(error).__name__)
            with transaction(self._conn):
                drafts.let_sleep(self._conn, waking)
            self._regret(waking.draft.sender if waking.draft else None)
        return True

    def _regret(self, sender: Sender | None) -> None:
        """Nobody is left waiting for an answer that does not come; in every language, for the draft may be broken.

        After the item is settled and on its own: whatever fails here must not bring the item back.
        """
        if sender is None:
            return
        try:
            with transaction(self._conn):
                self._say(sender, (words("", "sorry_later", self._book),))
        except MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: the item is settled, the line goes on
            log.warning("nobody could be told: %s", type(error).__name__)

    def _hear(self, queued: Queued, sender: Sender, now: float) -> Left:
        """One thing a person did; gives what belongs to nothing any more."""
        event = queued.event
        undo = read_undo(event.choice, self._book) if event is not None else None
        if undo is not None:
            return self._undo(*undo, sender)
        draft = drafts.find(self._conn, self._keys, sender)
        if event is not None and self._asks_to_add(event):
            self._begin_addition(event, draft, sender, now)
            return Left()
        if event is not None and self._asks_status(event, draft):
            self._say(sender, (self._status(event, draft),))
            return Left()
        heard = self._heard(queued, sender, draft)
        if heard is None:
            manifest = queued.result.manifest if queued.result else None
            return Left(files=(manifest.file_id,)) if manifest else Left()
        self._advance(draft, heard, sender, now)
        return Left()

    def _advance(self, draft: Draft | None, heard: Heard, sender: Sender, now: float) -> None:
        step = advance(draft.state if draft else None, heard, now, self._book, self._file_wait_s)
        self._say(sender, step.say)
        self._keep(step, sender, now)
        if step.submit is not None:
            self._say(sender, self._submission.submit(step.submit, sender, now))

    def _keep(self, step: Step, sender: Sender, now: float) -> None:
        if step.state is None:
            drafts.erase(self._conn, self._keys, sender)
            return
        drafts.save(self._conn, self._keys, Draft(sender, step.state), step.wake_at_s)
        # Files of a draft live as long as it does: housekeeping counts from here.
        files = [(whole_hour(now), slot.file.file_id) for slot in step.state.slots if slot.file]
        self._conn.executemany("update evidence_file set made_at=? where file_id=?", files)

    def _heard(self, queued: Queued, sender: Sender, draft: Draft | None) -> Heard | None:
        result, event = queued.result, queued.event
        if result is not None:
            if draft is None or all(slot.number != result.slot for slot in draft.state.slots):
                return None  # the conversation it belonged to is over
            return Heard("file", slot=result.slot, file=result.manifest, reason=result.reason)
        if event is None or event.kind in ("reaction", "moved"):
            return None
        if (
            event.media is not None
            and event.kind in ("photo", "document")
            and event.media.mime in PHOTO_MIMES
        ):
            slot = evidence.queue(self._conn, self._keys.newest(), sender, event.media)
            return Heard("photo", text=event.text, slot=slot)
        if event.kind in ("text", "tap"):
            return Heard(event.kind, text=event.text, choice=event.choice)
        if event.kind == "location":
            return Heard("location", text=_rounded(event))
        if event.kind in ("voice", "audio", "video", "document", "sticker", "contacts"):
            return Heard("refused", text=event.text, reason=_REFUSED.get(event.kind, "kind"))
        return Heard("other")

    def _asks_status(self, event: Event, draft: Draft | None) -> bool:
        """The keyword, or a receipt almost alone; sixteen digits in a story may be a card's, which belongs to it."""
        if event.kind != "text":
            return False
        if understanding.keyword(event.text) == "status":
            return True
        code = receipts.find_code(event.text)
        words_beside = sum(any(ch.isalpha() for ch in word) for word in event.text.split())
        if code is None or words_beside > MOST_WORDS_BESIDE_RECEIPT:
            return False
        return draft is None or self._state_of(code) is not None

    def _state_of(self, code: str) -> str | None:
        return receipts.state_of(self._conn, receipts.tag(self._epochs, code))

    def _status(self, event: Event, draft: Draft | None) -> Say:
        language = draft.state.language if draft and draft.state.language else _script(event.text)
        code = receipts.find_code(event.text)
        state = self._state_of(code) if code else None
        if code is None:
            wrong = understanding.has_digits(event.text)
            return words(language, "digits_wrong" if wrong else "status_how", self._book)
        return words(language, f"status_{state}" if state else "status_unknown", self._book)

    def _asks_to_add(self, event: Event) -> bool:
        is_asked = event.kind == "text" and understanding.keyword(event.text) == "add"
        return is_asked and receipts.find_code(event.text) is not None

    def _begin_addition(self, event: Event, draft: Draft | None, sender: Sender, now: float) -> None:
        """A conversation whose report will be put to the one that the receipt is of; an unfinished one comes first."""
        code = receipts.find_code(event.text) or ""
        handle = receipts.target(self._conn, receipts.tag(self._epochs, code))
        if handle is None:
            language = draft.state.language if draft and draft.state.language else _script(event.text)
            self._say(sender, (words(language, "status_unknown", self._book),))
            return
        self._advance(draft, Heard("add", text=event.text, choice=handle), sender, now)

    def _undo(self, language: str, token: str, sender: Sender) -> Left:
        """Answers in the language of the report, which its button names; in all where it is an older one."""
        undone = self._submission.undo(token)
        self._say(sender, (words(language, "undone" if undone else "undo_too_late", self._book),))
        return Left(undone.handles, undone.files) if undone else Left()

    def _say(self, sender: Sender, says: tuple[Say, ...]) -> None:
        for say in says:
            chat.queue(self._conn, self._keys, Saying(sender, say), self._rng)

    def _clear(self, left: Left) -> None:
        # After the commit: should we die in between, it is a row and a file that open for nobody, and they expire.
        # The other way round the report could still go, and nobody could answer it.
        for handle in left.handles:
            self._vault.forget(handle)
        if left.handles:
            _empty_log(self._conn)
        for file_id in left.files:
            (self._media / file_id).unlink(missing_ok=True)


def _empty_log(conn: sqlite3.Connection) -> None:
    """Cuts the write-ahead log, where deleted rows still stand; a reader in the way leaves it to housekeeping."""
    (usual_ms,) = conn.execute("pragma busy_timeout").fetchone()
    conn.execute(f"pragma busy_timeout={CHECKPOINT_WAIT_MS}")
    try:
        (busy, *_) = conn.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        conn.execute(f"pragma busy_timeout={usual_ms}")
    if busy:
        log.info("the database's log was in use; housekeeping empties it")


def _is_odd(queued: Queued | None) -> bool:
    """Whether it is an update that we do not understand and nobody can be told so."""
    event = queued.event if queued else None
    return event is not None and event.kind == "unknown" and event.sender is None


def _rounded(event: Event) -> str:
    """Coordinates to about 100 metres, which is all the dialogue ever sees; "" where they are not told."""
    if event.latitude_e5 is None or event.longitude_e5 is None:
        return ""
    return f"{event.latitude_e5 / 1e5:.3f}, {event.longitude_e5 / 1e5:.3f}"


def _script(text: str) -> str:
    """Hindi when the person wrote Devanagari, else English."""
    return "hi" if any("ऀ" <= ch <= "ॿ" for ch in text) else "en"
