"""Passwords that others would try first: common ones, and words of this office. No other rule: no digits, no changes
by the calendar.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from appliance.desk import Desk
from sync.errors import SatarkError

LEAST, LONGEST = 12, 256
SHORT, LONG, COMMON, KNOWN, SAME = "short", "long", "common", "known", "same"
WORDS = ("police", "thana", "satark", "mitra", "chowki", "पुलिस", "थाना", "सतर्क", "मित्र", "चौकी")
WORD_LEAST = 4
"""Shorter names stand in too many other words to be refused."""

_LIST = Path(__file__).parent / "common_passwords.txt"
_OFTEN = str.maketrans("013457@$!", "oieastasi")
_CORE_LEAST = 5
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SAYS = {
    SHORT: f"a password has at least {LEAST} characters",
    LONG: f"a password has at most {LONGEST} characters",
    COMMON: "this password is one of the most common, or one of them with digits around it",
    KNOWN: "this password contains a word that everybody here would try",
    SAME: "this is the old password",
}


class WeakPassword(SatarkError):
    """A password that may not be used.

    ``why``: SHORT, LONG, COMMON, KNOWN or SAME; ``word``: the one that everybody knows.
    """

    def __init__(self, why: str, word: str = "") -> None:
        """``why`` and ``word``: see above."""
        super().__init__(_SAYS[why] + (f" ({word})" if word else ""))
        self.why, self.word = why, word


def refuse(desk: Desk, name: str, password: str) -> None:
    """Raises WeakPassword where ``password`` of the person ``name`` is too easy to guess."""
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(text) < LEAST:
        raise WeakPassword(SHORT)
    if len(text) > LONGEST:
        raise WeakPassword(LONG)
    if is_common(text):
        raise WeakPassword(COMMON)
    for word in (name, *WORDS, *_places(desk)):
        known = unicodedata.normalize("NFKC", word).casefold()
        if len(known) >= WORD_LEAST and known in text:
            raise WeakPassword(KNOWN, word)


def is_common(text: str) -> bool:
    """Whether ``text`` (folded) is one of the listed, also repeated, with digits around it or instead of letters."""
    if _is_run(text):
        return True
    forms = {text, text.translate(_OFTEN), _ENDS.sub("", text), _ENDS.sub("", text).translate(_OFTEN)}
    return _is_padded(text) or any(form in common() or _unit(form) in common() for form in forms if form)


@cache
def common() -> frozenset[str]:
    """The listed passwords, folded."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if line and not line.startswith("# "))


def _places(desk: Desk) -> Iterable[str]:
    for district in desk.directory.districts:
        yield from (district.name_en, district.name_hi)
    for thana in desk.directory.thanas:
        yield from (thana.name_en, thana.name_hi)


def _is_padded(text: str) -> bool:
    """A listed one, and before or behind it nothing with a letter."""
    for at in range(_CORE_LEAST, len(text)):
        for core, rest in ((text[:at], text[at:]), (text[-at:], text[:-at])):
            if core in common() and not any(sign.isalpha() for sign in rest):
                return True
    return False


def _unit(text: str) -> str:
    """What ``text`` repeats (``qwerty`` of ``qwertyqwerty``), or itself."""
    return text[: (text + text).find(text, 1)]


def _is_run(text: str) -> bool:
    """A sign again and again, or a count: aaaa, 1212, 123456789012."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return len(_unit(text)) < WORD_LEAST or (text.isdigit() and len(steps) == 1)
