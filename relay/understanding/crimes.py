"""Which kind of crime a text names: whole words of the catalogue's list, Latin spelling habits evened out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from relay.understanding.folding import fold
from relay.understanding.police import names_police

CrimeWords = Mapping[str, tuple[str, ...]]
_WITH_POLICE = " + police"
# Fewer than for names of places: "ghus" (enters) is not "ghoos" (bribe), "gaye" (went) not "gaaye" (cows).
_EVEN = (("ee", "i"), ("ph", "f"), ("w", "v"), ("z", "j"))


@dataclass(frozen=True)
class _Named:
    """A category named in a text, by the words from ``start`` to ``end``."""

    category: str
    start: int
    end: int
    on_police: bool

    @property
    def weight(self) -> tuple[int, bool]:
        """The longer words tell more; as many tell more where police must stand beside them."""
        return self.end - self.start, self.on_police


def crime_named(text: str, words: CrimeWords) -> str | None:
    """The one category (a key of ``words``) that the text names; None for none and for more than one.

    Words inside longer ones do not count: "sand mining mafia" is about mining. An entry "hafta + police" counts only
    where police are named anywhere in the text.
    """
    said = _even_words(text)
    found = sorted(_all_named(said, words, names_police(text)), key=lambda one: one.weight, reverse=True)
    kept: list[_Named] = []
    for one in found:
        if not any(_within(one, longer) for longer in kept):
            kept.append(one)
    categories = {one.category for one in kept}
    return categories.pop() if len(categories) == 1 else None


def _all_named(said: tuple[str, ...], words: CrimeWords, on_police: bool) -> Iterator[_Named]:
    for category, entries in words.items():
        for entry in entries:
            needs_police = entry.endswith(_WITH_POLICE)
            wanted = _entry_words(entry.removesuffix(_WITH_POLICE))
            for start in _places(wanted, said) if on_police or not needs_police else ():
                yield _Named(category, start, start + len(wanted), needs_police)


def _places(wanted: tuple[str, ...], said: tuple[str, ...]) -> list[int]:
    return [at for at in range(len(said) - len(wanted) + 1) if said[at : at + len(wanted)] == wanted]


def _within(one: _Named, longer: _Named) -> bool:
    """Whether its words are among those of a longer one, or the same with less to say."""
    return longer.start <= one.start and one.end <= longer.end and longer.weight > one.weight


@lru_cache(maxsize=4096)
def _entry_words(entry: str) -> tuple[str, ...]:
    """Of the catalogue's words alone: nothing that anybody wrote may stay in memory."""
    return _even_words(entry)


def _even_words(text: str) -> tuple[str, ...]:
    """The words to compare; Latin ones as everybody's spelling comes to."""
    return tuple(_evened(word) if word.isascii() else word for word in fold(text).split())


def _evened(word: str) -> str:
    for one, other in _EVEN:
        word = word.replace(one, other)
    return word
