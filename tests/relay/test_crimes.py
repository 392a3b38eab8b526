"""Which kind of crime words name, and which language they are in."""

import pytest

from relay.understanding import crime_named, fold, likely_language, named_language, refuses_keeping, tells
from sync import catalogue

WORDS = catalogue.load().crime_words


def test_every_kind_but_the_last_has_words_and_no_two_share_one() -> None:
    folded = [(fold(word), "+" in word) for words in WORDS.values() for word in words]
    assert set(WORDS) == {category.code for category in catalogue.load().categories} - {"other"}
    assert len({(word, on, code) for code, words in WORDS.items() for word, on in
                {(fold(w), "+" in w) for w in words}}) == len(set(folded))  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("category", WORDS)
def test_every_word_alone_names_its_kind(category: str) -> None:
    for word in WORDS[category]:
        assert crime_named(word.replace(" + ", " "), WORDS) == category, word


@pytest.mark.parametrize(
    "text",
    [
        "ghar me ghus gaye",
        "do hafta pehle police aayi",
        "ladki gayab ho gai",
        "grapes are sold",
        "murder and rape",
        "",
    ],
)
def test_what_names_none_or_two_chooses_none(text: str) -> None:
    assert crime_named(text, WORDS) is None


def test_hafta_is_about_police_only_where_they_are_named() -> None:
    assert crime_named("gunde hafta lete hain", {"extortion": WORDS["extortion"]}) == "extortion"
    assert crime_named("dukan se hafta lete hain", WORDS) == "extortion"
    assert crime_named("dukan se daroga hafta lete hain", WORDS) == "police_corruption"


def test_a_language_is_likely_only_in_a_sentence() -> None:
    assert likely_language("they sell it near my house") == "en"
    assert likely_language("यहां रात में शराब बनती है") == "hi"
    assert likely_language("yahan raat me daru banti hai") is None
    assert likely_language("my house") is None


def test_the_name_of_a_language_must_be_the_whole_message() -> None:
    assert named_language("in english please") == "en"
    assert named_language("english wine shop") is None


def test_words_tell_something_unless_they_are_plain() -> None:
    assert tells("my neighbour") and tells("मेरा पड़ोसी")
    assert not any(map(tells, ("no", "ok", "hello", "back", "12", "...", "पता नहीं", "ek")))


def test_a_number_not_to_be_kept() -> None:
    assert refuses_keeping("no dont keep my num") and refuses_keeping("नंबर मत रखना")
    assert not refuses_keeping("yes keep my number")
