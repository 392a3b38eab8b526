"""The end of a draft: handing it on, waiting for its files, and what becomes of one that was left or taken back."""

import random
from dataclasses import replace

from relay.dialogue.answering import settled
from relay.dialogue.asking import ask, below, note
from relay.dialogue.identifying import decided, doubts_police, joined, unresolved
from relay.dialogue.media import files_over, told_failure
from relay.dialogue.offers import OWN_LANGUAGE, VOICE
from relay.dialogue.state import Book, Say, Slot, State, Step, Told, Turn
from relay.dialogue.steps import answered, has_content, question, sequence
from sync.messages import Answer

REMIND_AFTER_S, REMIND_SOONER_S = 20 * 3600, 4 * 3600
GIVE_UP_AFTER_S, GIVE_UP_SOONER_S = 23 * 3600, 3 * 3600
"""At the latest, still inside the 24 hours in which WhatsApp lets us write; by how much sooner by chance: at a fixed
time after somebody's last word a message that nobody asked for would tell whose unfinished report comes then."""
TO_GO_ON_S = 2 * 3600
"""At least so long after the reminder nothing ends: whoever reads it is to find what he was reminded of."""
AT_ONCE = "at_once"
ANSWERED = ("push", AT_ONCE)
"""Choices of the contact question after which answers come."""
OTHER = "other"
"""The category of what is added to an earlier report: whoever reads it knows that one's."""


def wake_at_s(state: State | None) -> float | None:
    """When this draft next wants a ``tick``."""
    if state is None:
        return None
    remind = has_content(state) and not state.reminded
    idle_s: float = state.since_s + (_remind_after_s(state) if remind else _give_up_after_s(state))
    due_ms = [ms for ms in (state.quiet_ms, state.deadline_ms) if ms is not None]
    return min(due_ms) / 1000 if due_ms else idle_s


def sooner(rng: random.Random) -> tuple[int, int]:
    """By how many seconds before the latest time somebody is reminded, and a draft is handed on or erased."""
    remind_s = rng.randrange(REMIND_SOONER_S)
    most_s = GIVE_UP_AFTER_S - TO_GO_ON_S - (REMIND_AFTER_S - remind_s)
    return remind_s, rng.randrange(min(GIVE_UP_SOONER_S, most_s + 1))


def _remind_after_s(state: State) -> int:
    return REMIND_AFTER_S - state.remind_sooner_s


def _give_up_after_s(state: State) -> int:
    return GIVE_UP_AFTER_S - state.end_sooner_s


def submit(state: State, turn: Turn) -> Step:
    """Hands the report on, or begins to wait for the files that are still to come."""
    if not any(slot.waiting for slot in state.slots):
        return finish(state, turn)
    if state.submitting:
        return Step(state, (ask(state, turn.book),))
    deadline_ms = round((turn.now_s + turn.file_wait_s) * 1000)
    waiting = replace(state, submitting=True, deadline_ms=deadline_ms)
    return Step(waiting, (ask(waiting, turn.book),))


def finish_if_due(step: Step, turn: Turn) -> Step:
    """The step, or the end of the draft when it only waited for files, or for whose number was added, and need not."""
    state = step.state
    if state is None or not state.submitting or state.deadline_ms is None:
        return step
    if turn.now_ms >= state.deadline_ms:
        return finish(state, turn)
    waits = any(slot.waiting for slot in state.slots) or unresolved(state, turn.book)
    return step if waits else finish(state, turn)


def finish(state: State, turn: Turn) -> Step:
    """The end: what is handed on, what was done with what nobody answered, and a word on files that are missing."""
    sure, done = _unanswered(state, turn.book)
    report = told(sure, turn.book, incomplete=False)
    missing = note(sure, turn.book, "missing_files", count=str(report.missing_evidence))
    words = "\n\n".join((*done, missing) if report.missing_evidence else done)
    return Step(None, (Say(words),) if words else (), submit=report, sent=sure)


def _unanswered(state: State, book: Book) -> tuple[State, tuple[str, ...]]:
    """The draft as after two unclear answers to what was still to be asked for sure, and what to say of that.

    Words that came while it waited for files can bring such a question, and its file or its time the end before an
    answer.
    """
    state, done = _without_unresolved(state, book)
    if doubts_police(state):
        state = replace(state, accused=True, police="yes")
        done = (*done, note(state, book, "accused_yes"))
    return state, done


def _without_unresolved(state: State, book: Book) -> tuple[State, tuple[str, ...]]:
    """The draft as after "not sure" where nobody said whose its numbers and ids are, and what to say of that."""
    if not unresolved(state, book):
        return state, ()
    return decided(state, "unsure", book), (note(state, book, "whose_unheard"),)


def _is_in_doubt(state: State) -> bool:
    """Whether police are named by somebody who stopped before he could be asked, and had not said no."""
    return state.police != "no" and doubts_police(state)


def told(state: State, book: Book, *, incomplete: bool) -> Told:
    """The draft as a report; what was never answered counts as the cautious answer."""
    slots = tuple(slot for slot in state.slots if slot.file is not None)
    files = tuple(slot.file for slot in slots if slot.file is not None)
    steps = sequence(state, book)
    return Told(
        category=state.category or OTHER,
        language=state.language or OWN_LANGUAGE,
        answers=tuple(
            _numbered(a, slots)
            for a in state.answers
            if _still_asked(f"{state.category}.{a.question}", steps, book)
        ),
        text=joined(state.texts),
        district=state.district or "",
        thana=state.thana or "",
        place=state.place,
        happening_now=state.happening == "yes",
        fear=state.fear or "unsure",
        police_involved="yes" if incomplete and _is_in_doubt(state) else state.police or "unsure",
        incomplete=incomplete,
        contact="push" if state.contact in ANSWERED else "none",
        evidence=files,
        missing_evidence=len(state.slots) - len(files),
        adds_to=state.adds_to,
        point=state.point,
        at_once=state.contact == AT_ONCE,
    )


def _numbered(answer: Answer, slots: tuple[Slot, ...]) -> Answer:
    """An answer by voice with the number of its file among those that came, from 1 on; "" where it did not come."""
    if answer.choice != VOICE:
        return answer
    numbers = {str(slot.number): str(number) for number, slot in enumerate(slots, 1)}
    return replace(answer, text=numbers.get(answer.text, ""))


def _still_asked(step: str, steps: tuple[str, ...], book: Book) -> bool:
    """Not where another answer, changed later, has taken the question away."""
    return step in steps or question(step, book) is None


def file_came(state: State, turn: Turn) -> Step:
    """A file of the draft was taken or could not be; says so only in the latter case, and once with others."""
    heard = turn.heard
    slot = next((s for s in state.slots if s.number == heard.slot and s.waiting), None)
    if slot is None:
        return Step(state, ())
    failed = "" if heard.file else told_failure(heard.reason)
    filled = Slot(slot.number, heard.file, failed, slot.medium)
    state = replace(state, slots=tuple(filled if s is slot else s for s in state.slots))
    said_later = state.submitting or slot.number in state.unsaid
    if not failed or said_later:
        return Step(state, ())
    what = note(state, turn.book, f"kind_{slot.medium}")
    return Step(state, (Say(note(state, turn.book, f"file_{failed}", what=what)),))


def tick(state: State, turn: Turn) -> Step:
    """Time has passed: acknowledges files, reminds once, later hands on or erases what was left unfinished."""
    if state.quiet_ms is not None and turn.now_ms >= state.quiet_ms:
        return files_over(state, turn)
    idle_s = turn.now_s - state.since_s
    if state.submitting:
        return Step(state, ())
    if idle_s >= _give_up_after_s(state):
        return _give_up(state, turn)
    if idle_s >= _remind_after_s(state) and has_content(state) and not state.reminded:
        return _remind_in_time(replace(state, reminded=True), turn, idle_s)
    return Step(state, ())


def _remind_in_time(state: State, turn: Turn, idle_s: float) -> Step:
    """With time left to go on, also where the relay stood still when it was due; else it ends without a word before.

    When it ends stays by chance: not at one time for all whom the relay reminds as it starts again.
    """
    most_s = int(GIVE_UP_AFTER_S - TO_GO_ON_S - idle_s)
    if most_s < 0:
        return Step(state, ())
    return _remind(replace(state, end_sooner_s=state.end_sooner_s % (most_s + 1)), turn)


def _remind(state: State, turn: Turn) -> Step:
    """Nobody asked for this message just now: whoever looks at the phone must not read what it is about."""
    if state.language and state.overlay != "undone":
        state = replace(state, overlay="resume", offered="", which=())
    return Step(state, below(note(state, turn.book, "reminder"), ask(state, turn.book)))


def taken_back(state: State, now_s: float, book: Book) -> Step:
    """The draft of a report that was taken back: nothing of it is ever sent by itself any more."""
    fresh = replace(
        state,
        step="summary",
        since_s=int(now_s),
        overlay="",
        partial="no",
        page=0,
        misses=0,
        reminded=False,
        submitting=False,
        deadline_ms=None,
        quiet_ms=None,
        unsaid=(),
        taken_back_s=max(int(now_s), state.taken_back_s + 1),
    )
    asked = replace(settled(fresh, book), overlay="undone")
    return Step(asked, (ask(asked, book),), wake_at_s=wake_at_s(asked))


def _give_up(state: State, turn: Turn) -> Step:
    steps = sequence(state, turn.book)
    agreed = (
        state.category and state.partial == "yes" and ("police" not in steps or answered(state, "police"))
    )
    if agreed:
        sure, done = _without_unresolved(state, turn.book)
        said = "\n\n".join((note(state, turn.book, "sent_unfinished"), *done))
        return Step(None, (Say(said),), submit=told(sure, turn.book, incomplete=True), sent=state)
    said = note(state, turn.book, "erased_unfinished")
    return Step(None, (Say(said),) if has_content(state) else ())
