from string import ascii_uppercase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provisioning import directory
from sync.errors import ConfigError
from sync.placecode import LETTERS, code_of, find

THANA_CODES = st.from_regex(rf"\A[{LETTERS}]{{3}}-[0-9]{{2}}\Z")
PLACES = (0, 1, 2, 4, 5, 6)  # of the characters in "JNP-07K"; 3 is the hyphen


def test_the_letter_stays_what_the_posters_on_the_walls_say() -> None:
    assert [code_of(code) for code in ("JNP-01", "JNP-07", "JNP-70", "GZP-07", "CDL-16")] == [
        "JNP-01D", "JNP-07K", "JNP-70S", "GZP-07W", "CDL-16E",
    ]  # fmt: skip


def test_every_thana_of_the_seed_has_a_code_that_is_found_again() -> None:
    codes = [thana.code for thana in directory.load().thanas]

    assert [find(f"नमस्ते / Hi [{code_of(code)}]") for code in codes] == codes


@pytest.mark.parametrize(
    "text",
    [
        "नमस्ते / Hi [JNP-07K]",
        "jnp-07k",
        "hello JNP07K",
        "JNP 07 K",
        "Jnp_07k.",
        "मेरा कोड [jnp-०७k] है",
        "\u200eJNP\u201307\u200bK\u200f",
        "ＪＮＰ－０７Ｋ",
        "pin 222001\nJNP - 07 - K\n2 lakh",
        "JNP-07A or JNP-07K",
        "ABC-12 JNP-07K",
    ],
)
def test_found_however_it_is_written(text: str) -> None:
    assert find(text) == "JNP-07"


@pytest.mark.parametrize(
    "text",
    ["", "Hi", "JNP-07", "JNP-07A", "XJNP-07K", "JNP-07KM", "JNP-107K", "JNP-O7K", "UP 62 AB 1234", "JN-07K"],
)
def test_not_found_where_there_is_none(text: str) -> None:
    assert find(text) is None


@pytest.mark.slow
@given(THANA_CODES, st.sampled_from(PLACES), st.sampled_from(ascii_uppercase + "0123456789०९"))
def test_one_wrong_character_is_seen(code: str, place: int, wrong: str) -> None:
    right = code_of(code)
    mistyped = right[:place] + wrong + right[place + 1 :]
    assume(mistyped.translate(str.maketrans("०९", "09")) != right)

    assert find(mistyped) is None


@given(THANA_CODES, st.sampled_from([(0, 1), (1, 2), (2, 4), (4, 5), (5, 6)]))
def test_two_neighbours_changed_about_are_seen(code: str, places: tuple[int, int]) -> None:
    characters = list(code_of(code))
    first, second = places
    assume(characters[first] != characters[second])

    characters[first], characters[second] = characters[second], characters[first]

    assert find("".join(characters)) is None


@given(THANA_CODES, st.integers(0, 6))
def test_a_character_too_few_is_seen(code: str, place: int) -> None:
    right = code_of(code)
    assume(right[place] != "-")

    assert find(right[:place] + right[place + 1 :]) is None


@given(THANA_CODES)
def test_what_we_print_is_found(code: str) -> None:
    assert find(f"नमस्ते / Hi [{code_of(code)}]") == code
    assert find(code_of(code).lower().replace("-", "")) == code


@given(st.text(alphabet=st.characters(codec=None)) | st.text(alphabet="JNPjnp07K-०७ \u200d"))
def test_any_text_will_do(text: str) -> None:
    found = find(text)

    assert found is None or code_of(found)[-1] in LETTERS


@pytest.mark.parametrize("code", ["", "JNP-7", "JNP07", "jnp-07", "JIO-07", "JNPX-07", "JNP-०७", "JNP-07\n"])
def test_a_code_that_cannot_stand_on_a_poster_is_refused(code: str) -> None:
    with pytest.raises(ConfigError, match="poster"):
        code_of(code)
