"""Signing in with a second factor: setting it up, giving it, changing it, as a browser without scripts sees it."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from appliance import people
from appliance.desk import Actor, Desk
from tests.appliance.office import Watch
from tests.webui.world import PASSWORD, Visitor, site_of, somebody

ASHA = Actor("asha", "Asha", "screener")
CODE = re.compile(r"<li><code>([a-z0-9-]+)</code></li>")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, config=replace(desk.config, second_factor=True))


@pytest.fixture
def asha(desk: Desk, app: Flask) -> Visitor:
    """A browser at whose desk Asha sits, who has no second factor yet."""
    people.add(desk, "asha", "Asha", "screener", PASSWORD)
    return Visitor(app.test_client())


def give_password(visitor: Visitor, wanted: str = "/cases") -> str:
    fields = {"name": "asha", "password": PASSWORD, "next": wanted}
    return visitor.post("/sign-in", fields).headers["Location"]


def set_up(desk: Desk, visitor: Visitor, watch: Watch) -> str:
    """Asha's phone, set up as the page tells her; she is signed in then."""
    assert give_password(visitor) == "/sign-in/factor?next=/cases"
    page = visitor.text("/sign-in/factor?next=/cases")
    shown = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert shown and "viewBox" in page and "style=" not in page
    secret = shown[1].replace(" ", "")
    sheet = visitor.post("/sign-in/factor", {"code": people.code_at(secret, watch.now), "next": "/cases"})
    assert sheet.status_code == 200 and len(set(CODE.findall(sheet.text))) == people.RECOVERY_CODES
    assert 'href="/cases"' in sheet.text
    return secret


def test_a_first_sign_in_leads_over_the_phone_to_the_wanted_page(
    desk: Desk, asha: Visitor, watch: Watch
) -> None:
    secret = set_up(desk, asha, watch)
    assert asha.get("/cases").status_code == 200
    asha.post("/sign-out")
    watch.now += 60
    assert give_password(asha) == "/sign-in/code?next=/cases"
    answer = asha.post("/sign-in/code", {"code": people.code_at(secret, watch.now), "next": "/cases"})
    assert asha.get(answer.headers["Location"]).headers["Location"] == "/cases"
    assert asha.get("/cases").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("page", ["/", "/cases", "/me", "/health", "/people", "/confirm", "/sign-ins"])
def test_half_a_sign_in_opens_no_page(desk: Desk, asha: Visitor, watch: Watch, page: str) -> None:
    give_password(asha)
    assert asha.get(page).status_code == 303
    set_up(desk, asha, watch)
    asha.post("/sign-out")
    give_password(asha)
    assert asha.get(page).status_code == 303
    assert asha.get("/sign-in/factor").status_code == 302
    assert asha.get("/me/password").status_code == 302
    for path in ("/me/codes", "/me/factor", "/me/logins", "/sign-in/factor", "/me/password"):
        assert asha.post(path, {"paper": "1", "proof": PASSWORD}).status_code == 303, path
    assert people.factor_of(desk, "asha") == people.Factor(phone=True, codes_left=10)


def test_a_wrong_code_is_refused_and_the_wait_is_told(desk: Desk, asha: Visitor, watch: Watch) -> None:
    set_up(desk, asha, watch)
    asha.post("/sign-out")
    give_password(asha)
    for _ in range(people.CODES.free):
        answer = asha.post("/sign-in/code", {"code": "000000"})
        assert answer.status_code == 403 and "कोड गलत है" in answer.text
    assert "सेकंड रुककर" in asha.post("/sign-in/code", {"code": "000000"}).text


def test_the_second_step_makes_a_new_session(desk: Desk, asha: Visitor, watch: Watch) -> None:
    give_password(asha)
    with asha.client.session_transaction() as session:
        half = session["login"]
    set_up(desk, asha, watch)
    with asha.client.session_transaction() as session:
        assert session["login"] != half


@pytest.mark.slow
def test_a_sheet_in_place_of_a_phone(desk: Desk, asha: Visitor) -> None:
    give_password(asha)
    sheet = asha.post("/sign-in/factor", {"paper": "1", "next": "/cases"})
    codes = CODE.findall(sheet.text)
    assert len(set(codes)) == people.SHEET_CODES
    asha.post("/sign-out")
    give_password(asha)
    assert asha.post("/sign-in/code", {"code": codes[0]}).status_code == 303
    assert asha.get("/cases").status_code == 200
    assert "बचे हुए छपे कोड: 29" in asha.text("/me")


@pytest.mark.slow
def test_another_phone_and_a_new_sheet_ask_for_the_password_after_five_minutes(
    desk: Desk, asha: Visitor, watch: Watch
) -> None:
    set_up(desk, asha, watch)
    assert asha.post("/me/factor").headers["Location"] == "/sign-in/factor?next=/me"
    assert "पुराना फोन चलता रहेगा" in asha.text("/sign-in/factor?next=/me")
    watch.now += people.FRESH_S
    for path in ("/me/factor", "/me/codes"):
        assert 'name="proof"' in asha.post(path).text
    assert asha.get("/sign-in/factor").status_code == 302
    assert asha.post("/sign-in/factor", {"paper": "1"}).status_code == 303
    sheet = asha.post("/me/codes", {"proof": PASSWORD})
    assert len(CODE.findall(sheet.text)) == people.RECOVERY_CODES


def test_a_first_password_leads_to_a_password_of_ones_own_and_then_to_the_phone(
    desk: Desk, app: Flask
) -> None:
    first = people.hire(desk, Actor("sp", "", "sp"), "bina", "Bina", "screener")
    bina = Visitor(app.test_client())
    sent = bina.post("/sign-in", {"name": "bina", "password": first, "next": "/cases"})
    assert sent.headers["Location"] == "/me/password?next=/cases"
    assert bina.get("/cases").status_code == 303
    same = {"old": first, "new": first, "again": first, "next": "/cases"}
    assert bina.post("/me/password", same).status_code == 422
    weak = {**same, "new": "passwordpassword", "again": "passwordpassword"}
    assert "सबसे आम" in bina.post("/me/password", weak).text
    other = {**same, "new": PASSWORD, "again": PASSWORD + "x"}
    assert "एक जैसा नहीं" in bina.post("/me/password", other).text
    wrong = {**same, "old": "wrong", "new": PASSWORD, "again": PASSWORD}
    assert "पुराना पासवर्ड गलत है" in bina.post("/me/password", wrong).text
    good = bina.post("/me/password", {**same, "new": PASSWORD, "again": PASSWORD})
    assert bina.get(good.headers["Location"]).headers["Location"] == "/sign-in/factor?next=/cases"


def test_ones_own_page_ends_other_sign_ins(desk: Desk, asha: Visitor, app: Flask, watch: Watch) -> None:
    set_up(desk, asha, watch)
    other = Visitor(app.test_client())
    give_password(other)
    assert "बाकी" not in asha.text("/me") and asha.text("/me").count('name="ref"') == 1
    ref = re.search(r'name="ref" value="([0-9a-f]+)"', asha.text("/me"))
    assert ref and asha.post("/me/logins", {"ref": ref[1]}).status_code == 303
    assert other.get("/sign-in/code").status_code == 302
    assert asha.post("/me/logins", {"ref": ref[1]}).status_code == 404


def test_nobody_ends_anothers_sign_in_on_his_own_page(
    desk: Desk, asha: Visitor, app: Flask, watch: Watch
) -> None:
    set_up(desk, asha, watch)
    relaxed = replace(desk, config=replace(desk.config, second_factor=False))
    sp = somebody(relaxed, site_of(relaxed), "sp")
    theirs = next(login.ref for login in people.everyones(desk) if login.actor.name == "sp")
    assert asha.post("/me/logins", {"ref": theirs}).status_code == 404
    assert sp.get("/me").status_code == 200
