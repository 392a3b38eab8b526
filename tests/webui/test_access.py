"""Who may come in, who may see what, and what a form must carry."""

from dataclasses import replace

import pytest
from flask import Flask

from appliance import cases, people
from appliance.cases import TRANSITIONS
from appliance.desk import READERS, ROLES, Desk
from tests.appliance.office import SUPERVISOR, Watch, body, receive
from tests.webui.world import PASSWORD, Visitor, site_of, somebody, with_photo
from webui.access import csrf

POSTS = (
    *("/sign-in", "/sign-out", "/language", "/cases/{serial}/screen", "/cases/{serial}/answer"),
    *("/posts", "/posts/release", "/confirm"),
    *("/evidence/00/look", "/evidence/00/cover"),
    *("/cases/{serial}/hold", "/cases/{serial}/unhold", "/cases/{serial}/package"),
    "/cases/{serial}/package/file",
    *("/drafts", "/sound", "/practice/switch", "/practice/fill", "/practice/remove"),
)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def add_supervisor(desk: Desk) -> None:
    people.add(desk, "bina", "Bina", "supervisor", PASSWORD)


def test_signing_in_leads_to_the_wanted_page(desk: Desk, stranger: Visitor) -> None:
    add_supervisor(desk)
    asked = stranger.get("/cases?status=received")
    assert asked.headers["Location"] == "/sign-in?next=/cases?status%3Dreceived"
    fields = {"name": "bina", "password": PASSWORD, "next": "/cases?status=received"}
    assert stranger.post("/sign-in", fields).headers["Location"] == "/cases?status=received"
    assert "Bina" in stranger.text("/cases")


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_signing_in_never_leads_elsewhere(desk: Desk, stranger: Visitor, next_page: str) -> None:
    add_supervisor(desk)
    answer = stranger.post("/sign-in", {"name": "bina", "password": PASSWORD, "next": next_page})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_refused_and_the_wait_is_told(desk: Desk, stranger: Visitor) -> None:
    add_supervisor(desk)
    for _ in range(people.PASSWORDS.free):
        answer = stranger.post("/sign-in", {"name": "bina", "password": "wrong"})
        assert answer.status_code == 403
        assert "नाम या पासवर्ड गलत है।" in answer.text
    assert "सेकंड रुककर" in stranger.post("/sign-in", {"name": "bina", "password": PASSWORD}).text


def test_a_new_session_begins_at_sign_in(desk: Desk, stranger: Visitor) -> None:
    add_supervisor(desk)
    before = stranger.token()
    stranger.post("/sign-in", {"name": "bina", "password": PASSWORD})
    with stranger.client.session_transaction() as session:
        assert session.keys() == {"login"}
    old = stranger.client.post("/sign-out", data={"csrf_token": before})
    assert old.status_code == 400


def test_signing_out_ends_the_login_at_the_server(desk: Desk, supervisor: Visitor) -> None:
    with supervisor.client.session_transaction() as session:
        token = session["login"]
    assert supervisor.post("/sign-out").status_code == 303
    assert people.actor_of(desk, token, desk.clock()) is None
    assert supervisor.get("/cases").status_code == 303


def test_fifteen_idle_minutes_close_the_page_and_keep_the_place(supervisor: Visitor, watch: Watch) -> None:
    watch.now += people.IDLE_S
    answer = supervisor.get("/locked?next=/cases/JNP-2026-00001")
    form = supervisor.text(answer.headers["Location"])
    assert 'name="next" value="/cases/JNP-2026-00001"' in form
    assert "15 मिनट" in form


def test_a_lock_by_the_page_alone_changes_nothing(supervisor: Visitor) -> None:
    answer = supervisor.get("/sign-in?locked=1&next=/health")
    assert answer.headers["Location"] == "/health"


def test_enhanced_requests_are_sent_to_the_sign_in(app: Flask, stranger: Visitor) -> None:
    answer = stranger.get("/cases", HX_Request="true")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=/cases")


@pytest.mark.slow
@pytest.mark.parametrize("path", POSTS)
def test_every_form_needs_its_token(desk: Desk, supervisor: Visitor, path: str) -> None:
    serial = receive(desk, body(1))
    answer = supervisor.client.post(path.format(serial=serial), data={"version": "1", "language": "en"})
    assert answer.status_code == 400
    assert "यह पन्ना पुराना हो गया है" in answer.text
    assert cases.get(desk, serial).version == 1


def test_no_view_is_exempt_from_the_token(app: Flask) -> None:
    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


def test_another_sites_token_is_no_good(desk: Desk, supervisor: Visitor, screener: Visitor) -> None:
    answer = supervisor.client.post("/sign-out", data={"csrf_token": screener.token()})
    assert answer.status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_who_sees_which_page(desk: Desk, app: Flask, role: str) -> None:
    serial, manifest, _ = with_photo(desk, 1)
    visitor = somebody(desk, app, role)
    readers_only = ("/cases", f"/cases/{serial}", f"/evidence/{manifest.file_id}/look")
    is_elsewhere = role in ("co", "sho")  # the case is with nobody yet
    expected = 404 if is_elsewhere else 200 if role in READERS else 403
    assert [visitor.get(path).status_code for path in readers_only] == [
        200 if is_elsewhere else expected, expected, expected,
    ]  # fmt: skip
    assert visitor.get("/health").status_code == 200
    assert ("इस कार्यालय के मामले" in visitor.text("/health")) == (
        role not in ("technician", "auditor", "co", "sho")
    )
    assert visitor.get("/range").status_code == (404 if role == "range" else 403)


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(set(ROLES) - READERS))
def test_a_role_without_cases_can_act_on_none(desk: Desk, app: Flask, role: str) -> None:
    serial = receive(desk, body(1))
    visitor = somebody(desk, app, role)
    for act in (*TRANSITIONS, "answer"):
        assert visitor.post(f"/cases/{serial}/{act}", {"version": "1"}).status_code == 403
    assert cases.get(desk, serial).version == 1


@pytest.mark.parametrize(
    ("act", "fields"), [("assign", {"post": "SHO JNP-01"}), ("close", {"outcome": "fir"})]
)
def test_a_screener_does_not_decide(desk: Desk, screener: Visitor, act: str, fields: dict[str, str]) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    assert screener.post(f"/cases/{serial}/{act}", {"version": "2", **fields}).status_code == 403
    assert f"/cases/{serial}/{act}" not in screener.text(f"/cases/{serial}")
    assert cases.get(desk, serial).status == "screened"


def test_a_screener_answers_nobody(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    preview = f"/cases/{serial}/answer/preview?template=taken_up&version=1"
    assert [screener.get(path).status_code for path in (f"/cases/{serial}/answer", preview)] == [403, 403]
    assert (
        screener.post(f"/cases/{serial}/answer", {"version": "1", "template": "taken_up"}).status_code == 403
    )
    assert cases.get(desk, serial).replies == ()


@pytest.mark.parametrize(
    "path",
    ["/cases/JNP-2026-09999", "/cases/GZP-2026-00001", "/evidence/" + "f" * 32, "/evidence/..%2fbox.db"],
)
def test_what_is_not_here_is_not_found(desk: Desk, supervisor: Visitor, path: str) -> None:
    receive(desk, body(1))
    answer = supervisor.get(path)
    assert answer.status_code == 404
    assert "ऐसा कोई पन्ना यहां नहीं है" in answer.text


def test_acts_on_what_is_not_here_are_not_found(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    assert supervisor.post("/cases/JNP-2026-09999/screen", {"version": "1"}).status_code == 404
    assert supervisor.post(f"/cases/{serial}/erase", {"version": "1"}).status_code == 404


def test_somebody_who_left_the_office_is_out_at_once(desk: Desk, supervisor: Visitor) -> None:
    desk.conn.execute("update person set active=0")
    assert supervisor.get("/cases").status_code == 303


def test_a_cookie_of_another_box_is_worth_nothing(desk: Desk, supervisor: Visitor) -> None:
    other = Visitor(site_of(desk).test_client())
    cookie = supervisor.client.get_cookie("satark")
    assert cookie is not None
    other.client.set_cookie("satark", cookie.value[:-3] + "AAA")
    assert other.get("/cases").status_code == 303


def test_a_called_name_that_is_not_the_boxs_is_refused(desk: Desk) -> None:
    named = replace(desk, config=replace(desk.config, lan_names=("mitra-jaunpur.lan",)))
    client = site_of(named).test_client()
    assert client.get("/sign-in", base_url="http://mitra-jaunpur.lan").status_code == 200
    assert client.get("/sign-in", base_url="http://evil.example").status_code == 400


@pytest.mark.parametrize(
    ("role", "place"),
    [("sho", "/cases"), ("analyst", "/figures"), ("auditor", "/audit"), ("technician", "/health")],
)
def test_everybody_lands_where_his_work_is(desk: Desk, app: Flask, role: str, place: str) -> None:
    assert somebody(desk, app, role).get("/").headers["Location"] == place
