"""Numbers and ids of people in what was told: whose they are is asked once, and all go out or all stay.

Never the informant's own alone: in a list that others have too, the one that is missing would name him. Nothing here
knows the number that somebody writes from: what is asked, and what goes, is the same whoever writes the words.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.answering import room
from relay.dialogue.state import Book, State
from relay.understanding import names_police, perhaps_phones
from sync.identifiers import AADHAAR, PHONE, Found

_SHOWN = 3
_IN_LINE = re.compile(r"[\W_]{0,3}")
"""What may stand between numbers that go out as one: their mark does not tell how long a list was."""

_LEAST_MARK = "…"


def told_words(state: State) -> tuple[str, ...]:
    """All words of the draft that would go with the report."""
    return (*state.texts, *(answer.text for answer in state.answers if not answer.choice), state.place)


def joined(texts: tuple[str, ...]) -> str:
    """Messages as they go, in one: a number cut over two of them is whole there."""
    return "\n\n".join(texts)


def _searched(state: State) -> tuple[str, ...]:
    return (*told_words(state), joined(state.texts))


def unresolved(state: State, book: Book) -> bool:
    """Whether the words hold numbers or ids that the person has not been asked about."""
    return not _values(state, book) <= set(state.cleared)


def doubts_police(state: State) -> bool:
    """Whether the words name police though the person did not say that any are involved, and was not asked again.

    "The SHO takes a share", told at another question, would go to the very people it is about.
    """
    told = (*state.texts, *(answer.text for answer in state.answers if not answer.choice))
    return state.police != "yes" and not state.accused and any(map(names_police, told))


def _values(state: State, book: Book) -> set[str]:
    """Every identifier in the words, each once: one that took another's place is a new one.

    What only its owner would know for his number counts too.
    """
    found = {_value(one) for text in _searched(state) for one in book.identifiers(text)}
    return found | {f"digits {one}" for text in _searched(state) for one in _only_perhaps(text, book)}


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
    for text in _searched(state):
        if len(found) < _SHOWN:  # a long story is not searched to its end for these few
            found |= dict.fromkeys(text[f.start : f.end] for f in book.identifiers(text))
            found |= dict.fromkeys(_only_perhaps(text, book))
    return ", ".join(_covered(value) for value in list(found)[:_SHOWN])


def _covered(value: str) -> str:
    plain = "".join(value.split())
    return f"{plain[:2]}…{plain[-2:]}" if len(plain) > 5 else "…"


def decided(state: State, code: str, book: Book) -> State:
    """The draft after the answer "mine" or "unsure" (all go out) or "theirs" (all stay); no answer is "unsure"."""
    if code != "theirs":
        state = _without_all(state, book)
    return replace(state, cleared=tuple(sorted(_values(state, book))))


def _without_all(state: State, book: Book) -> State:
    """The draft without any of them; with a mark of one sign where the usual one leaves no room for it all."""

    def marked(mark: str) -> State:
        return _rewritten(state, lambda text: without_numbers(_without_ids(text, mark, book), mark, book))

    usual = marked(book.phrases.text(state.language, "removed_mark"))
    return usual if room(usual) >= 0 else marked(_LEAST_MARK)


def without_numbers(text: str, mark: str, book: Book) -> str:
    """The text with ``mark`` in place of every phone number, and of all that one could hide in."""
    found = (one for one in book.identifiers(text) if one.kind in (PHONE, AADHAAR))
    return _marked(text, [*((one.start, one.end) for one in found), *perhaps_phones(text)], mark)


def _marked(text: str, spans: list[tuple[int, int]], mark: str) -> str:
    """The text with ``mark`` in place of the spans: one where several stand in a line."""
    kept, at = list[str](), 0
    for start, end in sorted(spans):
        if start >= at and not (kept and _IN_LINE.fullmatch(text, at, start)):
            kept += [text[at:start], mark]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _rewritten(state: State, change: Callable[[str], str]) -> State:
    texts = tuple(map(change, state.texts))
    whole = joined(texts)
    return replace(
        state,
        texts=texts if change(whole) == whole else (change(whole),),
        answers=tuple(replace(answer, text=change(answer.text)) for answer in state.answers),
        place=change(state.place),
    )


def _without_ids(text: str, mark: str, book: Book) -> str:
    """The text without what ``without_numbers`` does not look for: first, so that no half of an address stays."""
    found = (one for one in book.identifiers(text) if one.kind not in (PHONE, AADHAAR))
    return _marked(text, [(one.start, one.end) for one in found], mark)
