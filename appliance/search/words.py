"""Words as the index knows them: one form for every way of writing the same Hindi or English word.

Both sides of a search go through here, what is stored and what is asked for.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"
_NUKTA, _VIRAMA, _ANUSVARA = "\u093c", "\u094d", "\u0902"
_FOLDED = str.maketrans(
    {
        **dict.fromkeys((*_INVISIBLE, _NUKTA, "\u0903"), ""),  # a visarga is left out as often as written
        "\u0901": _ANUSVARA,  # chandrabindu
        **{chr(zero + n): str(n) for zero in (0x0966, 0x06F0, 0x0660, 0x09E6) for n in range(10)},
    }
)
# A half nasal before a consonant of its own place is what an anusvara says shorter: बन्दूक, बंदूक.
_HALF_NASAL = re.compile(
    f"ङ{_VIRAMA}(?=[क-घ])|ञ{_VIRAMA}(?=[च-झ])|ण{_VIRAMA}(?=[ट-ढ])|न{_VIRAMA}(?=[त-ध])|म{_VIRAMA}(?=[प-भ])"
)
_GLIDES = ((re.compile("(?<=.)ये(?=ं?$)"), "ए"), (re.compile("(?<=.)यी(?=ं?$)"), "ई"))  # गये, गए
_LAST_U = re.compile("(?<=..)ू$")  # दारू, दारु
_PASSES = 4
LAST_MARK = 0x10000
"""Marks of scripts beyond are of no living language; to look at all signs takes a second."""
CACHED_WORDS = 1 << 16


@cache
def _raw_word() -> re.Pattern[str]:
    """Letters, numbers, vowel signs, and the invisible signs inside a word; ``\\w`` lacks the vowel signs."""
    marks = (code for code in range(LAST_MARK) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
    return re.compile(f"[^\\W_](?:[^\\W_]|[{_ranges(marks)}{_INVISIBLE}])*")


def _ranges(codes: Iterator[int]) -> str:
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in found)


@lru_cache(CACHED_WORDS)
def normal(text: str) -> str:
    """One form for all ways of writing ``text``; the same again when it is given its own result."""
    for _ in range(_PASSES):
        before, text = text, _folded(text)
        if text == before:
            break
    return text


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFC", text.translate(_FOLDED))
    if not text.isascii():
        text = _HALF_NASAL.sub(_ANUSVARA, text)
        for glide, vowel in _GLIDES:
            text = glide.sub(vowel, text)
        text = _LAST_U.sub("ु", text)
    return text


def words(text: str) -> list[str]:
    """The words of ``text`` in their one form, in order."""
    return [word for raw in _raw_word().findall(text) for word in _pieces(raw)]


def placed(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, word) of each word: where it stands in ``text``, and its one form."""
    for match in _raw_word().finditer(text):
        for word in _pieces(match[0]):
            yield match.start(), match.end(), word


@lru_cache(CACHED_WORDS)
def _pieces(raw: str) -> tuple[str, ...]:
    """Mostly one; signs such as ½ become several."""
    return tuple(_raw_word().findall(normal(raw)))
