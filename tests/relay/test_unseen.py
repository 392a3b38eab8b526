"""Nothing that is not seen marks a text: what a poster's link hides in it is gone, what scripts need stays."""

import time

import pytest

from relay.understanding import clean, without_links

SAID = "कल रात दुकान के पीछे"


@pytest.mark.parametrize(
    "marked",
    [
        "कल\u200b रात\u200c\u200b दुकान के पीछे",
        "कल\u00a0रात\u2003दुकान  के\tपीछे",
        "\ufeffकल रात दुकान के पीछे\U000e0041\U000e007f",
        "कल रात\ufe0e दु\u2060कान के पीछे\u3164",
        "  कल रात दुकान के पीछे \u2028\u2028",
        "कल रात दुकान क\u200dे पीछे",
    ],
    ids=["zero-width", "blanks", "tags", "selectors", "lines", "joiner"],
)
def test_what_is_not_seen_is_gone(marked: str) -> None:
    assert clean(marked) == SAID


@pytest.mark.parametrize("needed", ["क्\u200dष", "श्\u200cरी", "👩\u200d👩\u200d👧", "एक\n\nदो"])
def test_what_changes_what_is_seen_stays(needed: str) -> None:
    assert clean(needed) == needed


def test_links_go_and_the_other_words_stay() -> None:
    assert without_links("Hi https://wa.example/8f3a और www.x.in/7 wa.me/91 देखो") == "Hi और देखो"


def test_one_endless_word_takes_no_time() -> None:
    began = time.process_time()
    without_links(clean("x" * 65_536))
    assert time.process_time() - began < 1
