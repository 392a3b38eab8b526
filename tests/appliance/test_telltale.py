"""What could tell who wrote is marked, what is about others is not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import telltale


def marked(text: str) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.end], mark.reason) for mark in telltale.marks(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("मेरा नाम रमेश है", [("मेरा नाम", "name")]),
        ("mera nam ramesh hai", [("mera nam", "name")]),
        ("mai suresh kumar bol raha hu", [("mai suresh kumar bol raha", "name")]),
        ("मैं सरायखास गाँव में रहता हूँ", [("मैं सरायखास गाँव में रहता", "home")]),
        ("main kotwali ke pas rehta hun", [("main kotwali ke pas rehta", "home")]),
        ("I live near the mill", [("I live", "home")]),
        ("मेरे घर के सामने", [("मेरे घर", "home")]),
        ("my brother saw them", [("my brother", "kin")]),
        ("MERE BHAI ko pata hai", [("MERE BHAI", "kin")]),
        ("मेरी दुकान से पैसा लेते हैं", [("मेरी दुकान", "work")]),
        ("main school me padhta hun", [("main school me padhta", "work")]),
        ("सिर्फ मुझे पता है", [("सिर्फ मुझे", "only")]),
        ("usne mujhe dhamki di", [("usne mujhe dhamki", "only")]),
        ("मैंने पहले भी शिकायत की थी", [("मैंने पहले भी शिकायत", "earlier")]),
        ("मेरा नंबर ९८३९१ २३४५६", [("मेरा नंबर", "own"), ("९८३९१ २३४५६", "own")]),
        ("my car is UP62AB4321", [("my car", "own"), ("UP62AB4321", "own")]),
        ("ramesh@example.com", [("ramesh@example.com", "number")]),
    ],
)
def test_what_people_say_of_themselves_is_marked(text: str, wanted: list[tuple[str, str]]) -> None:
    assert marked(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "अवैध शराब बिक रही है",
            "उसका नाम कल्लू है",
            "uska ghar nadi ke pas hai",
            "his brother drives the truck",
        ),
        *("वह गाँव में रहता है", "UP62AB4321 से माल आता है", "they live near the mill", "मेरठ से माल आता है"),
    ],
)
def test_what_is_said_of_others_is_not(text: str) -> None:
    assert marked(text) == []


def test_a_suspects_vehicle_after_ones_own_number_is_not_ones_own() -> None:
    assert ("UP62AB4321", "own") not in marked("मेरा नंबर 9839123456 है और गाड़ी UP62AB4321")


@given(st.one_of(st.text(), st.text("मेरा नंबर98हूँ~ my number", max_size=60)))
def test_marks_lie_in_the_text_one_after_another(text: str) -> None:
    found = telltale.marks(text)
    assert all(0 <= mark.start < mark.end <= len(text) and mark.reason in telltale.REASONS for mark in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
