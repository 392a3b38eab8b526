"""A tip by telephone or at the door: the questions of its kind, no field for who told it, no way to write back."""

import re

import pytest
from flask import Flask

from appliance import cases
from appliance.desk import Desk
from tests.webui.world import Visitor, somebody

FORM = {
    "category": "drugs",
    "source": "phone",
    "language": "hi",
    "thana": "JNP-02",
    "now": "1",
    "fear": "yes",
    "police": "no",
    "place": "बाजार",
    "text": "पुड़िया\r\nबिकती है",
    "q.what": "ganja",
}


def test_a_tip_becomes_a_case_without_a_way_back(desk: Desk, screener: Visitor) -> None:
    answer = screener.post("/cases/new", FORM)
    assert answer.status_code == 303
    case = cases.get(desk, answer.headers["Location"].rsplit("/", 1)[1])
    (told,) = case.reports
    assert (told.text, told.place, told.thana, told.fear) == ("पुड़िया\nबिकती है", "बाजार", "JNP-02", "yes")
    assert [(one.question, one.choice) for one in told.answers] == [("what", "ganja")]
    assert (case.file.source, case.can_answer, told.happening_now) == ("phone", False, True)
    assert [entry.actor for entry in case.history] == ["screener"]


def test_the_second_step_asks_that_kinds_questions_and_for_nobodys_name(screener: Visitor) -> None:
    screener.speak("en")
    assert "there is no field for it" in screener.text("/cases/new")
    page = screener.text("/cases/new?source=walk_in&category=drugs")
    assert 'name="q.what"' in page
    assert not re.search(r'name="(name|number|phone|mobile|informant)"', page)


@pytest.mark.parametrize("wrong", [{"text": "", "q.what": ""}, {"source": "letter"}, {"thana": "XYZ-01"}])
def test_a_tip_that_cannot_be_comes_back_as_it_was_typed(
    desk: Desk, screener: Visitor, wrong: dict[str, str]
) -> None:
    answer = screener.post("/cases/new", {**FORM, **wrong})
    assert answer.status_code == 422
    assert "बाजार</textarea>" in answer.text
    assert cases.counts(desk)["received"] == 0


@pytest.mark.parametrize("role", ["co", "sho", "analyst", "technician", "auditor"])
def test_others_enter_nothing(desk: Desk, app: Flask, role: str) -> None:
    visitor = somebody(desk, app, role)
    assert visitor.get("/cases/new").status_code == 403
    assert visitor.post("/cases/new", FORM).status_code == 403


def test_a_tip_that_was_sent_twice_is_one_case(desk: Desk, screener: Visitor) -> None:
    page = screener.text("/cases/new?source=walk_in&category=drugs")
    found = re.search(r'name="nonce" value="([0-9a-f]{32})"', page)
    assert found is not None
    first, again = (screener.post("/cases/new", {**FORM, "nonce": found[1]}) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert cases.counts(desk)["received"] == 1


@pytest.mark.parametrize(("shown_in", "sent_in"), [("off", "on"), ("on", "off")])
def test_a_tip_goes_to_practice_or_to_the_office_as_it_was_begun(
    desk: Desk, screener: Visitor, shown_in: str, sent_in: str
) -> None:
    screener.speak("en")
    screener.post("/practice/switch", {"practice": shown_in})
    page = screener.text("/cases/new?source=phone&category=drugs")
    draft = page.split('name="draft" value="')[1].split('"')[0]
    screener.post("/practice/switch", {"practice": sent_in})  # in another tab
    answer = screener.post("/cases/new", {**FORM, "draft": draft})
    assert answer.status_code == 409 and "practice" in answer.text.split('role="alert"')[1]
    assert "बाजार</textarea>" in answer.text and f'name="draft" value="{draft}"' in answer.text
    assert desk.conn.execute("select count(*) from case_file").fetchone()[0] == 0
    screener.post("/practice/switch", {"practice": shown_in})
    assert "बाजार</textarea>" in screener.text("/cases/new?source=phone&category=drugs")
    assert screener.post("/cases/new", {**FORM, "draft": draft}).status_code == 303
    assert [row[0] for row in desk.conn.execute("select practice from case_file")] == [shown_in == "on"]
