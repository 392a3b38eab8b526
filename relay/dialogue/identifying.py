"""Numbers and ids of people in what was told: whose they are is asked once, and all go out or all stay.

Never the informant's own alone: in a list that others have too, the one that is missing would name him.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.state import Book, State
from relay.understanding import names_police, perhaps_phones
from sync.identifiers import AADHAAR, PHONE, VEHICLE, Found

_SHOWN = 3
_OWN = r"(?:my|mera|meri|mere|hamara|apna|मेरा|मेरी|मेरे|हमारा|अपना)\s+"
_THING = (
    r"(?:number|no|num|nambar|mob|phone|contact|whatsapp|a+dha+r|pan|e?-?mail|upi|id|"
    r"नंबर|नम्बर|मोबाइल|फोन|फ़ोन|आधार|ईमेल|पैन|व्हाट्सएप|वाट्सएप)"
)
_DRIVEN = (
    r"(?:ga+[dr]+[iy]|vehicle|bike|scoot|motor|truck|tractor|(?:e-?)?rickshaw|(?:car|auto)(?!\w)|"
    "गा(?:ड|\u095c)\u093c?ी|बाइक|स्कूट|मोटर|ट्रक|ट्रैक्टर|रिक्शा|(?:कार|ऑटो)(?!\\w))"
)
_NUMBERED = r"(?:is|no|num|number|nambar|plate|ka|ki|hai|का|की|नंबर|नम्बर|है)"
_SAID_BEFORE = re.compile(rf"(?:^|\s){_OWN}{_THING}\S*\s+(?:\S+\s+){{0,3}}$", re.IGNORECASE)
_SAID_BEHIND = re.compile(rf"[\s,.:]*(?:(?:is|ye|yeh|yah|यह|ये)\s+)?{_OWN}{_THING}", re.IGNORECASE)
"""What a writer says of a number that is his own: "my number is …", "… मेरा मोबाइल नंबर है"."""
_DRIVES_BEFORE = re.compile(
    rf"(?:^|\s){_OWN}{_DRIVEN}\S{{0,12}}(?:[\s:.-]+{_NUMBERED})*[\s:.-]+$", re.IGNORECASE
)
_DRIVES_BEHIND = re.compile(rf"[\s,.:]*(?:(?:is|ye|yeh|yah|यह|ये)\s+)?{_OWN}{_DRIVEN}", re.IGNORECASE)
"""The same of his vehicle: "my car is …". Not "my car was hit by …", which is another's."""
_BESIDE = 60
_IN_LINE = re.compile(r"[\W_]{0,3}")
"""What may stand between numbers that go out as one: their mark does not tell how long a list was."""


def told_words(state: State) -> tuple[str, ...]:
    """All words of the draft that would go with the report."""
    return (*state.texts, *(answer.text for answer in state.answers if not answer.choice), state.place)


def unresolved(state: State, book: Book) -> bool:
    """Whether the words hold numbers or ids that the person has not been asked about."""
    return state.own or not _values(state, book) <= set(state.cleared)


def doubts_police(state: State) -> bool:
    """Whether the words name police though the person did not say that any are involved, and was not asked again.

    "The SHO takes a share", told at another question, would go to the very people it is about.
    """
    told = (*state.texts, *(answer.text for answer in state.answers if not answer.choice))
    return state.police != "yes" and not state.accused and any(map(names_police, told))


def without_claimed(state: State, book: Book) -> State:
    """The draft as it may go where nobody answered whose the numbers are: without those that he calls his own.

    The relay knows the number of few writers: WhatsApp tells a business-scoped id instead.
    """
    mark = book.phrases.text(state.language, "removed_mark") if state.language else "…"

    def goes(text: str, found: Found) -> bool:
        return _value(found) not in state.cleared and _is_claimed(text, found)

    return _rewritten(state, lambda text: _without(text, mark, book, goes))


def _is_claimed(text: str, found: Found) -> bool:
    """Whether the words beside it call it the writer's own."""
    before = text[max(0, found.start - _BESIDE) : found.start]
    behind = text[found.end : found.end + _BESIDE]
    if found.kind == VEHICLE and (_DRIVES_BEFORE.search(before) or _DRIVES_BEHIND.match(behind)):
        return True
    return bool(_SAID_BEFORE.search(before) or _SAID_BEHIND.match(behind))


def _values(state: State, book: Book) -> set[str]:
    """Every identifier in the words, each once: one that took another's place is a new one.

    What only its owner would know for his number counts too, or nobody else would be asked about it.
    """
    found = {_value(one) for text in told_words(state) for one in book.identifiers(text)}
    return found | {f"digits {one}" for text in told_words(state) for one in _only_perhaps(text, book)}


def _only_perhaps(text: str, book: Book) -> list[str]:
    """Stretches that may be a phone number, and of which ``identifiers`` knows nothing."""
    taken = bytearray(len(text))
    for one in book.identifiers(text):
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    return [text[start:end] for start, end in perhaps_phones(text) if 1 not in taken[start:end]]


def _value(found: Found) -> str:
    return f"{found.kind} {found.value}"


def shown(state: State, book: Book) -> str:
    """The first of them, so covered that only who wrote them knows them again; "" where none was found."""
    found: dict[str, None] = {}
    for text in told_words(state):
        if len(found) < _SHOWN:  # a long story is not searched to its end for these few
            found |= dict.fromkeys(text[f.start : f.end] for f in book.identifiers(text))
            found |= dict.fromkeys(_only_perhaps(text, book))
    return ", ".join(_covered(value) for value in list(found)[:_SHOWN])


def _covered(value: str) -> str:
    plain = "".join(value.split())
    return f"{plain[:2]}…{plain[-2:]}" if len(plain) > 5 else "…"


def decided(state: State, code: str, book: Book) -> State:
    """The draft after the answer "mine" or "unsure" (all go out), "theirs" (all stay) or none.

    None of it depends on the number of whoever answers. Where none came all go out but vehicles that the words do not
    call his own: a plate is often the evidence.
    """
    if code != "theirs":
        mark = book.phrases.text(state.language, "removed_mark")
        goes = _goes_unanswered if not code else _has_letters
        state = _rewritten(state, lambda text: without_numbers(_without(text, mark, book, goes), mark, book))
    cleared = tuple(sorted(_values(state, book)))
    return replace(state, own=False, own_stays=code == "theirs", cleared=cleared)


def _has_letters(_text: str, found: Found) -> bool:
    """Whether ``without_numbers`` does not look for it: taken out before, so that no half of an address stays."""
    return found.kind not in (PHONE, AADHAAR)


def _goes_unanswered(text: str, found: Found) -> bool:
    return _has_letters(text, found) and (found.kind != VEHICLE or _is_claimed(text, found))


def without_numbers(text: str, mark: str, book: Book) -> str:
    """The text with ``mark`` in place of every phone number, and of all that one could hide in.

    ``relay/own.py`` looks at just these, so that nobody's own is left.
    """
    found = (one for one in book.identifiers(text) if one.kind in (PHONE, AADHAAR))
    spans = [*((one.start, one.end) for one in found), *perhaps_phones(text)]
    kept, at = list[str](), 0
    for start, end in sorted(spans):
        if start >= at and not (kept and _IN_LINE.fullmatch(text, at, start)):
            kept += [text[at:start], mark]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _rewritten(state: State, change: Callable[[str], str]) -> State:
    return replace(
        state,
        texts=tuple(map(change, state.texts)),
        answers=tuple(replace(answer, text=change(answer.text)) for answer in state.answers),
        place=change(state.place),
    )


def _without(text: str, mark: str, book: Book, goes: Callable[[str, Found], bool]) -> str:
    """The text without those of its identifiers of which ``goes`` is true."""
    kept, at = [], 0
    for found in sorted(book.identifiers(text), key=lambda one: one.start):
        if found.start >= at and goes(text, found):
            kept += [text[at : found.start], mark]
            at = found.end
    return "".join([*kept, text[at:]])
