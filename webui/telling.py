"""An informant's own words in pieces, those by which somebody could tell who wrote among them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance import telltale
from appliance.reports import Told

REASONS: dict[str, LazyString] = {
    "name": lazy_gettext("says a name"),
    "home": lazy_gettext("says where the informant lives"),
    "kin": lazy_gettext("names a relative"),
    "work": lazy_gettext("says where the informant works"),
    "only": lazy_gettext("only few people know this"),
    "earlier": lazy_gettext("tells of an earlier complaint"),
    "own": lazy_gettext("the informant's own number"),
    "number": lazy_gettext("a number: the informant's or the suspect's"),
}


@dataclass(frozen=True)
class Piece:
    """Some words; ``reason`` why they are marked, "" for the others."""

    text: str
    reason: str


def pieces(text: str) -> Iterator[Piece]:
    """The whole text, in order."""
    end = 0
    for mark in telltale.marks(text):
        if mark.start > end:
            yield Piece(text[end : mark.start], "")
        yield Piece(text[mark.start : mark.end], _reason(mark.reason))
        end = mark.end
    if end < len(text):
        yield Piece(text[end:], "")


def has_marks(reports: Iterable[Told]) -> bool:
    """Whether anything in these reports is marked, so that the page explains the marks."""
    return any(telltale.marks(text) for told in reports for text in _texts(told))


def _texts(told: Told) -> Iterator[str]:
    yield told.text
    yield from (answer.text for answer in told.answers)


def _reason(code: str) -> str:
    return str(REASONS[code]) if code in REASONS else code
