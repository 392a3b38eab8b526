"""Words that name police, their ranks or their stations."""

from collections.abc import Sequence
from functools import cache

from relay.understanding.folding import fold

_POLICE = (
    "पुलिस", "पुलीस", "दरोगा", "दारोगा", "थानेदार", "थानाध्यक्ष", "थाने", "थाना", "चौकी", "सिपाही", "सिपाहि", "हवलदार", "मुंशी",
    "दीवान", "कोतवाल", "कांस्टेबल", "कॉन्स्टेबल", "इंस्पेक्टर", "होमगार्ड", "वर्दी", "खाकी", "एसएचओ",
    "police", "pulis", "polis", "daroga", "darogha", "thanedar", "thana", "thane", "chowki", "chauki", "sipahi",
    "havaldar", "hawaldar", "havildar", "munshi", "diwan", "deewan", "kotwal", "constable", "inspector",
    "homeguard", "vardi", "wardi", "khaki", "cop", "cops", "kaptan", "kaptaan", "कप्तान",
    "so", "si", "asi", "sp", "asp", "dsp", "co", "io", "ssp", "sho", "dig", "ig",
    "एसओ", "एसआई", "एएसआई", "एसपी", "एएसपी", "डीएसपी", "सीओ", "आईओ", "एसएसपी", "डीआईजी", "आईजी",
)  # fmt: skip
_SHORTEST_POLICE_STEM = 5  # shorter ones count as whole words only


def names_police(text: str) -> bool:
    """Whether words name police, their ranks ("SP", "S.P.", "एस पी") or their station."""
    whole, stems = _police()
    words = fold(text).split()
    spelt = (
        "".join(words[at : at + n])
        for n in (2, 3)
        for at in range(len(words))
        if _letters(words[at : at + n])
    )
    return any(word in whole or word.startswith(stems) for word in (*words, *spelt))


def _letters(words: Sequence[str]) -> bool:
    """Whether the words are letters, or Hindi names of letters ("एस")."""
    return all(len(word) == 1 or (len(word) == 2 and not word.isascii()) for word in words)


@cache
def _police() -> tuple[frozenset[str], tuple[str, ...]]:
    words = [fold(word) for word in _POLICE]
    return frozenset(words), tuple(word for word in words if len(word) >= _SHORTEST_POLICE_STEM)
