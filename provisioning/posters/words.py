"""What a poster says, in Hindi and English: ``words.json`` beside this file, the only thing a translator touches."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sync.errors import ConfigError

FILE = Path(__file__).with_name("words.json")
_LENGTHS = {"steps": 3, "digits": 10, "helplines": 4}


@dataclass(frozen=True)
class Words:
    """One language. ``{code}``, ``{link}``, ``{thana}`` and ``{district}`` are filled in on each poster."""

    product: str
    police: str
    heading: tuple[str, ...]
    scan: str
    steps: tuple[str, ...]
    number: str
    plus: str
    digits: tuple[str, ...]
    data_title: str
    data: tuple[str, ...]
    forged_title: str
    forged: tuple[str, ...]
    helplines_title: str
    helplines: tuple[str, ...]
    place: str

    def spelled(self, groups: tuple[str, ...]) -> str:
        """A number digit by digit: ("+91", "98000") gives "plus nine one, nine eight zero zero zero"."""
        return ", ".join(" ".join(self._spoken(character) for character in group) for group in groups)

    def _spoken(self, character: str) -> str:
        return self.plus if character == "+" else self.digits[int(character)]


@dataclass(frozen=True)
class Bilingual:
    """Both languages, and what is the same in both."""

    greeting: str
    helplines: tuple[str, ...]
    hi: Words
    en: Words


def load(path: Path = FILE) -> Bilingual:
    """Reads the words; raises ConfigError naming the part that is missing or of the wrong length."""
    data = json.loads(path.read_text(encoding="utf-8"))
    words = Bilingual(
        data["greeting"], tuple(data["helplines"]), _language(data["hi"], "hi"), _language(data["en"], "en")
    )
    for name in ("data", "forged"):
        if len(getattr(words.hi, name)) != len(getattr(words.en, name)):
            raise ConfigError(f"words.json: {name} is longer in one language than in the other")
    return words


def _language(data: dict[str, Any], language: str) -> Words:
    wanted = {field.name for field in fields(Words)}
    if set(data) != wanted:
        raise ConfigError(f"words.json: {language} has not exactly these parts: {', '.join(sorted(wanted))}")
    for name, length in _LENGTHS.items():
        if len(data[name]) != length:
            raise ConfigError(f"words.json: {language}.{name} has {len(data[name])} parts, wanted: {length}")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    return Words(**values)
