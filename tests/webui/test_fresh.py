"""Before what cannot be taken back the password is asked for again."""

import pytest
from flask import Flask, request

from appliance import people
from appliance.desk import Actor, Desk
from tests.appliance.office import Watch, audited
from tests.webui.world import PASSWORD, Visitor, somebody
from webui.access import CASES, fresh, needs


@pytest.fixture
def app(app: Flask) -> Flask:
    @needs(CASES)
    @fresh
    def secret(actor: Actor) -> str:
        return f"{actor.name} {request.args.get('q', '')}{request.form.get('reason', '')}"

    app.add_url_rule("/secret", view_func=secret, methods=["GET", "POST"])
    return app


@pytest.fixture
def later(supervisor: Visitor, watch: Watch) -> Visitor:
    """A supervisor who gave his password six minutes ago."""
    watch.now += people.FRESH_S + 60
    return supervisor


def test_five_minutes_after_the_password_nothing_is_asked(supervisor: Visitor, watch: Watch) -> None:
    watch.now += people.FRESH_S - 1
    assert supervisor.text("/secret") == "supervisor "


def test_later_the_way_leads_over_the_password_and_back(later: Visitor, desk: Desk) -> None:
    place = later.get("/secret?q=1").headers["Location"]
    assert place == "/confirm?next=/secret?q%3D1"
    assert 'name="next" value="/secret?q=1"' in later.text(place)
    answer = later.post("/confirm", {"proof": PASSWORD, "next": "/secret?q=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/secret?q=1")
    assert later.text("/secret?q=1") == "supervisor 1"
    assert ("supervisor", "login.confirm", "supervisor") in audited(desk)


def test_a_form_that_comes_too_late_keeps_what_was_typed(later: Visitor) -> None:
    asked = later.post("/secret", {"reason": "<court>"})
    assert asked.status_code == 403
    assert 'name="reason" value="&lt;court&gt;"' in asked.text and 'action="/secret"' in asked.text
    form = asked.text.split('action="/secret"')[1].split("</form>")[0]
    assert form.count("csrf_token") == 1  # its own; the token that was sent is not kept
    assert "सही नहीं" in later.post("/secret", {"reason": "<court>", "proof": "no"}).text
    assert later.post("/secret", {"reason": "<court>", "proof": PASSWORD}).text == "supervisor <court>"


def test_an_enhanced_request_is_led_as_a_whole_page(later: Visitor) -> None:
    answer = later.get("/secret", HX_Request="true")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/confirm?next=/secret")


def test_a_wrong_password_confirms_nothing_and_the_wait_is_told(later: Visitor) -> None:
    for _ in range(people.PASSWORDS.free):
        assert later.post("/confirm", {"proof": "wrong"}).status_code == 403
    assert "सेकंड रुककर" in later.post("/confirm", {"proof": PASSWORD}).text
    assert later.get("/secret").status_code == 303


def test_the_token_changes_when_the_password_was_given_again(later: Visitor) -> None:
    stolen = later.client.get_cookie("satark")
    later.post("/confirm", {"proof": PASSWORD})
    assert later.get("/cases").status_code == 200
    assert stolen is not None
    later.client.set_cookie("satark", stolen.value)
    assert later.get("/cases").status_code == 303


def test_the_password_of_another_confirms_nothing(later: Visitor, desk: Desk, app: Flask) -> None:
    people.add(desk, "bina", "Bina", "sp", "another long phrase")
    assert later.post("/confirm", {"proof": "another long phrase"}).status_code == 403


def test_who_may_not_see_it_is_not_asked(desk: Desk, app: Flask, watch: Watch) -> None:
    technician = somebody(desk, app, "technician")
    watch.now += people.FRESH_S
    assert technician.get("/secret").status_code == 403
