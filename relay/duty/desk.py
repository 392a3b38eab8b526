"""What comes to the second number: taps and notes of the officer who holds a duty; a neutral sentence for all else."""

import random
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from relay import evidence, receipts
from relay.duty import letters, rows
from relay.duty.answers import Mail
from relay.duty.letters import Letter, Letters
from relay.duty.rows import Row
from relay.epochs import EpochStore
from relay.events import Event, MediaRef, Sender
from relay.evidence.kinds import PHOTO
from relay.identity import FileResult, IntakeKeys
from relay.limits import Choice
from sync.clock import HOUR_S
from sync.notices import NOTE_CHARS, Notices

PREFIX = "duty"
NOTES = 10
"""Notes that one duty takes; the office has a door for more."""
NEUTRAL_EVERY_S = 6 * HOUR_S
STRANGERS = 1000
"""Who was told lately, in memory only; beyond it nobody new is told until the oldest may be told again."""

STEPS: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(((state, "accept") for state in rows.UNANSWERED), rows.ACCEPTED),
    **dict.fromkeys(((state, "cannot") for state in rows.UNANSWERED), rows.CANNOT),
    (rows.ACCEPTED, "acted"): rows.ACTED,
    (rows.ACCEPTED, "could_not"): rows.COULD_NOT,
    (rows.COULD_NOT, "acted"): rows.ACTED,
}
"""(state, button) → state; any other tap changes nothing and shows the step that is due."""
_OFFERED = {
    **dict.fromkeys(rows.UNANSWERED, ("accept", "cannot")),
    rows.ACCEPTED: ("acted", "could_not"),
    rows.COULD_NOT: ("acted",),
}
_ASKED = {rows.CANNOT: "cannot_taken", rows.ACTED: "ask_note", rows.COULD_NOT: "ask_why"}
_TAKES_NOTES = (rows.ACTED, rows.COULD_NOT)
_AT_HAND = (rows.ACCEPTED, *_TAKES_NOTES)
"""A notice that just came, or a case he cannot take, is not what he writes about while there is one of these."""
_IGNORED = ("reaction", "unsupported")


def step_letter(notices: Notices, row: Row, to: Sender) -> Letter:
    """The message of the step that a duty is at."""
    assert row.held is not None
    duty, token = row.held.duty, row.held.token
    buttons = tuple(
        Choice(f"{PREFIX}|{token}|{act}", notices.text(duty.language, act))
        for act in _OFFERED.get(row.state, ())
    )
    if row.state in rows.UNANSWERED:
        return Letter(to, duty.language, notices.notice(duty), buttons, notices.values(duty))
    if row.state == rows.ACCEPTED:
        return Letter(to, duty.language, notices.after_accept(duty), buttons)
    text = notices.text(duty.language, _ASKED[row.state], serial=duty.serial)
    return Letter(to, duty.language, text, buttons)


class DutyDesk:
    """The conversation on the second number. Every public method works in the caller's transaction."""

    def __init__(
        self,
        number_id: str,
        keys: IntakeKeys,
        epochs: EpochStore,
        notices: Notices,
        mail: Mail,
        outgoing: Letters,
        rng: random.Random,
    ) -> None:
        """``number_id``: the second number's id at WhatsApp."""
        self.number_id = number_id
        self._keys, self._epochs, self._notices, self._mail = keys, epochs, notices, mail
        self._outgoing, self._rng = outgoing, rng
        self._told: dict[Sender, float] = {}

    def take(self, conn: sqlite3.Connection, event: Event, now: float) -> None:
        """One event of the second number."""
        if event.kind == "status":
            self._outgoing.hear(conn, event, now)
        elif event.sender is None or event.kind in _IGNORED:
            return
        elif event.kind == "moved":
            if event.moved_to is not None:
                rows.follow(conn, self._epochs, event.sender, event.moved_to)
        elif event.kind == "tap":
            self._tap(conn, event.sender, event.choice, now)
        else:
            self._words(conn, event.sender, event, now)

    def _tap(self, conn: sqlite3.Connection, sender: Sender, choice: str, now: float) -> None:
        prefix, _, rest = choice.partition("|")
        token, _, act = rest.partition("|")
        row = rows.by_token(conn, self._epochs, token) if prefix == PREFIX else None
        if row is None or not rows.may_answer(conn, self._epochs, row, sender):
            self._neutral(conn, sender, now)
        elif row.state == rows.OVER or row.held is None:
            self._say(conn, "", Letter(sender, "", self._notices.text("", "not_yours")), now)
        else:
            self._step(conn, row, sender, act, now)

    def _step(self, conn: sqlite3.Connection, row: Row, sender: Sender, act: str, now: float) -> None:
        state = STEPS.get((row.state, act), row.state)
        # Also where it stays the same: what he writes next is about this case.
        rows.move(conn, row, state, row.notes)
        if state != row.state:
            self._mail.put(conn, row.node, row.name, state, now)
            row = replace(row, state=state)
        self._say(conn, row.name, step_letter(self._notices, row, sender), now)

    def _words(self, conn: sqlite3.Connection, sender: Sender, event: Event, now: float) -> None:
        live = rows.of_officer(conn, self._epochs, sender)
        if not live:
            self._neutral(conn, sender, now)
            return
        row = next((row for row in live if row.state in _AT_HAND), live[0])
        is_photo = event.kind == "photo" and event.media is not None and row.state in _TAKES_NOTES
        if event.kind != "text" and not is_photo:
            self._tell(conn, row, sender, "text_only", now)
            return
        assert row.held is not None
        text = self._bare(event.text, row.held.duty.language)
        if row.state not in _TAKES_NOTES or not (text or is_photo):
            self._say(conn, row.name, step_letter(self._notices, row, sender), now)
        elif len(text) > NOTE_CHARS:
            self._tell(conn, row, sender, "note_long", now)
        elif row.notes + bool(text) + is_photo > NOTES:
            self._tell(conn, row, sender, "notes_full", now)
        else:
            self._note(conn, row, sender, text, event.media if is_photo else None, now)

    def _bare(self, text: str, language: str) -> str:
        """His words without a receipt of his own: with one, his office could see that he reports as a citizen too."""
        readable = text.encode("utf-8", "replace").decode().strip()
        return receipts.without_codes(readable, self._notices.text(language, "receipt"))

    def _note(
        self,
        conn: sqlite3.Connection,
        row: Row,
        sender: Sender,
        text: str,
        media: MediaRef | None,
        now: float,
    ) -> None:
        """Has the words go to the box and the photo fetched; of a photo he hears once it is here."""
        if text:
            self._mail.put(conn, row.node, row.name, "note", now, text)
        if media is not None:
            slot = evidence.queue(conn, self._keys.newest(), sender, media)
            conn.execute("insert into duty_photo values(?,?)", (slot, row.name))
        else:
            self._tell(conn, row, sender, "note_taken", now)
        rows.move(conn, row, row.state, row.notes + bool(text) + (media is not None))

    def awaits(self, conn: sqlite3.Connection, slot: int) -> bool:
        """Whether a file that was fetched is an officer's."""
        return conn.execute("select 1 from duty_photo where slot=?", (slot,)).fetchone() is not None

    def file_came(self, conn: sqlite3.Connection, sender: Sender, result: FileResult, now: float) -> None:
        """One of his photos is cleaned and sealed here, or could not be taken."""
        (name,) = conn.execute("select duty from duty_photo where slot=?", (result.slot,)).fetchone()
        conn.execute("delete from duty_photo where slot=?", (result.slot,))
        row = rows.get(conn, self._epochs, name)
        if row is None or row.held is None:
            # Over meanwhile: housekeeping removes a file that belongs to nothing.
            return
        if result.manifest is None or result.manifest.kind != PHOTO:
            self._tell(conn, row, sender, "photo_lost", now)
            return
        self._mail.put_photo(conn, row.node, row.name, result.manifest, now)
        self._tell(conn, row, sender, "note_taken", now)

    def _tell(self, conn: sqlite3.Connection, row: Row, sender: Sender, key: str, now: float) -> None:
        assert row.held is not None
        duty = row.held.duty
        text = self._notices.text(duty.language, key, serial=duty.serial)
        self._say(conn, row.name, Letter(sender, duty.language, text), now)

    def _neutral(self, conn: sqlite3.Connection, sender: Sender, now: float) -> None:
        """Once in a while, so that nobody can make this number talk."""
        self._told = {who: at for who, at in self._told.items() if at > now - NEUTRAL_EVERY_S}
        if sender in self._told or len(self._told) >= STRANGERS:
            return
        self._told[sender] = now
        self._say(conn, "", Letter(sender, "", self._notices.text("", "neutral")), now)

    def _say(self, conn: sqlite3.Connection, duty: str, letter: Letter, now: float) -> None:
        letters.queue(conn, self._epochs, duty, letter, now, self._rng)
