"""Names of districts and thanas, however they are spelt and in whatever script."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from relay.understanding.answers import looser
from relay.understanding.folding import fold
from relay.understanding.spelling import even, joined, skeleton

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


def match_place(text: str, places: Sequence[Place]) -> Place | None:
    """The one place meant by a typed name, however it is spelt; None when there is none or more than one."""
    found = match_places(text, places)
    return found[0] if len(found) == 1 else None


def match_places(text: str, places: Sequence[Place]) -> tuple[Place, ...]:
    """Every place that a typed name may mean, in the closest way that any of them fits."""
    said = _place_words(text)
    for step, form in enumerate(_FORMS):
        wanted = form(said)
        found = tuple(
            p
            for p in places
            if wanted and any(_name_forms(n)[step] == wanted for n in (p.name_en, p.name_hi))
        )
        if found:
            return found
    tests: list[Callable[[str], bool]] = [*looser(said), lambda name: f" {name} " in f" {said} "]
    for test in tests:
        found = tuple(p for p in places if any(test(_place_words(n)) for n in (p.name_en, p.name_hi)))
        if found:
            return found
    return ()


def _place_words(text: str) -> str:
    folded = fold(text)
    return " ".join(word for word in folded.split() if word not in _GENERIC_PLACE_WORDS) or folded


_FORMS = (joined, even, skeleton)


@lru_cache(maxsize=4096)
def _name_forms(name: str) -> tuple[str, ...]:
    """Every form of a name of the directory (never of what a person wrote: that must not stay in memory)."""
    return tuple(form(_place_words(name)) for form in _FORMS)
