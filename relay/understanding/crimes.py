"""Which kind of crime a text names: whole words of the catalogue's list, Latin spelling habits evened out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    found = list(_all_named(said, words, names_police(text)))
    by_word = _by_word(found)
    categories = {one.category for one in found if not _is_inside(one, by_word)}
    return categories.pop() if len(categories) == 1 else None


def _all_named(said: tuple[str, ...], words: CrimeWords, on_police: bool) -> Iterator[_Named]:
    places = dict[str, list[int]]()
    for at, word in enumerate(said):
        places.setdefault(word, []).append(at)
    for category, entries in words.items():
        for entry in entries:
            needs_police = entry.endswith(_WITH_POLICE)
            wanted = _entry_words(entry.removesuffix(_WITH_POLICE))
            for start in places.get(wanted[0], ()) if on_police or not needs_police else ():
                if said[start : start + len(wanted)] == wanted:
                    yield _Named(category, start, start + len(wanted), needs_police)


def _by_word(found: Iterable[_Named]) -> dict[int, list[_Named]]:
    """For each word of the text, what names something by it."""
    by_word = dict[int, list[_Named]]()
    for one in found:
        for at in range(one.start, one.end):
            by_word.setdefault(at, []).append(one)
    return by_word


def _is_inside(one: _Named, by_word: Mapping[int, Sequence[_Named]]) -> bool:
    return any(_within(one, longer) for longer in by_word[one.start])


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
