"""Words that mean the same to whoever searches: of crimes as the catalogue names them, of things, of the thanas."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from appliance.search.romankey import LATIN, is_long, keys
from appliance.search.words import words
from sync.directory import Directory

Phrase = tuple[str, ...]
_FILE = Path(__file__).parent / "synonyms.json"
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Synonyms:
    """``of``: a phrase in its one form -> all that mean the same; ``by_key``: the same by the roman key of one word."""

    of: Mapping[Phrase, tuple[Phrase, ...]]
    by_key: Mapping[str, tuple[Phrase, ...]]
    longest: int

    def find(self, phrase: Phrase) -> tuple[Phrase, ...]:
        """What means the same, the phrase itself included where it is known; () where it is not."""
        if phrase in self.of or len(phrase) > 1:
            return self.of.get(phrase, ())
        known = (self.by_key.get(key[1:]) for key in keys(phrase[0]) if key.startswith(LATIN))
        return next((found for found in known if found), ())


@lru_cache(4)
def of_directory(directory: Directory) -> Synonyms:
    """The table of this program and the names of the directory's thanas."""
    thanas = ((words(thana.name_en), words(thana.name_hi)) for thana in directory.thanas)
    named = (tuple(tuple(name) for name in names if name) for names in thanas)
    groups = [*_table(), *(group for group in named if len(group[0]) > 1 or len(group[0][0]) > SHORTEST_NAME)]
    return _indexed(groups)


def _indexed(groups: Iterable[tuple[Phrase, ...]]) -> Synonyms:
    of: dict[Phrase, tuple[Phrase, ...]] = {}
    by_key: dict[str, tuple[Phrase, ...]] = {}
    for group in groups:
        for phrase in group:
            of[phrase] = tuple(dict.fromkeys((*of.get(phrase, ()), *group)))
            for key in keys(phrase[0]) if len(phrase) == 1 else ():
                if is_long(key):
                    by_key.setdefault(key[1:], group)
    return Synonyms(of, by_key, max(map(len, of), default=1))


@cache
def _table() -> tuple[tuple[Phrase, ...], ...]:
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(tuple(tuple(words(text)) for text in group["words"]) for group in read)
