"""What a brief may be: short, allowed by the case's sensitivity, in the screener's own words, no way to anybody."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from appliance.errors import BriefRefused
from appliance.reports import Told
from sync import identifiers
from sync.notices import BRIEF_UNITS, units

QUOTE_WORDS = 6
"""A run of so many words of the report is the informant's own."""
_LINK = re.compile(
    r"https?:|www\.|\.(?:com|in|org|net|me|ly|io|app|link|info|biz|online|site|page|xyz|example)\b",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?:\d[\s.-]?){15}\d")


def check(brief: str, is_allowed: bool, reports: Iterable[Told]) -> None:
    """Raises BriefRefused saying why a brief must not leave; an empty one always may.

    ``is_allowed``: what the table of classes says of the case.
    """
    if not brief:
        return
    if not is_allowed:
        raise BriefRefused("secret")
    if units(brief) > BRIEF_UNITS:
        raise BriefRefused("long")
    if _leads_to_somebody(brief):
        raise BriefRefused("number")
    said = set(_runs(brief))
    if any(run in said for told in reports for text in _texts(told) for run in _runs(text)):
        raise BriefRefused("quoted")


def _leads_to_somebody(brief: str) -> bool:
    """A link, a number as long as a receipt, or what reaches a person; vehicles an officer must be able to find."""
    return (
        any(found.kind != identifiers.VEHICLE for found in identifiers.find(brief))
        or _LINK.search(brief) is not None
        or _LONG_NUMBER.search(brief) is not None
    )


def _texts(told: Told) -> Iterator[str]:
    """The informant's words; the place is not among them, an officer must be able to find it."""
    yield told.text
    yield from (answer.text for answer in told.answers)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return (tuple(words[at : at + QUOTE_WORDS]) for at in range(len(words) - QUOTE_WORDS + 1))


def _words(text: str) -> list[str]:
    """Words without signs and case; a vowel sign of Devanagari is part of its word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (ch if unicodedata.category(ch)[0] in "LMN" else " " for ch in folded if ch not in "\u200c\u200d")
    return "".join(kept).split()
