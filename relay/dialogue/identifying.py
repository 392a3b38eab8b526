"""Numbers and ids of people in what was told: whose they are is asked once, and the informant's own are taken out."""

from collections.abc import Callable
from dataclasses import replace

from relay.dialogue.state import Book, State

_SHOWN = 3


def told_words(state: State) -> tuple[str, ...]:
    """All words of the draft that would go with the report."""
    return (*state.texts, *(answer.text for answer in state.answers), state.place)


def unresolved(state: State, book: Book) -> bool:
    """Whether the words hold numbers or ids that the person has not been asked about."""
    return state.own or not _values(state, book) <= set(state.cleared)


def _values(state: State, book: Book) -> set[str]:
    """Every identifier in the words, each once: one that took another's place is a new one."""
    return {f"{one.kind} {one.value}" for text in told_words(state) for one in book.identifiers(text)}


def shown(state: State, book: Book) -> str:
    """The first of them, so covered that only who wrote them knows them again; "" where none was found."""
    words = told_words(state)
    found = dict.fromkeys(text[f.start : f.end] for text in words for f in book.identifiers(text))
    return ", ".join(_covered(value) for value in list(found)[:_SHOWN])


def _covered(value: str) -> str:
    plain = "".join(value.split())
    return f"{plain[:2]}…{plain[-2:]}" if len(plain) > 5 else "…"


def decided(state: State, code: str, book: Book) -> State:
    """The draft after the answer "mine", "theirs" or "unsure": what is the informant's own is no longer in it."""
    if code == "mine":
        mark = book.phrases.text(state.language, "removed_mark")
        state = _rewritten(state, lambda text: _without(text, mark, book))
    values = _values(state, book)
    # One "theirs" for several is not said of the number that it is written from: that is taken out before sending.
    stays = code == "theirs" and (state.own_stays or (state.own and len(values) <= 1))
    return replace(state, own=False, own_stays=stays, cleared=tuple(sorted(values)))


def _rewritten(state: State, change: Callable[[str], str]) -> State:
    return replace(
        state,
        texts=tuple(map(change, state.texts)),
        answers=tuple(replace(answer, text=change(answer.text)) for answer in state.answers),
        place=change(state.place),
    )


def _without(text: str, mark: str, book: Book) -> str:
    kept, at = [], 0
    for found in sorted(book.identifiers(text), key=lambda one: one.start):
        if found.start >= at:
            kept += [text[at : found.start], mark]
            at = found.end
    return "".join([*kept, text[at:]])
