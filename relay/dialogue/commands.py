"""What a person can write at any time: the keywords, once there is a draft."""

from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.answering import at
from relay.dialogue.asking import ask, below, note
from relay.dialogue.identifying import doubts_police, unresolved
from relay.dialogue.state import Say, State, Step, Turn
from relay.dialogue.steps import beside, has_content
from relay.understanding import has_digits

Command = Callable[[State, Turn], Step]


def stand(state: State, turn: Turn, before: str = "", lead: str = "") -> Step:
    """The question that stands, once more, after the words ``lead`` and the remark of key ``before``.

    Before the summary it is whose number is in the words, where that is not known yet; what was to be sent already
    waits for the answer as long as for files.
    """
    if state.step == "summary" and not state.overlay and unresolved(state, turn.book):
        wait_ms = round((turn.now_s + turn.file_wait_s) * 1000) if state.submitting else None
        state = replace(state, overlay="whose", misses=0, deadline_ms=wait_ms)
    elif state.step == "summary" and not state.overlay and not state.submitting and doubts_police(state):
        state = replace(state, overlay="accused", misses=0)
    words = "\n\n".join(part for part in (lead, note(state, turn.book, before)) if part)
    return Step(_asked(state), below(words, ask(state, turn.book)))


def _asked(state: State) -> State:
    """The draft once its question is said: the long words on what can be sent with it need no second time."""
    return replace(state, misses=1) if state.step == "evidence" and not state.overlay else state


def _start(state: State, turn: Turn) -> Step:
    if not state.language or not has_content(state) or state.submitting or state.overlay == "undone":
        return stand(state, turn)
    return stand(replace(state, overlay="resume"), turn)


def restart(state: State, turn: Turn) -> Step:
    """A new draft in the same language, for the same earlier report; the old one is gone."""
    step = "language" if not state.language else "category" if state.adds_to is None else "police"
    fresh = State(
        step,
        state.since_s,
        language=state.language,
        warned=state.warned,
        voiced=state.voiced,
        adds_to=state.adds_to,
        hint=state.hint,
        begun=max(int(turn.now_s), state.begun + 1),
    )
    return stand(fresh, turn, "started_again")


def _back(state: State, turn: Turn) -> Step:
    if state.overlay or state.submitting:
        return stand(at(state, state.step), turn)
    return stand(at(state, beside(state, turn.book, -1)), turn)


def _language(state: State, turn: Turn) -> Step:
    return stand(state if state.step == "language" else replace(state, overlay="language"), turn)


def _help(state: State, turn: Turn) -> Step:
    """A list of what can be asked about; without a language the most needed of it in all, and the list after that."""
    if "language" in (state.overlay, state.step):
        state = state if state.language else replace(state, overlay="help")
        said = Say(turn.book.phrases.text("", "help_words"))
        return Step(state, (said, *stand(state, turn).say))
    return stand(replace(state, overlay="help", page=0), turn)


def _erase(state: State, turn: Turn) -> Step:
    return Step(None, (Say(note(state, turn.book, "erased")),))


def _stop(state: State, turn: Turn) -> Step:
    return Step(None, (Say(note(state, turn.book, "stopped")),))


def _status(state: State, turn: Turn) -> Step:
    return stand(state, turn, lead=with_receipt(state, turn, "status_how"))


def _add(state: State, turn: Turn) -> Step:
    asks = replace(state, asks_receipt=not has_digits(turn.heard.text))
    return stand(asks, turn, lead=with_receipt(state, turn, "add_how"))


def with_receipt(state: State, turn: Turn, how: str) -> str:
    """What is said to a command that came here without a right receipt: that its digits are wrong, or how it goes."""
    return note(state, turn.book, "digits_wrong" if has_digits(turn.heard.text) else how)


def _lost(state: State, turn: Turn) -> Step:
    return stand(state, turn, "help_lost")


def _safe(state: State, turn: Turn) -> Step:
    """Told as the help tells it; where the help was asked, that is its answer."""
    if state.overlay == "help" and state.language:
        state = replace(state, overlay="", misses=0)
    return stand(state, turn, "help_safe")


def _undo(state: State, turn: Turn) -> Step:
    return stand(state, turn, "undo_how")


COMMANDS: dict[str, Command] = {
    "start": _start,
    "restart": restart,
    "back": _back,
    "language": _language,
    "help": _help,
    "stop": _stop,
    "delete": _erase,
    "status": _status,
    "add": _add,
    "lost": _lost,
    "safe": _safe,
    "undo": _undo,
}
