"""Numbers as people write them: digits of any script, keycaps, words,
with a word such as "number" beside them."""

from functools import cache

from relay.understanding.folding import fold

_NUMBER_WORDS: tuple[tuple[str, ...], ...] = (
    ("शून्य", "जीरो", "zero", "shunya"),
    ("एक", "one", "ek", "ekk", "pehla", "पहला", "first"),
    ("दो", "two", "do", "dusra", "doosra", "दूसरा", "second"),
    ("तीन", "three", "teen", "tin", "tisra", "teesra", "तीसरा", "third"),
    ("चार", "four", "char", "chaar"),
    ("पांच", "पाच", "five", "panch", "paanch"),
    ("छह", "छः", "छे", "छै", "six", "chhah", "chhe", "che", "chah"),
    ("सात", "seven", "saat", "sat"),
    ("आठ", "eight", "aath", "ath"),
    ("नौ", "nine", "nau"),
    ("दस", "ten", "das", "dus"),
    ("ग्यारह", "eleven", "gyarah"),
    ("बारह", "twelve", "barah"),
    ("तेरह", "thirteen", "terah"),
    ("चौदह", "fourteen", "chaudah"),
    ("पंद्रह", "पन्द्रह", "fifteen", "pandrah"),
    ("सोलह", "sixteen", "solah"),
)
_MOST_DIGITS, _MOST_WORDS = 4, 3
_BESIDE = frozenset(
    (
        *(
            "no",
            "number",
            "num",
            "nambar",
            "namber",
            "nmbr",
            "option",
            "opsan",
            "button",
            "wala",
            "wali",
            "vala",
            "vali",
        ),
        *("नंबर", "नम्बर", "संख्या", "विकल्प", "बटन", "वाला", "वाली"),
    )
)  # say nothing beside a number


def number(text: str) -> int | None:
    """The number that the whole message is, in digits of any script, as keycap or in words; else None."""
    words = fold(text).split()
    bare = [word for word in words if word not in _BESIDE]
    if len(bare) != 1 or len(words) > _MOST_WORDS:
        return None
    if bare[0].isdecimal():
        return int(bare[0]) if len(bare[0]) <= _MOST_DIGITS else None
    if words[0] == "no":  # "no one" is nobody
        return None
    return _words().get(bare[0])


@cache
def _words() -> dict[str, int]:
    return {fold(word): n for n, words in enumerate(_NUMBER_WORDS) for word in words}
