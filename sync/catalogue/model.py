"""What the catalogue consists of. Every text is there in each of the catalogue's languages."""

from dataclasses import dataclass, field
from functools import cached_property

from sync.errors import ConfigError

Words = dict[str, str]
"""The same words in every language: {"hi": ..., "en": ...}."""


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    code: str
    label: Words


@dataclass(frozen=True)
class Question:
    """One question of a category; without options the answer is free text. ``label`` is its short name for staff.

    ``only_if``: (code of an earlier question of the category, its choices): asked only after one of those choices;
    None: always asked.
    """

    code: str
    prompt: Words
    label: Words
    options: tuple[Option, ...]
    only_if: tuple[str, tuple[str, ...]] | None = None


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
    """All of it, in the order of the files. ``version`` rises with every change; ``groups`` by code.

    ``crime_words``: by code of a category the words by which people name it (``relay/understanding/crimes.py``).
    """

    categories: tuple[Category, ...]
    templates: tuple[Template, ...]
    labels: dict[str, Words]
    version: int
    languages: tuple[str, ...]
    groups: dict[str, Words]
    crime_words: dict[str, tuple[str, ...]] = field(default_factory=dict)

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


def _label(parameter: Parameter, code: str) -> Words:
    for value in parameter.values:
        if value.code == code:
            return value.label
    raise ConfigError(f"parameter {parameter.code} does not take {code[:40]!r}")
