"""Whose is that number? What people write instead of tapping, in both languages and both scripts."""

import pytest

from relay.dialogue.offers import chosen
from relay.dialogue.state import State
from tests.relay.talk import book

BOOK = book()
MINE = (
    "thats mine", "mine", "my number", "own", "it's mine", "It’s mine.", "yes mine", "yes it is mine",
    "Yes, it is my number", "my own", "it is my own", "this is my no", "my car", "all mine",
    "one of them is mine", "ours", "mera", "meri", "meri hai", "haan meri hai", "mera hai",
    "mera hi hai", "ji mera hai sir", "ye mera hai", "yeh mera number hai", "mera no hai",
    "haan ji mera hai", "apna hai", "apna hi hai", "hamari hai", "humara hai", "ek mera hai",
    "sab mere hain", "meri gaadi hai", "मेरा", "मेरी", "मेरी है", "हां मेरा है", "हाँ मेरा है।",
    "यह मेरा है", "मेरा ही है", "जी मेरा है", "मेरा अपना", "अपना है", "अपनी है", "हमारी है",
    "हमारा नंबर है", "ये मेरी गाड़ी है", "इनमें से एक मेरा है", "सब मेरे हैं",
)  # fmt: skip
THEIRS = (
    "usi ka hai", "लुटेरों का है", "someone else", "someone else's", "Someone else’s", "it is someone else's",
    "no, someone else's", "not mine", "no not mine", "it's not mine", "it isn't mine",
    "no it is not my number", "none of them is mine", "his", "theirs",
    "the accused's", "the suspect's number", "all his", "not mine, his", "his, not mine",
    "kisi aur ka", "kisi aur ka hai", "nahi kisi aur ka hai", "kisi dusre ka hai", "dusre ka hai",
    "mera nahi", "mera nahi hai", "nahi mera nahi hai", "ye mera nahi hai", "mera no nahi hai",
    "meri nahi hai", "hamara nahi hai", "mera nhi h", "uska hai", "uska number hai", "us ka hai",
    "unka hai", "mera nahi uska hai", "uska hai mera nahi", "aaropi ka hai",
    "sab uske hain", "किसी और का", "किसी और की है", "दूसरे का है", "किसी दूसरे का है",
    "मेरा नहीं", "मेरा नहीं है", "नहीं, मेरा नहीं है", "यह मेरा नहीं है", "मेरी नहीं है",
    "हमारी नहीं है", "आरोपी का", "आरोपी का नंबर है", "उसका है", "उनकी है", "मेरा नहीं उसका है",
    "चोर का है", "दूसरे की है", "sabhi uske hain", "सब उसके हैं",
)  # fmt: skip
OF_ONE = (
    "गाड़ी उसकी है", "bike uski hai", "the car is his", "his car", "car is not mine", "not my car", "मेरी गाड़ी नहीं",
    "बाइक चोर की है", "chor ki gaadi hai", "phone mera nahi", "uska mobile hai", "the plate is theirs", "id uski hai",
    "others are not mine", "the others are his", "other's", "the other's not mine", "another's not mine",
    "dusra mera nahi", "दूसरा मेरा नहीं है", "dusre mere nahi hain", "दूसरे मेरे नहीं हैं", "koi aur mera nahi",
    "कोई और मेरी नहीं है", "dusra", "दूसरा", "dusri", "dusra number", "second", "the second", "sab gaadi uski hai",
)  # fmt: skip
"""They name one thing of several, or all but one: that one may be his own."""
NEITHER = (
    "no it's mine", "nahi mera hai", "नहीं मेरा है", "mera hai na", "mera hai ya nahi",
    "not all mine", "sab mere nahi hain", "not only mine", "सब मेरे नहीं हैं", "ek mera nahi hai",
    "one is his", "uska nahi hai", "not his", "उसका नहीं है", "mera aur uska",
    "uska nahi mera hai", "haan nahi mera", "mine or his", "mera bhai ka hai",
    "he said it is mine", "mera hai lekin wo chala raha tha", "kiska hai", "what",
    "mera nahi to kiska hai", "mera mera nahi mera", "mera kisi aur ka", "own his", "his own",
    "it is", "number",
)  # fmt: skip


def _means(text: str) -> str | None:
    return chosen(text, "whose", State("summary", 0, "hi", overlay="whose"), BOOK)


@pytest.mark.parametrize("text", MINE)
def test_it_is_his_own(text: str) -> None:
    assert _means(text) == "mine"


@pytest.mark.parametrize("text", THEIRS)
def test_it_is_somebody_elses(text: str) -> None:
    assert _means(text) == "theirs"


@pytest.mark.parametrize("text", NEITHER)
def test_what_may_be_either_is_not_guessed(text: str) -> None:
    assert _means(text) is None


@pytest.mark.parametrize("text", OF_ONE)
def test_an_answer_on_one_thing_is_none_for_all_that_was_asked_about(text: str) -> None:
    assert _means(text) is None


@pytest.mark.parametrize(("text", "code"), [("1", "mine"), ("२", "theirs"), ("option 3", "unsure")])
def test_a_digit_still_means_its_button(text: str, code: str) -> None:
    assert _means(text) == code


@pytest.mark.parametrize("text", ["mera hai " * 6, "mera " * 4000])
def test_a_long_text_is_no_answer(text: str) -> None:
    assert _means(text) is None
