"""Places in an informant's words by which somebody could tell who wrote: for whoever reads them to a third person.

Advice, shown as marks. It finds what people say of themselves (``telltale.json``), and numbers and the like that may
be their own; it cannot know who else knew.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.search.romankey import LATIN, keys
from appliance.search.words import placed, words
from sync import identifiers

GAP = "~"
LONGEST_GAP = 6
"""In words: "मैं ~ में रहता"."""
OWN_WITHIN = 6
"""A number so many words after "my number" is somebody's own."""
NUMBER, OWN = "number", "own"
REASONS = ("name", "home", "kin", "work", "only", "earlier", OWN, NUMBER)
"""Of a mark: what it tells about whoever wrote. NUMBER: may be his own, or a suspect's."""
_FILE = Path(__file__).parent / "telltale.json"
_Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """``text[start:end]`` may tell who wrote; ``reason`` is one of REASONS."""

    start: int
    end: int
    reason: str


def marks(text: str) -> tuple[Mark, ...]:
    """The marks in a text, by place, none inside or across another. Takes any text, never raises."""
    at = list(placed(text))
    said = [word for _, _, word in at]
    phrases = [Mark(at[first][0], at[last][1], reason) for first, last, reason in _phrases(said)]
    found = sorted((*phrases, *_numbers(text, phrases, at)), key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)


def _numbers(text: str, phrases: list[Mark], at: list[tuple[int, int, str]]) -> Iterator[Mark]:
    """Numbers and the like; a vehicle only where it is called his own, for most are those of suspects."""
    own, before = [mark.end for mark in phrases if mark.reason == OWN], 0
    for one in identifiers.find(text):
        called = max((end for end in own if before <= end <= one.start), default=None)
        is_own = called is not None and _words_between(at, called, one.start) <= OWN_WITHIN
        if is_own or one.kind != identifiers.VEHICLE:
            yield Mark(one.start, one.end, OWN if is_own else NUMBER)
        before = one.end


def _words_between(at: list[tuple[int, int, str]], first: int, last: int) -> int:
    return sum(first <= start < last for start, _, _ in at)


def _phrases(said: list[str]) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, reason) of each phrase, the longest of those that begin at a word."""
    starting = _table()
    for first, word in enumerate(said):
        ends = [
            (last, reason)
            for form in _forms(word)
            for phrase, reason in starting.get(form, ())
            if (last := _end(said, first, phrase)) is not None
        ]
        if ends:
            yield first, *max(ends)


def _end(said: list[str], at: int, phrase: _Phrase) -> int | None:
    """The last word of ``phrase`` where it stands at ``at``, or None."""
    for n, wanted in enumerate(phrase):
        if wanted == GAP:
            rest = phrase[n + 1 :]
            tries = (_end(said, at + gap, rest) for gap in range(1, LONGEST_GAP + 1))
            return next((end for end in tries if end is not None), None)
        if at >= len(said) or wanted not in _forms(said[at]):
            return None
        at += 1
    return at - 1


def _forms(word: str) -> tuple[str, ...]:
    """A word itself, and its roman keys where it is in Latin letters: people write naam and nam."""
    return (word, *(key for key in keys(word) if key.startswith(LATIN)))


@cache
def _table() -> Mapping[str, tuple[tuple[_Phrase, str], ...]]:
    """First word -> the phrases that begin with it."""
    read: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    found: dict[str, list[tuple[_Phrase, str]]] = {}
    for reason, texts in read.items():
        for text in texts:
            for phrase in _spelt(text):
                found.setdefault(phrase[0], []).append((phrase, reason))
    return {word: tuple(phrases) for word, phrases in found.items()}


def _spelt(text: str) -> Iterator[_Phrase]:
    """The phrase in its one form; a Latin one also by its keys, so far as its words have any."""
    parts = [[GAP] if piece == GAP else words(piece) for piece in text.split()]
    plain = tuple(word for part in parts for word in part)
    yield plain
    keyed = tuple(next(iter(_forms(word)[1:]), word) for word in plain)
    if keyed != plain:
        yield keyed
