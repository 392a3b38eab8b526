"""The phrases: complete, equal in all languages, and checked when they are read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from relay import phrases
from relay.dialogue import read_undo, receipt_words, words
from sync.errors import ConfigError
from tests.relay.talk import book, check_limits

RECEIPT = "1234567890123456"


def _folder(tmp_path: Path, hi: dict[str, Any], en: dict[str, Any]) -> Path:
    for language, raw in (("hi", hi), ("en", en)):
        (tmp_path / f"{language}.json").write_text(json.dumps(raw), encoding="utf-8")
    return tmp_path


def _file(**texts: str) -> dict[str, Any]:
    return {"phrases": texts, "danger": ["x"]}


def test_every_phrase_is_there_in_both_languages() -> None:
    loaded = phrases.load()
    assert set(loaded.by_language["hi"]) == set(loaded.by_language["en"])
    assert loaded.text("en", "choice_yes") == "Yes"
    assert loaded.text("hi", "choice_yes") == "हां"


def test_without_a_language_both_are_said() -> None:
    said = phrases.load().text("", "language_name")
    assert said == "हिन्दी\n\nEnglish"


@pytest.mark.parametrize(
    ("hi", "en", "complaint"),
    [
        (_file(a="1"), _file(), "en.json: 'a' is missing"),
        (_file(), _file(a="1"), "hi.json: 'a' is missing"),
        (_file(a="{n}"), _file(a="{m}"), "places"),
        (_file(a="{n"), _file(a="{n"), "brace"),
        (_file(a=" "), _file(a="1"), "empty"),
        ({"phrases": {}}, _file(), "danger"),
        ({"phrases": {}, "danger": "x"}, _file(), "danger"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, hi: dict[str, Any], en: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        phrases.load(_folder(tmp_path, hi, en))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"hi\.json is not there"):
        phrases.load(tmp_path)
    (tmp_path / "hi.json").write_text("{")
    with pytest.raises(ConfigError, match=r"hi\.json: not JSON"):
        phrases.load(tmp_path)


@pytest.mark.parametrize("language", ["hi", "en", ""])
def test_the_receipt_comes_in_fours_with_a_button_to_take_it_back(language: str) -> None:
    (say,) = receipt_words(language, RECEIPT, "t0ken", book())
    check_limits(say)
    assert "1234 5678 9012 3456" in say.text
    assert [button.id for button in say.buttons] == [f"undo|{language or 'hi'}|t0ken"]


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        ("undo|en|t0ken", ("en", "t0ken")),
        ("undo|t0ken", ("", "t0ken")),  # of a message sent before buttons named their language
        ("undo|xx|t0ken", ("", "t0ken")),
        ("undo", None),
        ("undo|en|t0ken|x", None),
        ("v1|undo|t0ken", None),
        ("", None),
    ],
)
def test_the_button_that_takes_back_is_read(choice: str, read: tuple[str, str] | None) -> None:
    assert read_undo(choice, book()) == read


def test_a_report_that_goes_at_once_has_no_way_back() -> None:
    (say,) = receipt_words("en", RECEIPT, None, book())
    assert not say.buttons
    assert "cannot be taken back" in say.text


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("key", ["receipt", "status_delivered", "status_in_work", "reminder"])
def test_what_a_locked_screen_shows_names_no_crime(language: str, key: str) -> None:
    said = words(language, key, book(), **({"receipt": RECEIPT} if key == "receipt" else {}))
    first = said.text.casefold()[:60]
    for word in ("police", "crime", "report", "drug", "पुलिस", "अपराध", "सूचना", "शिकायत"):
        assert word not in first


@pytest.mark.slow
def test_every_single_phrase_fits_a_message() -> None:
    loaded = phrases.load()
    for language in loaded.by_language:
        for key, text in loaded.by_language[language].items():
            values = dict.fromkeys(phrases.places(text), "x")
            check_limits(words(language, key, book(), **values))


def _is_read(key: str, sources: str) -> bool:
    """Whether the sources name the phrase, or its beginning in an f-string and somewhere the rest."""
    if re.search(f"[\"']{key}[\"']", sources):
        return True
    prefix, _, rest = key.partition("_")
    return f'f"{prefix}_{{' in sources and re.search(f'["@]{rest}"', sources) is not None


@pytest.mark.slow
def test_every_phrase_is_said_somewhere() -> None:
    folder = Path(phrases.__file__).parents[1]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    assert [key for key in phrases.load().by_language["en"] if not _is_read(key, sources)] == []
    assert not _is_read("status_stolen", sources) and not _is_read("stopping_by", sources)


def test_the_mark_of_a_receipt_is_no_receipt_and_short() -> None:
    for language in phrases.load().by_language:
        assert len(phrases.load().text(language, "receipt_mark")) <= 10
