"""Every page is there, in both languages, and shows what it should."""

import html

import pytest
from flask import Flask

from appliance import cases, escalation, holders, timekeeping
from appliance.desk import Desk
from sync.clock import DAY_S
from sync.messages import Answer
from tests.appliance.office import POST, SUPERVISOR, Watch, body, open_office, receive
from tests.webui.world import Visitor, site_of, somebody, story, tell_range, with_photo, without_tls

HOSTILE = "<script>alert(1)</script> \u202egnp.exe\u202c \"'><img src=x onerror=alert(2)>"


def paths(serial: str) -> list[str]:
    return [
        "/cases",
        "/cases?status=received&category=liquor&thana=JNP-01&sensitivity=open&text=JNP",
        f"/cases/{serial}",
        f"/cases/{serial}/answer",
        f"/cases/{serial}/answer/preview?template=action_taken&action_taken.action=raid&version=1",
        "/health",
    ]


@pytest.mark.parametrize("language", ["hi", "en"])
def test_every_page_is_there_in_both_languages(desk: Desk, supervisor: Visitor, language: str) -> None:
    serial, _, _ = with_photo(desk, 1)
    supervisor.speak(language)
    for path in paths(serial):
        text = supervisor.text(path)
        assert f'<html lang="{language}">' in text
        assert ("मामले" if language == "hi" else "Cases") in text


def test_hindi_comes_first(app: Flask) -> None:
    text = Visitor(app.test_client()).text("/sign-in")
    assert 'lang="hi"' in text
    assert "साइन इन करें" in text


def test_the_switch_comes_back_to_the_page(supervisor: Visitor) -> None:
    answer = supervisor.post("/language", {"language": "en", "next": "/cases?status=received"})
    assert answer.headers["Location"] == "/cases?status=received"


def test_an_unknown_language_is_refused(supervisor: Visitor) -> None:
    assert supervisor.post("/language", {"language": "xx"}).status_code == 400


def test_the_list_shows_what_matters(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, happening_now=True))
    supervisor.speak("en")
    text = supervisor.text("/cases")
    for shown in (serial, "Happening now", "Illicit liquor", "Kotwali", "1 Jan, 05:30", "New<b>1</b>"):
        assert shown in text


def test_filters_choose_and_stay_in_the_address(desk: Desk, supervisor: Visitor) -> None:
    liquor, drugs = receive(desk, body(1)), receive(desk, body(2, category="drugs"))
    text = supervisor.text("/cases?category=drugs")
    assert drugs in text
    assert liquor not in text
    assert 'href="/cases?queue=new&amp;category=drugs"' in text


def test_older_cases_come_page_by_page(desk: Desk, supervisor: Visitor) -> None:
    serials = [receive(desk, body(number)) for number in range(1, 53)]
    first = supervisor.text("/cases")
    assert first.count("data-case=") == 50
    assert 'href="/cases?after=3"' in first
    second = supervisor.text("/cases?after=3")
    assert [serial for serial in serials if serial in second] == serials[:2]


@pytest.mark.parametrize("after", ["x", "-1", "९", "1" * 30])
def test_a_place_that_cannot_be_is_refused(supervisor: Visitor, after: str) -> None:
    assert supervisor.get(f"/cases?after={after}").status_code == 400


def test_the_case_page_tells_with_labels_in_the_pages_language(desk: Desk, supervisor: Visitor) -> None:
    answers = (Answer("what", "ganja", ""), Answer("who", "", "a man in a red cap"))
    serial = receive(desk, body(1, category="drugs", answers=answers))
    text = supervisor.text(f"/cases/{serial}")
    for shown in (
        "<dt>नशा</dt><dd>गांजा / चरस</dd>",
        'lang="en" dir="auto">a man in a red cap',
        "near the mill",
        "कोतवाली",
    ):
        assert shown in text


def test_the_time_is_told_as_an_hour(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    supervisor.speak("en")
    assert "1 Jan 2026, 04:30–05:30" in supervisor.text(f"/cases/{serial}")


def test_evidence_is_covered_and_can_be_opened_without_scripts(desk: Desk, supervisor: Visitor) -> None:
    serial, manifest, _ = with_photo(desk, 1)
    text = supervisor.text(f"/cases/{serial}")
    assert "<img" not in text
    assert f'action="/evidence/{manifest.file_id}/look"' in text
    assert manifest.sha256_kept in text


def test_hostile_text_stays_text(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, text=HOSTILE, place=HOSTILE, answers=(Answer("what", "", HOSTILE),)))
    text = supervisor.text(f"/cases/{serial}")
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt; [U+202E]gnp.exe[U+202C]") == 3
    assert "\u202e" not in text
    assert text.count('dir="auto">&lt;script') == 3


def test_joiners_of_hindi_stay(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, text="क्\u200dष र्\u200cक\nदूसरी पंक्ति"))
    assert "क्\u200dष र्\u200cक\nदूसरी पंक्ति" in supervisor.text(f"/cases/{serial}")


def test_the_next_step_stands_open(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    for version, (act, more) in enumerate(
        [("screen", ()), ("assign", ("SHO JNP-01",)), ("start", ())], start=1
    ):
        getattr(cases, act)(desk, serial, SUPERVISOR, version, *more)
    opened = supervisor.text(f"/cases/{serial}").split('<details class="act" open>')
    assert len(opened) == 2
    assert f'action="/cases/{serial}/report_back"' in opened[1].split("</details>")[0]


def test_a_code_nobody_knows_is_shown_as_it_is(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, category="new<kind>", answers=(Answer("q9", "c9", ""),)))
    text = supervisor.text(f"/cases/{serial}")
    assert "new&lt;kind&gt;" in text
    assert "<dt>q9</dt><dd>c9</dd>" in text


def test_the_page_says_when_there_is_no_way_to_write_back(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, contact="none"))
    text = supervisor.text(f"/cases/{serial}")
    assert "उत्तर भेजने का रास्ता नहीं है" in text
    assert f"/cases/{serial}/answer" not in text
    assert supervisor.get(f"/cases/{serial}/answer").status_code == 409


def test_the_page_tells_a_wish_from_a_loss(desk: Desk, supervisor: Visitor) -> None:
    supervisor.speak("en")
    wished, lost = receive(desk, body(1, contact="none")), receive(desk, body(2))
    desk.conn.execute("update report set has_key=0")
    asked, gone = supervisor.text(f"/cases/{wished}"), supervisor.text(f"/cases/{lost}")
    assert asked.count("the informant asked that no number be kept") == 1
    assert "The way back to this informant ended when the case was closed, or was lost" not in asked
    assert gone.count("it ended when the case was closed, or was lost") == 1
    assert "The way back to this informant ended when the case was closed, or was lost" in gone
    assert f"/cases/{lost}/answer" not in gone


@pytest.mark.parametrize(("language", "words"), [("hi", "नई बात जुड़ी"), ("en", "New information")])
def test_the_list_marks_cases_with_news(desk: Desk, supervisor: Visitor, language: str, words: str) -> None:
    serial = receive(desk, body(1))
    supervisor.speak(language)
    assert words not in supervisor.text("/cases")
    receive(desk, body(2, adds_to=body(1).handle))
    assert supervisor.text("/cases").count(words) == 1
    cases.screen(desk, serial, SUPERVISOR, 2)
    assert words not in supervisor.text("/cases")


def test_no_page_names_a_handle(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(0xABCDEF0123456789))
    for path in paths(serial):
        assert "abcdef0123456789" not in supervisor.text(path).lower()


def test_history_and_answers_are_told(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, story(1, desk.clock()))
    cases.screen(desk, serial, SUPERVISOR, 1, "देख लिया")
    cases.answer(desk, serial, SUPERVISOR, 2, "taken_up", ())
    text = supervisor.text(f"/cases/{serial}")
    for shown in ("जांच ली गई", "देख लिया", "रिले तक पहुंचना बाकी", "आपकी सूचना पर काम शुरू हो गया है।"):
        assert shown in text


def test_the_range_sees_its_districts(tmp_path: str, desk: Desk, watch: Watch) -> None:
    folder = desk.config.root / "range"
    folder.mkdir()
    office = without_tls(open_office(folder, watch, "range"))
    tell_range(office, watch.now)
    visitor = somebody(office, site_of(office), "range")
    visitor.speak("en")
    text = visitor.text("/range")
    for district in office.directory.districts:
        assert text.count(f'<th scope="row">{district.name_en}</th>') == 2
    for shown in ("Jaunpur", "Cases by district and status", "Drugs", "1 Jan 2026, 05:28", "<caption>"):
        assert shown in text


def test_the_range_tells_two_thanas_of_one_name_apart(desk: Desk, watch: Watch) -> None:
    folder = desk.config.root / "range"
    folder.mkdir()
    office = without_tls(open_office(folder, watch, "range"))
    serial = receive(office, body(1, category="police_corruption"))
    cases.screen(office, serial, SUPERVISOR, 1)
    visitor = somebody(office, site_of(office), "range")
    visitor.speak("en")
    assert '"thana">Kotwali, Jaunpur</td>' in visitor.text("/cases")
    assert "SHO Kotwali, GZP</option>" in visitor.text(f"/cases/{serial}")


def test_a_district_has_no_range_page(desk: Desk, app: Flask) -> None:
    assert somebody(desk, app, "range").get("/range").status_code == 404


def test_the_foot_tells_of_the_relay(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    supervisor.speak("en")
    assert "No contact with the relay yet" in supervisor.text("/cases")
    row = ("n0000000a", "r", "e", b"k", 1, 1, 0, b"", int(watch.now))
    columns = (
        "node, run, epoch, message_key, issued_at, directory_version, log_size, log_head, last_contact_at"
    )
    desk.conn.execute(f"insert into peer({columns}) values(?,?,?,?,?,?,?,?,?)", row)
    assert "Last contact with the relay just now, 0 waiting" in supervisor.text("/cases")
    watch.now += 601
    assert "Connection lost." in supervisor.text("/cases")


def test_the_pulse_changes_with_every_case_and_costs_nothing_else(desk: Desk, supervisor: Visitor) -> None:
    receive(desk, body(1))
    first = supervisor.get("/pulse").headers["ETag"]
    assert supervisor.get("/pulse", If_None_Match=first).status_code == 304
    receive(desk, body(2))
    answer = supervisor.get("/pulse", If_None_Match=first)
    assert (answer.status_code, answer.data) == (200, b"0")


@pytest.mark.parametrize(
    ("language", "name", "wrong"),
    [("hi", "देर वाले मामले ऊपर भेजे जाना", "गड़बड़"), ("en", "Late cases sent up", "wrong")],
)
def test_late_cases_that_could_not_go_up_stand_on_the_state_of_the_box(
    desk: Desk, supervisor: Visitor, watch: Watch, language: str, name: str, wrong: str
) -> None:
    receive(desk, body(1))
    desk.conn.execute("update case_file set level=3")
    escalation.run(desk, watch.now + 30 * DAY_S)
    supervisor.speak(language)
    row = supervisor.text("/health").split(f'<th scope="row">{name}</th>')[1].split("</tr>")[0]
    assert wrong in row and "1 cases could not go up" in row


@pytest.mark.parametrize(
    ("language", "words"), [("hi", "कुछ नहीं मिटाया जाएगा"), ("en", "Nothing is erased until")]
)
def test_the_state_of_the_box_says_that_a_clock_in_doubt_erases_nothing(
    desk: Desk, supervisor: Visitor, language: str, words: str
) -> None:
    supervisor.speak(language)
    assert words not in supervisor.text("/health")
    timekeeping.look(desk, desk.clock() - 30 * DAY_S)
    timekeeping.look(desk, desk.clock())
    assert words in html.unescape(supervisor.text("/health"))


def test_an_officer_whose_row_does_not_open_closes_no_case_page(desk: Desk, supervisor: Visitor) -> None:
    holders.appoint(desk, SUPERVISOR, POST, "Ram", "9812345678", "hi")
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    desk.conn.execute("update post_holder set locked=x'00'")
    assert supervisor.get(f"/cases/{serial}").status_code == 200


def test_the_pulse_alone_keeps_nobody_signed_in(supervisor: Visitor, watch: Watch) -> None:
    codes = []
    for _ in range(3):
        watch.now += 300
        codes.append(supervisor.get("/pulse").status_code)
    assert codes == [200, 200, 401]


def test_a_touched_page_stays_open(supervisor: Visitor, watch: Watch) -> None:
    for _ in range(4):
        watch.now += 300
        assert supervisor.get("/pulse?here=1").status_code == 200
