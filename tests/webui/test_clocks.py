"""How long a case still has: on its page, with the forms that stop the clock and let it go on."""

import pytest
from flask import Flask, session

from appliance import cases, escalation, ledger
from appliance.desk import Desk
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from tests.appliance.office import POST, SCREENER, SUPERVISOR, Watch, body, close, receive
from tests.webui.world import Visitor, somebody
from webui.clocks import span


def given(desk: Desk) -> str:
    serial = receive(desk, body(1, category="cattle"))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    return serial


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 min"),
        (25 * MINUTE_S, "25 min"),
        (100 * MINUTE_S, "1 h 40 min"),
        (47 * HOUR_S, "47 h 0 min"),
        (3 * DAY_S + 4 * HOUR_S, "3 d 4 h"),
    ],
)
def test_a_length_of_time_is_told_in_two_units(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context("/"):
        session["language"] = "en"
        assert span(seconds) == words


def page_of(desk: Desk, app: Flask, serial: str) -> str:
    """In English, to somebody who has just signed in."""
    visitor = somebody(desk, app, "supervisor")
    visitor.speak("en")
    return visitor.text(f"/cases/{serial}")


def test_the_page_says_what_is_left_and_what_is_over(desk: Desk, watch: Watch, app: Flask) -> None:
    serial = given(desk)
    watch.now += 5 * MINUTE_S
    assert "25 min left" in page_of(desk, app, serial)
    watch.now += 3 * HOUR_S + 25 * MINUTE_S
    page = page_of(desk, app, serial)
    assert "overdue 3 h 0 min" in page
    assert "the post is to accept" in page
    watch.now += 2 * HOUR_S
    escalation.run(desk, watch.now)
    page = page_of(desk, app, serial)
    assert "sent up to the circle officer" in page
    assert "CO City" in page


def test_what_happens_now_in_a_case_that_waits_for_its_end_says_what_is_to_be_done(
    desk: Desk, app: Flask
) -> None:
    serial = given(desk)
    for act, more in (("start", ""), ("report_back", "done"), ("verify", "")):
        actor = SUPERVISOR if act == "verify" else SCREENER
        getattr(cases, act)(desk, serial, actor, ledger.find(desk, serial).version, more)
    assert "to be answered where possible, and closed" in page_of(desk, app, serial)
    receive(desk, body(2, adds_to=body(1).handle, happening_now=True))
    assert "what happens now is to be given to a post again" in page_of(desk, app, serial)


def test_what_is_set_aside_says_who_is_waited_for(desk: Desk, app: Flask) -> None:
    serial = receive(desk, body(1))
    cases.quarantine(desk, serial, SCREENER, 1, "nothing in it")
    assert "a second person is to confirm that it is spam" in page_of(desk, app, serial)


def test_what_has_stood_for_as_long_as_it_may_has_no_form_to_stop_it(
    desk: Desk, watch: Watch, app: Flask
) -> None:
    serial = given(desk)
    form = f'action="/cases/{serial}/pause"'
    for days in (14, 7):
        assert form in page_of(desk, app, serial)
        cases.pause(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "court", "a hearing")
        watch.now += days * DAY_S
        escalation.run(desk, watch.now)
    assert ledger.find(desk, serial).due_at is not None
    assert form not in page_of(desk, app, serial)


def test_a_clock_is_stopped_for_a_reason_and_goes_on(desk: Desk, supervisor: Visitor) -> None:
    serial = given(desk)
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{serial}")
    assert 'value="agency"' in page
    assert 'value="informant"' not in page  # nobody has asked
    form = {"version": "3", "reason": "agency", "note": "the forest office is asked"}
    for _ in range(2):  # the same form twice acts once
        assert supervisor.post(f"/cases/{serial}/pause", form).status_code == 303
    page = supervisor.text(f"/cases/{serial}")
    assert "paused, 30 min left" in page
    assert "Waiting for another office" in page
    for _ in range(2):
        assert supervisor.post(f"/cases/{serial}/resume", {"version": "4"}).status_code == 303
    assert "30 min left" in supervisor.text(f"/cases/{serial}")
    assert [e.act for e in cases.get(desk, serial).history[-2:]] == ["pause", "resume"]


def test_without_a_note_nothing_stops(desk: Desk, supervisor: Visitor) -> None:
    serial = given(desk)
    form = {"version": "3", "reason": "agency", "note": " "}
    refused = supervisor.post(f"/cases/{serial}/pause", form)
    assert refused.status_code == 409
    assert "कारण" in refused.text
    asked = supervisor.post(f"/cases/{serial}/pause", {**form, "reason": "informant"})
    assert "पहले प्रश्न भेजें" in asked.text
    assert ledger.find(desk, serial).due_at is not None


def test_who_may_not_stop_a_clock_sees_no_form(desk: Desk, app: Flask) -> None:
    serial = given(desk)
    screener = somebody(desk, app, "screener")
    assert 'name="reason"' not in screener.text(f"/cases/{serial}")
    answer = screener.post(f"/cases/{serial}/pause", {"version": "3", "reason": "agency", "note": "n"})
    assert answer.status_code == 403


def test_a_closed_case_has_no_clock_on_its_page(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    close(desk, serial, SUPERVISOR, 2, "unfounded")
    assert 'id="clock"' not in supervisor.text(f"/cases/{serial}")
