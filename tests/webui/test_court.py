"""The pages for court and for keeping: in both languages, for the right roles, without a script."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from appliance import cases, chains, custody, ledger, timekeeping
from appliance.desk import ROLES, Desk
from appliance.timekeeping import Uptime
from tests.appliance.office import SP as CHIEF
from tests.appliance.office import Watch, audited, body, receive
from tests.webui.world import DISPLAYS, PASSWORD, Visitor, somebody, with_photo


@pytest.fixture
def chief(desk: Desk, app: Flask) -> Visitor:
    return somebody(desk, app, "sp")


FIELDS = {"reason": "court", "note": "Sessions court, Jaunpur"}


def begun(page: str) -> str:
    """How many packages its form to save one knows of."""
    found = re.search(r'name="begun" value="(\d+)"', page)
    assert found is not None
    return found[1]


def package_of(chief: Visitor, serial: str, **changes: str) -> TestResponse:
    """Asks for a package, then saves it."""
    fields = {**FIELDS, **changes}
    asked = chief.post(f"/cases/{serial}/package", fields)
    assert asked.status_code == 200
    return chief.post(f"/cases/{serial}/package/file", {**fields, "begun": begun(asked.text)})


WORDS = {
    "hi": ("प्रमाण-पत्र", "भाग क", "भाग ख", "धारा 63(4)(ग)"),
    "en": ("Certificate", "Part A", "Part B", "section 63(4)(c)"),
}


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_certificate_has_both_parts_the_hash_and_the_blanks(
    desk: Desk, chief: Visitor, language: str
) -> None:
    serial, photo, _ = with_photo(desk, 1)
    sheet = chief.text(f"/cases/{serial}/certificate?tongue={language}")
    for text in (f'<html lang="{language}">', *WORDS[language], photo.sha256_kept, photo.sha256_received):
        assert text in sheet
    assert sheet.count("☑ SHA256") == 2 and sheet.count("☐ MD5") == 2
    assert sheet.count('class="blank"') >= 6 and "eXIf" in sheet
    assert body(1).text not in sheet


def test_a_package_comes_with_its_papers_in_both_languages(desk: Desk, chief: Visitor) -> None:
    serial, photo, content = with_photo(desk, 1)
    answer = package_of(chief, serial)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{serial}-evidence-sp.zip"'
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.read(f"files/{photo.file_id}.png") == content
        papers = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")}
    assert set(papers) == {
        *(f"certificate-{said}.html" for said in ("hi", "en")),
        *(f"custody/{photo.file_id}-{said}.html" for said in ("hi", "en")),
    }
    assert all("@page" in page and "<link" not in page and "<script" not in page for page in papers.values())
    assert "भाग क" in papers["certificate-hi.html"] and "Part A" in papers["certificate-en.html"]
    page = chief.text(f"/cases/{serial}/package")
    assert custody.exports(desk, serial)[0].digest in page


def test_a_package_handed_on_stands_among_what_happened_to_the_case(
    desk: Desk, chief: Visitor, app: Flask
) -> None:
    serial, _, _ = with_photo(desk, 1)
    assert package_of(chief, serial).data
    screener = somebody(desk, app, "screener")
    for language, said in (
        ("en", ("Package handed on", "For the court")),
        ("hi", ("पैकेज दिया गया", "न्यायालय के लिए")),
    ):
        screener.speak(language)
        told = screener.text(f"/cases/{serial}?show=status").split('id="history"')[1].split("</section>")[0]
        assert all(words in told for words in (*said, "Sessions court, Jaunpur", DISPLAYS["sp"]))
    assert "Sessions court, Jaunpur" in chief.post(f"/cases/{serial}/print").text


def test_a_post_reads_that_a_package_was_handed_on_and_not_for_what(
    desk: Desk, chief: Visitor, app: Flask
) -> None:
    serial, _, _ = with_photo(desk, 1)
    assert package_of(chief, serial, reason="other", note="for the brother of the accused").data
    desk.conn.execute("update case_file set post='SHO JNP-01'")
    circle, officer = somebody(desk, app, "co"), somebody(desk, app, "sho")
    circle.speak("en")
    told = circle.text(f"/cases/{serial}")
    assert "Package handed on" in told and "brother of the accused" not in told
    officer.speak("en")
    assert "Package handed on" not in officer.text(f"/cases/{serial}")


def test_a_package_follows_each_chain_once(
    desk: Desk, chief: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial, _, _ = with_photo(desk, 1)
    followed: list[str] = []
    monkeypatch.setattr(chains, "first_broken", lambda conn, name: followed.append(name))
    answer = package_of(chief, serial)
    assert answer.status_code == 200 and sorted(followed) == sorted(chains.NAMES)


def test_a_package_asks_for_the_password_again(desk: Desk, chief: Visitor, watch: Watch) -> None:
    serial, _, _ = with_photo(desk, 1)
    watch.now += 301
    asked = chief.post(f"/cases/{serial}/package", FIELDS)
    assert (asked.status_code, asked.mimetype) == (403, "text/html")
    assert "Sessions court, Jaunpur" in asked.text and custody.exports(desk, serial) == ()
    given = chief.post(f"/cases/{serial}/package", {**FIELDS, "proof": PASSWORD})
    assert (given.status_code, given.mimetype) == (200, "text/html")
    assert "पैकेज सहेजने के लिए तैयार है" in given.text and 'name="proof"' not in given.text
    made = chief.post(f"/cases/{serial}/package/file", {**FIELDS, "begun": begun(given.text)})
    assert made.mimetype == "application/zip" and made.data[:2] == b"PK"


def test_the_password_is_never_asked_for_where_the_package_is_saved(
    desk: Desk, chief: Visitor, watch: Watch
) -> None:
    serial, _, _ = with_photo(desk, 1)
    asked = chief.post(f"/cases/{serial}/package", FIELDS)
    watch.now += 301
    late = chief.post(f"/cases/{serial}/package/file", {**FIELDS, "begun": begun(asked.text)})
    assert late.status_code == 403 and f'action="/cases/{serial}/package"' in late.text
    assert "Sessions court, Jaunpur" in late.text and custody.exports(desk, serial) == ()


def test_a_second_press_makes_no_second_package_and_says_that_it_was_made(desk: Desk, chief: Visitor) -> None:
    serial, _, _ = with_photo(desk, 1)
    asked = {**FIELDS, "begun": begun(chief.post(f"/cases/{serial}/package", FIELDS).text)}
    first = chief.post(f"/cases/{serial}/package/file", asked)
    assert first.data[:2] == b"PK"
    second = chief.post(f"/cases/{serial}/package/file", asked)
    assert second.status_code == 409
    assert "पैकेज बनना शुरू हो चुका है" in second.text and custody.exports(desk, serial)[0].digest in second.text
    assert len(custody.exports(desk, serial)) == 1
    assert list(audited(desk)).count(("sp", "evidence.export", serial)) == 1
    assert len(package_of(chief, serial).data) > 100 and len(custody.exports(desk, serial)) == 2


@pytest.mark.parametrize("begun", ["", "x"])
def test_saving_a_package_without_its_page_is_refused(desk: Desk, chief: Visitor, begun: str) -> None:
    serial, _, _ = with_photo(desk, 1)
    assert chief.post(f"/cases/{serial}/package/file", {**FIELDS, "begun": begun}).status_code == 400


def test_a_package_without_a_reason_is_asked_for_again(desk: Desk, chief: Visitor) -> None:
    serial, _, _ = with_photo(desk, 1)
    for path in ("package", "package/file"):
        wrong = chief.post(f"/cases/{serial}/{path}", {"reason": "", "note": "x", "begun": "0"})
        assert wrong.status_code == 422
    assert ("sp", "evidence.export", serial) not in audited(desk)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("sp", 200),
        ("supervisor", 200),
        ("range", 200),
        ("screener", 403),
        ("analyst", 403),
        ("technician", 403),
    ],
)
def test_who_hands_evidence_on(desk: Desk, app: Flask, role: str, code: int) -> None:
    serial, _, _ = with_photo(desk, 1)
    visitor = somebody(desk, app, role)
    for path in (f"/cases/{serial}/package", f"/cases/{serial}/certificate"):
        assert visitor.get(path).status_code == code
    for path in ("package", "package/file"):
        made = visitor.post(f"/cases/{serial}/{path}", {"reason": "court", "note": "x", "begun": "0"})
        assert made.status_code == code


def test_what_goes_soon_is_listed_and_can_be_held_and_let_go(
    desk: Desk, chief: Visitor, supervisor: Visitor, watch: Watch
) -> None:
    serial = receive(desk, body(1))
    desk.conn.execute("update case_file set status='closed', closed_at=?", (int(watch.now),))
    assert "कुछ भी नहीं मिटेगा" in supervisor.text("/retention")
    desk.conn.execute("update case_file set closed_at=closed_at - 350 * 86400")
    page = supervisor.text("/retention")
    assert serial in page and f"/cases/{serial}/hold" in page
    held = supervisor.post(f"/cases/{serial}/hold", {"version": "1", "note": "trial"})
    assert (held.status_code, ledger.find(desk, serial).hold) == (303, 1)
    assert f"/cases/{serial}/unhold" not in supervisor.text("/retention")
    assert supervisor.post(f"/cases/{serial}/unhold", {"version": "2", "note": "over"}).status_code == 403
    assert f"/cases/{serial}/unhold" in chief.text("/retention")
    let_go = chief.post(
        f"/cases/{serial}/unhold", {"version": "2", "note": "over", "next": f"/cases/{serial}"}
    )
    assert (let_go.location, ledger.find(desk, serial).hold) == (f"/cases/{serial}", 0)


def test_what_was_set_aside_stands_on_the_list_with_its_end(desk: Desk, app: Flask, watch: Watch) -> None:
    serial = receive(desk, body(1))
    cases.quarantine(desk, serial, CHIEF, 1, "an advert")
    second = somebody(desk, app, "supervisor")
    assert second.post(f"/cases/{serial}/confirm_spam", {"version": "2"}).status_code == 303
    watch.now += 340 * 86_400
    supervisor = somebody(desk, app, "supervisor")
    supervisor.speak("en")
    row = supervisor.text("/retention").split(f'href="/cases/{serial}"')[1].split("</tr>")[0]
    assert ("1 Jan 2026" in row, "set aside" in row, "1 Jan 2027" in row) == (True, True, True)
    assert "Words and files are erased on 1 Jan 2027, or later" in supervisor.text(f"/cases/{serial}")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_whoever_may_hold_a_case_to_what_goes(desk: Desk, app: Flask, role: str) -> None:
    visitor = somebody(desk, app, role)
    menu = visitor.text("/health").split("<nav")[1].split("</nav>")[0]
    assert ('<a href="/retention">' in menu) == (visitor.get("/retention").status_code == 200)


def test_the_menu_marks_the_page_of_what_goes(chief: Visitor) -> None:
    assert '<a href="/retention" aria-current="true">' in chief.text("/retention")


def test_while_the_clock_is_in_doubt_the_page_says_that_nothing_goes_and_why(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    serial = receive(desk, body(1))
    desk.conn.execute("update case_file set status='closed', closed_at=?", (int(watch.now),))
    timekeeping.look(desk, watch.now, lambda: Uptime("first", 100))
    watch.now += 2 * 365 * 86_400
    chief = somebody(desk, app, "sp")
    chief.speak("en")
    assert "Erasing is put off" not in chief.text("/retention")
    timekeeping.look(desk, watch.now, lambda: Uptime("first", 160))
    page = chief.text("/retention")
    assert "Erasing is put off.</b> The clock went ahead by days. Nothing is erased until the relay" in page
    row = page.split(f'href="/cases/{serial}"')[1].split("</tr>")[0]
    assert "1 Jan 2027" in row and "put off" in row
    timekeeping.look(desk, watch.now + timekeeping.WAIT_S, lambda: Uptime("first", 160 + timekeeping.WAIT_S))
    assert "put off" not in chief.text("/retention")


@pytest.mark.parametrize(("language", "said"), [("en", "went ahead by days"), ("hi", "घड़ी कई दिन आगे")])
def test_the_help_says_that_a_clock_in_doubt_puts_erasing_off(
    chief: Visitor, language: str, said: str
) -> None:
    chief.speak(language)
    assert said in chief.text("/help/retention")


def test_a_hold_needs_a_reason_and_the_case_as_it_was_shown(desk: Desk, chief: Visitor) -> None:
    serial = receive(desk, body(1))
    for page in ("/retention", f"/cases/{serial}"):
        desk.conn.execute(
            "update case_file set status='closed', closed_at=1"
        )  # so that both pages have its form
        refused = chief.post(f"/cases/{serial}/hold", {"version": "1", "note": " ", "next": page})
        assert refused.status_code == 409 and f'action="/cases/{serial}/hold"' in refused.text
        assert refused.text.count('id="refused"') == 1 and "कारण नहीं लिखा गया" in refused.text
    assert chief.post(f"/cases/{serial}/hold", {"version": "9", "note": "trial"}).status_code == 409
    assert chief.post(f"/cases/{serial}/hold", {"version": "x", "note": "trial"}).status_code == 400
    assert ledger.find(desk, serial).hold == 0


@pytest.mark.parametrize("role", ["analyst", "technician", "auditor"])
def test_others_do_not_see_the_list(desk: Desk, app: Flask, role: str) -> None:
    visitor = somebody(desk, app, role)
    assert visitor.get("/retention").status_code == 403
    assert visitor.post("/cases/JNP-2026-00001/hold", {"version": "1", "note": "x"}).status_code == 403


def test_the_case_page_says_until_when_it_is_kept_and_leads_to_court(desk: Desk, chief: Visitor) -> None:
    serial, _, _ = with_photo(desk, 1)
    page = chief.text(f"/cases/{serial}")
    assert f'href="/cases/{serial}/package"' in page and "365" in page
    desk.conn.execute("update case_file set hold=1")
    assert f"/cases/{serial}/unhold" in chief.text(f"/cases/{serial}")
    assert CHIEF.role == "sp"
