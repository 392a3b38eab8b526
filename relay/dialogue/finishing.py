"""The end of a draft: handing it on, waiting for its photos, and what becomes of one that was left."""

from dataclasses import replace

from relay.dialogue.asking import ask, note
from relay.dialogue.offers import OWN_LANGUAGE
from relay.dialogue.state import Say, Slot, State, Step, Told, Turn
from relay.dialogue.steps import answered, has_content, sequence

REMIND_AFTER_S = 20 * 3600
GIVE_UP_AFTER_S = 23 * 3600
"""Still inside the 24 hours in which WhatsApp lets us write."""
_FAILURES = ("gone", "size", "kind", "damaged")


def wake_at_s(state: State | None) -> float | None:
    """When this draft next wants a ``tick``."""
    if state is None:
        return None
    if state.deadline_ms is not None:
        return state.deadline_ms / 1000
    remind = has_content(state) and not state.reminded
    return state.since_s + (REMIND_AFTER_S if remind else GIVE_UP_AFTER_S)


def submit(state: State, turn: Turn) -> Step:
    """Hands the report on, or begins to wait for the photos that are still to come."""
    if not any(slot.waiting for slot in state.slots):
        return finish(state, turn)
    if state.submitting:
        return Step(state, (ask(state, turn.book),))
    deadline_ms = round((turn.now_s + turn.file_wait_s) * 1000)
    waiting = replace(state, submitting=True, deadline_ms=deadline_ms)
    return Step(waiting, (ask(waiting, turn.book),))


def finish_if_due(step: Step, turn: Turn) -> Step:
    """The step, or the end of the draft when it only waited for photos and need not any longer."""
    state = step.state
    if state is None or not state.submitting or state.deadline_ms is None:
        return step
    over = turn.now_ms >= state.deadline_ms
    return finish(state, turn) if over or not any(slot.waiting for slot in state.slots) else step


def finish(state: State, turn: Turn) -> Step:
    """The end: what is handed on, and a word on photos that are missing."""
    report = told(state, incomplete=False)
    missing = note(state, turn.book, "missing_files", count=str(report.missing_evidence))
    return Step(None, (Say(missing),) if report.missing_evidence else (), submit=report)


def told(state: State, *, incomplete: bool) -> Told:
    """The draft as a report; what was never answered counts as the cautious answer."""
    files = tuple(slot.file for slot in state.slots if slot.file is not None)
    return Told(
        category=state.category,
        language=state.language or OWN_LANGUAGE,
        answers=state.answers,
        text="\n\n".join(state.texts),
        district=state.district or "",
        thana=state.thana or "",
        place=", ".join(part for part in (state.place, state.point) if part),
        happening_now=state.happening == "yes",
        fear=state.fear or "unsure",
        police_involved=state.police or "unsure",
        incomplete=incomplete,
        contact=state.contact or "none",
        evidence=files,
        missing_evidence=len(state.slots) - len(files),
        adds_to=state.adds_to,
    )


def file_came(state: State, turn: Turn) -> Step:
    """A photo of the draft was taken or could not be; says so only in the latter case."""
    heard = turn.heard
    slot = next((s for s in state.slots if s.number == heard.slot and s.waiting), None)
    if slot is None:
        return Step(state, ())
    failed = "" if heard.file else heard.reason if heard.reason in _FAILURES else _FAILURES[0]
    filled = Slot(slot.number, heard.file, failed)
    state = replace(state, slots=tuple(filled if s is slot else s for s in state.slots))
    say = (Say(note(state, turn.book, f"file_{failed}")),) if failed and not state.submitting else ()
    return Step(state, say)


def tick(state: State, turn: Turn) -> Step:
    """Time has passed: reminds once, later hands on or erases what was left unfinished."""
    idle_s = turn.now_s - state.since_s
    if state.submitting:
        return Step(state, ())
    if idle_s >= GIVE_UP_AFTER_S:
        return _give_up(state, turn)
    if idle_s >= REMIND_AFTER_S and has_content(state) and not state.reminded:
        reminded = replace(state, reminded=True)
        return Step(reminded, (ask(reminded, turn.book, note(state, turn.book, "reminder")),))
    return Step(state, ())


def _give_up(state: State, turn: Turn) -> Step:
    steps = sequence(state, turn.book)
    agreed = (
        state.category and state.partial == "yes" and ("police" not in steps or answered(state, "police"))
    )
    if agreed:
        said = note(state, turn.book, "sent_unfinished")
        return Step(None, (Say(said),), submit=told(state, incomplete=True))
    said = note(state, turn.book, "erased_unfinished")
    return Step(None, (Say(said),) if has_content(state) else ())
