from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.posters import link as links
from provisioning.posters import number, words
from sync import placecode
from sync.errors import ConfigError

NUMBER = number.read("+91 98000 00001")


def test_the_link_is_whatsapps_own_and_holds_number_and_code() -> None:
    link = links.link(NUMBER, words.load().greeting, "JNP-07K")

    assert link == (
        "https://wa.me/919800000001?text="
        "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87%20%2F%20Hi%20%5BJNP-07K%5D"
    )
    assert parse_qs(urlsplit(link).query) == {"text": ["नमस्ते / Hi [JNP-07K]"]}


@given(st.from_regex(rf"\A[{placecode.LETTERS}]{{3}}-[0-9]{{2}}\Z"))
def test_what_the_link_prefills_is_found_by_the_relay(thana_code: str) -> None:
    link = links.link(NUMBER, words.load().greeting, placecode.code_of(thana_code))

    assert placecode.find(parse_qs(urlsplit(link).query)["text"][0]) == thana_code


@pytest.mark.parametrize("greeting", ["नमस्ते " * 3 + "[{code}]", "x" * 134 + "{code}", "?" * 60 + "{code}"])
def test_a_link_too_long_for_the_square_is_refused(greeting: str) -> None:
    with pytest.raises(ConfigError, match="bytes"):
        links.link(NUMBER, greeting, "JNP-07K")


def test_the_longest_link_allowed_still_has_modules_of_more_than_a_millimetre() -> None:
    modules = len(links.matrix("x" * links.LINK_MAX_BYTES))

    assert modules == 49
    assert 69 / (modules + 2 * 4) > 1
