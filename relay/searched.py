"""The finder of numbers and ids, which searches no text twice in one step: many places ask of the same words."""

from functools import lru_cache

from sync import identifiers
from sync.identifiers import Found

_MOST_TEXTS = 256
"""More than the words of one draft, each as it was and as it goes."""


@lru_cache(maxsize=_MOST_TEXTS)
def find(text: str) -> tuple[Found, ...]:
    """What ``sync.identifiers`` finds."""
    return identifiers.find(text)


def forget() -> None:
    """At the end of each step: nobody's words stay in memory after it."""
    find.cache_clear()
