"""Which passwords are refused, and how failed tries slow down whoever makes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import people
from appliance.desk import Desk
from appliance.people import WeakPassword, guessable
from tests.appliance.office import Watch

PASSWORD = "rain on a tin roof"


def why(desk: Desk, password: str) -> str:
    try:
        guessable.refuse(desk, "rk.singh", password)
    except WeakPassword as error:
        return error.why
    return ""


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("eleven sign", "short"), ("twelve signs", ""), ("x1" * 64 + "tea and rain", ""), ("बारिश की टिन की छत", ""),
        ("all small letters here", ""), ("many words with spaces " * 12, "long"),
        ("passwordpassword", "common"), ("Password12345678", "common"), ("P@ssw0rd!!!!2026", "common"),
        ("qwertyqwerty", "common"), ("123456789012", "common"), ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"), ("1qaz2wsx3edc", "common"),
        ("the police is kind", "known"), ("kotwali rains today", "known"), ("jaunpur-at-night", "known"),
        ("लाइन बाजार की चाय है", "known"), ("rk.singh likes rain", "known"), ("my SATARK secret", "known"),
    ],
)  # fmt: skip
def test_only_what_others_would_try_is_refused(desk: Desk, password: str, expected: str) -> None:
    assert why(desk, password) == expected


def test_the_three_thousand_most_common_are_listed_with_their_source() -> None:
    lines = guessable._LIST.read_text(encoding="utf-8").splitlines()
    assert "MIT License" in " ".join(lines[:3]) and "zxcvbn" in lines[1]
    assert len(lines) - 3 >= 3000 and lines[3:6] == ["123456", "password", "12345678"]
    assert {"123456", "iloveyou", "qwertyuiop"} <= guessable.common()


def test_every_listed_password_is_refused_also_with_digits_behind_it(desk: Desk) -> None:
    listed = sorted(one for one in guessable.common() if len(one) >= 5)
    assert [one for one in listed[::40] if why(desk, one) == "" or why(desk, f"{one}2026!2026!") == ""] == []


@given(st.text(min_size=12, max_size=64))
def test_any_text_is_judged_without_a_fault(text: str) -> None:
    assert guessable.is_common(text.casefold()) in (True, False)


def test_one_password_typed_in_two_ways_is_one(desk: Desk) -> None:
    people.add(desk, "asha", "Asha", "screener", "क़लम और काग़ज़ है")
    assert people.check(desk, "asha", "क़लम और काग़ज़ है")


def test_who_guesses_from_elsewhere_does_not_make_the_sp_wait(desk: Desk, watch: Watch) -> None:
    people.add(desk, "chand", "Chand", "sp", PASSWORD)
    chand = people.check(desk, "chand", PASSWORD, "10.0.0.1")
    assert chand is not None
    people.begin(desk, chand, "10.0.0.1")
    for _ in range(20):
        people.check(desk, "chand", "wrong", "10.0.0.66")
        watch.now += 60
    people.check(desk, "chand", "wrong", "10.0.0.66")
    assert people.wait_s(desk, "chand", "10.0.0.66") > 0
    assert people.wait_s(desk, "chand", "10.0.0.1") == 0
    assert people.check(desk, "chand", PASSWORD, "10.0.0.1") == chand


def test_guessing_one_password_for_many_names_slows_the_address(desk: Desk) -> None:
    for number in range(people.PLACES.free):
        people.check(desk, f"name{number}", "wrong", "10.0.0.66")
    assert people.wait_s(desk, "another", "10.0.0.66") > 0
    assert people.wait_s(desk, "another", "10.0.0.7") == 0


def test_no_wait_is_longer_than_a_minute(desk: Desk, watch: Watch) -> None:
    for _ in range(40):
        people.check(desk, "asha", "wrong", "10.0.0.66")
        assert people.wait_s(desk, "asha", "10.0.0.66") <= 60
        watch.now += 60


def test_addresses_lie_nowhere(desk: Desk) -> None:
    people.add(desk, "chand", "Chand", "sp", PASSWORD)
    chand = people.check(desk, "chand", PASSWORD, "10.11.12.13")
    assert chand is not None
    people.begin(desk, chand, "10.11.12.13")
    people.check(desk, "chand", "wrong", "10.11.12.13")
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    assert b"10.11.12.13" not in desk.config.box_db.read_bytes()


def test_a_refused_name_that_nobody_has_is_not_noted_down(desk: Desk) -> None:
    people.check(desk, "my secret password", "x")
    (noted,) = desk.conn.execute("select object from audit").fetchone()
    assert noted == "?"
