"""``advance``: one thing heard, one step of the conversation. Pure: time comes in, nothing goes out but the result."""

from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.answering import is_story, keep, settled
from relay.dialogue.asking import ask, note
from relay.dialogue.commands import COMMANDS, stand, with_receipt
from relay.dialogue.finishing import file_came, finish_if_due, tick, wake_at_s
from relay.dialogue.offers import takes_language
from relay.dialogue.state import Book, Heard, Say, Slot, State, Step, Turn
from relay.dialogue.steps import has_content
from relay.dialogue.taking import onward, tapped, typed
from relay.understanding import clean, command_language, fold, keyword

MOST_PHOTOS = 30
MOST_POINT = 100  # characters of a location
_WITHOUT_DRAFT = {
    "stop": "nothing_to_erase",
    "delete": "nothing_to_erase",
    "status": "status_how",
    "add": "add_how",
    "undo": "undo_how",
    "back": "undo_how",
}
_FROM_OUTSIDE = ("file", "tick")
_REFUSED = ("voice", "contacts", "kind")


def advance(state: State | None, heard: Heard, now_s: float, book: Book, file_wait_s: float = 300) -> Step:
    """What is said and kept after one thing heard, at ``now_s`` (epoch seconds); never raises, whatever is heard.

    ``file_wait_s``: how long a report that is to be sent waits for its photos.
    """
    turn = Turn(replace(heard, text=clean(heard.text)), now_s, book, file_wait_s)
    step = _from_outside(state, turn) if heard.kind in _FROM_OUTSIDE else _from_person(state, turn)
    step = finish_if_due(step, turn)
    return replace(step, wake_at_s=wake_at_s(step.state))


def _from_outside(state: State | None, turn: Turn) -> Step:
    if state is None:
        return Step(None, ())
    state = settled(state, turn.book)
    return file_came(state, turn) if turn.heard.kind == "file" else tick(state, turn)


def _from_person(state: State | None, turn: Turn) -> Step:
    if state is None:
        return _opening(turn)
    state = replace(settled(state, turn.book), since_s=int(turn.now_s))
    if turn.heard.kind == "add":
        return stand(state, turn, "add_waits") if has_content(state) else _addition(turn, state.language)
    return _with_card(state, turn, _handle)


Handler = Callable[[State, Turn], Step]


def _handle(state: State, turn: Turn) -> Step:
    return _HANDLERS.get(turn.heard.kind, _other)(state, turn)


def _with_card(state: State, turn: Turn, handler: Handler) -> Step:
    """The handler's step, with the emergency numbers in front the first time that words mean danger."""
    if state.warned or not _danger(turn):
        return handler(state, turn)
    step = handler(replace(state, warned=True), turn)
    return replace(step, say=(Say(note(state, turn.book, "danger_card")), *step.say))


def _danger(turn: Turn) -> bool:
    said = f" {fold(turn.heard.text)} "
    words = (word for words in turn.book.phrases.danger.values() for word in words)
    return any(f" {fold(word)} " in said for word in words)


def _opening(turn: Turn) -> Step:
    """The first thing a person does: whatever it is, the language is asked for; words that tell something are kept."""
    state = State("language", int(turn.now_s))
    if turn.heard.kind == "add":
        return _addition(turn)
    word = keyword(turn.heard.text) if turn.heard.kind == "text" else None
    if word in _WITHOUT_DRAFT:
        said = _WITHOUT_DRAFT[word]
        said = with_receipt(turn, said) if word in ("status", "add") else said
        return Step(None, (Say(note(state, turn.book, said)),))
    if turn.heard.kind == "tap" and not takes_language(turn.heard.choice, turn.book):
        return Step(None, (ask(state, turn.book, note(state, turn.book, "old_button_start")),))
    if turn.heard.kind == "text":
        return _with_card(state, turn, _first_words)
    return _with_card(state, turn, _handle)


def _addition(turn: Turn, language: str = "") -> Step:
    """A new draft whose report will be put to an earlier one, in ``language`` or in that of the word it began with."""
    language = language or command_language(turn.heard.text)
    state = State("language", int(turn.now_s), language=language, adds_to=turn.heard.choice)
    if not language:
        return stand(state, turn, "add_found")
    step = onward(state, turn)
    return replace(step, say=(Say(note(state, turn.book, "add_found")), *step.say))


def _first_words(state: State, turn: Turn) -> Step:
    if keyword(turn.heard.text) == "help":
        return COMMANDS["help"](state, turn)
    if not is_story(turn.heard.text):
        return stand(state, turn)
    return stand(keep(state, turn.heard.text)[0], turn, "kept_choose")


def _photo(state: State, turn: Turn) -> Step:
    """A photo at any step: counted, and the standing question again in the same message.

    Each such message is complete in itself, so of an album's the last alone may be sent.
    """
    slot = turn.heard.slot
    known = any(s.number == slot for s in state.slots)
    if not known and len(state.slots) >= MOST_PHOTOS:
        return stand(state, turn, "photos_enough")
    slots = state.slots if known else (*state.slots, Slot(slot))
    state = replace(state, slots=slots)
    if turn.heard.text and not known:
        state, _ = keep(state, turn.heard.text)
    count = str(sum(not s.failed for s in state.slots))
    return Step(state, (ask(state, turn.book, note(state, turn.book, "photo_count", count=count)),))


def _refused(state: State, turn: Turn) -> Step:
    reason = turn.heard.reason
    return stand(state, turn, f"refused_{reason}" if reason in _REFUSED else "refused_kind")


def _location(state: State, turn: Turn) -> Step:
    """A place on the map is taken only when the person says that it is where it happened."""
    text = turn.heard.text[:MOST_POINT]
    if not text or not state.language or state.submitting:
        return stand(state, turn, "refused_location")
    return stand(replace(state, overlay="location", offered=text), turn)


def _other(state: State, turn: Turn) -> Step:
    return stand(state, turn, "not_taken")


_HANDLERS: dict[str, Handler] = {
    "text": typed,
    "tap": tapped,
    "photo": _photo,
    "refused": _refused,
    "location": _location,
}
