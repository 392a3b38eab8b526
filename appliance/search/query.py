"""What somebody typed, as what the index is asked: one term per word, each with all the ways it may be written.

``"in quotes"``: these words, as they stand, in this order. ``word*``: words that begin so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from appliance.search.index import named_ones
from appliance.search.romankey import HINDI, LATIN, is_long, keys
from appliance.search.synonyms import Phrase, Synonyms
from appliance.search.words import words

MOST_TERMS = 8
LONGEST = 200
NEAR, FAR = 4, 5
"""Letters of a key: shorter ones meet words that only sound alike."""
_PIECE = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True)
class Term:
    """One thing that must be in a case: any of ``phrases``, a word that begins with ``prefix``, or one of ``keys``."""

    phrases: tuple[Phrase, ...]
    prefix: str = ""
    keys: frozenset[str] = frozenset()

    def expression(self, columns: Iterable[str]) -> str:
        """For FTS5, in the columns of texts named ("told", "office") and of their keys."""
        texts = list(columns)
        plain = [f'"{" ".join(phrase)}"' for phrase in self.phrases]
        plain += [f'"{self.prefix}"*'] if self.prefix else []
        parts = [f"{{{' '.join(texts)}}} : ({' OR '.join(plain)})"] if plain else []
        if self.keys:
            keyed = " OR ".join(f'"{key}"' for key in sorted(self.keys))
            parts.append(f"{{{' '.join(f'{text}_key' for text in texts)}}} : ({keyed})")
        return " OR ".join(f"({part})" for part in parts)

    def hits(self, found: list[str]) -> list[int]:
        """The places in a list of words (in their one form) that this term is about."""
        at = (range(start, start + size) for start, size in self._runs(found))
        single = (n for n, word in enumerate(found) if self._is_meant(word))
        return sorted({*chain.from_iterable(at), *single})

    def _runs(self, found: list[str]) -> Iterator[tuple[int, int]]:
        for phrase in self.phrases:
            size = len(phrase)
            for start in range(len(found) - size + 1):
                if tuple(found[start : start + size]) == phrase:
                    yield start, size

    def _is_meant(self, word: str) -> bool:
        return bool(self.prefix and word.startswith(self.prefix)) or not self.keys.isdisjoint(keys(word))


def read(text: str, synonyms: Synonyms) -> tuple[Term, ...]:
    """The terms of a query; () where it names no word."""
    text = text[:LONGEST]
    if name := _identifier(text):
        return (Term(((name,),)),)
    terms: list[Term] = []
    loose: list[str] = []
    for quoted, bare in _PIECE.findall(text):
        if bare and not bare.endswith("*"):
            loose += words(bare)
            continue
        terms += _meant(loose, synonyms)
        loose = []
        exact = words(quoted or bare)
        if bare and exact:
            terms += [*(Term(((word,),)) for word in exact[:-1]), Term((), prefix=exact[-1])]
        elif exact:
            terms.append(Term((tuple(exact),)))
    return tuple([*terms, *_meant(loose, synonyms)][:MOST_TERMS])


def _identifier(text: str) -> str:
    """The number or mark, where the whole query is one."""
    found = named_ones(text)
    return found[0] if found and len("".join(words(text))) <= len(found[0]) + len("0091") else ""


def _meant(loose: list[str], synonyms: Synonyms) -> Iterator[Term]:
    """Words that stand one after another: the longest known phrase first, then the next."""
    at = 0
    while at < len(loose):
        for size in range(min(synonyms.longest, len(loose) - at), 0, -1):
            phrase = tuple(loose[at : at + size])
            known = synonyms.find(phrase)
            if known or size == 1:
                yield _term(phrase, known)
                at += size
                break


def _term(phrase: Phrase, known: tuple[Phrase, ...]) -> Term:
    phrases = tuple(dict.fromkeys((phrase, *known)))
    others = [one[0] for one in known if len(one) == 1 and one != phrase]
    asked = _asked(phrase[0], bool(known)) if len(phrase) == 1 else ()
    far = (
        key
        for word in others
        for key in _turned(keys(word))
        if is_long(key) and (key[0] == LATIN or len(key) > FAR)
    )
    return Term(phrases, keys=frozenset((*asked, *far)))


def _asked(word: str, is_known: bool) -> tuple[str, ...]:
    """Keys of a typed word. Of one whose Hindi is known, only what can hardly be another word: bike is not बिक."""
    found = keys(word)
    if not is_known:
        return _turned(found)
    sure = tuple(LATIN + key[1:] for key in found[:1])
    return (*sure, *(key for key in _turned(found) if len(key) > NEAR))


def _turned(found: tuple[str, ...]) -> tuple[str, ...]:
    """Keys under which other spellings lie: of a Hindi word those in Latin letters, of a Latin one both.

    Hindi is written in one way, and its words differ by their vowels: a Hindi word never asks for others of its key.
    """
    turned = tuple(LATIN + key[1:] for key in found)
    is_latin = bool(found) and found[0].startswith(LATIN)
    return (*found, *(HINDI + key[1:] for key in found)) if is_latin else turned
