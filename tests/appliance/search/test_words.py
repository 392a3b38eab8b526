"""The one form of words, and their roman keys."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.search.query import read
from appliance.search.romankey import keys
from appliance.search.snippets import spans
from appliance.search.synonyms import Synonyms
from appliance.search.words import normal, placed, words

DEVANAGARI = st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x097F))
ANY = st.one_of(st.text(), DEVANAGARI, st.text("abcdehiknorstuy *\"'"))
NONE = Synonyms({}, {}, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("गाँव", "गांव"), ("क़त्ल", "कत्ल"), ("बन्दूक", "बंदूक"), ("सम्भल", "संभल"), ("क्‍या", "क्या")),
        *(("गये", "गए"), ("नयी", "नई"), ("दारू", "दारु"), ("दुःख", "दुख"), ("१२", "12"), ("ＵＰ", "up")),
        *(("पड़ोस", "पड़ोस"), ("DARU", "daru"), ("चाहिये", "चाहिए")),
    ],
)
def test_ways_of_writing_one_word_are_one(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("चोरी", "चोर"), ("शराब", "शराबी"), ("लड़का", "लड़की"), ("जन्म", "जंम")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


@given(ANY)
@example("Ａΐΰİ½㎏")
def test_the_one_form_of_a_form_is_itself(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert words(" ".join(words(text))) == words(text)


@given(ANY)
def test_every_word_stands_in_the_text(text: str) -> None:
    for start, end, word in placed(text):
        assert 0 <= start < end <= len(text)
        assert word in words(text[start:end])


@given(ANY)
def test_keys_are_plain_letters_behind_the_script(text: str) -> None:
    for word in words(text):
        assert all(key.isascii() and key.isalpha() and key[0] in "dl" for key in keys(word))


@given(ANY, ANY)
def test_hits_lie_inside_the_text(query: str, text: str) -> None:
    found = spans(read(query, NONE), text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert found == sorted(found)
