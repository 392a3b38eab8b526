"""A search says when it cannot know everything yet, and what it does not look into for this person."""

import pytest
from flask import Flask

from appliance import cases, search
from appliance.desk import Desk
from appliance.search import keeping
from tests.appliance.office import POST, SUPERVISOR, body, receive
from tests.webui.world import Visitor, somebody

NOTE = "शब्दों की सूची अभी बन रही है"


def test_a_search_tells_that_the_index_is_still_being_made(
    desk: Desk, supervisor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CHEAP", 1)
    serial = receive(desk, body(1, text="अवैध गांजा"))
    assert NOTE in supervisor.text("/cases?text=ganja")
    assert NOTE not in supervisor.text("/cases")
    search.catch_up(desk)
    text = supervisor.text("/cases?text=ganja")
    assert serial in text and NOTE not in text


def given(desk: Desk, brief: str) -> str:
    """A case that the post has, with its brief."""
    serial = receive(desk, body(1, text="अवैध गांजा"))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, brief=brief)
    return serial


def test_an_officer_who_searches_a_word_hears_that_only_serials_are_searched(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial, officer = given(desk, "चक्की के पीछे देखें"), somebody(desk, app, "sho")
    officer.speak("en")
    monkeypatch.setattr(search.keeping, "CHEAP", 0)
    text = officer.text("/cases?text=चक्की")
    assert "Words are not searched here, only serials." in text and "No case fits" not in text
    assert 'placeholder="serial"' in text and "index of words" not in text
    assert f'href="/cases/{serial}"' in officer.text("/cases?text=1")


def test_a_circle_officer_hears_that_what_informants_told_is_not_searched(desk: Desk, app: Flask) -> None:
    officer = somebody(desk, app, "co")
    officer.speak("en")
    serial = given(desk, "चक्की के पीछे देखें")
    search.catch_up(desk)
    text = officer.text("/cases?text=गांजा")
    assert "What informants told is not searched here" in text and "No case fits" not in text
    assert serial in officer.text("/cases?text=चक्की")
