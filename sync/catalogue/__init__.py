"""The catalogue: categories, questions, answers to informants and the names of statuses, as data in this folder.

A translator edits only the data files. ``load`` reads and checks them; nothing is read at import.
"""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sync.errors import ConfigError

FOLDER = Path(__file__).parent
LANGUAGES = ("hi", "en")
TO_BOX, TO_RANGE = "box", "range"

Words = dict[str, str]
"""The same words in every language: {"hi": ..., "en": ...}."""


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    code: str
    label: Words


@dataclass(frozen=True)
class Question:
    """One question of a category; without options the answer is free text. ``label`` is its short name for staff."""

    code: str
    prompt: Words
    label: Words
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Category:
    """A kind of crime: how the menu shows it, where its reports go, how sensitive and how urgent they are."""

    code: str
    group: str
    menu: Words
    name: Words
    route: str
    sensitivity: str
    clock: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Parameter:
    """A place in a template that takes one of a fixed list of values."""

    code: str
    values: tuple[Option, ...]


@dataclass(frozen=True)
class Template:
    """An answer to an informant. ``words`` holds ``{parameter}`` places; staff choose, nobody types."""

    code: str
    name: Words
    words: Words
    parameters: tuple[Parameter, ...]

    def text(self, language: str, parameters: tuple[str, ...]) -> str:
        """Exactly what the phone will show; raises ConfigError on a value that is not in its list."""
        if len(parameters) != len(self.parameters):
            raise ConfigError(
                f"template {self.code} takes {len(self.parameters)} parameters, got {len(parameters)}"
            )
        chosen = {
            p.code: _label(p, code)[language] for p, code in zip(self.parameters, parameters, strict=True)
        }
        return self.words[language].format(**chosen)


@dataclass(frozen=True)
class Catalogue:
    """All of it, in the order of the files."""

    categories: tuple[Category, ...]
    templates: tuple[Template, ...]
    labels: dict[str, Words]

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {category.code: category for category in self.categories}

    @cached_property
    def _templates(self) -> dict[str, Template]:
        return {template.code: template for template in self.templates}

    def category(self, code: str) -> Category | None:
        """The category of that code, or None."""
        return self._categories.get(code)

    def template(self, code: str) -> Template | None:
        """The template of that code, or None."""
        return self._templates.get(code)

    def label(self, code: str, language: str) -> str:
        """A word of the product (status, yes/no, …) in one language; the code itself when it has none."""
        return self.labels.get(code, {}).get(language, code)


def load(folder: Path = FOLDER) -> Catalogue:
    """Reads the catalogue; raises ConfigError naming the file and the entry that is wrong."""
    categories = tuple(_category(row, folder) for row in _rows(folder / "categories.csv"))
    templates = tuple(_template(raw) for raw in _json(folder / "templates.json"))
    return Catalogue(categories, templates, _json(folder / "labels.json"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path.name}: not JSON ({error})") from error


def _category(row: dict[str, str], folder: Path) -> Category:
    own = folder / "questions" / f"{row['code']}.json"
    path = own if own.exists() else folder / "questions" / "default.json"
    if row["route"] not in (TO_BOX, TO_RANGE):
        raise ConfigError(f"categories.csv: {row['code']}: route is {row['route']!r}, wanted box or range")
    return Category(
        code=row["code"],
        group=row["group"],
        menu={"en": row["menu_en"], "hi": row["menu_hi"]},
        name={"en": row["en"], "hi": row["hi"]},
        route=row["route"],
        sensitivity=row["sensitivity"],
        clock=row["clock"],
        questions=tuple(_question(raw, path) for raw in _json(path)),
    )


def _question(raw: dict[str, Any], path: Path) -> Question:
    try:
        options = tuple(Option(o["code"], _words(o, path.name)) for o in raw.get("options", []))
        return Question(
            raw["code"], _words(raw["prompt"], path.name), _words(raw["label"], path.name), options
        )
    except KeyError as error:
        raise ConfigError(f"{path.name}: a question lacks {error}") from error


def _template(raw: dict[str, Any]) -> Template:
    parameters = tuple(
        Parameter(p["code"], tuple(Option(v["code"], _words(v, "templates.json")) for v in p["values"]))
        for p in raw.get("parameters", [])
    )
    where = f"templates.json: {raw['code']}"
    return Template(raw["code"], _words(raw["name"], where), _words(raw["words"], where), parameters)


def _words(raw: dict[str, str], where: str) -> Words:
    missing = [language for language in LANGUAGES if not raw.get(language)]
    if missing:
        raise ConfigError(f"{where}: the words for language {missing[0]!r} are missing")
    return {language: raw[language] for language in LANGUAGES}


def _label(parameter: Parameter, code: str) -> Words:
    for value in parameter.values:
        if value.code == code:
            return value.label
    raise ConfigError(f"parameter {parameter.code} does not take {code[:40]!r}")
