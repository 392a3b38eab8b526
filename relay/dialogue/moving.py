"""From one question to the next."""

from dataclasses import replace

from relay.dialogue.answering import at
from relay.dialogue.asking import note
from relay.dialogue.commands import stand
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
    question = stand(following, turn, before)
    return Step(question.state, (Say(said), *question.say))
