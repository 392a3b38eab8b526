"""What a short message means: commands, numbers, one of several options, the name of a place.

Everything compares folded text, so that spelling habits of phones and people make no difference. Pure functions.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Protocol, TypeVar

_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"
_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # turn text around on a screen
_PLACE_CODE = re.compile(r"\[[A-Za-z]{2,4}[-\w]{0,8}\]")

KEYWORDS: dict[str, tuple[str, ...]] = {
    "start": (
        "hi", "hello", "hey", "hii", "hiii", "helo", "start", "namaste", "namaskar", "pranam", "ram ram",
        "नमस्ते", "नमस्कार", "प्रणाम", "हाय", "हेलो", "हैलो", "राम राम", "शुरू", "शुरु", "shuru",
        "hi sir", "hello sir", "namaste ji", "नमस्ते जी",
    ),
    "restart": ("restart", "start again", "start over", "फिर से", "फिर से शुरू", "दोबारा", "phir se", "fir se", "dobara"),
    "back": ("back", "go back", "पीछे", "वापस", "पिछला", "piche", "peeche", "pichhe", "wapas"),
    "language": ("language", "change language", "भाषा", "भाषा बदलें", "bhasha", "bhasa"),
    "help": ("help", "मदद", "सहायता", "madad", "sahayata"),
    "stop": ("stop", "बंद", "बंद करो", "बंद करें", "रोको", "band karo", "roko"),
    "delete": (
        "delete", "erase", "cancel", "delete my report", "मिटाएं", "मिटाओ", "मिटा दो", "हटाओ", "रद्द", "mitao", "mita do",
        "hatao",
    ),
    "status": ("status", "स्थिति", "हाल", "sthiti", "haal"),
    "add": ("add", "जोड़ें", "जोड़ो", "jodo", "joden"),
    "undo": (
        "undo", "take back", "take it back", "take this back", "वापस लें", "वापस लो", "वापस ले लो", "वापस ले लें",
        "इसे वापस लें", "wapas le", "wapas len", "wapas lo", "wapas le lo", "vapas le", "vapas lo", "vapas le lo",
    ),
}  # fmt: skip
_WITH_NUMBER = ("status", "add")
_HINDI_IN_LATIN = ("jodo", "joden", "sthiti", "haal")

_NUMBER_WORDS: tuple[tuple[str, ...], ...] = (
    ("शून्य", "जीरो", "zero", "shunya"),
    ("एक", "one", "ek"),
    ("दो", "two", "do"),
    ("तीन", "three", "teen", "tin"),
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
_MOST_DIGITS = 4

_YES = (
    "yes",
    "y",
    "haan",
    "han",
    "haa",
    "ha",
    "ji",
    "ji haan",
    "ok",
    "okay",
    "हां",
    "हा",
    "जी",
    "जी हां",
    "ठीक है",
    "theek hai",
)
_NO = ("no", "n", "nahi", "nahin", "nhi", "na", "नहीं", "नही", "ना", "जी नहीं", "ji nahi")
_UNSURE = (
    "unsure", "not sure", "dont know", "don t know", "i don t know", "i dont know", "do not know", "not known",
    "maybe", "पता नहीं", "मालूम नहीं", "नहीं पता", "शायद", "pata nahi", "pata nahin", "pta nhi", "nahi pata",
    "malum nahi", "maloom nahi", "shayad",
)  # fmt: skip
_NOT = frozenset(
    ("no", "not", "never", "nahi", "nahin", "nhi", "na", "mat", "नहीं", "नही", "ना", "न", "मत")
)  # a yes with one of them behind it is no yes
_MORE_THAN_A_WORD = ("ha", "ji", "ok", "okay", "हा", "जी", "ठीक है", "theek hai")  # as a whole answer only
_NO_NO = ("no one", "no body", "no doubt")  # begin a sentence like a no and are none
_MOST_WORDS_BEHIND = 2  # a no that goes on longer tells something else: "no but he takes his share"
_DONT_KNOW = (
    *_UNSURE, "no idea", "no one knows", "nobody knows", "na jane", "na jaane", "ना जाने", "न जाने",
    "nahi malum", "nahi maloom", "nahi jante", "nahi janta", "nahi janti",
    "नहीं मालूम", "नहीं जानते", "नहीं जानता", "नहीं जानती",
)  # fmt: skip
_PASSES = (
    *_DONT_KNOW, "next", "skip", "aage", "आगे", "आगे बढ़ें", "पता नहीं आगे", "don t know next",
)  # fmt: skip
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
SYNONYMS: dict[str, tuple[str, ...]] = {
    "yes": _YES,
    "no": _NO,
    "unsure": _UNSURE,
    "unknown": _UNSURE,
    "push": _YES,
    "none": _NO,
    "hi": ("hindi", "हिंदी", "हिन्दी"),
    "en": ("english", "अंग्रेजी", "इंग्लिश", "angrezi"),
    "send": (*_YES, "send", "bhejo", "bhej do", "bheje", "भेजो", "भेज दो", "भेजें"),
    "again": ("again", "start again", "फिर से", "दोबारा", "phir se"),
    "next": (*_NO, "next", "done", "skip", "finish", "aage", "bas", "आगे", "बस", "हो गया", "ho gaya"),
    "continue": (*_YES, "continue", "go on", "jari", "aage", "जारी रखें", "आगे"),
    "outside": ("outside", "other", "bahar", "बाहर", "दूसरा", "अन्य"),
}
"""Other words for the codes of our own options, and for those catalogue options that use the same code."""

_SHORTEST_PREFIX = 3
_SHORTEST_SKELETON = 3
_GENERIC_PLACE_WORDS = frozenset(
    ("thana", "thane", "ps", "police", "station", "chowki", "थाना", "थाने", "पुलिस", "स्टेशन")
)


class Named(Protocol):
    """Anything of the directory with a name in both languages."""

    @property
    def name_en(self) -> str:
        """The English name."""

    @property
    def name_hi(self) -> str:
        """The Hindi name."""


Place = TypeVar("Place", bound=Named)


def clean(text: str) -> str:
    """The text in NFC without what no record should hold: control and direction signs, halves of surrogate pairs."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    kept = (
        c for c in whole if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def fold(text: str) -> str:
    """Text to compare by: one case, ASCII digits, no punctuation, emoji, nukta or joiners, single spaces."""
    text = text.replace("👍", " yes ").replace("🔟", "10")
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(_folded(c) for c in unicodedata.normalize("NFKC", text)).split())


def _folded(char: str) -> str:
    if char == _CHANDRABINDU:
        return _ANUSVARA
    kind = unicodedata.category(char)
    if char == _NUKTA or kind in ("Cf", "Me") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(char))
    return char if kind[0] in "LMN" else " "


def keyword(text: str) -> str | None:
    """The command (a key of KEYWORDS) that the whole message is, with or without a receipt behind status and add."""
    folded = fold(_PLACE_CODE.sub(" ", text))
    commands = _commands()
    if folded in commands:
        return commands[folded]
    first, _, rest = folded.partition(" ")
    if commands.get(first) in _WITH_NUMBER and rest.replace(" ", "").isdecimal():
        return commands[first]
    return "start" if folded and all(commands.get(word) == "start" for word in folded.split()) else None


@cache
def _commands() -> dict[str, str]:
    return {fold(word): name for name, words in KEYWORDS.items() for word in words}


def number(text: str) -> int | None:
    """The number that the whole message is, in digits of any script, as keycap or in words; else None."""
    folded = fold(text)
    if folded.isdecimal():
        return int(folded) if len(folded) <= _MOST_DIGITS else None
    return next((n for n, words in enumerate(_NUMBER_WORDS) if folded in map(fold, words)), None)


def unknown(text: str) -> bool:
    """Whether the message says "I do not know": a 0 or one of the usual words."""
    return number(text) == 0 or fold(text) in map(fold, _UNSURE)


def passes(text: str) -> bool:
    """Whether the whole message says "I do not know" or "next": no answer, and no words to keep."""
    return number(text) == 0 or fold(text) in map(fold, _PASSES)


def has_digits(text: str) -> bool:
    """Whether there is any digit, of whatever script, besides those of a place code."""
    return any(char.isdecimal() for char in _PLACE_CODE.sub(" ", text))


def command_language(text: str) -> str:
    """The language of a command with a receipt: "hi" for a Hindi word in either script, "" where it tells none."""
    word = fold(text).partition(" ")[0]
    return "hi" if word in _HINDI_IN_LATIN or any("\u0900" <= char <= "\u097f" for char in word) else ""


def leading(text: str, *, on_police: bool = False) -> str | None:
    """The yes, no or unsure that a sentence begins with; None for none, and for one that the rest may turn round.

    ``on_police``: the question is whether police are involved. A yes always stands then, and only a yes may name them.
    """
    said = f"{fold(text)} "
    found = [(len(word), code, word) for word, code in _leads().items() if said.startswith(f"{word} ")]
    if not found:
        return None
    _, code, word = max(found)
    behind = said.removeprefix(word).split()
    if code == "yes":
        return None if _NOT & set(behind) and not on_police else code
    plain = len(behind) <= _MOST_WORDS_BEHIND and not (on_police and names_police(text))
    return code if code and plain else None


@cache
def _leads() -> dict[str, str]:
    """What each of the words means; "" for those that only look like an answer."""
    yes = [word for word in _YES if word not in _MORE_THAN_A_WORD]
    named = (("yes", yes), ("no", _NO), ("unsure", _DONT_KNOW), ("", _NO_NO))
    return {fold(word): code for code, words in named for word in words if len(word) > 1}


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


def match_option(
    text: str, options: Iterable[tuple[str, Iterable[str]]], *, whole: bool = False
) -> str | None:
    """The code of the one option meant, given (code, its labels) each: a whole label, its beginning, a word of it.

    With ``whole`` only a whole label counts.
    """
    said = fold(text)
    named = [
        (code, {fold(w) for w in (*words, *SYNONYMS.get(code.strip("@"), ()))}) for code, words in options
    ]
    if not said:
        return None
    return _unique(named, (lambda label: label == said, *(() if whole else _looser(said))))


def _looser(said: str) -> tuple[Callable[[str], bool], ...]:
    if len(said) < _SHORTEST_PREFIX:
        return ()
    return (
        lambda label: label.startswith(said),
        lambda label: any(word.startswith(said) for word in label.split()),
    )


Key = TypeVar("Key")


def _unique(named: Sequence[tuple[Key, set[str]]], tests: Iterable[Callable[[str], bool]]) -> Key | None:
    for test in tests:
        found = [key for key, labels in named if any(test(label) for label in labels if label)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def match_place(text: str, places: Sequence[Place]) -> Place | None:
    """The one place meant by a typed name, however it is spelt; None when there is none or more than one."""
    said = _place_words(text)
    for step, form in enumerate(_FORMS):
        wanted = form(said)
        found = [
            p
            for p in places
            if wanted and any(_name_forms(n)[step] == wanted for n in (p.name_en, p.name_hi))
        ]
        if found:
            return found[0] if len(found) == 1 else None
    named = [(p, {_place_words(p.name_en), _place_words(p.name_hi)}) for p in places]
    return _unique(named, (*_looser(said), lambda name: f" {name} " in f" {said} "))


def _place_words(text: str) -> str:
    folded = fold(text)
    return " ".join(word for word in folded.split() if word not in _GENERIC_PLACE_WORDS) or folded


def _joined(folded: str) -> str:
    return folded.replace(" ", "")


_EVEN = (("ph", "f"), ("ee", "i"), ("oo", "u"), ("w", "v"), ("z", "j"), ("q", "k"), ("ck", "k"))


def _even(folded: str) -> str:
    """Latin spelling habits evened out, doubled signs once."""
    text = _joined(folded)
    for one, other in _EVEN:
        text = text.replace(one, other)
    return "".join(c for i, c in enumerate(text) if i == 0 or c != text[i - 1])


def _skeleton(folded: str) -> str:
    """The consonants: no Latin vowels, y or h after the first letter, no Devanagari vowel signs; "" when too short."""
    text = _even(folded)
    kept = (
        c for i, c in enumerate(text) if i == 0 or (c not in "aeiouyh" and unicodedata.category(c)[0] != "M")
    )
    bare = "".join(kept)
    bare = "".join(c for i, c in enumerate(bare) if i == 0 or c != bare[i - 1])
    return bare if len(bare) >= _SHORTEST_SKELETON else ""


_FORMS = (_joined, _even, _skeleton)


@lru_cache(maxsize=4096)
def _name_forms(name: str) -> tuple[str, ...]:
    """Every form of a name of the directory (never of what a person wrote: that must not stay in memory)."""
    return tuple(form(_place_words(name)) for form in _FORMS)
