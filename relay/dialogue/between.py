"""Answers to what is asked between two questions: go on or again, which thana, whose number, taken back, help."""

from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.answering import at, is_story, keep, record
from relay.dialogue.asking import note
from relay.dialogue.commands import restart, stand
from relay.dialogue.identifying import decided
from relay.dialogue.moving import onward
from relay.dialogue.offers import ELSE
from relay.dialogue.state import Say, State, Step, Turn
from relay.understanding import is_plain, takes_out

MOST_MISSES = 2
ASKED_FOR_SURE = ("whose", "accused")
"""Questions asked between that stand until they are answered, or not answered twice."""


def chosen_between(state: State, code: str, turn: Turn) -> Step:
    """A choice of the question that is asked between."""
    return _CHOSEN[state.overlay](_without(state), code, turn)


def _without(state: State) -> State:
    """The draft with nothing asked between; what was offered or named stays for its answer."""
    return replace(state, overlay="", misses=0)


def _resume(state: State, code: str, turn: Turn) -> Step:
    return restart(state, turn) if code == "again" else stand(state, turn)


def _language(state: State, code: str, turn: Turn) -> Step:
    return stand(record(state, "language", code, turn.book), turn, "language_set")


def _location(state: State, code: str, turn: Turn) -> Step:
    bare = replace(state, offered="")
    if code == "no":
        return stand(bare, turn, "location_dropped")
    return stand(replace(bare, point=state.offered), turn, "location_set")


def _which(state: State, code: str, turn: Turn) -> Step:
    bare = replace(state, which=())
    if code == ELSE or state.step not in ("district", "thana"):
        return stand(bare, turn)
    return onward(at(record(bare, "district", code, turn.book), "thana"), turn)


def _whose(state: State, code: str, turn: Turn) -> Step:
    left = decided(state, code, turn.book)
    if turn.heard.kind == "text" and takes_out(turn.heard.text):
        return stand(left, turn, "whose_erase", note(state, turn.book, f"whose_{code}"))
    return stand(left, turn, f"whose_{code}")


def _accused(state: State, code: str, turn: Turn) -> Step:
    asked_now = replace(state, accused=True)
    if code != "yes":
        return stand(asked_now, turn)
    return stand(record(asked_now, "police", "yes", turn.book), turn, "accused_yes")


def unclear(state: State, turn: Turn, lead: str = "") -> Step:
    """Twice no answer at a question that must have one: that is "not sure", and named police count as involved."""
    bare = _without(state)
    if state.overlay == "whose":
        return stand(decided(bare, "unsure", turn.book), turn, "whose_unsure", lead)
    return stand(record(replace(bare, accused=True), "police", "yes", turn.book), turn, "accused_yes", lead)


def _undone(state: State, code: str, turn: Turn) -> Step:
    return stand(state, turn) if code == "change" else Step(None, (Say(note(state, turn.book, "erased")),))


def _help(state: State, code: str, turn: Turn) -> Step:
    return stand(state, turn, "" if code == "continue" else f"help_{code}")


_CHOSEN: dict[str, Callable[[State, str, Turn], Step]] = {
    "resume": _resume,
    "language": _language,
    "location": _location,
    "which": _which,
    "whose": _whose,
    "accused": _accused,
    "undone": _undone,
    "help": _help,
}


def words_between(state: State, turn: Turn) -> Step:
    """Words that are none of the choices: what tells something is kept, and the question before stands again."""
    if state.overlay in ASKED_FOR_SURE:
        if state.misses + 1 >= MOST_MISSES:
            return unclear(state, turn)
        back = replace(state, misses=state.misses + 1)
    else:
        back = replace(state, offered="", which=(), overlay="")
    return added(back, turn) if is_story(turn.heard.text) else stand(back, turn)


def added(state: State, turn: Turn) -> Step:
    """Words that belong to the report without answering anything."""
    if is_plain(turn.heard.text):
        return stand(state, turn)
    kept, whole = keep(state, turn.heard.text)
    return stand(kept, turn, "added" if whole else "text_full")
