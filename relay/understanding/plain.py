"""Short messages that tell nothing: yes, no, greetings, commands; and that a number is not to be kept."""

from functools import cache

from relay.understanding.answers import SYNONYMS, passes
from relay.understanding.commands import keyword, page_turn
from relay.understanding.folding import fold
from relay.understanding.languages import named_language
from relay.understanding.numbers import number

EMERGENCY_NUMBERS = ("112", "1090", "1098", "1930")
_NOT = frozenset(
    fold(word)
    for word in (
        "no",
        "not",
        "dont",
        "don",
        "never",
        "nahi",
        "nahin",
        "nhi",
        "na",
        "mat",
        "नहीं",
        "नही",
        "न",
        "मत",
    )
)
_KEEP = frozenset(
    fold(word)
    for word in (
        "keep", "save", "store", "rakho", "rakhna", "rakhe", "rakhen", "rakhiye", "रखो", "रखना", "रखें", "रखिए",
    )
)  # fmt: skip
_NUMBER = frozenset(fold(word) for word in ("num", "number", "nambar", "phone", "नंबर", "नम्बर", "फोन"))
_MOST_WORDS = 8


def tells(text: str) -> bool:
    """Whether words may tell something: they have letters and are no plain yes, no, greeting, command or number."""
    has_letters = any(char.isalpha() for char in text)
    return has_letters and number(text) is None and not page_turn(text) and not is_plain(text)


def is_plain(text: str) -> bool:
    """Whether the whole message is a yes, a no, a greeting or a command, which are no part of a report."""
    return bool(keyword(text) or named_language(text)) or passes(text) or fold(text) in _plain()


@cache
def _plain() -> frozenset[str]:
    return frozenset(
        fold(word) for code in ("yes", "no", "unsure", "next", "send") for word in SYNONYMS[code]
    )


def refuses_keeping(text: str, unasked: bool = False) -> bool:
    """Whether a short message says that a number is not to be kept ("no dont keep my num").

    ``unasked``: nobody asked about it, so it must name both number and keeping ("no number plate" is part of a story).
    """
    words = fold(text).split()
    named = [not _KEEP.isdisjoint(words), not _NUMBER.isdisjoint(words)]
    return (
        len(words) <= _MOST_WORDS and not _NOT.isdisjoint(words) and (all(named) if unasked else any(named))
    )


def is_emergency_number(text: str) -> bool:
    """Whether the whole message is one of the emergency numbers, in digits of any script."""
    return fold(text).replace(" ", "") in EMERGENCY_NUMBERS
