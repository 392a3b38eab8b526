"""The people page: who may open it, what it does, and what it shows only once."""

import re

import pytest
from flask import Flask

from appliance import people
from appliance.desk import Actor, Desk
from sync.clock import DAY_S
from tests.appliance.office import Watch, audited
from tests.webui.world import PASSWORD, Visitor, somebody

FIRST = re.compile(r"<code>([a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5})</code>")


def day_of(name: str) -> re.Pattern[str]:
    """The field of a day in a form."""
    return re.compile(f'name="{name}" type="date" value="([^"]*)"')


@pytest.fixture
def sp(desk: Desk, app: Flask) -> Visitor:
    return somebody(desk, app, "sp")


def test_somebody_new_gets_a_first_password_that_is_shown_once(desk: Desk, app: Flask, sp: Visitor) -> None:
    slip = sp.post("/people", {"name": "rk.singh", "display": "R. K. Singh", "place": "sho:SHO JNP-01"})
    first = FIRST.search(slip.text)
    assert slip.status_code == 200 and first
    assert people.check(desk, "rk.singh", first[1]) == Actor("rk.singh", "R. K. Singh", "sho", "SHO JNP-01")
    pages = sp.text("/people") + sp.text("/people/rk.singh")
    assert first[1] not in pages and "R. K. Singh" in pages
    assert ("sp", "person.add", "rk.singh") in audited(desk)


@pytest.mark.parametrize(
    "changes",
    [{"name": "R K"}, {"name": "sp"}, {"display": ""}, {"place": ""}, {"place": "sho"}, {"place": "range"}],
)
def test_a_form_that_cannot_be_right_comes_back_as_it_was(
    desk: Desk, sp: Visitor, changes: dict[str, str]
) -> None:
    fields = {"name": "bina", "display": "Bina", "place": "screener"} | changes
    answer = sp.post("/people", fields)
    assert answer.status_code == 422
    assert f'name="display" value="{fields["display"]}"' in answer.text
    assert [person.name for person in people.everybody(desk)] == ["sp"]


def test_the_slip_speaks_of_no_second_step_where_none_is_asked_for(desk: Desk, sp: Visitor) -> None:
    assert not desk.config.second_factor
    sp.speak("en")
    slip = sp.post("/people", {"name": "new.one", "display": "New One", "place": "screener"}).text
    assert "a new password is chosen." in slip and "second step" not in slip


def test_a_role_is_changed_and_holds_at_once(desk: Desk, app: Flask, sp: Visitor, screener: Visitor) -> None:
    assert screener.get("/people").status_code == 403
    assert sp.post("/people/screener/place", {"place": "sp"}).status_code == 303
    assert screener.get("/people").status_code == 200
    assert sp.post("/people/screener/place", {"place": "emperor"}).status_code == 409


def test_shutting_out_ends_everything_and_can_be_taken_back(
    desk: Desk, sp: Visitor, screener: Visitor
) -> None:
    assert sp.post("/people/screener/disable").status_code == 303
    assert screener.get("/cases").status_code == 303
    assert "प्रवेश बंद" in sp.text("/people/screener")
    sp.post("/people/screener/enable")
    assert people.check(desk, "screener", PASSWORD)


def test_a_reset_shows_a_new_first_password(desk: Desk, sp: Visitor, screener: Visitor) -> None:
    first = FIRST.search(sp.post("/people/screener/reset").text)
    assert first and people.check(desk, "screener", first[1])
    assert screener.get("/cases").status_code == 303


def test_a_reset_that_is_sent_twice_makes_one_first_password(
    desk: Desk, sp: Visitor, screener: Visitor
) -> None:
    (nonce,) = re.findall('name="nonce" value="([0-9a-f]+)"', sp.text("/people/screener"))
    first = FIRST.search(sp.post("/people/screener/reset", {"nonce": nonce}).text)
    again = sp.post("/people/screener/reset", {"nonce": nonce})
    assert (again.status_code, again.location) == (303, "/people/screener")
    assert "दूसरा पासवर्ड नहीं बना" in sp.text("/people/screener")
    assert first and people.check(desk, "screener", first[1])


def test_the_slip_says_until_when_the_password_of_somebody_who_comes_later_holds(sp: Visitor) -> None:
    fields = {"name": "ravi", "display": "Ravi", "place": "sho:SHO JNP-01", "since": "2026-02-01"}
    sp.speak("en")
    for slip in (sp.post("/people", fields), sp.post("/people/ravi/reset")):
        assert "4 Feb" in slip.text.split("Holds until")[1][:40]


def test_a_lost_second_factor_is_dropped(desk: Desk, sp: Visitor, screener: Visitor) -> None:
    with screener.client.session_transaction() as session:
        taken = people.take_up_paper(desk, session["login"])
    assert taken and "बचे हुए छपे कोड: 30" in sp.text("/people/screener")
    sp.post("/people/screener/drop-factor")
    assert people.factor_of(desk, "screener") is None


def test_ones_own_account_is_not_changed_here(desk: Desk, sp: Visitor) -> None:
    for act in ("reset", "disable", "place", "drop-factor", "end-logins"):
        assert sp.post(f"/people/sp/{act}", {"place": "analyst"}).status_code == 409
    assert "<form" not in sp.text("/people/sp").split("<main")[1].split("</main>")[0]


def test_what_is_not_there_is_not_found(desk: Desk, sp: Visitor) -> None:
    assert sp.get("/people/nobody").status_code == 404
    assert sp.post("/people/nobody/reset").status_code == 404
    assert sp.post("/people/sp/promote").status_code == 404


def test_changing_people_asks_for_the_password_after_five_minutes(
    desk: Desk, sp: Visitor, screener: Visitor, watch: Watch
) -> None:
    watch.now += people.FRESH_S
    asked = sp.post("/people/screener/disable")
    assert asked.status_code == 403 and 'name="proof"' in asked.text
    assert people.person(desk, "screener").active
    assert sp.post("/people/screener/disable", {"proof": PASSWORD}).status_code == 303
    assert not people.person(desk, "screener").active


def test_who_is_signed_in_is_seen_by_sp_and_supervisor_and_ended_by_the_sp(
    desk: Desk, sp: Visitor, supervisor: Visitor, screener: Visitor
) -> None:
    assert screener.get("/sign-ins").status_code == 403
    assert "आशा" in supervisor.text("/sign-ins") and 'name="ref"' not in supervisor.text("/sign-ins")
    ref = next(login.ref for login in people.everyones(desk) if login.actor.name == "screener")
    assert supervisor.post("/sign-ins", {"ref": ref}).status_code == 403
    assert sp.post("/sign-ins", {"ref": ref}).status_code == 303
    assert screener.get("/cases").status_code == 303
    assert sp.post("/sign-ins", {"ref": ref}).status_code == 404


def test_a_post_is_given_for_some_days(desk: Desk, sp: Visitor, screener: Visitor) -> None:
    days = {"place": "sho:SHO JNP-01", "since": "2026-02-01", "until": "2026-02-28"}
    assert sp.post("/people/screener/place", days).status_code == 303
    assert screener.get("/cases").status_code == 303
    found = people.person(desk, "screener")
    assert (found.since, found.until) == (1769884200, 1772303400)  # midnights in India
    for wrong in (
        {"until": "2026-01-31"},
        {"until": "soon"},
        {"place": "screener", "until": "2026-03-01"},
    ):
        assert sp.post("/people/screener/place", {**days, **wrong}).status_code == 409
    assert people.person(desk, "screener") == found


@pytest.mark.parametrize("since", ["", "2026-02-01"])
def test_a_form_saved_as_it_stands_changes_nothing(
    desk: Desk, sp: Visitor, screener: Visitor, watch: Watch, since: str
) -> None:
    days = {"place": "sho:SHO JNP-01", "since": since, "until": "2026-02-28"}
    sp.post("/people/screener/place", days)
    before, watch.now = people.person(desk, "screener"), watch.now + 60
    form = sp.text("/people/screener")
    shown = {name: day_of(name).findall(form)[0] for name in ("since", "until")}
    assert shown == {"since": since or "2026-01-01", "until": "2026-02-28"}
    assert sp.post("/people/screener/place", {**days, **shown}).status_code == 303
    assert people.person(desk, "screener") == before
    assert sp.post("/people/screener/place", {**shown, "place": "screener"}).status_code == 303


def test_the_days_of_a_stay_that_is_over_are_not_offered_again(desk: Desk, sp: Visitor, watch: Watch) -> None:
    sp.post("/people", {"name": "ravi", "display": "Ravi", "place": "sho:SHO JNP-01", "until": "2026-01-01"})
    watch.now += DAY_S
    assert somebody(desk, sp.client.application, "sp").text("/people/ravi").count('type="date" value=""') == 2
