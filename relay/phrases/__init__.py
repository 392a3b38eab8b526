"""What the bot says, as data: one file per language in this folder, with the same keys and the same places in each.

A translator edits only the JSON files. Nothing is read at import.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from sync.catalogue import LANGUAGES
from sync.errors import ConfigError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Phrases:
    """All phrases by language and key, and by language the words that mean danger now."""

    by_language: dict[str, dict[str, str]]
    danger: dict[str, tuple[str, ...]]

    def text(self, language: str, key: str, **values: str) -> str:
        """One phrase with its places filled; in every language, below each other, when ``language`` is ""."""
        if not language:
            return "\n\n".join(self.text(each, key, **values) for each in self.by_language)
        return self.by_language[language][key].format(**values)


def load(folder: Path = FOLDER) -> Phrases:
    """Reads the phrases; raises ConfigError naming the file and the phrase that is wrong."""
    files = {language: _read(folder / f"{language}.json") for language in LANGUAGES}
    by_language = {language: _phrases(raw, language) for language, raw in files.items()}
    first = LANGUAGES[0]
    for language in LANGUAGES[1:]:
        _compare(first, by_language[first], language, by_language[language])
    return Phrases(by_language, {language: _danger(raw, language) for language, raw in files.items()})


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is not there") from error
    except ValueError as error:
        raise ConfigError(f"{path.name}: not JSON ({error})") from error
    if not isinstance(raw, dict) or set(raw) != {"phrases", "danger"}:
        raise ConfigError(f"{path.name}: wanted an object with 'phrases' and 'danger'")
    return raw


def _phrases(raw: dict[str, Any], language: str) -> dict[str, str]:
    phrases: dict[str, str] = raw["phrases"]
    for key, text in phrases.items():
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{language}.json: {key!r} is empty or not text")
    return phrases


def _danger(raw: dict[str, Any], language: str) -> tuple[str, ...]:
    words = raw["danger"]
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ConfigError(f"{language}.json: 'danger' is not a list of words")
    return tuple(words)


def _compare(first: str, mine: dict[str, str], second: str, theirs: dict[str, str]) -> None:
    if odd := sorted(set(mine) ^ set(theirs)):
        raise ConfigError(f"{second if odd[0] in mine else first}.json: {odd[0]!r} is missing")
    for key in mine:
        if places(mine[key]) != places(theirs[key]):
            raise ConfigError(f"{key!r}: {first}.json and {second}.json do not have the same {{places}}")


def places(text: str) -> set[str]:
    """The names of the {places} in a phrase; raises ConfigError where a brace is not closed."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ConfigError(f"a phrase has a lone brace: {text[:40]!r}") from error
