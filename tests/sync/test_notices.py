"""Words for officers: every phrase in every language with its places, and within what WhatsApp takes."""

import json
import shutil
from pathlib import Path

import pytest

from sync import catalogue, notices
from sync.catalogue import FOLDER, LANGUAGES
from sync.errors import ConfigError
from sync.messages import Duty
from sync.notices import BRIEF_UNITS, units
from tests.appliance.office import DIRECTORY

SAID = notices.load(catalogue.load(), DIRECTORY)
DUTY = Duty(1, "d" * 32, "+919812345678", "hi", "JNP-2026-00417", "JNP-01", "restricted", "urgent", "")


def test_a_notice_names_serial_class_and_thana_in_his_language() -> None:
    assert SAID.values(DUTY) == ("JNP-2026-00417", "सीमित, तुरंत", "कोतवाली")
    assert all(value in SAID.notice(DUTY) for value in SAID.values(DUTY))


def test_classes_of_the_same_name_are_told_once_and_no_thana_is_said_so() -> None:
    plain = Duty(1, "d" * 32, "", "hi", "JNP-1", "", "open", "normal", "")
    assert SAID.values(plain) == ("JNP-1", "सामान्य", "पता नहीं")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_brief_and_every_button_fit(language: str) -> None:
    longest = Duty(1, "", "", language, "XXX-2026-99999", "", "secret", "urgent", "क" * BRIEF_UNITS)
    assert units(SAID.after_accept(longest)) <= 1024
    for key in ("accept", "cannot", "acted", "could_not"):
        assert units(SAID.text(language, key)) <= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_to_approve_is_the_notice(language: str) -> None:
    body, buttons = notices.template(SAID.words, language)
    assert [f"{{{{{n}}}}}" in body for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert len(set(buttons)) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"neutral": {"hi": "x"}}, {"neutral": {"hi": "x", "en": "{serial}"}}, {"more": {"hi": "x", "en": "x"}}],
)
def test_phrases_that_are_wrong_are_named(tmp_path: Path, wrong: dict[str, dict[str, str]]) -> None:
    shutil.copy(FOLDER / "duty.json", tmp_path)
    path = tmp_path / "duty.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | wrong), "utf-8")
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        notices.read(tmp_path)
