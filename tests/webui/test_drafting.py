"""Drafts at the desk: kept by the page, shown by the server, gone once sent, nobody else's."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from appliance import cases, drafts, people
from appliance.desk import Actor, Desk
from appliance.drafts import NOTHING
from sync.messages import Answer
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, receive
from tests.webui.world import Visitor, somebody, with_photo
from webui import typed

FORM = "act/JNP-2026-00001/screen"
ME = Actor("supervisor", "", "supervisor")


def keep(visitor: Visitor, **fields: str) -> int:
    return visitor.post("/drafts", {"draft": FORM, **fields}).status_code


def test_what_is_kept_is_told_with_its_time(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    answer = supervisor.post("/drafts", {"draft": FORM, "note": "मिल के पीछे", "version": "1"})
    assert (answer.status_code, answer.text) == (200, "सहेजा 05:30")
    assert drafts.load(desk, ME, FORM).fields == {"note": "मिल के पीछे"}


def test_a_stranger_keeps_nothing_and_nobody_reads_anothers(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    assert keep(Visitor(app.test_client()), note="x") == 401
    assert keep(supervisor, note="secret words") == 200
    assert drafts.load(desk, Actor("screener", "", "screener"), FORM) == NOTHING
    assert keep(somebody(desk, app, "screener"), note="other words") == 200
    assert drafts.load(desk, ME, FORM).fields == {"note": "secret words"}


def test_a_form_of_another_site_keeps_nothing(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.client.post("/drafts", data={"draft": FORM, "note": "x"}).status_code == 400
    forged = {"draft": FORM, "note": "x", "version": "1"}
    assert supervisor.client.post("/cases/JNP-2026-00001/screen", data=forged).status_code == 400
    assert drafts.load(desk, ME, FORM) == NOTHING


@pytest.mark.parametrize(("form", "note"), [("../x", "x"), ("", "x"), (FORM, "x" * 20_000)])
def test_what_is_no_form_or_too_much_is_refused(supervisor: Visitor, form: str, note: str) -> None:
    assert supervisor.post("/drafts", {"draft": form, "note": note}).status_code == 422


def test_a_page_that_tries_again_to_keep_too_much_keeps_nobody_signed_in(
    supervisor: Visitor, watch: Watch
) -> None:
    token, codes = supervisor.token(), []
    for _ in range(3):
        watch.now += 300
        data = {"csrf_token": token, "draft": FORM, "note": "x" * 17_000}
        codes.append(supervisor.client.post("/drafts", base_url=supervisor.base, data=data).status_code)
    assert codes == [422, 422, 401]


def test_sending_the_form_erases_its_draft(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    keep(supervisor, note="worth it")
    fields = {"version": "1", "note": "worth it", "draft": FORM}
    assert supervisor.post(f"/cases/{serial}/screen", fields).status_code == 303
    assert drafts.load(desk, ME, FORM) == NOTHING


def test_a_form_that_was_refused_is_kept_also_without_scripts(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "7", "note": "what I typed", "draft": FORM}
    assert supervisor.post(f"/cases/{serial}/screen", fields).status_code == 409
    assert drafts.load(desk, ME, FORM).fields == {"note": "what I typed"}


def test_an_idle_lock_in_between_keeps_the_draft(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    serial = receive(desk, body(1))
    keep(supervisor, note="half a sentence")
    watch.now += 15 * 60
    answer = supervisor.post(f"/cases/{serial}/screen", {"version": "1", "note": "x", "draft": FORM})
    assert answer.status_code == 403
    assert 'name="password"' in answer.text and "readonly>\nx</textarea>" in answer.text
    assert drafts.load(desk, ME, FORM).fields == {"note": "half a sentence"}


SERIAL, FILE = "JNP-2026-00001", f"{1:032x}"
TIP = "/cases/new?source=phone&category=drugs"
# What somebody could lose: the page, where its form goes, the name of the draft, what he typed, what else is sent.
FORMS: tuple[tuple[str, str, str, dict[str, str], dict[str, str]], ...] = (
    (TIP, "/cases/new", "tip/drugs", {"text": "x", "category": "drugs", "source": "phone"}, {"language": "hi"}),
    (f"/posts/{POST}/handover", f"/posts/{POST}/handover", f"handover/{POST}", {"note": "x"}, {}),
    ("/posts/transfer", "/posts/transfer", "transfers", {f"{POST}.name": "x"},
     {f"{POST}.number": "9812345678", "language": "hi"}),
    ("/posts", "/posts", "appoint", {"name": "x"}, {"post": POST, "number": "9812345678", "language": "hi"}),
    (f"/cases/{SERIAL}", f"/evidence/{FILE}/look", f"look/{FILE}", {"note": "x"}, {"reason": "screening"}),
    (f"/evidence/{FILE}/look", f"/evidence/{FILE}/look", f"look/{FILE}", {"note": "x"}, {"reason": "screening"}),
    (f"/cases/{SERIAL}/package", f"/cases/{SERIAL}/package", f"package/{SERIAL}", {"note": "x"}, {"reason": "court"}),
    (f"/cases/{SERIAL}", f"/cases/{SERIAL}/hold", f"hold/{SERIAL}", {"note": "x"}, {"version": "1"}),
    (f"/cases/{SERIAL}", f"/cases/{SERIAL}/pause", f"act/{SERIAL}/pause", {"note": "x"},
     {"version": "1", "reason": "agency"}),
    ("/people", "/people", "person", {"display": "x"}, {"name": "asha", "place": "screener"}),
)  # fmt: skip
SHOWN_AT_ONCE = ("package", "people")
"""Answered by what was asked for: a file, a first password."""
TEMPLATES = Path(typed.__file__).parent / "templates"
WORDS = re.compile(r"<textarea|<input (?![^>]*type=)|note_field\(")
PASSWORDS = re.compile(r'<input [^>]*name="([^"]+)"[^>]*(?:type="password"|one-time-code)')


@pytest.mark.slow
@pytest.mark.parametrize(("page", "action", "form", "typed", "rest"), FORMS)
def test_what_could_be_lost_is_kept_shown_and_gone_once_sent(
    desk: Desk, app: Flask, *, page: str, action: str, form: str, typed: dict[str, str], rest: dict[str, str]
) -> None:
    with_photo(desk, 1)
    chief = somebody(desk, app, "sp")
    words = "आधा वाक्य, बिजली गई"
    kept = {name: words if text == "x" else text for name, text in typed.items()}
    assert chief.post("/drafts", {"draft": form, **kept}).status_code == 200
    shown = re.search(
        rf'action="{quote(action)}"[^>]*data-draft="{form}".*?</form>', chief.text(page), re.DOTALL
    )
    assert shown is not None
    assert words in shown[0] and "सहेजा 05:30" in shown[0]
    sent = chief.post(action, {"draft": form, **kept, **rest})
    if action.endswith("/package"):  # its first page only asks; the draft goes with the file
        sent = chief.post(f"{action}/file", {"draft": form, **kept, **rest, "begun": "0"})
    assert sent.status_code == (200 if action.endswith(SHOWN_AT_ONCE) else 303)
    assert drafts.load(desk, Actor("sp", "", "sp"), form) == NOTHING


def forms_of_templates() -> list[tuple[str, str]]:
    """Each form that is sent: its template, and what stands in it."""
    found = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.rglob("*.html"))]
    pattern = re.compile(r'<form method="post".*?</form>', re.DOTALL)
    return [(name, form) for name, text in found for form in pattern.findall(text)]


def test_every_form_for_words_keeps_a_draft_and_none_keeps_a_password_or_code() -> None:
    forms = forms_of_templates()
    asking = {name for name, form in forms if PASSWORDS.search(form)}
    assert asking == {"sign_in.html", "password.html", "confirm.html", "code.html", "factor.html"}
    unkept = {name for name, form in forms if WORDS.search(form) and "data-draft=" not in form}
    assert unkept <= asking
    assert not [name for name, form in forms if name in asking and "data-draft=" in form]
    named = {field for _name, form in forms for field in PASSWORDS.findall(form)}
    assert {"password", "proof", "code", "new"} <= named <= typed.NEVER_KEPT


def test_whoever_is_asked_for_his_password_meanwhile_finds_the_person_he_began_to_add_without_it(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    chief, fields = somebody(desk, app, "sp"), {"draft": "person", "name": "asha", "display": "आशा"}
    watch.now += people.FRESH_S
    assert chief.post("/people", fields).status_code == 403
    assert chief.post("/people", {**fields, "proof": "wrong"}).status_code == 403
    assert drafts.load(desk, Actor("sp", "", "sp"), "person").fields == {"name": "asha", "display": "आशा"}
    assert 'value="asha"' in chief.text("/people")


def chosen(page: str, form: str) -> set[str]:
    """What stands selected or ticked in one form of a page: name=value."""
    shown = re.search(rf'data-draft="{form}".*?</form>', page, re.DOTALL)
    assert shown is not None
    ticked = re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)" checked', shown[0])
    lists = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', shown[0], re.DOTALL)
    picked = [(name, re.findall(r'value="([^"]*)" selected', options)) for name, options in lists]
    return {f"{name}={value}" for name, value in ticked} | {f"{name}={v[0]}" for name, v in picked if v}


def test_the_post_that_was_chosen_comes_back_with_the_draft_and_not_the_suggested_one(
    desk: Desk, supervisor: Visitor
) -> None:
    serial, form = receive(desk, body(1)), f"act/{SERIAL}/assign"
    supervisor.post(f"/cases/{serial}/screen", {"version": "1"})
    assert chosen(supervisor.text(f"/cases/{serial}"), form) == {f"post={POST}"}
    supervisor.post("/drafts", {"draft": form, "post": "CO City", "brief": "शाम को देखें", "version": "2"})
    assert chosen(supervisor.text(f"/cases/{serial}"), form) == {"post=CO City"}


def test_class_and_flags_that_were_chosen_come_back_with_the_draft(desk: Desk, app: Flask) -> None:
    serial, form, chief = receive(desk, body(1)), f"act/{SERIAL}/reclassify", somebody(desk, app, "sp")
    assert chosen(chief.text(f"/cases/{serial}"), form) == {"sensitivity=open"}
    chief.post("/drafts", {"draft": form, "sensitivity": "secret", "child": "1", "version": "1"})
    assert chosen(chief.text(f"/cases/{serial}"), form) == {"sensitivity=secret", "child=1"}


def test_crime_and_thana_that_were_chosen_come_back_with_the_draft(desk: Desk, supervisor: Visitor) -> None:
    serial, form = receive(desk, body(1)), f"act/{SERIAL}/correct"
    assert chosen(supervisor.text(f"/cases/{serial}"), form) == {"category=liquor", "thana=JNP-01"}
    kept = {"draft": form, "category": "drugs", "thana": "JNP-02", "note": "नदी पार", "version": "1"}
    supervisor.post("/drafts", kept)
    page = supervisor.text(f"/cases/{serial}")
    assert chosen(page, form) == {"category=drugs", "thana=JNP-02"} and "नदी पार</textarea>" in page
    cases.correct(desk, serial, SCREENER, 1, "arms", "", "x")
    page = supervisor.text(f"/cases/{serial}")
    assert chosen(page, form) == {"category=arms"} and "नदी पार</textarea>" in page


def test_a_draft_of_a_class_that_may_not_be_given_any_more_shows_the_one_of_the_case(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    serial, form = receive(desk, body(1)), f"act/{SERIAL}/reclassify"
    supervisor.post("/drafts", {"draft": form, "sensitivity": "restricted", "note": "x"})
    fields = {"version": "1", "sensitivity": "secret", "victim": "1", "note": "x"}
    assert somebody(desk, app, "sp").post(f"/cases/{serial}/reclassify", fields).status_code == 303
    page = supervisor.text(f"/cases/{serial}")
    assert chosen(page, form) == {"sensitivity=secret"}
    assert '<input type="hidden" name="victim" value="1">' in page


CHANGED = "मामला बदला है"


def test_a_note_typed_before_the_case_became_secret_takes_no_flag_off_it(desk: Desk, app: Flask) -> None:
    serial, form, chief = receive(desk, body(1)), f"act/{SERIAL}/reclassify", somebody(desk, app, "sp")
    chief.post("/drafts", {"draft": form, "sensitivity": "open", "note": "देखता हूँ", "version": "1"})
    assert CHANGED not in chief.text(f"/cases/{serial}")
    told = Answer("victim", "child", "")
    receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", answers=(told,)))
    page = chief.text(f"/cases/{serial}")
    assert chosen(page, form) == {"sensitivity=secret", "victim=1", "child=1"}
    assert "देखता हूँ</textarea>" in page and page.count(CHANGED) == 1


def test_a_note_typed_before_a_colleague_gave_the_case_away_takes_it_from_nobody(
    desk: Desk, supervisor: Visitor
) -> None:
    serial, form = receive(desk, body(1)), f"act/{SERIAL}/assign"
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    supervisor.post("/drafts", {"draft": form, "post": POST, "note": "और काम है", "version": "3"})
    cases.assign(desk, serial, SP, 3, "SHO JNP-02")
    page = supervisor.text(f"/cases/{serial}")
    assert chosen(page, form) == {"post=SHO JNP-02"}
    assert "और काम है</textarea>" in page and page.count(CHANGED) == 1


def test_a_form_sent_after_the_lock_brings_back_no_class_of_before(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    serial, form, chief = receive(desk, body(1)), f"act/{SERIAL}/reclassify", somebody(desk, app, "sp")
    watch.now += 15 * 60
    sent = {"draft": form, "sensitivity": "open", "note": "देखता हूँ", "version": "1"}
    assert chief.post(f"/cases/{serial}/reclassify", sent).status_code == 403
    cases.reclassify(desk, serial, SP, 1, "secret", True, False, "x")
    page = somebody(desk, app, "sp").text(f"/cases/{serial}")
    assert chosen(page, form) == {"sensitivity=secret", "victim=1"}
    assert "देखता हूँ</textarea>" in page and CHANGED in page


def test_a_posting_that_comes_back_is_for_the_post_that_was_chosen(desk: Desk, app: Flask) -> None:
    chief = somebody(desk, app, "sp")
    chief.post("/drafts", {"draft": "appoint", "post": "CO City", "name": "मिश्र"})
    assert "post=CO City" in chosen(chief.text(f"/posts?post={quote(POST)}"), "appoint")


def test_a_person_who_was_begun_has_the_role_that_was_chosen(desk: Desk, app: Flask) -> None:
    chief = somebody(desk, app, "sp")
    chief.post("/drafts", {"draft": "person", "display": "मिश्र", "place": f"sho:{POST}"})
    assert chosen(chief.text("/people"), "person") == {f"place=sho:{POST}"}


def test_a_tip_that_was_begun_is_found_again(desk: Desk, supervisor: Visitor) -> None:
    fields = {"source": "walk_in", "category": "drugs", "text": "पुड़िया बिकती है"}
    supervisor.post("/drafts", {"draft": "tip/drugs", **fields})
    assert "/cases/new?category=drugs&amp;source=walk_in" in supervisor.text("/cases/new")
    supervisor.post("/practice/switch", {"practice": "on"})
    assert "walk_in&amp;" not in supervisor.text("/cases/new")
    assert "पुड़िया" not in supervisor.text("/cases/new?source=walk_in&category=drugs")


def test_what_was_kept_can_be_thrown_away(desk: Desk, supervisor: Visitor) -> None:
    receive(desk, body(1))
    keep(supervisor, note="not that")
    page = supervisor.text(f"/cases/{SERIAL}")
    assert f'name="discard" value="/cases/{SERIAL}"' in page and "not that" in page
    gone = supervisor.post("/drafts", {"draft": FORM, "note": "not that", "discard": f"/cases/{SERIAL}"})
    assert (gone.status_code, gone.location) == (303, f"/cases/{SERIAL}")
    assert drafts.load(desk, ME, FORM) == NOTHING
    assert "not that" not in supervisor.text(f"/cases/{SERIAL}")


def test_a_post_with_a_space_in_its_code_leads_back_to_its_page(desk: Desk, app: Flask) -> None:
    chief = somebody(desk, app, "sp")
    page = chief.text(f"/posts/{POST}/handover")
    assert f'name="next" value="/posts/{POST.replace(" ", "%20")}/handover"' in page
