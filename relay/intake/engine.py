"""Takes one waiting thing after another, each in one transaction."""

import logging
import random
import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

from relay import chat, drafts, searched, spool
from relay.allowance import Allowance, Limits
from relay.chat import Saying
from relay.dialogue import (
    Book,
    Heard,
    Say,
    State,
    Step,
    advance,
    has_content,
    read_undo,
    sooner,
    taken_back,
    veiled,
    words,
)
from relay.drafts import Draft, Waking
from relay.duty.desk import DutyDesk
from relay.epochs import EpochStore
from relay.events import Event, Sender
from relay.identity import FileResult, IntakeKeys, Queued
from relay.intake.asking import Desk
from relay.intake.hearing import heard_of_event, heard_of_file
from relay.intake.killed import MACHINE_FAULTS, MOST_TAKES, Takes
from relay.intake.leaving import Left, empty_log
from relay.intake.moving import move
from relay.intake.persons import Persons
from relay.intake.turns import Turns
from relay.spool import Item
from relay.submission import Submission, Undone
from relay.understanding import keyword
from relay.vault import Vault
from sync import faults
from sync.clock import Clock, whole_hour
from sync.db import transaction

log = logging.getLogger(__name__)

QUIET_S = 8.0
"""How long nothing more must come before files are acknowledged."""
WAKE_EVERY = 20
"""Steps after which a conversation that wants to go on by itself comes before what waits."""


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
        duty: DutyDesk | None = None,
        *,
        quiet_s: float = QUIET_S,
        allowance: Allowance | None = None,
    ) -> None:
        """``conn``: of relay.db, this thread's own; ``media``: the folder of sealed files.

        ``duty``: takes what comes to the second number. ``allowance``: of this process; None for one of its own.
        """
        self._duty = duty
        self._conn, self._keys, self._epochs, self._vault = conn, keys, epochs, vault
        self._submission, self._book, self._media = submission, book, media
        self._clock, self._rng, self._file_wait_s, self._quiet_s = clock, rng, file_wait_s, quiet_s
        self._allowance = allowance or Allowance(Limits(), clock)
        self._desk = Desk(conn, epochs, book, self._allowance)
        self._turns, self._since_woken = Turns(conn, keys), 0
        self._persons = Persons(conn, epochs)
        self._takes = Takes(conn, spool.left(conn), spool.count_take)
        self._wakes = Takes(conn, drafts.left(conn), drafts.count_wake)

    def step(self) -> bool:
        """Takes one waiting thing, or wakes one conversation; False when there was neither."""
        try:
            return self._step()
        finally:
            searched.forget()

    def _step(self) -> bool:
        now = self._clock()
        if self._since_woken >= WAKE_EVERY:  # whoever wants to be woken is not to wait for the end of a flood
            self._since_woken = 0
            if self._wake(now):
                return True
        item = self._turns.next()
        if item is None:
            return self._wake(now)
        self._since_woken += 1
        if self._takes.kills(item.id):
            log.error("alarm: an update was set aside: its step was killed %d times", MOST_TAKES)
            self._set_aside(item)
            return True
        try:
            self._take(item, now)
        except MACHINE_FAULTS:
            self._takes.forgive(item.id)
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: a poisoned item must not stop the line
            log.warning("an update was set aside: %s", type(error).__name__)
            self._set_aside(item)
        else:
            self._done(item)
        return True

    def _done(self, item: Item) -> None:
        self._takes.done(item.id)
        self._turns.done()

    def _set_aside(self, item: Item) -> None:
        with transaction(self._conn):
            spool.poison(self._conn, item)
        self._done(item)
        is_citizen = item.queued is not None and not self._is_duty(item.queued)
        self._regret(item.queued.sender if item.queued and is_citizen else None)

    def _take(self, item: Item, now: float) -> None:
        left = self._persons.known_in(partial(self._use, item, now))
        faults.at("step-committed")
        self._clear(left)

    def _use(self, item: Item, now: float) -> Left:
        queued, left = item.queued, Left()
        if queued is not None and queued.event is not None and self._is_duty(queued):
            assert self._duty is not None
            self._duty.take(self._conn, queued.event, now)
        elif queued is not None and queued.result is not None and self._is_duty_file(queued.result):
            assert self._duty is not None
            assert queued.sender is not None
            self._duty.file_came(self._conn, queued.sender, queued.result, now)
        elif queued is not None and queued.event is not None and queued.event.kind == "status":
            chat.note_status(self._conn, queued.event, now)
        elif queued is not None and queued.sender is not None:
            left = self._hear(queued, queued.sender, now)
        if _is_odd(queued):
            spool.keep(self._conn, item)
        else:
            spool.drop(self._conn, item)
        return left

    def _is_duty(self, queued: Queued | None) -> bool:
        """Whether it came to the officers' number: no part of any citizen's conversation."""
        event = queued.event if queued else None
        return self._duty is not None and event is not None and event.number_id == self._duty.number_id

    def _is_duty_file(self, result: FileResult) -> bool:
        """Whether it is an officer's photo."""
        return self._duty is not None and self._duty.awaits(self._conn, result.slot)

    def _wake(self, now: float) -> bool:
        waking = drafts.next_to_wake(self._conn, self._keys, now)
        if waking is None:
            return False
        if self._wakes.kills(waking.name):
            log.error("alarm: a conversation is not woken again: its step was killed %d times", MOST_TAKES)
            self._let_sleep(waking)
            return True
        try:
            self._clear(self._persons.known_in(partial(self._wake_one, waking, now)))
        except MACHINE_FAULTS:
            self._wakes.forgive(waking.name)
            raise
        except Exception as error:  # noqa: BLE001 - outermost loop: a poisoned draft must not stop the line
            log.warning("a conversation was not woken: %s", type(error).__name__)
            self._let_sleep(waking)
        else:
            self._wakes.done(waking.name)
        return True

    def _wake_one(self, waking: Waking, now: float) -> Left:
        if waking.draft is None:
            drafts.let_sleep(self._conn, waking)
            return Left()
        return self._advance(waking.draft, Heard("tick"), waking.draft.sender, now)

    def _let_sleep(self, waking: Waking) -> None:
        with transaction(self._conn):
            drafts.let_sleep(self._conn, waking)
        self._wakes.done(waking.name)
        self._regret(waking.draft.sender if waking.draft else None)

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
        """One thing a person did, or a file of his; gives what belongs to nothing any more."""
        if queued.event is not None:
            return self._hear_event(queued.event, sender, now)
        if queued.result is None:
            return Left()
        draft = drafts.find(self._conn, self._keys, sender)
        heard = heard_of_file(queued.result, draft)
        if heard is None:
            manifest = queued.result.manifest
            return Left(files=(manifest.file_id,)) if manifest else Left()
        return self._advance(draft, heard, sender, now)

    def _hear_event(self, event: Event, sender: Sender, now: float) -> Left:
        if event.kind == "moved" and event.moved_to is not None:
            move(self._conn, self._keys, self._persons, sender, event.moved_to, now)
            return Left()
        undo = read_undo(event.choice, self._book)
        if undo is not None:
            return self._undo(*undo, sender, now)
        reading = self._desk.reading(event)
        if reading is not None:
            self._say(sender, (reading,))
            return Left()
        self._note_stop(event, sender, now)
        return self._converse(event, drafts.find(self._conn, self._keys, sender), sender, now)

    def _note_stop(self, event: Event, sender: Sender, now: float) -> None:
        """Whether later answers may be sent is kept apart from any conversation."""
        word = keyword(event.text) if event.kind == "text" else None
        if word == "stop":
            self._persons.stop(sender, now)
        elif word == "start":
            self._persons.lift(sender)

    def _converse(self, event: Event, draft: Draft | None, sender: Sender, now: float) -> Left:
        adding = self._desk.to_add(event, draft, sender)
        if adding.handle:
            return self._add(replace(event, text=adding.told), adding.handle, draft, sender, now)
        if adding.said:
            return self._tell(adding.said, draft, sender, now)
        status = None if adding.instead else self._desk.status(event, draft, sender)
        if status is not None:
            return self._tell((status,), draft, sender, now)
        is_empty = draft is None or not (has_content(draft.state) or draft.state.adds_to)
        if is_empty and event.kind == "text" and keyword(event.text) == "delete":
            return self._take_all_back(event, draft, sender, now)
        heard = heard_of_event(self._conn, self._keys, event, sender)
        if heard is not None and adding.instead:
            heard = replace(heard, text=adding.told, instead=adding.instead)
        return Left() if heard is None else self._advance(draft, heard, sender, now)

    def _advance(self, draft: Draft | None, heard: Heard, sender: Sender, now: float) -> Left:
        before = draft.state if draft else None
        by_chance = sooner(self._rng)
        step = advance(before, heard, now, self._book, self._file_wait_s, self._quiet_s, by_chance)
        if step.submit is not None and step.submit.contact == "push":
            self._persons.lift(sender)  # he asks for answers: an earlier "stop" is over
        self._say(sender, step.say)
        self._keep(step, sender, now)
        if step.submit is not None:
            later_s = self._allowance.report_delay_s(sender, step.submit.is_urgent)
            submitted = self._submission.submit(step.submit, sender, now, later_s)
            is_asked_for = heard.kind not in ("tick", "file")
            said = submitted.say if is_asked_for else veiled(submitted.say, step.submit.language, self._book)
            self._say(sender, said)
            if submitted.can_undo and step.sent is not None:
                drafts.keep_sent(self._conn, self._keys, submitted.message_id, Draft(sender, step.sent))
        return Left(files=self._erased(before, step))

    def _erased(self, before: State | None, step: Step) -> tuple[str, ...]:
        """The files of a draft that are neither its own any more nor the report's: nobody can open them."""
        sent = {file.file_id for file in step.submit.evidence} if step.submit else set()
        gone = tuple(sorted(_files(before) - _files(step.state) - sent))
        self._conn.executemany(
            "delete from evidence_file where file_id=? and message_id is null",
            [(file_id,) for file_id in gone],
        )
        return gone

    def _keep(self, step: Step, sender: Sender, now: float) -> None:
        if step.state is None:
            drafts.erase(self._conn, self._keys, sender)
            return
        drafts.save(self._conn, self._keys, Draft(sender, step.state), step.wake_at_s)
        # Files of a draft live as long as it does: housekeeping counts from here.
        files = [(whole_hour(now), slot.file.file_id) for slot in step.state.slots if slot.file]
        self._conn.executemany("update evidence_file set made_at=? where file_id=?", files)

    def _tell(self, says: tuple[Say, ...], draft: Draft | None, sender: Sender, now: float) -> Left:
        """An answer beside the conversation; the question of an unfinished one stands again after it."""
        self._say(sender, says)
        is_unfinished = draft is not None and has_content(draft.state)
        return self._advance(draft, Heard("status"), sender, now) if is_unfinished else Left()

    def _add(self, event: Event, handle: str, draft: Draft | None, sender: Sender, now: float) -> Left:
        """A conversation whose report will be put to the one of that handle; an unfinished one comes first.

        A file whose caption asks for it goes with the conversation, and nowhere where there is none.
        """
        with_file = "" if event.kind == "text" else "file"
        heard = Heard("add", text=event.text, choice=handle, reason=with_file)
        left = self._advance(draft, heard, sender, now)
        begun = drafts.find(self._conn, self._keys, sender) if with_file else None
        if begun is None or begun.state.adds_to != handle:
            return left
        file = heard_of_event(self._conn, self._keys, replace(event, text=""), sender)
        return left if file is None else self._advance(begun, file, sender, now)

    def _undo(self, language: str, token: str, sender: Sender, now: float) -> Left:
        """Takes a report back. Whoever sent it, and has begun nothing since, can change it.

        Else the answer is in the language of the report, which its button names; in all where it is an older one.
        """
        message_id = self._submission.message_of(token)
        if message_id is None:
            self._say(sender, (words(language, "undo_too_late", self._book),))
            return Left()
        sent = drafts.sent_of(self._conn, self._keys, message_id)
        mine = sent is not None and sent.sender == sender
        if sent is None or not mine or drafts.find(self._conn, self._keys, sender) is not None:
            undone = self._submission.undo(message_id)
            self._say(sender, (words(language, "undone", self._book),))
            return _left(undone)
        undone = self._submission.undo(message_id, _files(sent.state))
        step = taken_back(sent.state, now, self._book)
        self._keep(step, sender, now)
        self._say(sender, step.say)
        return _left(undone)

    def _take_all_back(self, event: Event, draft: Draft | None, sender: Sender, now: float) -> Left:
        """``delete`` without a draft of any content: what the person sent and what has not gone yet is taken back."""
        undone = [
            back
            for message_id in drafts.sent_by(self._conn, self._keys, sender)
            if (back := self._submission.undo(message_id))
        ]
        if not undone:
            return self._advance(draft, Heard("text", text=event.text), sender, now)
        drafts.erase(self._conn, self._keys, sender)
        self._say(sender, (words("", "undone_all", self._book),))
        handles = tuple(handle for back in undone for handle in back.handles)
        return Left(handles, tuple(file_id for back in undone for file_id in back.files))

    def _say(self, sender: Sender, says: tuple[Say, ...]) -> None:
        for say in says:
            chat.queue(self._conn, self._keys, Saying(sender, say), self._rng)

    def _clear(self, left: Left) -> None:
        # After the commit: should we die in between, it is a row and a file that open for nobody, and they expire.
        # The other way round the report could still go, and nobody could answer it.
        if left.handles:
            faults.at("taken-back")
        for handle in left.handles:
            self._vault.forget(handle)
        if left.handles:
            empty_log(self._conn)
        for file_id in left.files:
            (self._media / file_id).unlink(missing_ok=True)


def _files(state: State | None) -> frozenset[str]:
    return frozenset(slot.file.file_id for slot in state.slots if slot.file) if state else frozenset()


def _left(undone: Undone | None) -> Left:
    return Left(undone.handles, undone.files) if undone else Left()


def _is_odd(queued: Queued | None) -> bool:
    """Whether it is an update that we do not understand and nobody can be told so."""
    event = queued.event if queued else None
    return event is not None and event.kind == "unknown" and event.sender is None
