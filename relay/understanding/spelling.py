"""Latin spelling of Hindi as people vary it, and Hindi words as they would write them in Latin letters."""

import unicodedata

_SHORTEST_SKELETON = 3
_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        (
            *(
                "k",
                "kh",
                "g",
                "gh",
                "n",
                "ch",
                "chh",
                "j",
                "jh",
                "n",
                "t",
                "th",
                "d",
                "dh",
                "n",
                "t",
                "th",
                "d",
                "dh",
                "n",
            ),
            *("p", "ph", "b", "bh", "m", "y", "r", "l", "v", "sh", "sh", "s", "h"),
        ),
        strict=True,
    )
)
_VOWELS = dict(zip("अआइईउऊऋएऐओऔ", ("a", "a", "i", "i", "u", "u", "ri", "e", "ai", "o", "au"), strict=True))
_SIGNS = dict(zip("ािीुूृेैोौॉॅ", ("a", "i", "i", "u", "u", "ri", "e", "ai", "o", "au", "o", "e"), strict=True))
_MUTE, _NASAL = "\u094d", "\u0902"


def romanised(folded: str) -> str:
    """Hindi words as they are written in Latin letters; what is not Devanagari stays."""
    return " ".join(map(_romanised_word, folded.split()))


def _romanised_word(word: str) -> str:
    letters = []
    for at, char in enumerate(word):
        following = word[at + 1 : at + 2]
        if char in _CONSONANTS:
            mute = not following or following in _SIGNS or following == _MUTE
            letters.append(_CONSONANTS[char] + ("" if mute else "a"))
        elif char == _NASAL:
            letters.append("n")
        elif char != _MUTE:
            letters.append(_VOWELS.get(char) or _SIGNS.get(char) or char)
    return "".join(letters)


def joined(folded: str) -> str:
    """Folded text without its spaces."""
    return folded.replace(" ", "")


_EVEN = (("ph", "f"), ("ee", "i"), ("oo", "u"), ("w", "v"), ("z", "j"), ("q", "k"), ("ck", "k"))


def even(folded: str) -> str:
    """Latin spelling habits evened out, doubled signs once."""
    text = joined(folded)
    for one, other in _EVEN:
        text = text.replace(one, other)
    return "".join(c for i, c in enumerate(text) if i == 0 or c != text[i - 1])


def skeleton(folded: str) -> str:
    """The consonants: no Latin vowels, y or h after the first letter,
    no Devanagari vowel signs; "" when too short."""
    text = even(folded)
    kept = (
        c for i, c in enumerate(text) if i == 0 or (c not in "aeiouyh" and unicodedata.category(c)[0] != "M")
    )
    bare = "".join(kept)
    bare = "".join(c for i, c in enumerate(bare) if i == 0 or c != bare[i - 1])
    return bare if len(bare) >= _SHORTEST_SKELETON else ""
