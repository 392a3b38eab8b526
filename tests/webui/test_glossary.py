"""One Hindi word for one thing, on the pages of the office and in their help."""

import re

import pytest

from tests.webui.hindi import helps, messages

INSTEAD = {
    "सार": "संक्षिप्त जानकारी", "रसीद": "पर्ची", "नोट": "टिप्पणी", "वर्ग": "श्रेणी", "गोपनीयता": "श्रेणी", "ज़िल": "जनपद",
    "ज़ब्त": "बरामदगी", "साइन-इन": "साइन इन", "बाहर निकल": "साइन आउट", "पेज": "पन्ना", "लॉग": "लेखा", "SP": "एसपी",
    "FIR": "एफआईआर", "एफ़": "एफआईआर", "फ़ोन": "फोन", "फाइल": "फ़ाइल", "सिर्फ़": "केवल", "हफ़्त": "सप्ताह",
    "ख़त्म": "खत्म", "आखिरी": "आख़िरी", "तारीख़": "तारीख", "अपने-आप": "अपने आप", "खास": "ख़ास", "अदालत": "न्यायालय",
    "अंतिम": "आख़िरी", "मुहर": "सील",
}  # fmt: skip
"""The word that is not used, at the beginning of a word, and the one that is."""
MEANT = (
    (r"[Ss]ign-in", "प्रवेश", "साइन इन"),
    (r"printed sheet|sheet of codes", "पन्न", "पर्चा"),
    (r"[Nn]otice", r"सूचना(?!-पत्र)", "सूचना-पत्र: सूचना is what an informant sends"),
    (r"class(es|ed)?\b", "स्तर", "श्रेणी"),
)
"""What the English says, the Hindi that does not mean it, and the one that does."""
LETTER = "[\u0900-\u097fA-Za-z]"


def names(wrong: str, words: str) -> bool:
    """Whether a word of this text begins like that one; a short one counts only as it is."""
    return bool(re.search(f"(?<!{LETTER}){wrong}{f'(?!{LETTER})' if wrong == 'सार' else ''}", words))


def test_a_thing_has_one_name_on_the_pages_and_in_the_help() -> None:
    said = [*messages(), *helps("hi")]
    wrong = [(name, word, INSTEAD[word]) for name, words in said for word in INSTEAD if names(word, words)]
    assert wrong == []


@pytest.mark.parametrize(("english", "hindi", "right"), MEANT)
def test_a_word_stands_for_what_is_meant(english: str, hindi: str, right: str) -> None:
    meant = [(name, words) for name, words in messages() if re.search(english, name)]
    assert meant
    assert [name for name, words in meant if re.search(hindi, words)] == [], right
