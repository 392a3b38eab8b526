"""Reading data files that people edit: every mistake becomes a ConfigError that names the file and the entry."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from sync.catalogue.model import Option, Words
from sync.errors import ConfigError


@dataclass(frozen=True)
class Entry:
    """One object of a JSON file, with what to call it in a complaint."""

    where: str
    raw: Any
    languages: tuple[str, ...]

    def fail(self, what: str) -> ConfigError:
        """The complaint about this entry, to be raised."""
        return ConfigError(f"{self.where}: {what}")

    def check_keys(self, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Raises ConfigError unless this is an object with just these keys."""
        if not isinstance(self.raw, dict):
            raise self.fail("wanted an object in { }")
        missing = [key for key in needed if key not in self.raw]
        if missing:
            raise self.fail(f"lacks {missing[0]!r}")
        odd = sorted(set(self.raw) - {*needed, *optional})
        if odd:
            raise self.fail(f"{odd[0]!r} is not known here; wanted: {', '.join((*needed, *optional))}")

    def code(self) -> str:
        """Its code: small letters, digits and _, never translated."""
        return plain_code(self.raw["code"], self.where)

    def words(self, key: str = "") -> Words:
        """The words under ``key``, or of the entry itself: all of the languages and no other."""
        found = self.raw[key] if key else self.raw
        where = f"{self.where}: {key}" if key else self.where
        if not isinstance(found, dict):
            raise ConfigError(f"{where}: wanted the words of each language in {{ }}")
        return checked_words({k: v for k, v in found.items() if k != "code" or key}, where, self.languages)

    def entries(self, key: str) -> tuple["Entry", ...]:
        """The list under ``key``, each named by its code where it has one; empty where the key is not there."""
        found = self.raw.get(key, [])
        if not isinstance(found, list):
            raise self.fail(f"{key!r} is no list in [ ]")
        return listed(found, f"{self.where}: {key}", self.languages)

    def options(self, key: str) -> tuple[Option, ...]:
        """The choices under ``key``."""
        entries = self.entries(key)
        for entry in entries:
            entry.check_keys(("code",), self.languages)
        found = tuple(Option(entry.code(), entry.words()) for entry in entries)
        once((option.code for option in found), f"{self.where}: {key}")
        for language in self.languages:
            once((option.label[language] for option in found), f"{self.where}: {key} ({language})")
        return found


def listed(raw: Sequence[Any], where: str, languages: tuple[str, ...]) -> tuple[Entry, ...]:
    """The members of a list as entries, named by code or by position."""
    return tuple(
        Entry(f"{where}: {one['code']}" if _has_code(one) else f"{where}: number {n}", one, languages)
        for n, one in enumerate(raw, 1)
    )


def _has_code(raw: Any) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("code"), str)


def plain_code(code: Any, where: str) -> str:
    """The code; raises ConfigError when it has other characters than small letters, digits and _."""
    if not isinstance(code, str) or not code.replace("_", "a").isalnum() or code != code.lower().strip():
        raise ConfigError(f"{where}: the code is {code!r}, wanted: small letters, digits and _")
    if not code.isascii():
        raise ConfigError(f"{where}: the code is {code!r}: a code is never translated")
    return code


def checked_words(raw: dict[str, Any], where: str, languages: tuple[str, ...]) -> Words:
    """The words by language; raises ConfigError for a missing, empty or unknown language."""
    for language in languages:
        text = raw.get(language)
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{where}: the words for language {language!r} are missing")
        if text != text.strip():
            raise ConfigError(f"{where}: the words for language {language!r} begin or end with a space")
    odd = sorted(set(raw) - set(languages))
    if odd:
        raise ConfigError(
            f"{where}: there is no language {odd[0]!r}; catalogue.json has {', '.join(languages)}"
        )
    return {language: raw[language] for language in languages}


def once(codes: Iterable[str], where: str) -> None:
    """Raises ConfigError when one of them is there twice."""
    twice = [code for code, count in Counter(codes).items() if count > 1]
    if twice:
        raise ConfigError(f"{where}: {twice[0]!r} is there twice")


def places(text: str, where: str) -> set[str]:
    """The names of the {places} in a text; raises ConfigError for a lone brace or more than a name in one."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ConfigError(f"{where}: a lone {{ or }}") from error
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise ConfigError(f"{where}: between {{ and }} there is only a name")
    return {name for _, name, _, _ in parts if name is not None}


def read_json(path: Path, kind: type, wanted: str) -> Any:
    """What a JSON file holds; raises ConfigError when it is not there, no JSON, or not of that kind."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path.name}: the file is not there, wanted in {path.parent}") from error
    except ValueError as error:
        raise ConfigError(f"{path.name}: not JSON ({error})") from error
    if not isinstance(raw, kind):
        raise ConfigError(f"{path.name}: wanted {wanted}")
    return raw


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table; raises ConfigError unless it has these columns and every row fills them."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
    except FileNotFoundError as error:
        raise ConfigError(f"{path.name}: the file is not there, wanted in {path.parent}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: no table ({error})") from error
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path.name}: the column {missing[0]!r} is missing")
    for number, row in enumerate(rows, 2):
        if None in row or any(value is None for value in row.values()):
            raise ConfigError(f"{path.name}: line {number} has not as many cells as the first line")
    return rows
