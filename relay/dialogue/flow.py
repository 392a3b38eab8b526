"""``advance``: one thing heard, one step of the conversation. Pure: time comes in, nothing goes out but the result."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from relay.dialogue.answering import keep, settled
from relay.dialogue.asking import ask, below, note
from relay.dialogue.commands import COMMANDS, stand, with_receipt
from relay.dialogue.finishing import file_came, finish_if_due, tick, wake_at_s
from relay.dialogue.media import acknowledged, evidence
from relay.dialogue.moving import onward
from relay.dialogue.naming import worth_keeping
from relay.dialogue.offers import takes_language
from relay.dialogue.places import units
from relay.dialogue.state import Book, Heard, Say, State, Step, Turn
from relay.dialogue.steps import has_content, sequence
from relay.dialogue.taking import tapped, typed
from relay.dialogue.voiced import spoke_at_evidence
from relay.limits import TEXT_BODY
from relay.understanding import (
    addition,
    clean,
    command_language,
    fold,
    has_digits,
    is_emergency_number,
    is_plain,
    keyword,
    named_language,
    without_links,
    without_place_code,
)

MOST_POINT = 100  # characters of a location
MOST_SAID = 2
_WITHOUT_DRAFT = {
    "stop": "stopped",
    "delete": "nothing_to_erase",
    "status": "status_how",
    "add": "add_how",
    "undo": "undo_how",
    "back": "undo_how",
    "lost": "help_lost",
    "safe": "help_safe",
}
_FROM_OUTSIDE = ("file", "tick")
Handler = Callable[[State, Turn], Step]
_REFUSED = ("contacts", "kind")


def advance(
    state: State | None,
    heard: Heard,
    now_s: float,
    book: Book,
    file_wait_s: float = 300,
    quiet_s: float = 8,
    sooner_s: tuple[int, int] = (0, 0),
) -> Step:
    """What is said and kept after one thing heard, at ``now_s`` (epoch seconds); never raises, whatever is heard.

    ``file_wait_s``: how long a report that is to be sent waits for its files; ``quiet_s``: how long nothing more must
    come before files are acknowledged; ``sooner_s``: as ``finishing.sooner`` draws them, from this word on.
    """
    turn = Turn(replace(heard, text=clean(heard.text)), now_s, book, file_wait_s, quiet_s)
    step = (
        _from_outside(state, turn)
        if heard.kind in _FROM_OUTSIDE
        else _explained(_from_person(state, turn), turn, state)
    )
    step = finish_if_due(step, turn)
    if step.state is not None and heard.kind not in _FROM_OUTSIDE:
        remind_s, end_s = sooner_s
        step = replace(step, state=replace(step.state, remind_sooner_s=remind_s, end_sooner_s=end_s))
    return replace(step, say=_few(step.say), wake_at_s=wake_at_s(step.state))


def _few(say: tuple[Say, ...]) -> tuple[Say, ...]:
    """No more messages than may be sent for one that came: the first ones, which ask nothing, in one."""
    if len(say) <= MOST_SAID or any(one.buttons or one.rows for one in say[:-1]):
        return say
    text = "\n\n".join(one.text for one in say[:-1])
    return (Say(text), say[-1]) if units(text) <= TEXT_BODY else say


def _explained(step: Step, turn: Turn, before: State | None) -> Step:
    """With the reason, before the question, why what was told beside a receipt is kept and not added to it.

    Nobody is told to erase what he told ``before``.
    """
    state, why = step.state, turn.heard.instead
    if not why or state is None:
        return step
    is_more = before is not None and (has_content(before) or before.submitting)
    kept = "written_down" if state.adds_to is not None else "add_later" if is_more else "add_kept"
    keys = (kept,) if why == "add_kept" else (why, kept)
    lead = "\n\n".join(note(state, turn.book, key) for key in keys)
    return replace(step, say=(*step.say[:-1], *below(lead, step.say[-1])) if step.say else (Say(lead),))


def _from_outside(state: State | None, turn: Turn) -> Step:
    if state is None:
        return Step(None, ())
    state = settled(state, turn.book)
    if turn.heard.kind == "file":
        return file_came(state, turn)
    return spoke_at_evidence(state, turn) or tick(state, turn)


def _from_person(state: State | None, turn: Turn) -> Step:
    if state is None:
        return _opening(turn)
    fresh = replace(settled(state, turn.book), since_s=int(turn.now_s), asks_receipt=False)
    state, turn = _hinted(fresh, turn)
    if turn.heard.kind == "evidence":
        return _with_card(state, turn, evidence)
    state, lead = acknowledged(state, turn.book)
    step = _answered(state, turn)
    return _carrying(step, lead) if step.state is not None else step


def _answered(state: State, turn: Turn) -> Step:
    if turn.heard.kind != "add":
        return _with_card(state, turn, _handle)
    if state.adds_to == turn.heard.choice:
        return _with_card(state, turn, _added)
    if _tells_nothing(state, turn.book):
        return _addition(turn, state.language)
    return _with_card(state, turn, _put_off)


def _added(state: State, turn: Turn) -> Step:
    """More to the report that is being added to already; what came twice is kept once."""
    told = addition(turn.heard.text) or ""
    if is_plain(told) or told in ("", *state.texts):
        return stand(state, turn)
    kept, whole = keep(state, told)
    said = "added" if whole else "text_full"
    return onward(kept, turn, said) if state.step == "new" and not state.overlay else stand(kept, turn, said)


def _put_off(state: State, turn: Turn) -> Step:
    """The unfinished one comes first; what was told beside the receipt is no part of it, nor is a file."""
    unkept = "add_unkept" if addition(turn.heard.text) or turn.heard.reason else ""
    return stand(state, turn, "add_waits", note(state, turn.book, unkept))


def _tells_nothing(state: State, book: Book) -> bool:
    """Whether the draft holds no more than what it is about, and would not go by itself."""
    told = (state.texts, state.slots, state.answers, state.place, state.point, state.near)
    chosen = (state.happening, state.fear, state.contact, state.partial == "yes", state.district is not None)
    return not any((*told, *chosen)) and state.police in ("", "no") and "police" in sequence(state, book)


def _carrying(step: Step, lead: str) -> Step:
    """The answer to what a person did, with the word on the files that came just before it."""
    return replace(step, say=(*below(lead, step.say[0]), *step.say[1:])) if lead and step.say else step


def _hinted(state: State, turn: Turn) -> tuple[State, Turn]:
    """The draft with the thana whose poster's code stands in the words, and the words without that code.

    Only as long as no place is told; a hint is asked about and, unless it is confirmed, never sent.
    """
    thana = turn.book.place_code(turn.heard.text) if turn.heard.kind == "text" else None
    if thana is None or turn.book.directory.thana(thana) is None:
        return state, turn
    bare = replace(turn, heard=replace(turn.heard, text=without_place_code(turn.heard.text)))
    if state.district is not None or state.near or state.adds_to is not None:
        return state, bare
    step = "near" if state.step == "district" else state.step
    return replace(state, hint=thana, step=step), bare


def _handle(state: State, turn: Turn) -> Step:
    if turn.heard.instead and turn.heard.kind == "text":
        return _kept_as_new(state, turn)
    return _HANDLERS.get(turn.heard.kind, _other)(state, turn)


def _kept_as_new(state: State, turn: Turn) -> Step:
    """Words told beside a receipt that is none, whatever is asked; what came twice is kept once."""
    is_new = turn.heard.text not in state.texts
    kept, whole = keep(state, turn.heard.text) if is_new else (state, True)
    said = "" if whole else "text_full"
    return onward(kept, turn, said) if state.step == "new" and not state.overlay else stand(kept, turn, said)


def _with_card(state: State, turn: Turn, handler: Handler) -> Step:
    """The handler's step, with the emergency numbers in front the first time that words mean danger.

    One of these numbers alone always brings them, and answers nothing.
    """
    if turn.heard.kind == "text" and is_emergency_number(turn.heard.text):
        step = stand(replace(state, warned=True), turn)
        return replace(step, say=(Say(note(state, turn.book, "danger_card")), *step.say))
    card = () if state.warned else _card(state, turn)
    step = handler(replace(state, warned=state.warned or bool(card)), turn)
    return replace(step, say=(*card, *step.say))


def _card(state: State, turn: Turn) -> tuple[Say, ...]:
    """The emergency numbers where the words mean danger."""
    return (Say(note(state, turn.book, "danger_card")),) if means_danger(turn.heard.text, turn.book) else ()


def means_danger(text: str, book: Book) -> bool:
    """Whether words say that somebody is in danger."""
    said = f" {fold(text)} "
    words = (word for words in book.phrases.danger.values() for word in _folded(words))
    return any(f" {word} " in said for word in words)


@lru_cache(maxsize=16)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words of the phrases (never of what a person wrote) as they are compared."""
    return tuple(map(fold, words))


def _opening(turn: Turn) -> Step:
    """The first thing a person does: whatever it is, the language is asked for; words that tell something are kept."""
    state, turn = _hinted(State("language", int(turn.now_s), begun=int(turn.now_s)), turn)
    if turn.heard.kind == "add":
        return _addition(turn)
    if turn.heard.instead:
        return _with_card(state, turn, _handle)
    word = keyword(turn.heard.text) if turn.heard.kind == "text" else None
    if word in _WITHOUT_DRAFT:
        said = with_receipt(state, turn, _WITHOUT_DRAFT[word]) if word in ("status", "add") else ""
        is_bare = word == "add" and not has_digits(turn.heard.text)
        waits = replace(state, asks_receipt=True) if is_bare else None
        return Step(waits, (*_card(state, turn), Say(said or note(state, turn.book, _WITHOUT_DRAFT[word]))))
    if turn.heard.kind == "tap" and not takes_language(turn.heard.choice, turn.book):
        return Step(None, below(note(state, turn.book, "old_button_start"), ask(state, turn.book)))
    if turn.heard.kind == "text":
        return _with_card(state, turn, _first_words)
    return _with_card(state, turn, _handle)


def _addition(turn: Turn, language: str = "") -> Step:
    """A new draft whose report will be put to an earlier one, in ``language`` or in that of the word it began with."""
    language = language or command_language(turn.heard.text)
    now_s = int(turn.now_s)
    state = State("language", now_s, language=language, adds_to=turn.heard.choice, begun=now_s)
    return _with_card(state, turn, _begun_addition)


def _begun_addition(state: State, turn: Turn) -> Step:
    """The first question of an addition; what was told beside the receipt is kept."""
    told = addition(turn.heard.text) or ""
    kept = state if is_plain(told) else keep(state, told)[0]
    lead = note(state, turn.book, "written_down" if kept.texts else "")
    if not state.language:
        return stand(kept, turn, "add_found", lead)
    step = onward(kept, turn)
    found = note(state, turn.book, "add_found")
    return replace(step, say=(Say("\n\n".join(part for part in (lead, found) if part)), *step.say))


def _first_words(state: State, turn: Turn) -> Step:
    if keyword(turn.heard.text) == "help":
        return COMMANDS["help"](state, turn)
    if named_language(turn.heard.text):
        return typed(state, turn)
    # A link is no telling: a poster's could be one of a kind.
    if not worth_keeping(without_links(turn.heard.text), "language", turn.book) or keyword(turn.heard.text):
        return stand(state, turn)
    return stand(keep(state, turn.heard.text)[0], turn, "kept_choose")


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


def _answered_elsewhere(state: State, turn: Turn) -> Step:
    """He asked how an earlier report stands and was told: the question of this one stands."""
    return stand(state, turn)


_HANDLERS: dict[str, Handler] = {
    "text": typed,
    "tap": tapped,
    "evidence": evidence,
    "refused": _refused,
    "location": _location,
    "status": _answered_elsewhere,
}
