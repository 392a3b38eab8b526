"""Who asks to add to an earlier report, and what he tells beside it: nothing is lost, and no story is taken for it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import receipts
from relay.understanding import addition, asked_to_add, keyword
from relay.understanding.adding import Asked
from tests.relay.adding_texts import (
    ENGLISH,
    HINDI,
    ROMANISED,
    STORIES_ENGLISH,
    STORIES_HINDI,
    STORIES_ROMANISED,
)

RIGHT = receipts.new_code(random.Random(3))
ASKED = (*HINDI.items(), *ENGLISH.items(), *ROMANISED.items())
STORIES = (*STORIES_HINDI, *STORIES_ENGLISH, *STORIES_ROMANISED)


def _cut(code: str, sign: str = " ") -> str:
    return sign.join(code[at : at + 4] for at in range(0, len(code), 4))


def _wrong(how: str) -> str:
    digits = {
        "one wrong": RIGHT[:5] + str((int(RIGHT[5]) + 1) % 10) + RIGHT[6:],
        "one missing": RIGHT[:-1],
        "one too many": RIGHT + "7",
    }
    return digits[how]


def _is_called_wrong(text: str) -> bool:
    asked = asked_to_add(text)
    return asked is not None and asked.is_command and not asked.is_right


def test_the_tables_are_long_enough() -> None:
    tables = (HINDI, ENGLISH, ROMANISED, STORIES_HINDI, STORIES_ENGLISH, STORIES_ROMANISED)
    assert min(map(len, tables)) >= 30


@pytest.mark.parametrize("code", [RIGHT, _cut(RIGHT)], ids=["whole", "in groups"])
@pytest.mark.parametrize(("text", "told"), ASKED)
def test_a_right_receipt_and_a_word_to_add_ask_for_it_and_all_else_is_kept(
    text: str, told: str, code: str
) -> None:
    assert addition(text.replace("G", code)) == told


LIKE_A_REQUEST = "sir madam bhai ko me mein main to do de lo please my is aur and in on it the hai 2".split()
LIKE_A_REQUEST += "सर मैडम भाई को में दो दे लो है और मेरी जोड़ा 5000 लिए".split()


@given(
    st.lists(st.sampled_from(LIKE_A_REQUEST), max_size=6), st.sampled_from(["add {}", "जोड़ें {}", "{} में जोड़ें"])
)
def test_no_word_behind_the_request_is_lost(behind: list[str], way: str) -> None:
    assert addition(f"{way.format(RIGHT)} {' '.join((*behind, 'Ramu'))}") == " ".join((*behind, "Ramu"))


@given(st.lists(st.sampled_from(LIKE_A_REQUEST), max_size=6))
def test_no_word_before_the_request_is_lost(before: list[str]) -> None:
    assert addition(f"Ramu {' '.join(before)}, G me jodo".replace("G", RIGHT)) == " ".join(("Ramu", *before))


@pytest.mark.parametrize("how", ["one wrong", "one missing", "one too many"])
@pytest.mark.parametrize(("text", "told"), ASKED)
def test_a_wrong_receipt_in_the_same_words_is_called_wrong(text: str, told: str, how: str) -> None:
    wrong = _wrong(how)
    for code in (wrong, _cut(wrong[:16]) + wrong[16:]):
        asked = text.replace("G", code)
        assert (asked_to_add(asked), addition(asked)) == (Asked(told, is_right=False, is_command=True), None)
        assert keyword(asked) == (None if told else "add")


@pytest.mark.parametrize("text", STORIES)
def test_stories_with_like_words_and_numbers_stay_stories(text: str) -> None:
    asked = asked_to_add(text)
    assert (keyword(text), addition(text), asked is not None and asked.is_command) == (None, None, False)


@pytest.mark.parametrize(
    "sign", ["\n", ", ", "  ", "\u00a0", "\u2013", " - ", "-", ".", "", "\u200b", "/", "_"]
)
@pytest.mark.parametrize("way", ["add {} he came", "{} me jodo he came", "जोड़ें {}\nhe came"])
def test_whatever_few_signs_stand_between_its_groups_a_right_receipt_is_right(way: str, sign: str) -> None:
    assert addition(way.format(_cut(RIGHT, sign))) == "he came"
    assert receipts.find_code(f"status {_cut(RIGHT, sign)}") == RIGHT


@pytest.mark.parametrize("beside", ["{} 2 log aaye", "12/05 {} ko 5000", "{} 9876543210", "9876543210, {}"])
def test_a_right_receipt_is_right_beside_other_numbers(beside: str) -> None:
    assert receipts.find_code(f"jodo {beside.format(_cut(RIGHT))}") == RIGHT


@pytest.mark.parametrize("words", ["98765 43210 222002", "9876543210 222002", "+91 98123 45671, 222002"])
def test_a_phone_with_a_pin_code_is_no_receipt_whatever_its_digits(words: str) -> None:
    for last in range(10):
        assert receipts.find_code(f"{words[:-1]}{last}") is None


@pytest.mark.parametrize(
    "words", ["फोन नहीं उठाता। W में जोड़ें", "add W his phone is off", "uska card mila tha, W me jodo"]
)
def test_a_wrong_receipt_is_called_wrong_though_a_phone_or_a_card_is_told_of(words: str) -> None:
    assert _is_called_wrong(words.replace("W", _cut(_wrong("one wrong"))))


def test_a_receipt_without_its_last_two_digits_is_called_wrong() -> None:
    assert _is_called_wrong(f"जोड़ें {_cut(RIGHT[:14])} वह आया")
