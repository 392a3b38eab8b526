"""The conversation on paper: nothing of the data is left out, and the same data give the same paper."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning import directory as seed
from relay import phrases
from relay.cli import relay
from relay.dialogue import Book
from relay.review import sample_directory, tree
from relay.understanding import KEYWORDS
from sync import catalogue
from sync.errors import ConfigError

LANGUAGES = sorted(phrases.load().by_language)


@pytest.fixture(scope="module")
def book() -> Book:
    return Book(catalogue.load(), sample_directory(seed.FOLDER), phrases.load())


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def paper(language: str, book: Book) -> str:
    return tree(language, book)


def test_every_phrase_is_on_the_paper_under_its_key(paper: str, language: str, book: Book) -> None:
    for key, text in book.phrases.by_language[language].items():
        assert f"[{key}]" in paper
        assert all(line.rstrip() in paper for line in text.splitlines()), key
    for spellings in (*KEYWORDS.values(), *book.phrases.danger.values()):
        assert ", ".join(spellings) in paper


def test_every_category_question_and_choice_is_on_the_paper(paper: str, language: str, book: Book) -> None:
    parts = paper.split("3. The questions of each kind")[1].split("\n\n\n")
    for category, part in zip(book.catalogue.categories, parts, strict=False):
        assert f"{category.menu[language]}: {category.name[language]} [{category.code}]" in part
        for question in category.questions:
            assert f"[{question.code}] the office reads: {question.label[language]}" in part
            assert all(line in part for line in question.prompt[language].splitlines())
            for number, option in enumerate(question.options, 1):
                assert f"({number}) {option.label[language]}" in part


def test_every_place_answer_and_name_is_on_the_paper(paper: str, language: str, book: Book) -> None:
    for district in book.directory.districts:
        assert district.name_hi in paper and district.name_en in paper
    for thana in book.directory.thanas:
        assert thana.name_hi in paper and thana.name_en in paper
    for template in book.catalogue.templates:
        assert template.words[language] in paper
        assert all(v.label[language] in paper for p in template.parameters for v in p.values)
    for label in (*book.catalogue.labels.values(), *book.catalogue.groups.values()):
        assert label[language] in paper


def test_the_ends_and_the_hours_of_silence_are_on_the_paper(paper: str, language: str, book: Book) -> None:
    words = book.phrases.by_language[language]
    part = paper.split("4. How it ends")[1].split("5. Words that are understood")[0]
    for key in ("reminder", "sent_unfinished", "erased_unfinished", "receipt_undo", "receipt_at_once"):
        assert words[key].splitlines()[0] in part, key
    assert "1234 5678 1234 5678" in part


def test_the_same_data_give_the_same_paper(paper: str, language: str, book: Book) -> None:
    again = Book(catalogue.load(), sample_directory(seed.FOLDER), phrases.load())
    assert tree(language, again) == paper


@pytest.mark.slow
def test_the_command_prints_it_without_a_relay(paper: str, language: str) -> None:
    run = CliRunner().invoke(relay, ["tree", language, "--places", str(seed.FOLDER)])
    assert run.exit_code == 0
    assert run.output == paper


def test_without_places_no_district_is_offered(book: Book) -> None:
    bare = tree("en", replace(book, directory=sample_directory(None)))
    assert "[district]" in bare and "Another district" in bare
    assert "[thana]" not in bare


def test_a_language_that_is_not_there_and_a_folder_without_places_are_named(
    book: Book, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="there is no language 'xx'"):
        tree("xx", book)
    with pytest.raises(ConfigError, match=r"districts\.csv is not there"):
        sample_directory(tmp_path)
