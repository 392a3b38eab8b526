"""A desk that nobody used for 15 minutes: it hears of what is urgent and of nothing else, and loses nothing typed."""

import pytest
from flask import Flask

from appliance import cases, drafts, people
from appliance.desk import Actor, Desk
from sync.db import transaction
from tests.appliance.office import SP, Watch, body, receive
from tests.webui.world import PASSWORD, TOKEN, Visitor, somebody
from webui.typed import DRAFT

FORM = "/cases/new?source=phone&category=drugs"
TIP = {
    "category": "drugs", "source": "phone", "language": "hi", "fear": "no", "police": "no", "thana": "JNP-02",
    "text": "a long tip\nof sixteen minutes", "q.what": "ganja", DRAFT: "tip/drugs",
}  # fmt: skip


@pytest.fixture
def idle(screener: Visitor, watch: Watch) -> Visitor:
    """A screener who turned the sound on and left 16 minutes ago."""
    screener.post("/sound", {"sound": "on"})
    watch.now += people.IDLE_S + 60
    return screener


def heard(visitor: Visitor) -> tuple[int, str]:
    answer = visitor.get("/locked/urgent")
    return answer.status_code, answer.text


def test_a_desk_that_idled_hears_a_bare_number_and_sounds(desk: Desk, app: Flask, idle: Visitor) -> None:
    assert heard(idle) == (200, "0")
    serial = receive(desk, body(1, happening_now=True))
    assert heard(idle) == (200, "1")
    page = idle.text("/sign-in?locked=1&next=/cases")
    assert 'data-sound="1"' in page and 'data-count="1">' in page and "alarm.js" in page
    assert serial not in page and 'href="/cases' not in page and "आशा" not in page
    assert 'data-sound="1"' in idle.post("/sign-in", {"name": "screener", "password": "wrong"}).text
    somebody(desk, app, "supervisor").post(f"/cases/{serial}/claim", {"version": "1"})
    assert heard(idle) == (200, "0")


@pytest.mark.parametrize(("name", "is_on"), [("screener", True), ("gita", False)])
def test_the_sound_stays_on_for_who_signs_in_again_and_for_nobody_else(
    desk: Desk, idle: Visitor, name: str, is_on: bool
) -> None:
    people.add(desk, "gita", "Gita", "screener", PASSWORD)
    idle.post("/sign-in", {"name": name, "password": PASSWORD})
    assert ('data-sound="1"' in idle.text("/cases")) == is_on


def test_practice_does_not_go_on_after_the_lock(desk: Desk, screener: Visitor, watch: Watch) -> None:
    screener.post("/practice/switch", {"practice": "on"})
    screener.post("/sound", {"sound": "on"})
    watch.now += people.IDLE_S
    screener.post("/sign-in", {"name": "screener", "password": PASSWORD})
    page = screener.text("/cases")
    assert 'data-sound="1"' in page and 'class="practice"' not in page


def test_two_pages_of_one_sign_in_do_not_keep_each_other_open(screener: Visitor, watch: Watch) -> None:
    answers = []
    for _ in range(3):
        watch.now += people.IDLE_S / 2 - 1
        place = screener.get("/locked?next=/cases").headers["Location"]
        answers.append(screener.get(place).status_code)
    assert answers == [303, 303, 200]
    assert screener.get("/pulse").status_code == 401


def test_hearing_opens_nothing_and_keeps_nobody_signed_in(desk: Desk, idle: Visitor) -> None:
    before = [tuple(row) for row in desk.conn.execute("select * from login")]
    for _ in range(3):
        assert heard(idle)[0] == 200
    assert [tuple(row) for row in desk.conn.execute("select * from login")] == before
    assert idle.get("/cases").status_code == idle.get("/health").status_code == 303
    assert idle.get("/pulse").status_code == 401
    assert people.everyones(desk) == ()


def test_the_job_that_forgets_old_sign_ins_leaves_it_its_hearing_for_ten_hours(
    desk: Desk, idle: Visitor, watch: Watch
) -> None:
    def tidied() -> int:
        with transaction(desk.conn):
            people.forget_old(desk.conn, watch.now)
        return heard(idle)[0]

    assert tidied() == 200
    watch.now += people.LONGEST_S - people.IDLE_S - 61
    assert tidied() == 200
    watch.now += 1
    assert tidied() == 204
    assert desk.conn.execute("select count(*) from login").fetchone()[0] == 0


@pytest.mark.parametrize("how", ["signed out", "shut out", "revoked", "password"])
def test_an_ended_sign_in_hears_nothing(desk: Desk, screener: Visitor, watch: Watch, how: str) -> None:
    old, (login,) = screener.client.get_cookie("satark"), people.everyones(desk)
    if how == "signed out":
        screener.post("/sign-out")
    watch.now += people.IDLE_S
    if how == "shut out":
        people.disable(desk, SP, "screener")
    elif how == "revoked":
        people.revoke(desk, SP, login.ref, whoever=True)
    elif how == "password":
        people.reset(desk, SP, "screener")
    receive(desk, body(1, happening_now=True))
    assert old is not None
    screener.client.set_cookie("satark", old.value)
    assert heard(screener) == (204, "")
    assert "data-waiting" not in screener.text("/sign-in?locked=1")


@pytest.mark.parametrize("role", ["co", "sho", "analyst", "technician", "auditor", ""])
def test_nobody_hears_it_who_would_not_at_his_desk(desk: Desk, app: Flask, watch: Watch, role: str) -> None:
    visitor = somebody(desk, app, role) if role else Visitor(app.test_client())
    receive(desk, body(1, happening_now=True))
    watch.now += people.IDLE_S
    assert heard(visitor) == (204, "")
    assert "data-waiting" not in visitor.text("/sign-in?locked=1")


def test_a_password_without_its_second_step_hears_nothing(
    desk: Desk, app: Flask, idle: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people.logins, "what_is_due", lambda *_: people.CODE)
    assert heard(idle) == (204, "")


def test_a_desk_left_in_practice_hears_of_real_reports(desk: Desk, screener: Visitor, watch: Watch) -> None:
    screener.post("/practice/switch", {"practice": "on"})
    receive(desk, body(1, happening_now=True))
    watch.now += people.IDLE_S
    assert heard(screener) == (200, "1")
    assert 'data-count="1">' in screener.text("/sign-in?locked=1")


def deaf(visitor: Visitor) -> bool:
    return 'id="deaf" role="status">' in visitor.text("/sign-in")


def test_a_desk_says_that_it_hears_no_more_after_ten_hours(idle: Visitor, watch: Watch) -> None:
    assert not deaf(idle)
    watch.now += people.LONGEST_S
    assert deaf(idle) and "इस PC को अब तुरंत की सूचनाओं का पता नहीं चलता" in idle.text("/sign-in")


def test_no_other_sign_in_page_says_so(desk: Desk, app: Flask, watch: Watch) -> None:
    officer, nobody = somebody(desk, app, "sho"), Visitor(app.test_client())
    watch.now += people.IDLE_S
    assert not deaf(officer) and not deaf(nobody)


def test_a_sixth_sign_in_ends_one_that_idled_first(desk: Desk, screener: Visitor, watch: Watch) -> None:
    for _ in range(people.logins.AT_MOST - 1):
        watch.now += 1
        people.begin(desk, Actor("screener", "", "screener"))
    for _ in range(2):
        watch.now += people.IDLE_S - 30
        assert screener.get("/health").status_code == 200
    people.begin(desk, Actor("screener", "", "screener"))
    assert screener.get("/health").status_code == 200


def sent_late(visitor: Visitor, watch: Watch, path: str, fields: dict[str, str], form: str) -> str:
    """Somebody types for sixteen minutes without scripts and sends it: the page that answers."""
    token = TOKEN.search(visitor.text(form))
    assert token is not None
    watch.now += people.IDLE_S + 60
    data, referrer = {"csrf_token": token[1], **fields}, {"Referer": f"{visitor.base}{form}"}
    answer = visitor.client.post(path, base_url=visitor.base, data=data, headers=referrer)
    assert answer.status_code == 403 and 'name="password"' in answer.text
    return answer.text


def test_a_tip_sent_after_the_lock_stands_in_its_form_after_the_sign_in(
    desk: Desk, screener: Visitor, watch: Watch
) -> None:
    page = sent_late(screener, watch, "/cases/new", TIP, FORM)
    assert "रखा है" in page and "long tip" not in page
    wanted = page.split('name="next" value="')[2].split('"')[0].replace("&amp;", "&")
    assert wanted == FORM
    answer = screener.post("/sign-in", {"name": "screener", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == FORM
    again = screener.text(FORM)
    assert ">\na long tip\nof sixteen minutes</textarea>" in again and 'value="ganja" selected' in again
    assert cases.counts(desk)["received"] == 0
    assert screener.post("/cases/new", TIP).status_code == 303
    assert cases.counts(desk)["received"] == 1


def test_another_person_who_signs_in_there_sees_and_sends_nothing_of_it(
    desk: Desk, screener: Visitor, watch: Watch
) -> None:
    people.add(desk, "gita", "Gita", "screener", "three cups of tea")
    page = sent_late(screener, watch, "/cases/new", TIP, FORM)
    assert "long tip" not in page
    screener.post("/sign-in", {"name": "gita", "password": "three cups of tea", "next": FORM})
    for path in (FORM, "/cases/new", "/cases"):
        assert "long tip" not in screener.text(path)
    assert cases.counts(desk)["received"] == 0


def test_a_note_to_a_case_is_kept_too(desk: Desk, screener: Visitor, watch: Watch) -> None:
    serial = receive(desk, body(1))
    case = f"/cases/{serial}"
    note = {"version": "1", "note": "an advert of a shop", DRAFT: f"act/{serial}/quarantine"}
    sent_late(screener, watch, f"{case}/quarantine", note, case)
    screener.post("/sign-in", {"name": "screener", "password": PASSWORD})
    assert "an advert of a shop</textarea>" in screener.text(case)
    assert cases.get(desk, serial).status == "received"


def test_a_hundred_late_forms_push_out_no_draft_of_the_owner(
    desk: Desk, screener: Visitor, watch: Watch
) -> None:
    me = Actor("screener", "", "screener")
    drafts.save(desk, me, "tip/arms", {"text": "typed before"})
    token = screener.token()
    watch.now += people.IDLE_S
    pages = []
    for number in range(drafts.MOST_PER_PERSON):
        data = {"csrf_token": token, "note": "planted", DRAFT: f"act/{number}/assign"}
        pages.append(screener.client.post("/cases/new", base_url=screener.base, data=data).text)
    assert drafts.load(desk, me, "tip/arms").fields == {"text": "typed before"}
    assert "readonly>\nplanted</textarea>" in pages[-1]


def test_what_was_sent_after_the_lock_is_told_as_such_where_it_stands(
    screener: Visitor, watch: Watch
) -> None:
    screener.speak("en")
    sent_late(screener, watch, "/cases/new", TIP, FORM)
    screener.post("/sign-in", {"name": "screener", "password": PASSWORD})
    assert "after the page was closed: check that it is yours" in screener.text(FORM)


def test_a_practice_tip_sent_after_the_lock_is_told_to_stand_under_practice(
    screener: Visitor, watch: Watch
) -> None:
    screener.speak("en")
    screener.post("/practice/switch", {"practice": "on"})
    page = sent_late(screener, watch, "/cases/new", {**TIP, DRAFT: "practice-tip/drugs"}, FORM)
    assert "sign in and begin practice again, then it stands in its form" in page
    screener.post("/sign-in", {"name": "screener", "password": PASSWORD})
    assert "long tip" not in screener.text(FORM)
    screener.post("/practice/switch", {"practice": "on"})
    assert "long tip" in screener.text(FORM)


def test_a_second_locked_page_signs_in_too_and_keeps_its_place(idle: Visitor) -> None:
    page = idle.text("/sign-in?locked=1&next=/health")
    old = TOKEN.findall(page)[-1]
    idle.post("/sign-in", {"name": "screener", "password": PASSWORD})
    data = {"csrf_token": old, "name": "screener", "password": PASSWORD, "next": "/health"}
    answer = idle.client.post("/sign-in", base_url=idle.base, data=data)
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert 'name="next" value="/health"' in answer.text and PASSWORD not in answer.text
    data["csrf_token"] = TOKEN.findall(answer.text)[-1]
    again = idle.client.post("/sign-in", base_url=idle.base, data=data)
    assert again.headers["Location"] == "/health"
    assert 'data-sound="1"' in idle.text("/cases")


def test_a_sign_in_without_its_token_signs_nobody_in(desk: Desk, app: Flask) -> None:
    people.add(desk, "gita", "Gita", "screener", PASSWORD)
    stranger = Visitor(app.test_client())
    data = {"name": "gita", "password": PASSWORD, "next": "//evil.example"}
    answer = stranger.client.post("/sign-in", data=data)
    assert answer.status_code == 400 and "evil" not in answer.text
    assert people.everyones(desk) == () and stranger.get("/cases").status_code == 303


@pytest.mark.parametrize("how", ["revoked", "too long for a draft"])
def test_what_cannot_be_kept_is_shown_once_to_be_copied(
    desk: Desk, screener: Visitor, watch: Watch, how: str
) -> None:
    screener.text(FORM)
    fields = {**TIP, "place": "x" * 17_000} if how != "revoked" else TIP
    if how == "revoked":
        token = screener.token()
        people.end_logins(desk, SP, "screener")
        data = {"csrf_token": token, **fields}
        page = screener.client.post("/cases/new", base_url=screener.base, data=data).text
    else:
        page = sent_late(screener, watch, "/cases/new", fields, FORM)
    assert "readonly>\na long tip\nof sixteen minutes</textarea>" in page
    assert "long tip" not in screener.text("/sign-in")
    assert desk.conn.execute("select count(*) from form_draft").fetchone()[0] == 0


def test_who_was_to_be_added_to_the_people_can_be_copied(desk: Desk, app: Flask, watch: Watch) -> None:
    head = somebody(desk, app, "sp")
    fields = {"name": "gita", "display": "<Gita> Devi", "place": "screener"}
    page = sent_late(head, watch, "/people", fields, "/people")
    assert "readonly>\n&lt;Gita&gt; Devi</textarea>" in page
    assert "gita" not in {person.name for person in people.everybody(desk)}


def test_after_a_sign_in_in_another_tab_the_old_form_does_nothing_and_can_be_copied(
    desk: Desk, screener: Visitor
) -> None:
    old = screener.token()
    screener.post("/sign-in", {"name": "screener", "password": PASSWORD})
    data = {"csrf_token": old, **TIP, "password": "never shown"}
    answer = screener.client.post("/cases/new", base_url=screener.base, data=data)
    assert answer.status_code == 400
    assert "readonly>\na long tip\nof sixteen minutes</textarea>" in answer.text
    assert "never shown" not in answer.text
    assert cases.counts(desk)["received"] == 0


def test_a_button_without_words_leads_to_the_door_as_before(
    desk: Desk, screener: Visitor, watch: Watch
) -> None:
    serial, token = receive(desk, body(1)), screener.token()
    watch.now += people.IDLE_S
    data = {"csrf_token": token, "version": "1"}
    referrer = {"Referer": f"{screener.base}/cases?queue=new"}
    answer = screener.client.post(
        f"/cases/{serial}/claim", base_url=screener.base, data=data, headers=referrer
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/cases?queue%3Dnew")
