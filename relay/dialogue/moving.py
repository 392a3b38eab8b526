"""From one question to the next."""

from dataclasses import replace

from relay.dialogue.answering import at, record
from relay.dialogue.asking import note
from relay.dialogue.commands import stand
from relay.dialogue.naming import named_crime, understood
from relay.dialogue.state import Say, State, Step, Turn
from relay.dialogue.steps import beside


def onward(state: State, turn: Turn, before: str = "", lead: str = "") -> Step:
    """The next question; after the first one also what a person should know before telling anything."""
    following = at(state, beside(state, turn.book, 1))
    if state.step == "language" and state.overlay == "help":  # it was asked for before there was a language
        following = replace(following, overlay="help")
    if state.step != "language":
        return stand(following, turn, before, lead)
    said = "\n\n".join(part for part in (lead, note(state, turn.book, "statement")) if part)
    following, told = _told_already(following, turn)
    question = stand(following, turn, before, told)
    return Step(question.state, (Say(said), *question.say))


def _told_already(state: State, turn: Turn) -> tuple[State, str]:
    """(the draft past the category where the words before named one, what is said of that); else as it is, "".

    After "back" the category is there and is asked about.
    """
    asks = state.step == "category" and not state.category and not state.overlay
    code = named_crime(state.texts, turn.book) if asks else None
    if code is None:
        return state, ""
    chosen = record(state, "category", code, turn.book)
    return at(chosen, beside(chosen, turn.book, 1)), understood(code, chosen, turn.book)
