"""The table of words that mean the same agrees with the catalogue's words for crimes."""

import json

import pytest

from appliance.search import synonyms
from appliance.search.words import words
from sync import catalogue
from tests.appliance.office import DIRECTORY

GROUPS = json.loads(synonyms._FILE.read_text(encoding="utf-8"))
CRIMES = json.loads(
    (synonyms._FILE.parents[2] / "sync/catalogue/crime_words.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    "group", [group for group in GROUPS if group["of"]], ids=lambda group: group["words"][0]
)
def test_words_of_a_crime_are_the_catalogues(group: dict[str, object]) -> None:
    assert set(group["words"]) <= set(CRIMES[group["of"]])  # type: ignore[call-overload]  # read from JSON


def test_no_word_stands_in_two_groups() -> None:
    said = [
        tuple(words(word)) for group in GROUPS for word in {" ".join(words(word)) for word in group["words"]}
    ]
    assert sorted(said) == sorted(set(said))


def test_a_thana_is_found_by_its_name_in_the_other_script() -> None:
    known = synonyms.of_directory(DIRECTORY)
    assert ("लाइन", "बाजार") in known.find(("line", "bazar"))


def test_the_catalogue_names_those_crimes() -> None:
    assert {group["of"] for group in GROUPS if group["of"]} <= {c.code for c in catalogue.load().categories}
