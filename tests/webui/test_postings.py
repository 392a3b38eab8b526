"""Officers' phones on the pages: who holds a post, what an officer will read, what he answered."""

import pytest
from flask import Flask

from appliance import cases, holders, people, tenure
from appliance.desk import Desk
from sync.clock import DAY_S
from sync.db import transaction
from sync.messages import Duty, DutyAnswer
from tests.appliance.office import POST, SP, SUPERVISOR, Watch, body, commands, receive
from tests.webui.world import PASSWORD, Visitor, somebody

FORM = {"post": POST, "name": "SI Ram", "number": "98123 45678", "language": "hi", "until": ""}


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case to be given, and an officer to give it to."""
    holders.appoint(desk, SP, POST, "SI Ram", "9812345678", "hi")
    made = receive(desk, body(1, text="they sell barrels of it behind the old mill"))
    cases.screen(desk, made, SUPERVISOR, 1)
    return made


def test_a_holder_is_entered_and_removed(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.post("/posts", FORM).status_code == 303
    page = supervisor.text("/posts")
    assert "SI Ram" in page
    assert "+919812345678" in page
    assert supervisor.post("/posts/release", {"post": POST}).status_code == 303
    assert tenure.current(desk, POST, desk.clock()) is None


def test_the_superintendents_phone_is_entered_and_gets_no_case(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    assert supervisor.post("/posts", {**FORM, "post": "SP JNP", "number": "9812345679"}).status_code == 303
    assert tenure.current(desk, "SP JNP", desk.clock()) is not None
    assert "पुलिस अधीक्षक जौनपुर" in supervisor.text("/posts")
    assert "SP JNP" not in supervisor.text(f"/cases/{serial}").split("<form")[-1]
    fields = {"version": "2", "post": "SP JNP"}
    assert supervisor.post(f"/cases/{serial}/assign", fields).status_code == 409


def test_a_last_day_is_a_whole_day_in_india(desk: Desk, supervisor: Visitor) -> None:
    supervisor.post("/posts", {**FORM, "until": "2026-01-02"})
    holder = tenure.current(desk, POST, desk.clock())
    assert holder is not None
    assert holder.until == 1_767_378_600  # 2026-01-03 00:00 IST


@pytest.mark.parametrize(
    "wrong",
    [{"number": "12345"}, {"name": ""}, {"post": "SHO X"}, {"until": "2020-01-01"}, {"until": "soon"}],
)
def test_what_cannot_be_comes_back_with_what_was_typed(
    desk: Desk, supervisor: Visitor, wrong: dict[str, str]
) -> None:
    answer = supervisor.post("/posts", {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert holders.past_and_present(desk) == ()


@pytest.mark.parametrize("role", ["screener", "analyst", "technician"])
def test_others_see_no_numbers(desk: Desk, app: Flask, serial: str, role: str) -> None:
    visitor = somebody(desk, app, role)
    assert visitor.get("/posts").status_code == 403
    assert visitor.post("/posts", FORM).status_code == 403
    assert 'href="/posts"' not in visitor.text("/health")


def test_the_notice_is_shown_before_it_goes(supervisor: Visitor, serial: str) -> None:
    page = supervisor.text(f"/cases/{serial}")
    assert "SI Ram" in page
    assert f"मामला: {serial}" in page
    assert 'maxlength="600"' in page
    assert "+919812345678" not in page


def test_the_brief_goes_to_the_holder_and_stands_on_the_case(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    fields = {"version": "2", "post": POST, "brief": "Go there\r\ntonight"}
    assert supervisor.post(f"/cases/{serial}/assign", fields).status_code == 303
    (duty,) = commands(desk, "duty", Duty)
    assert duty.brief == "Go there\ntonight"
    assert "Go there" in supervisor.text(f"/cases/{serial}")


def test_the_informants_words_are_refused_kindly_and_nothing_is_lost(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    brief = "Check: they sell barrels of it behind something"
    answer = supervisor.post(f"/cases/{serial}/assign", {"version": "2", "post": POST, "brief": brief})
    assert answer.status_code == 422
    assert "अपने शब्द दोहराए गए हैं" in answer.text
    assert brief in answer.text
    assert cases.get(desk, serial).status == "screened"


def test_a_secret_case_has_no_field_for_a_brief(desk: Desk, supervisor: Visitor) -> None:
    made = receive(desk, body(2, category="women_child"))
    cases.screen(desk, made, SUPERVISOR, 1)
    assert 'name="brief"' not in supervisor.text(f"/cases/{made}")


def test_what_the_officer_answered_stands_in_the_history(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    name = cases.get(desk, serial).duties[0].name
    for kind, text in (("accepted", ""), ("acted", ""), ("note", "two barrels seized")):
        with transaction(desk.conn):
            cases.officer_answered(desk, DutyAnswer(1, name, kind, text, 0, ()), desk.clock())
    page = supervisor.text(f"/cases/{serial}")
    for words in (
        "two barrels seized",
        "अधिकारी ने स्वीकार किया",
        "काम शुरू हुआ",
        "मौके की रिपोर्ट दी",
        "थाना प्रभारी कोतवाली",
    ):
        assert words in page
    supervisor.speak("en")
    assert "Accepted by the officer" in supervisor.text(f"/cases/{serial}")


def test_a_refused_brief_keeps_what_else_was_chosen(desk: Desk, supervisor: Visitor, serial: str) -> None:
    fields = {"version": "2", "post": "SHO JNP-02", "note": "ask <her>", "brief": "call 9812345678"}
    page = supervisor.post(f"/cases/{serial}/assign", fields).text
    assert "किसी का नंबर" in page
    assert 'value="SHO JNP-02" selected' in page
    assert f'value="{POST}" selected' not in page
    assert "ask &lt;her&gt;</textarea>" in page


def test_the_refusal_is_seen_also_where_another_act_comes_first(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    cases.start(desk, serial, SUPERVISOR, 3)
    fields = {"version": "4", "post": POST, "brief": "call 9812345678"}
    page = supervisor.post(f"/cases/{serial}/assign", fields).text
    (act,) = [part for part in page.split("<details") if 'name="brief"' in part]
    assert act.startswith(' class="act" open')


def test_another_brief_on_an_old_page_is_not_taken_for_the_one_that_went(
    desk: Desk, supervisor: Visitor, serial: str
) -> None:
    fields = {"version": "2", "post": POST, "brief": "go there"}
    again = [
        supervisor.post(f"/cases/{serial}/assign", {**fields, "brief": brief}).status_code
        for brief in ("go there", "go there", "do not go there")
    ]
    assert again == [303, 303, 409]
    assert [duty.brief for duty in cases.get(desk, serial).duties] == ["go there"]


def test_who_sat_before_the_holder_came_is_marked_and_the_holder_himself_is_not(
    desk: Desk, supervisor: Visitor, watch: Watch
) -> None:
    for name, display in (("ravi", "Ravi Singh"), ("munshi", "HC Pal"), ("old", "HC Lal")):
        people.add(desk, name, display, "sho", PASSWORD, POST)
    desk.conn.execute("update person set post_since=null where name='old'")  # from before days were kept
    watch.now += 300
    holders.appoint(desk, SP, POST, "Ravi  Singh", "9812345678", "hi")
    supervisor.speak("en")
    rows = supervisor.text("/posts").split("<tr>")
    (marked,) = [row for row in rows if "longer than the holder" in row]
    assert "HC Pal" in marked


@pytest.mark.parametrize("page", ["/posts", f"/posts/{POST}/handover"])
def test_a_last_day_that_is_over_reads_as_it_was_entered(
    desk: Desk, app: Flask, watch: Watch, page: str
) -> None:
    days = "1 जन॰ 2026 – 3 जन॰ 2026"
    somebody(desk, app, "sp").post("/posts", {**FORM, "until": "2026-01-03"})
    assert days in somebody(desk, app, "sp").text(page)
    watch.now += 10 * DAY_S
    assert days in somebody(desk, app, "sp").text(page)


def test_a_post_that_is_not_here_cannot_be_emptied(desk: Desk, supervisor: Visitor) -> None:
    holders.appoint(desk, SP, POST, "SI Ram", "9812345678", "hi")
    assert supervisor.post("/posts/release", {"post": "SHO GZP-01"}).status_code in (400, 409, 422)
    assert supervisor.client.post("/posts/release", data={"post": POST}).status_code == 400
    assert tenure.current(desk, POST, desk.clock()) is not None
