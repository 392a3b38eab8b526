import json
from pathlib import Path

import pytest

from provisioning.posters import words
from provisioning.posters.words import Bilingual
from sync.errors import ConfigError


def test_a_number_is_spelled_digit_by_digit_in_both_languages(told: Bilingual) -> None:
    groups = ("+91", "98000", "12345")

    assert told.hi.spelled(groups) == "प्लस नौ एक, नौ आठ शून्य शून्य शून्य, एक दो तीन चार पाँच"
    assert told.en.spelled(groups) == "plus nine one, nine eight zero zero zero, one two three four five"


def test_both_languages_say_what_a_citizen_must_know(told: Bilingual) -> None:
    hindi, english = (" ".join([*words.data, *words.forged, words.place]) for words in (told.hi, told.en))

    for fact in ("WhatsApp", "पुलिस को आपका नंबर", "रास्ता भी नहीं", "चैट", "शब्दों", "OTP", "{link}", "{code}"):
        assert fact in hindi
    for fact in ("WhatsApp knows", "police do not get your number", "no way to write back", "Delete this chat",
                 "words", "OTP", "short link", "{code}", "Every poster of this thana"):  # fmt: skip
        assert fact in english


def change(folder: Path, language: str, name: str, value: object) -> Path:
    data = json.loads(words.FILE.read_text(encoding="utf-8"))
    data[language][name] = value
    path = folder / "words.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("digits", ["zero"], "en.digits"),
        ("steps", [], "en.steps"),
        ("extra", "x", "exactly"),
        ("data", [], "data"),
    ],
)
def test_a_translation_with_something_missing_is_refused(
    tmp_path: Path, name: str, value: object, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        words.load(change(tmp_path, "en", name, value))
