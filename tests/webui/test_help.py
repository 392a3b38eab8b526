"""Help says what is true of the pages: it names their buttons as they are, and tells each reader what he sees."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

import sync.catalogue
from appliance.desk import Desk
from sync.catalogue import LANGUAGES
from tests.webui.hindi import helps, messages
from tests.webui.world import Visitor, somebody

QUOTED = re.compile("“([^”]+)”")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def words_of_pages(language: str) -> set[str]:
    """What buttons, fields and badges say in one language: in full, and up to their first colon or full stop."""
    found = {english if language == "en" else hindi for english, hindi in messages()}
    labels = json.loads((Path(sync.catalogue.__file__).parent / "labels.json").read_text(encoding="utf-8"))
    found |= {str(label[language]) for label in labels.values()}
    return found | {re.split("[:.।] ", words)[0] for words in found}


def patterns(language: str) -> list[re.Pattern[str]]:
    known = words_of_pages(language)
    whole = [one for one in known if PLACEHOLDER.sub("", one).strip()]
    return [re.compile(".+".join(map(re.escape, PLACEHOLDER.split(one)))) for one in whole]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_help_quotes_stands_on_a_page(language: str) -> None:
    known = patterns(language)
    quoted = [(name, one) for name, words in helps(language) for one in QUOTED.findall(words)]
    assert [one for one in quoted if not any(words.fullmatch(one[1]) for words in known)] == []


def test_trail_and_erasing_have_a_help_of_their_own(desk: Desk, app: Flask) -> None:
    chief = somebody(desk, app, "sp")
    assert 'href="/help/trail" data-help' in chief.text("/audit")
    assert 'href="/help/retention" data-help' in chief.text("/retention")


def test_who_forgot_his_password_is_sent_to_somebody_who_can_give_a_new_one(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    supervisor.speak("en")
    assert "ask the SP" in supervisor.text("/help/people")
    assert supervisor.get("/people").status_code == 403
    assert somebody(desk, app, "sp").get("/people").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_circle_officer_reads_that_he_sees_more_than_what_his_post_was_given(
    desk: Desk, app: Flask, language: str
) -> None:
    officer = somebody(desk, app, "co")
    officer.speak(language)
    said = {"en": "the thanas of his circle", "hi": "अपने क्षेत्र के थानों"}
    assert said[language] in officer.text("/help")
