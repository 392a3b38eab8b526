"""The quick check at every start of a relay: it passes the shipped words and names what is wrong with others."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from relay.dialogue import Book
from relay.review import check_book
from sync.catalogue import Category, Option, Question, Template
from sync.errors import ConfigError
from tests.relay.talk import book

BOOK = book()


def _with(category: Category) -> Book:
    return replace(BOOK, catalogue=replace(BOOK.catalogue, categories=(category,)))


def _asking(**changes: object) -> Book:
    """A book with one category whose first question is changed."""
    category = BOOK.catalogue.categories[0]
    question = replace(category.questions[0], **changes)  # type: ignore[arg-type]  # whatever the test names
    return _with(replace(category, questions=(question,)))


def _options(*titles: str) -> tuple[Option, ...]:
    return tuple(Option(f"c{n}", {"hi": title, "en": title}) for n, title in enumerate(titles))


def test_the_shipped_words_pass() -> None:
    check_book(BOOK)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (lambda: _asking(options=_options("x" * 21, "y")), r"questions/cattle\.json: what: hi: button title has 21"),
        (lambda: _asking(options=_options(*"abcd", "x" * 25)), r"what: hi: row title has 25"),
        (lambda: _asking(options=_options(*"abcdefghijk")), r"what: hi: 11 rows"),
        (lambda: _asking(prompt={"hi": "?", "en": "x" * 1025}), r"what: en: body above buttons has 1025"),
        (lambda: _asking(options=_options("Sand!", "sand")), r"what: the choice 'Sand!' is taken for another"),
        (lambda: _asking(options=_options("🐄", "sand")), r"what: the choice '🐄' is taken for another"),
        (lambda: _asking(options=_options("delete", "sand")), r"what: the choice 'delete' is also a command"),
        (lambda: _asking(options=_options("आगे", "sand")), r"what: the choice 'आगे' is also a command"),
    ],
)  # fmt: skip
def test_what_a_phone_cannot_show_or_take_is_named(wrong: Callable[[], Book], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        check_book(wrong())


def test_a_menu_row_that_does_not_fit_is_named() -> None:
    category = BOOK.catalogue.categories[0]
    with pytest.raises(ConfigError, match=r"categories\.csv: cattle: hi: row title has 25"):
        check_book(_with(replace(category, menu={"hi": "🐄 " + "क" * 22, "en": "🐄 Cattle"})))
    with pytest.raises(ConfigError, match="its icon is not the same"):
        check_book(_with(replace(category, menu={"hi": "🐄 गाय", "en": "🐂 Cattle"})))


def test_a_language_of_the_catalogue_alone_or_of_the_phrases_alone_is_named() -> None:
    for languages, complaint in ((("hi", "en", "bho"), r"phrases/bho\.json"), (("hi",), "lacks 'en'")):
        with pytest.raises(ConfigError, match=complaint):
            check_book(replace(BOOK, catalogue=replace(BOOK.catalogue, languages=languages)))


def test_an_answer_too_long_for_a_message_is_named() -> None:
    long = Template("long", {}, {"hi": "क" * 4097, "en": "x"}, ())
    with pytest.raises(ConfigError, match=r"templates\.json: long: hi: text body has 4097"):
        check_book(replace(BOOK, catalogue=replace(BOOK.catalogue, templates=(long,))))


def test_a_question_with_words_as_answer_is_checked_with_its_button() -> None:
    asked = Question("who", {"hi": "क" * 1025, "en": "x"}, {"hi": "x", "en": "x"}, ())
    with pytest.raises(ConfigError, match=r"who: hi: body above buttons has 1025"):
        check_book(_with(replace(BOOK.catalogue.categories[0], questions=(asked,))))
