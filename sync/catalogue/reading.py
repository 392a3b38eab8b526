"""Reads the catalogue and checks all that can be wrong in it without knowing the conversation."""

from pathlib import Path
from typing import Any

from sync.catalogue.model import Catalogue, Category, Option, Parameter, Question, Template, Words
from sync.catalogue.raw import Entry, checked_words, listed, once, places, plain_code, read_json, read_rows
from sync.errors import ConfigError

FOLDER = Path(__file__).parent
LANGUAGES = ("hi", "en")
"""The languages of the product's own pages and phrases; the catalogue must have them and may have more."""
TO_BOX, TO_RANGE = "box", "range"
ROUTES = (TO_BOX, TO_RANGE)
SENSITIVITIES = ("open", "restricted", "secret")
CLOCKS = ("normal", "urgent")


def load(folder: Path = FOLDER) -> Catalogue:
    """Reads the catalogue; raises ConfigError naming the file and the entry that is wrong."""
    head = _head(folder / "catalogue.json")
    languages = tuple(head.raw["languages"])
    groups = _named(head.raw["groups"], "catalogue.json: groups", languages)
    categories = _categories(folder, groups, languages)
    raw = read_json(folder / "templates.json", list, "a list of answers in [ ]")
    templates = tuple(_template(entry) for entry in listed(raw, "templates.json", languages))
    once((template.code for template in templates), "templates.json")
    labels = _named(read_json(folder / "labels.json", dict, "an object in { }"), "labels.json", languages)
    words = _crime_words(folder / "crime_words.json", {category.code for category in categories})
    return Catalogue(categories, templates, labels, head.raw["version"], languages, groups, words)


def _head(path: Path) -> Entry:
    head = Entry(path.name, read_json(path, dict, "an object in { }"), ())
    head.check_keys(("version", "languages", "groups"))
    version, languages = head.raw["version"], head.raw["languages"]
    if type(version) is not int or version < 1:
        raise head.fail(f"version is {version!r}, wanted: a whole number from 1 on")
    if not isinstance(languages, list):
        raise head.fail("languages is no list in [ ]")
    once([plain_code(language, path.name) for language in languages], f"{path.name}: languages")
    missing = [language for language in LANGUAGES if language not in languages]
    if missing:
        raise head.fail(f"languages lacks {missing[0]!r}, which the product's own pages are in")
    return head


def _named(raw: Any, where: str, languages: tuple[str, ...]) -> dict[str, Words]:
    """An object of words by code."""
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: wanted an object in {{ }}")
    return {code: Entry(f"{where}: {code}", words, languages).words() for code, words in raw.items()}


def _categories(folder: Path, groups: dict[str, Words], languages: tuple[str, ...]) -> tuple[Category, ...]:
    columns = ["code", "group", "route", "sensitivity", "clock", "covers"]
    columns += [column for language in languages for column in (f"menu_{language}", language)]
    rows = read_rows(folder / "categories.csv", columns)
    if not rows:
        raise ConfigError("categories.csv: there is no category")
    once((plain_code(row["code"], "categories.csv") for row in rows), "categories.csv")
    for language in languages:
        once((row[f"menu_{language}"] for row in rows), f"categories.csv: menu_{language}")
    _check_files(folder / "questions", {row["code"] for row in rows})
    return tuple(_category(row, folder, groups, languages) for row in rows)


def _crime_words(path: Path, codes: set[str]) -> dict[str, tuple[str, ...]]:
    """The words by which people name each kind of crime; no word stands in two of them."""
    raw = read_json(path, dict, "an object in { }")
    odd = sorted(set(raw) - codes)
    if odd:
        raise ConfigError(f"{path.name}: categories.csv has no category {odd[0]!r}")
    for code, words in raw.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            raise ConfigError(f"{path.name}: {code}: wanted a list of words in [ ]")
    once((" ".join(word.casefold().split()) for words in raw.values() for word in words), path.name)
    return {code: tuple(words) for code, words in raw.items()}


def _check_files(folder: Path, codes: set[str]) -> None:
    odd = sorted(path.name for path in folder.glob("*.json") if path.stem not in codes)
    if odd:
        raise ConfigError(
            f"questions/{odd[0]}: categories.csv has no category {odd[0].removesuffix('.json')!r}"
        )


def _category(
    row: dict[str, str], folder: Path, groups: dict[str, Words], languages: tuple[str, ...]
) -> Category:
    code = row["code"]
    where = f"categories.csv: {code}"
    kinds = {"group": tuple(groups), "route": ROUTES, "sensitivity": SENSITIVITIES, "clock": CLOCKS}
    for column, allowed in kinds.items():
        if row[column] not in allowed:
            raise ConfigError(f"{where}: {column} is {row[column]!r}, wanted {' or '.join(allowed)}")
    menu = {language: row[f"menu_{language}"] for language in languages}
    return Category(
        code=code,
        group=row["group"],
        menu=checked_words(menu, f"{where}: menu", languages),
        name=checked_words({language: row[language] for language in languages}, where, languages),
        route=row["route"],
        sensitivity=row["sensitivity"],
        clock=row["clock"],
        questions=_questions(folder / "questions" / f"{code}.json", languages),
    )


def _questions(path: Path, languages: tuple[str, ...]) -> tuple[Question, ...]:
    raw = read_json(path, list, "a list of questions in [ ]")
    entries = listed(raw, path.name, languages)
    questions: tuple[Question, ...] = ()
    for entry in entries:
        questions += (_question(entry, questions),)
    if not questions:
        raise ConfigError(f"{path.name}: there is no question")
    once((question.code for question in questions), path.name)
    return questions


def _question(entry: Entry, earlier: tuple[Question, ...]) -> Question:
    entry.check_keys(("code", "label", "prompt"), ("only_if", "options"))
    if "options" in entry.raw and not entry.raw["options"]:
        raise entry.fail("its options are empty; leave them out where the answer is free text")
    options = entry.options("options")
    only_if = _only_if(entry, earlier)
    return Question(entry.code(), entry.words("prompt"), entry.words("label"), options, only_if)


def _only_if(entry: Entry, earlier: tuple[Question, ...]) -> tuple[str, tuple[str, ...]] | None:
    if "only_if" not in entry.raw:
        return None
    condition = Entry(f"{entry.where}: only_if", entry.raw["only_if"], entry.languages)
    condition.check_keys(("question", "choices"))
    code, choices = condition.raw["question"], condition.raw["choices"]
    asked = {question.code: [option.code for option in question.options] for question in earlier}
    if not isinstance(code, str) or code not in asked:
        raise condition.fail(f"there is no question {code!r} before this one")
    if not isinstance(choices, list) or not choices:
        raise condition.fail("choices is no list of choices in [ ]")
    unknown = [choice for choice in choices if choice not in asked[code]]
    if unknown:
        raise condition.fail(f"the question {code!r} has no choice {unknown[0]!r}")
    once(choices, condition.where)
    return code, tuple(choices)


def _template(entry: Entry) -> Template:
    entry.check_keys(("code", "name", "words"), ("parameters",))
    parameters = tuple(_parameter(one) for one in entry.entries("parameters"))
    once((parameter.code for parameter in parameters), f"{entry.where}: parameters")
    words = entry.words("words")
    for language, text in words.items():
        found, wanted = places(text, f"{entry.where} ({language})"), {p.code for p in parameters}
        if found != wanted:
            raise entry.fail(f"the places of {language} are {sorted(found)}, wanted {sorted(wanted)}")
    return Template(entry.code(), entry.words("name"), words, parameters)


def _parameter(entry: Entry) -> Parameter:
    entry.check_keys(("code", "values"), ("name",))
    values: tuple[Option, ...] = entry.options("values")
    if not values:
        raise entry.fail("there is no value to choose")
    return Parameter(entry.code(), values)
