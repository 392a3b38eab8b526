"""What the office does through forms: once each, told to whoever comes second, never typed to an informant."""

import re

import pytest
from flask import Flask
from markupsafe import escape

from appliance import cases, holders, ledger, people
from appliance.cases import Seizure
from appliance.desk import OFFICER, Actor, Desk
from appliance.jobs import timetable
from appliance.replies import Command
from tests.appliance.office import POST, SP, SUPERVISOR, body, commands, receive
from tests.webui.world import Visitor, somebody, story
from webui.status import JOBS

_SEIZED = {
    "outcome": "seizure",
    "seizure": "liquor",
    "amount": "1200",
    "untold": "1",
    "seizure-3": "cash",
    "amount-3": "50000",
}


@pytest.mark.parametrize("typed", ["1", "00001", " १ ", "jnp-2026-00001"])
def test_the_number_alone_names_the_case_a_report_doubles(
    desk: Desk, supervisor: Visitor, typed: str
) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    sent = {"version": "1", "of": typed}
    assert supervisor.post(f"/cases/{double}/mark_duplicate", sent).status_code == 303
    assert cases.get(desk, double).duplicate_of == main
    assert supervisor.post(f"/cases/{double}/mark_duplicate", sent).status_code == 303  # sent twice


@pytest.mark.parametrize("typed", ["9", "0", "123456789012"])
def test_a_number_of_no_case_is_refused_as_it_was_typed(desk: Desk, supervisor: Visitor, typed: str) -> None:
    serial = receive(desk, body(1))
    refused = supervisor.post(f"/cases/{serial}/mark_duplicate", {"version": "1", "of": typed})
    assert refused.status_code == 409 and f'value="{typed}"' in refused.text


def test_a_number_means_the_case_of_the_same_series_or_the_only_one(desk: Desk) -> None:
    serials = [receive(desk, body(number)) for number in (1, 2, 3)]
    desk.conn.execute("insert into serial_counter values('JNP', 2025, 9)")
    for old, serial in (("JNP-2025-00001", serials[1]), ("JNP-2025-00007", serials[2])):
        desk.conn.execute("update case_file set serial=? where serial=?", (old, serial))
    assert ledger.in_full(desk, "1", "JNP-2026-00009") == "JNP-2026-00001"
    assert ledger.in_full(desk, "1", "JNP-2025-00009") == "JNP-2025-00001"
    assert ledger.in_full(desk, "7", "JNP-2026-00009") == "JNP-2025-00007"
    assert ledger.in_full(desk, "1", "JNP-2024-00009") == "1"


@pytest.mark.slow
def test_a_case_goes_its_whole_way(desk: Desk, app: Flask, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    steps: list[tuple[str, dict[str, str]]] = [
        ("screen", {"note": "worth it"}),
        ("assign", {"post": POST}),
        ("start", {}),
        ("report_back", {"note": "two barrels\r\nfound"}),
        ("verify", {}),
        ("close", _SEIZED),
    ]
    for at, (act, fields) in enumerate(steps, start=1):
        visitor = somebody(desk, app, "sp") if act == "verify" else supervisor
        answer = visitor.post(f"/cases/{serial}/{act}", {"version": str(at), **fields})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{serial}")
    case = cases.get(desk, serial)
    assert (case.status, case.outcome, case.post) == ("closed", "seizure", POST)
    assert case.history[4].note == "two barrels\nfound"
    page = supervisor.text(f"/cases/{serial}")
    assert "बरामदगी" in page
    assert "शराब: 1,200 लीटर" in page and case.found.seizures[0] == Seizure("cash", 50000)


def test_a_duplicate_is_linked(desk: Desk, supervisor: Visitor) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    assert main in supervisor.text(f"/cases/{double}")
    supervisor.post(f"/cases/{double}/mark_duplicate", {"version": "1", "of": f" {main.lower()} "})
    assert cases.get(desk, double).duplicate_of == main
    assert f'href="/cases/{double}"' in supervisor.text(f"/cases/{main}")


def test_the_same_form_twice_acts_once(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    for _ in range(2):
        assert supervisor.post(f"/cases/{serial}/screen", {"version": "1", "note": "n"}).status_code == 303
    assert [entry.act for entry in cases.get(desk, serial).history] == ["receive", "screen"]


def test_a_report_back_noted_twice_is_one_and_the_page_says_in_which_role_it_was_noted(
    desk: Desk, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1))
    for at, (act, fields) in enumerate(
        [("screen", {}), ("assign", {"post": POST}), ("start", {}), ("report_back", {"note": "n"})], start=1
    ):
        for _ in range(2):
            sent = {"version": str(at), **fields}
            assert supervisor.post(f"/cases/{serial}/{act}", sent).status_code == 303
    assert [entry.act for entry in cases.get(desk, serial).history].count("report_back") == 1
    assert re.search(r"मौके की रिपोर्ट मिली</b>\s*: पर्यवेक्षक", supervisor.text(f"/cases/{serial}"))


def test_the_same_answer_twice_is_sent_once(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "1", "template": "action_taken", "action_taken.action": "raid"}
    for _ in range(2):
        assert supervisor.post(f"/cases/{serial}/answer", fields).status_code == 303
    assert len(commands(desk, "reply", Command)) == 1


def test_another_choice_with_an_old_page_is_a_conflict(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    supervisor.post(f"/cases/{serial}/answer", {"version": "1", "template": "taken_up"})
    answer = supervisor.post(f"/cases/{serial}/answer", {"version": "1", "template": "not_found"})
    assert answer.status_code == 409
    assert len(commands(desk, "reply", Command)) == 1


def test_who_comes_second_is_told_who_and_what(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SP, 1)
    answer = supervisor.post(f"/cases/{serial}/mark_duplicate", {"version": "1", "of": "X"})
    assert answer.status_code == 409
    for shown in ("chand", "जांच ली गई", f'href="/cases/{serial}"', "आपका बदलाव दर्ज नहीं हुआ"):
        assert shown in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "fields", "code"),
    [
        ("close", {"outcome": "fir"}, 409),  # not at that step
        ("assign", {"post": "SHO GZP-01"}, 409),  # a post of another district
        ("mark_duplicate", {"of": "JNP-2026-09999"}, 409),
        ("screen", {"version": "x"}, 400),
        ("screen", {"version": "१"}, 400),
        ("screen", {"version": ""}, 400),
        ("screen", {"note": "n" * 2001}, 400),
        ("screen", {"note": "n" * 70_000}, 413),
    ],
)
def test_a_form_that_cannot_be_right_changes_nothing(
    desk: Desk, supervisor: Visitor, act: str, fields: dict[str, str], code: int
) -> None:
    serial = receive(desk, body(1))
    answer = supervisor.post(f"/cases/{serial}/{act}", {"version": "1", **fields})
    assert answer.status_code == code
    assert 'class="card"' in answer.text
    assert cases.get(desk, serial).version == 1


def test_the_preview_is_what_the_phone_shows(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    path = f"/cases/{serial}/answer/preview?template=need_more&need_more.what=vehicle&version=1"
    text = supervisor.text(path)
    exact = "We have your report. It would help to know the vehicle&#39;s number: write &#34;add&#34; and"
    assert f'lang="en" dir="auto">{exact}' in text
    assert "सूचना देने वाले को यह संदेश मिलेगा:" in text
    assert commands(desk, "reply", Command) == []


def test_the_answer_speaks_the_informants_language(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, story(1, desk.clock()))
    supervisor.speak("en")
    text = supervisor.text(f"/cases/{serial}/answer/preview?template=taken_up&version=1")
    assert 'lang="hi" dir="auto">आपकी सूचना पर काम शुरू हो गया है।' in text


@pytest.mark.parametrize("query", ["", "template=free", "template=action_taken&action_taken.action=hack"])
def test_only_what_the_catalogue_has_can_be_previewed(desk: Desk, supervisor: Visitor, query: str) -> None:
    serial = receive(desk, body(1))
    assert supervisor.get(f"/cases/{serial}/answer/preview?version=1&{query}").status_code == 409


def test_nothing_is_told_by_default(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    asked = supervisor.get(
        f"/cases/{serial}/answer/preview?version=1&template=action_taken&action_taken.action="
    )
    assert asked.status_code == 422
    assert 'role="alert"' in asked.text and 'value="action_taken" required checked' in asked.text
    assert '<option value="" selected' not in asked.text and '<option value="">' in asked.text


def test_the_last_answer_is_kept_for_the_outcome(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    for version in range(1, 10):
        cases.answer(desk, serial, SUPERVISOR, version, "taken_up", ())
    refused = supervisor.post(f"/cases/{serial}/answer", {"version": "10", "template": "taken_up"})
    assert refused.status_code == 409
    assert (
        supervisor.post(f"/cases/{serial}/answer", {"version": "10", "template": "closed"}).status_code == 303
    )
    assert "इस सूचना के सब उत्तर" in supervisor.text(f"/cases/{serial}")


def test_a_post_named_in_a_report_is_not_offered_and_is_refused(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SUPERVISOR, 1)
    page = supervisor.text(f"/cases/{serial}")
    assert re.search(rf'<option value="{POST}" disabled>[^<]*इसी के पुलिसकर्मी', page)
    answer = supervisor.post(f"/cases/{serial}/assign", {"version": "2", "post": POST})
    assert answer.status_code == 409 and "इसे किसी दूसरे पद को दें" in answer.text


def test_the_office_notes_whose_people_a_case_is_about(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "1", "thana": "GZP-01", "note": "named by the informant"}
    for _ in range(2):
        assert supervisor.post(f"/cases/{serial}/concern", fields).status_code == 303
    assert cases.get(desk, serial).marked == ("GZP-01",)
    assert "कोतवाली, GZP" in supervisor.text(f"/cases/{serial}")
    assert f"/cases/{serial}/unconcern" not in supervisor.text(f"/cases/{serial}")  # for the SP


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "fields", "field", "words"),
    [
        ("quarantine", {}, "note", "कारण नहीं लिखा गया"),
        ("close", {"outcome": "arrest"}, "outcome", "अभी किसी कार्रवाई की पुष्टि नहीं हुई है"),
        ("close", {"outcome": "referred"}, "agency", "किस कार्यालय को भेजा"),
        ("close", {"outcome": "already_known", "arrests": "two"}, "arrests", "मात्रा अंकों में लिखें"),
        (
            "close",
            {"outcome": "already_known", "arrests": "2", "untold": "1"},
            "outcome",
            "कोई कार्रवाई नहीं हुई",
        ),
        ("close", {"outcome": "already_known"}, "untold", "नतीजा नहीं बताया गया"),
        (
            "close",
            {"outcome": "seizure", **dict.fromkeys(("seizure-2", "seizure-3"), "arms"), "amount-2": "1"},
            "amount-3",
            "मात्रा अंकों में लिखें",
        ),
        ("close", {"outcome": "seizure", "amount-2": "5"}, "seizure-2", "क्या और कितना बरामद हुआ"),
        ("close", {"outcome": "already_known", "seizure": "liquor"}, "amount", "मात्रा अंकों में लिखें"),
        ("mark_duplicate", {"of": "JNP-2026-09999"}, "of", "क्रमांक देख लें"),
        ("assign", {"post": "SHO XYZ-01"}, "post", "कोई विकल्प चुना नहीं गया"),
        ("pause", {"reason": "agency"}, "note", "कारण नहीं लिखा गया"),
        ("reclassify", {"sensitivity": "open", "note": "x"}, "sensitivity", "श्रेणी पहले से यही है"),
        ("correct", {"category": "liquor", "thana": "JNP-01", "note": "x"}, "category", "पहले से इसी अपराध"),
        ("correct", {"category": "drugs", "thana": "GZP-01", "note": "x"}, "thana", "दूसरे कार्यालय का है"),
        ("correct", {"category": "drugs", "thana": "JNP-01"}, "note", "कारण नहीं लिखा गया"),
        (
            "correct",
            {"category": "police_corruption", "thana": "JNP-01", "note": "x"},
            "category",
            "परिक्षेत्र की है",
        ),
    ],
)
def test_a_refused_act_comes_back_with_its_words_beside_the_field(
    desk: Desk, supervisor: Visitor, act: str, fields: dict[str, str], field: str, words: str
) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    answer = supervisor.post(f"/cases/{serial}/{act}", {"version": "2", **fields})
    assert answer.status_code == 409
    form = re.search(rf'action="/cases/{serial}/{act}".*?</form>', answer.text, re.DOTALL)
    assert form is not None
    refused = re.search(r'id="refused">([^<]+)</p>.*? name="([^"]+)"', form[0], re.DOTALL)
    assert refused is not None
    assert words in refused[1] and refused[2] == field
    assert re.search(rf'name="{field}"[^>]* aria-invalid="true" aria-describedby="refused"', form[0])
    assert answer.text.count('id="refused"') == 1
    assert cases.get(desk, serial).version == 2


def test_a_closing_that_was_refused_loses_no_word(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    note = 'नहर के पास दो बार देखा, "कुछ" मिला <नहीं>'
    fields = {"outcome": "already_known", "fir_no": "0123/2026", "arrests": "दो", "note": note}
    page = supervisor.post(f"/cases/{serial}/close", {"version": "2", **fields}).text
    form = page[page.index(f'action="/cases/{serial}/close"') :]
    form = form[: form.index("</form>")]
    assert '<option value="already_known" selected>' in form
    assert 'value="0123/2026"' in form and 'value="दो"' in form
    assert str(escape(note)) in form
    assert f'name="version" value="{cases.get(desk, serial).version}"' in form
    fields = {**fields, "fir_no": "", "arrests": "", "untold": "1"}
    again = supervisor.post(f"/cases/{serial}/close", {"version": "2", **fields})
    assert (again.status_code, cases.get(desk, serial).outcome) == (303, "already_known")


def test_whoever_noted_the_report_back_is_not_offered_the_verification(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1))
    for version, (act, more) in enumerate(
        [("screen", ()), ("assign", (POST,)), ("start", ()), ("report_back", ())], start=1
    ):
        getattr(cases, act)(desk, serial, Actor("supervisor", "", "supervisor"), version, *more)
    form = f'action="/cases/{serial}/verify"'
    assert form not in supervisor.text(f"/cases/{serial}")
    assert form in somebody(desk, app, "sp").text(f"/cases/{serial}")
    refused = supervisor.post(f"/cases/{serial}/verify", {"version": "5"})
    assert refused.status_code == 403
    assert "कोई दूसरा व्यक्ति" in refused.text


def test_a_leader_who_holds_the_post_under_his_name_is_not_offered_the_verification(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    name = people.display_of(desk, "supervisor")
    holders.appoint(desk, SP, POST, name, "98123 45678", "hi")
    serial = receive(desk, body(1))
    leader = Actor("supervisor", name, "supervisor")
    cases.screen(desk, serial, leader, 1)
    cases.assign(desk, serial, leader, 2, POST)
    for version, act in enumerate((cases.start, cases.report_back), start=3):
        act(desk, serial, Actor(POST, POST, OFFICER), version)
    assert f'action="/cases/{serial}/verify"' not in supervisor.text(f"/cases/{serial}")
    assert supervisor.post(f"/cases/{serial}/verify", {"version": "5"}).status_code == 403
    assert f'action="/cases/{serial}/verify"' in somebody(desk, app, "sp").text(f"/cases/{serial}")


def test_every_job_of_the_timetable_has_its_words() -> None:
    assert {job.name for job in timetable(60)} <= set(JOBS)
