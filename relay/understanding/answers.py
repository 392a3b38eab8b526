"""Yes, no and not known, alone or at the beginning of a sentence, and options by their labels."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeVar

from relay.understanding.folding import fold
from relay.understanding.numbers import number
from relay.understanding.police import names_police
from relay.understanding.spelling import even, romanised, skeleton

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
    "unsure", "not sure", "dont know", "don t know", "i don t know", "i dont know", "do not know",
    "not known",
    "maybe", "पता नहीं", "मालूम नहीं", "नहीं पता", "शायद", "pata nahi", "pata nahin", "pta nhi",
    "nahi pata",
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
_ENOUGH = (
    "next", "done", "skip", "finish", "aage", "bas", "आगे", "बस", "हो गया", "ho gaya",
    "send", "send it", "send now", "send this", "yes send", "yes send it", "ok send", "ok send it", "please send",
    "please send it", "send please", "submit", "ok", "okay", "okey", "k", "ok done", "ok next", "nothing",
    "nothing else", "nothing more", "no more", "no photo", "no photos", "that s all", "thats all", "that is all",
    "that s it", "all done",
    "looks good", "all good", "fine", "bhej", "bhejo", "bhej do", "bhejdo", "bhej dijiye", "bhej dijie", "bhej dena",
    "haan bhej do", "han bhej do", "haan bhej dijiye", "theek hai", "thik hai", "thik h", "theek", "thik", "itna hi",
    "itna hi hai", "bas itna", "bas itna hi", "bas itna hi hai", "aur nahi", "aur nahin", "aur kuch nahi", "kuch nahi",
    "photo nahi", "photo nahi hai", "koi photo nahi", "koi photo nahi hai", "ho gya",
    "भेज", "भेजो", "भेजें", "भेज दो", "भेज दें", "भेज दीजिए", "भेज दीजिये", "हां भेज दो", "हां भेज दें", "हां भेज दीजिए",
    "हां भेजो", "हां भेजें", "ठीक है", "ठीक", "ओके", "इतना ही", "इतना ही है", "बस इतना", "बस इतना ही", "बस इतना ही है",
    "और नहीं", "और कुछ नहीं", "कुछ नहीं", "फोटो नहीं है", "कोई फोटो नहीं", "कोई फोटो नहीं है",
)  # fmt: skip
SYNONYMS: dict[str, tuple[str, ...]] = {
    "yes": _YES,
    "no": _NO,
    "unsure": _UNSURE,
    "unknown": _UNSURE,
    "push": _YES,
    "none": _NO,
    "at_once": (
        "at once",
        "any time",
        "anytime",
        "any hour",
        "at any time",
        "yes any time",
        "yes at once",
        "yes at any time",
        "immediately",
        "yes immediately",
        "turant",
        "turant bhejo",
        "kabhi bhi",
        "haan kabhi bhi",
        "han kabhi bhi",
        "haan turant",
        "raat me bhi",
        "तुरंत",
        "तुरन्त",
        "कभी भी",
        "हां तुरंत",
        "हां तुरन्त",
        "रात में भी",
        "किसी भी समय",
    ),
    "hi": ("hindi", "हिंदी", "हिन्दी"),
    "en": ("english", "अंग्रेजी", "इंग्लिश", "angrezi"),
    "send": (*_YES, "send", "bhejo", "bhej do", "bheje", "भेजो", "भेज दो", "भेजें"),
    "again": ("again", "start again", "फिर से", "दोबारा", "phir se"),
    "next": (*_NO, *_ENOUGH),
    "continue": (*_YES, "continue", "go on", "jari", "aage", "जारी रखें", "आगे"),
    "mine": _YES,
    "theirs": _NO,
    "change": ("change", "badlo", "badalna hai", "badle", "बदलो", "बदलें", "बदलना है", *_YES),
    "erase": ("erase", "delete", "mita do", "मिटा दो", "मिटाओ"),
    "else": ("none", "none of these", "koi aur", "inme se nahi", "कोई और", "इनमें से नहीं"),
    "skip": _UNSURE,
    "liquor": ("daru", "daaru", "sharab", "kachchi", "kachchi daru", "दारू", "दारु", "शराब", "कच्ची शराब"),
    "drugs": (
        "nasha",
        "ganja",
        "charas",
        "smack",
        "smaik",
        "heroin",
        "afeem",
        "नशा",
        "गांजा",
        "चरस",
        "स्मैक",
        "अफीम",
    ),
    "cattle": (
        "gaay",
        "gai",
        "gau",
        "gaye",
        "cow",
        "cows",
        "beef",
        "गाय",
        "गौ",
        "गोकशी",
        "gokashi",
        "gohatya",
        "गोहत्या",
    ),
    "arms": (
        "katta",
        "tamancha",
        "bandook",
        "banduk",
        "gun",
        "pistol",
        "कट्टा",
        "तमंचा",
        "बंदूक",
        "पिस्तौल",
        "हथियार",
    ),
    "heinous": (
        "murder",
        "hatya",
        "loot",
        "lut",
        "dakaiti",
        "chhinaiti",
        "robbery",
        "हत्या",
        "लूट",
        "डकैती",
        "छिनैती",
    ),
    "gambling": ("jua", "juaa", "juva", "satta", "जुआ", "सट्टा"),
    "extortion": ("rangdari", "vasuli", "wasuli", "hafta", "रंगदारी", "वसूली", "हफ्ता"),
    "mining": ("balu", "baalu", "morang", "mitti", "khanan", "बालू", "मोरंग", "खनन"),
    "police_corruption": ("rishwat", "ghoos", "ghus", "bribe", "रिश्वत", "घूस"),
    "outside": ("outside", "other", "bahar", "बाहर", "दूसरा", "अन्य"),
}
"""Other words for the codes of our own options, and for those catalogue options that use the same code."""

_SHORTEST_PREFIX = 3
_MOST_WORDS_SPELT = 3
_SURE_PREFIX = 5


def unknown(text: str) -> bool:
    """Whether the message says "I do not know": a 0 or one of the usual words."""
    return number(text) == 0 or fold(text) in map(fold, _UNSURE)


def passes(text: str) -> bool:
    """Whether the whole message says "I do not know" or "next": no answer, and no words to keep."""
    return number(text) == 0 or fold(text) in map(fold, _PASSES)


def leading(text: str, *, on_police: bool = False) -> str | None:
    """The yes, no or unsure that a sentence begins with; None for none,
    and for one that the rest may turn round.

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


def match_option(
    text: str, options: Iterable[tuple[str, Iterable[str]]], *, whole: bool = False
) -> str | None:
    """The code of the one option meant, given (code, its labels) each: a whole label, its beginning,
    a word of it.

    With ``whole`` only a whole label counts.
    """
    said = fold(text)
    named = [
        (code, {fold(w) for w in (*words, *SYNONYMS.get(code.strip("@"), ()))}) for code, words in options
    ]
    if not said:
        return None
    loose = () if whole else (*looser(said), *_as_spelt(said))
    return unique(named, (lambda label: label == said, *loose))


def looser(said: str) -> tuple[Callable[[str], bool], ...]:
    """Tests of a folded label: it begins with the words, a word of it does; none for very short words."""
    if len(said) < _SHORTEST_PREFIX:
        return ()
    return (
        lambda label: label.startswith(said),
        lambda label: any(word.startswith(said) for word in label.split()),
    )


def _as_spelt(said: str) -> tuple[Callable[[str], bool], ...]:
    """Tests of a folded label against Latin letters: a word of it, or all of it,
    would be spelt so or nearly so."""
    if not said.isascii() or len(said) < _SHORTEST_PREFIX or len(said.split()) > _MOST_WORDS_SPELT:
        return ()
    plain, bones = even(said), skeleton(said)
    return (
        lambda label: plain in {even(form) for form in _parts(label)},
        lambda label: len(plain) >= _SURE_PREFIX and even(romanised(label)).startswith(plain),
        lambda label: bool(bones) and bones in {skeleton(form) for form in _parts(label)},
    )


def _parts(label: str) -> tuple[str, ...]:
    latin = romanised(label)
    return (latin, *latin.split())


Key = TypeVar("Key")


def unique(named: Sequence[tuple[Key, set[str]]], tests: Iterable[Callable[[str], bool]]) -> Key | None:
    """The one key of which a label passes the first test that any passes; None when more than one does,
    or none."""
    for test in tests:
        found = [key for key, labels in named if any(test(label) for label in labels if label)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
