"""The whole conversation, walked in every language: nothing is wrong with it, and what is wrong is found."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import directory as seed
from relay import phrases
from relay.dialogue import Book
from relay.review import Review, findings, sample_directory
from sync import catalogue
from sync.catalogue import Catalogue, Question
from sync.directory import District

pytestmark = pytest.mark.slow  # half a minute: translators run this folder by its name

RELAY = Path(phrases.__file__).parents[1]
SAYS = {"note": 2, "stand": 2, "words": 1, "text": 1}
"""Functions that say a phrase, and which argument is its key."""
NEVER_ASKED = {"ask_options"}
"""Said above a list of choices: today every question has at most three, which are buttons."""


@pytest.fixture(scope="module")
def book() -> Book:
    """What people get: the shipped words, the three districts with all their thanas."""
    return Book(catalogue.load(), sample_directory(seed.FOLDER), phrases.load())


@pytest.fixture(scope="module")
def review(book: Book) -> Review:
    return findings(book)


def test_the_shipped_conversation_is_right_in_every_language(review: Review) -> None:
    assert list(review.wrong) == []
    assert review.places > 1000


def test_every_question_and_choice_and_remark_of_the_phrases_comes_up(review: Review, book: Book) -> None:
    keys = book.phrases.by_language["hi"]
    prefixes = ("ask_", "choice_", "line_", "refused_", "file_", "danger_")
    unsaid = {key for key in keys if key.startswith(prefixes)} - review.said
    assert unsaid <= NEVER_ASKED


def test_no_phrase_is_said_that_is_not_there(book: Book) -> None:
    said = {key for path in sorted((RELAY / "dialogue").glob("*.py")) for key in _keys(path)}
    said |= {key for path in sorted((RELAY / "intake").glob("*.py")) for key in _keys(path)}
    assert len(said) > 20
    assert said - set(book.phrases.by_language["hi"]) == set()


def _keys(path: Path) -> set[str]:
    """The keys that a module names where it says a phrase."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [(getattr(call.func, "attr", getattr(call.func, "id", "")), call.args) for call in calls]
    keys = [args[SAYS[name]] for name, args in named if name in SAYS and len(args) > SAYS[name]]
    parts = [
        part for key in keys for part in ((key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,))
    ]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return {text for text in texts if text}


def _question(loaded: Catalogue, change: Callable[[Question], Question]) -> Catalogue:
    """The catalogue of one category, cattle, with its first question changed."""
    cattle = loaded.categories[0]
    questions = (change(cattle.questions[0]), *cattle.questions[1:])
    return replace(loaded, categories=(replace(cattle, questions=questions),))


def _small(book: Book) -> Book:
    """One district without thanas: quick to walk."""
    return replace(book, directory=replace(book.directory, thanas=()))


@pytest.mark.slow
def test_a_prompt_that_is_too_long_is_found_in_its_language(book: Book) -> None:
    def longer(question: Question) -> Question:
        return replace(question, prompt=question.prompt | {"hi": "क" * 1100})

    found = findings(replace(_small(book), catalogue=_question(book.catalogue, longer))).wrong
    assert any(
        line.startswith("questions/cattle.json: what: hi: body above buttons has 1100") for line in found
    )
    assert any(line.startswith("hi: cattle.what: body above buttons") for line in found)
    assert not any(line.startswith("en:") for line in found)


@pytest.mark.slow
def test_a_question_that_nothing_leads_to_is_found(book: Book) -> None:
    def never(question: Question) -> Question:
        return replace(question, only_if=("gone", ("x",)))

    found = findings(replace(_small(book), catalogue=_question(book.catalogue, never))).wrong
    assert "hi: cattle.what: this question is never asked" in found
    assert "en: cattle.what: move is never offered" in found


@pytest.mark.slow
def test_a_name_of_a_place_that_had_to_be_cut_is_found(book: Book) -> None:
    places = replace(book.directory, thanas=(), districts=(District("JNP", "J" * 25, "ज", ""),))
    small = replace(book, directory=places, catalogue=_question(book.catalogue, lambda question: question))
    assert any("had to be cut" in line and line.startswith("en: district") for line in findings(small).wrong)


@pytest.mark.slow
def test_a_title_that_means_something_else_when_typed_is_found(book: Book) -> None:
    def deceiving(question: Question) -> Question:
        first, *rest = question.options
        return replace(question, options=(replace(first, label={"hi": "पीछे", "en": "Back"}), *rest))

    found = findings(replace(_small(book), catalogue=_question(book.catalogue, deceiving))).wrong
    assert "questions/cattle.json: what: the choice 'Back' is also a command" in found
    assert "en: cattle.what: 'back' typed is not the same as 'Back' tapped" in found
