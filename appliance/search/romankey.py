"""A key by which a Hindi word meets the ways of writing it in Latin letters: मोटरसाइकिल, motarsaikil, motorcycle.

Consonants by their sound, doubles as one, vowels in three kinds; the e of an end is a fourth. The longer a word, the
less its vowels count: of three consonants the a's inside are left out, of more all vowels but the first and the last.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from appliance.search.words import CACHED_WORDS

HINDI, LATIN = "d", "l"
"""What a key begins with: of a word in Devanagari, of one in Latin letters."""
FEW, MANY = 2, 4
SHORTEST = 3
_VOWELS = frozenset("aeiu")
_OPEN = "e"
"""Kept apart from i at the end of a word only: ladke is not ladki."""
_VIRAMA, _ANUSVARA = "्", "ं"
_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        "k kh g gh n c c j jh n t th d dh n t th d dh n p f b bh m y r l l v s s s h".split(),
        strict=True,
    )
)
_VOWEL_SOUNDS = "a i i u u e ai u au u e ri".split()
_SIGNS = dict(zip("ािीुूेैोौॉॅृ", _VOWEL_SOUNDS, strict=True))
_LETTERS = {"अ": "a", **dict(zip("आइईउऊएऐओऔऑऍऋ", _VOWEL_SOUNDS, strict=True))}
_SPELT = (
    "tion=s-a-n sion=s-a-n sch=s-k tch=c dge=j cch=c chh=c ch=c ck=k sh=s ph=f x=k-s q=k z=j w=v wh=v"
    " aa=a ai=a-i ay=a-i au=a-u ao=a-u ee=i ea=i ei=i ie=i oo=u ou=u oa=u o=u"
)
_LATIN_SOUNDS = {
    spelt: tuple(said.split("-")) for spelt, said in (pair.split("=") for pair in _SPELT.split())
}
_LATIN = re.compile(
    r"tion|sion|sch|tch|dge|cch|chh|ch|ck|sh|ph|wh|kh|gh|jh|th|dh|bh|c(?=[eiy])|aa(?=y)|aa|a[iy](?![aeiou])|au|ao|ee|ea|ei"
    r"|ie(?!$)|oo|ou|oa|y(?=[aeiou])|[a-z]"
)


_BREATHED = re.compile("क्ख|ग्घ|च्छ|ज्झ|ट्ठ|ड्ढ|त्थ|द्ध|प्फ|ब्भ")
"""Doubles that people write in Latin letters without their h: भट्ठा, bhatta."""


@lru_cache(CACHED_WORDS)
def keys(word: str) -> tuple[str, ...]:
    """The keys of a word in its one form (``words.words``); none for short words and other scripts."""
    if "ऀ" <= word[:1] <= "ॿ":
        return _named(HINDI, (_hindi(*how) for how in product(_breaths(word), (True, False), ("d", "r"))))
    if word.isascii() and word.isalpha():
        return _named(LATIN, _spellings(word))
    return ()


def is_long(key: str) -> bool:
    """Whether it has consonants enough to be one word's, and not that of many others."""
    return sum(sound not in _VOWELS for sound in key[1:]) > FEW


def _named(script: str, sounds: Iterable[list[str]]) -> tuple[str, ...]:
    found = (_key(_squeezed(one)) for one in sounds)
    return tuple(dict.fromkeys(script + key for key in found if key))


def _breaths(word: str) -> tuple[str, ...]:
    """With the h of a double, and without."""
    plain = _BREATHED.sub(lambda double: double[0][:2] + double[0][0], word)
    return (word,) if plain == word else (word, plain)


def _hindi(word: str, with_nasals: bool, inner_d: str) -> list[str]:
    """Sounds of a word. ``inner_d``: ड inside a word is mostly ड़, which people write as d or as r."""
    sounds: list[str] = []
    word = word.replace("ज्ञ", "ग्य")
    for at, sign in enumerate(word):
        if sign in _CONSONANTS:
            is_inner = sign == "ड" and at > 0 and word[at - 1] != _VIRAMA
            sounds.append(inner_d if is_inner else _CONSONANTS[sign])
            if word[at + 1 : at + 2] not in _SIGNS and word[at + 1 : at + 2] != _VIRAMA:
                sounds.append("@")  # the vowel that is not written
        elif sign in _SIGNS or sign in _LETTERS:
            sounds += _SIGNS.get(sign) or _LETTERS[sign]
        elif sign == _ANUSVARA and with_nasals:
            sounds.append("n")
    if len(sounds) > 1 and sounds[-1] == "@":
        sounds.pop()
    return ["a" if sound == "@" else sound for sound in sounds]


def _spellings(word: str) -> Iterator[list[str]]:
    """An s at the end may be the plural, an e silent: English and Hindi look alike in Latin letters."""
    is_plural = len(word) > SHORTEST and word[-1] == "s" and word[-2] not in "sau"
    for one in (word, word[:-1]) if is_plural else (word,):
        sounds = _latin(one)
        yield sounds
        if len(one) > SHORTEST and one[-1] == "e" and one[-2] not in "aeiouy":
            yield sounds[:-1]


def _latin(word: str) -> list[str]:
    sounds: list[str] = []
    for match in _LATIN.finditer(word):
        piece = match[0]
        if piece == "c":
            sounds.append("s" if word[match.end() : match.end() + 1] in tuple("eiy") else "k")
        elif piece == "y":
            sounds.append("y" if word[match.end() : match.end() + 1] in tuple("aeiou") else "i")
        else:
            sounds += _LATIN_SOUNDS.get(piece, (piece,))
    return sounds


def _squeezed(sounds: list[str]) -> list[str]:
    """Doubles as one, a nasal before a lip as n, glides between vowels gone (kiya, kia; juva, jua)."""
    kept: list[str] = []
    for at, sound in enumerate(sounds):
        after = sounds[at + 1] if at + 1 < len(sounds) else ""
        if sound == "m" and after[:1] in ("p", "b"):
            sound = "n"
        elif sound == "y" and after not in _VOWELS:
            sound = "i"
        before = kept[-1] if kept else ""
        is_last = at + 2 == len(sounds)
        if _is_glide(before, sound, after, is_last):
            continue
        if before and before[0] == sound[0]:
            kept[-1] = sound
        else:
            kept.append(sound)
    return kept


def _is_glide(before: str, sound: str, after: str, is_last: bool) -> bool:
    """kiya, kia; gaye, gae; juva, jua: written or not, between the same vowels."""
    if sound == "y":
        return (before == "i" and after in _VOWELS) or (before in _VOWELS and after == _OPEN)
    return (before, sound) == ("u", "v") and is_last and after in _VOWELS


def _key(sounds: list[str]) -> str:
    consonants = [sound for sound in sounds if sound not in _VOWELS]
    if len(sounds) < SHORTEST or not consonants:
        return ""
    sounds = [*("i" if sound == _OPEN else sound for sound in sounds[:-1]), sounds[-1]]
    if len(consonants) <= FEW:
        return "".join(sounds)
    left_out = _VOWELS if len(consonants) >= MANY else frozenset("a")
    inner = [sound[0] for sound in sounds[1:-1] if sound not in left_out]
    return "".join((sounds[0][0], *inner, sounds[-1][0]))
