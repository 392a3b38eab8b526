"""Which language somebody writes, or asks for by its name."""

from functools import cache

from relay.understanding.folding import fold

_NAMES = {
    "en": ("english", "inglish", "englis", "angrezi", "angreji", "अंग्रेजी", "अंग्रेज़ी", "इंग्लिश"),
    "hi": ("hindi", "hindhi", "हिंदी", "हिन्दी"),
}
_BESIDE = frozenset(
    (
        "please", "pls", "plz", "plss", "plzz", "in", "only", "language", "speak", "use", "sir", "ji", "me", "mein",
        "mai", "main", "bhasha", "karo", "kare", "karen", "में", "मे", "भाषा", "करो", "करें", "जी", "कृपया",
    )
)  # fmt: skip
_MOST_WORDS = 4
# Common English words that are none in Hindi written in Latin letters ("do", "to", "me", "us", "he", "are").
_ENGLISH = frozenset(
    (
        "the", "is", "and", "of", "my", "they", "there", "this", "that", "these", "those", "with",
        "from", "was", "were", "have", "has", "had", "near", "behind", "people", "someone", "somebody", "selling",
        "sells", "sell", "want", "report", "please", "our", "your", "who", "what", "when", "where", "which",
        "will", "would", "can", "cannot", "not", "she", "him", "his", "her", "them", "it", "we",
        "you", "about", "some", "every", "night", "day", "house", "village", "here", "been", "being", "does",
        "doing", "money", "taking", "takes", "at", "for", "but", "out", "into", "shop", "in", "on",
    )
)  # fmt: skip
_FEWEST_WORDS, _FEWEST_ENGLISH = 4, 2
_ONE_IN = 4


def named_language(text: str) -> str | None:
    """The language ("hi", "en") whose name is the whole message, but for what politeness adds; else None."""
    words = fold(text).split()
    bare = [word for word in words if word not in _beside()]
    return _names().get(bare[0]) if len(bare) == 1 and len(words) <= _MOST_WORDS else None


def likely_language(text: str) -> str | None:
    """ "en" for a sentence in Latin letters with common English words, "hi" for one in Devanagari; else None."""
    words = fold(text).split()
    if len(words) < _FEWEST_WORDS:
        return None
    if any("\u0900" <= char <= "\u097f" for char in text):
        return "hi"
    english = sum(word in _ENGLISH for word in words)
    return "en" if english >= max(_FEWEST_ENGLISH, len(words) / _ONE_IN) else None


@cache
def _names() -> dict[str, str]:
    return {fold(word): code for code, words in _NAMES.items() for word in words}


@cache
def _beside() -> frozenset[str]:
    return frozenset(map(fold, _BESIDE))
