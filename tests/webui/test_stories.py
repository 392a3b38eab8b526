"""One story per role and language in a real Chromium: nothing on the console, nothing asked of anybody else."""

import time
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser

from appliance import cases, drafts, duties, holders, tenure
from appliance.desk import Actor, Desk, open_desk
from sync.catalogue import LANGUAGES
from sync.clock import hour_of
from sync.db import transaction
from sync.directory import DISTRICT, RANGE
from sync.messages import Answer, DutyAnswer
from tests.appliance.office import POST, Watch, body, receive
from tests.waiting import wait_until
from tests.webui.opening import open_file, wait_for_picture
from tests.webui.reading import NARROW, WIDE, Office, Said, look, quiet, seat, site_at
from tests.webui.test_browser import browser, hear_relay, office_with_history, serving
from tests.webui.world import DISPLAYS, SITS_FOR, fill_people, make_root, story, tell_range, with_photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser"]

SCREENER, SUPERVISOR = Actor("screener", "", "screener"), Actor("supervisor", "", "supervisor")
SP = Actor("sp", "", "sp")
BOTH = (WIDE, NARROW)


def worked_on(desk: Desk, watch: Watch) -> tuple[str, str]:
    """A case with a duplicate, a question answered and an officer's report; and one that it may be related to."""
    holders.appoint(desk, SP, POST, "निरीक्षक राम सिंह", "9812345678", "hi")
    told = {
        "category": "drugs",
        "language": "hi",
        "thana": "JNP-01",
        "answers": (Answer("what", "ganja", ""),),
        "hour": hour_of(watch.now) - 1,
    }
    words = story(1, watch.now)
    main, _, _ = with_photo(
        desk, 99, **told, text=f"{words.text} मैं उसी दुकान में काम करता हूं।", place=words.place, fear="yes"
    )
    double = receive(desk, body(2, **told, text="सफेद स्कूटी वाला कॉलेज के पीछे पुड़िया बेचता है।", place="कॉलेज के पीछे"))
    like = receive(desk, body(3, **told, text="गली में शाम को भीड़ लगती है।", place="कॉलेज की गली"))
    cases.mark_duplicate(desk, double, SUPERVISOR, at(desk, double), main)
    cases.screen(desk, main, SUPERVISOR, at(desk, main), "जगह और समय साफ हैं।")
    cases.answer(desk, main, SUPERVISOR, at(desk, main), "need_more", ("vehicle",))
    watch.now += 3600
    receive(desk, body(4, **told, adds_to=f"{99:032x}", text="स्कूटी का नंबर UP62 AB 1234 है।", place=""))
    cases.assign(desk, main, SUPERVISOR, at(desk, main), POST, "", "कॉलेज के पीछे शाम को देखें।")
    name = cases.get(desk, main).duties[-1].name
    row = duties.find(desk, name)
    assert row is not None
    with transaction(desk.conn):
        duties.sent(desk, row["message_id"])
    for kind in ("delivered", "accepted", "acted"):
        watch.now += 1200
        with transaction(desk.conn):
            answer = DutyAnswer(1, name, kind, "", hour_of(watch.now), ())
            cases.officer_answered(desk, answer, watch.now)
    return main, like


def at(desk: Desk, serial: str) -> int:
    """The version of a case now."""
    return cases.get(desk, serial).version


def fresh(desk: Desk, said: Said, number: int) -> str:
    """A screened case of this test and language alone."""
    serial = receive(desk, story(number + 7000 * LANGUAGES.index(said.language), time.time()))
    cases.screen(desk, serial, SCREENER, at(desk, serial))
    return serial


@pytest.fixture(params=LANGUAGES)
def said(request: pytest.FixtureRequest) -> Said:
    return Said(request.param)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root = make_root(tmp_path_factory.mktemp("stories") / "box", DISTRICT)
    watch = Watch(time.time() - 2 * 86_400)
    desk = open_desk(root, watch)
    fill_people(desk)
    main, like = worked_on(desk, watch)
    for number in range(20, 34):
        watch.now += 600
        receive(desk, story(number, watch.now))
    spam = receive(desk, body(50, text="सस्ते लोन के लिए लिंक दबाएं", language="hi", answers=()))
    cases.quarantine(desk, spam, SUPERVISOR, 1, "विज्ञापन है")
    hear_relay(desk)
    desk = replace(desk, clock=time.time)
    with serving(root, desk) as base:
        yield Office(base, desk, site_at(root, desk), {"main": main, "like": like})


@pytest.fixture(scope="module")
def range_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root = make_root(tmp_path_factory.mktemp("stories") / "range", RANGE)
    desk, newest = office_with_history(root)
    tell_range(desk, time.time())
    desk = replace(desk, clock=time.time)
    with serving(root, desk) as base:
        yield Office(base, desk, site_at(root, desk), {"main": newest})


def test_a_screener_enters_a_tip_and_compares(
    browser: Browser, office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    walk, main, like = seat(browser, office, request, "screener", said), *office.serials.values()
    page, desk = walk.page, office.desk
    walk.open("/cases")
    assert page.locator("tr[data-case]").count() >= 12
    look(walk, said, "49-inbox", *BOTH)
    walk.open("/cases?text=baalu")
    assert page.locator("mark", has_text="बालू").count() >= 2
    look(walk, said, "49-search")
    walk.open("/cases/new")
    look(walk, said, "50-enter-kind")
    page.select_option("#category", "gambling")
    page.get_by_role("button", name=said("On to the questions")).click()
    page.select_option("[id='q.what']", "online")
    page.fill("#text", said.pick("दुकान के पीछे मोबाइल पर सट्टा लगता है", "betting by phone behind the shop"))
    page.locator("#text").blur()
    mine, form = Actor("screener", "", "screener"), "tip/gambling"
    wait_until(lambda: drafts.load(desk, mine, form).saved_at, what="the draft is kept")
    walk.open("/cases/new")  # the power was gone
    page.get_by_role("heading", name=said("Begun and not sent")).wait_for()
    page.click("a[href*='category=gambling']")
    assert page.input_value("[id='q.what']") == "online"
    look(walk, said, "51-enter-tip")
    page.get_by_role("button", name=said("Open a case of it")).click()
    page.wait_for_url("**/cases/JNP-*")
    assert drafts.load(desk, mine, form) == drafts.NOTHING
    assert not cases.get(desk, page.url.rsplit("/", 1)[1]).can_answer
    look(walk, said, "51-tip-entered", *BOTH)
    walk.open(f"/cases/{main}")
    page.click(f"a[href='/cases/{main}/compare/{like}']")
    assert page.locator(".comparison mark.telltale").count() >= 1
    look(walk, said, "52-compare")
    quiet(walk)


def test_a_supervisor_sees_the_whole_case(
    browser: Browser, office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    walk, main = seat(browser, office, request, "supervisor", said), office.serials["main"]
    walk.open("/cases")
    look(walk, said, "49-inbox-supervisor", *BOTH)
    walk.open(f"/cases/{main}")
    side = walk.page.locator(".acts .act[open] button").first.bounding_box()
    assert side is not None
    assert side["y"] + side["height"] <= 768  # the next step stands on the first screen
    assert walk.page.locator(".told-card").count() == 3
    look(walk, said, "53-case", *BOTH)
    walk.page.locator("#history").scroll_into_view_if_needed()
    walk.page.click(".kinds a >> nth=2")
    assert "show=" in walk.page.url
    look(walk, said, "55-timeline")
    walk.open(f"/cases/{main}/print")
    walk.page.click("main form button")
    assert walk.page.locator(".paper .stamp").is_visible()
    look(walk, said, "56-paper")
    quiet(walk)


def test_a_supervisor_closes_with_a_quantity_that_is_none(
    browser: Browser, office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    walk, serial = seat(browser, office, request, "supervisor", said), fresh(office.desk, said, 302)
    page, words = walk.page, said.pick("पहले से दर्ज है", "known since March")
    walk.open(f"/cases/{serial}")
    form = page.locator(f"form[action='/cases/{serial}/close']")
    page.locator("details.act", has=form).locator("summary").first.click()
    form.locator("#outcome").select_option("already_known")
    form.locator("#arrests").fill("two")
    form.locator("#note-close").fill(words)
    form.locator("button:not([name])").click()
    page.locator("#refused", has_text=said("A quantity is written in digits, from 1 on.")).wait_for()
    assert page.evaluate("document.activeElement.id") == "arrests"
    assert (page.input_value("#arrests"), page.input_value("#note-close")) == ("two", words)
    look(walk, said, "57-refused", *BOTH)
    form.locator("#arrests").fill("")
    form.locator("[name=untold]").check()
    form.locator("button:not([name])").click()
    wait_until(lambda: cases.get(office.desk, serial).status == "closed", what="the case is closed")
    assert (
        cases.get(office.desk, serial).found.arrests,
        cases.get(office.desk, serial).history[-1].note,
    ) == (0, words)
    quiet(walk, HTTPStatus.CONFLICT)


def test_two_supervisors_at_one_case(
    browser: Browser, office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    desk = office.desk
    serial = receive(desk, story(400 + LANGUAGES.index(said.language), time.time()))
    first, second = (seat(browser, office, request, name, said) for name in ("supervisor", "sp"))
    mine, others = (
        said.pick("जगह साफ है।", "The place is clear."),
        said.pick("पहले थाने से पूछें।", "Ask the thana."),
    )
    for walk, words in ((first, mine), (second, others)):
        walk.open(f"/cases/{serial}")
        walk.page.fill(".act[open] textarea[name=note]", words)
    for walk in (first, second):
        walk.page.locator(".act[open] button").first.click()
    assert first.page.url == f"{office.base}/cases/{serial}"
    told = second.page.inner_text("main")
    assert said("Somebody else was faster") in told and DISPLAYS["supervisor"] in told
    assert second.page.input_value("textarea[readonly]") == others
    entries = [entry.actor for entry in cases.get(desk, serial).history if entry.act == "screen"]
    assert entries == ["supervisor"]
    look(second, said, "57-somebody-was-faster")
    quiet(first)
    quiet(second, HTTPStatus.CONFLICT)


def test_an_sp_moves_officers_and_opens_what_goes_to_court(
    browser: Browser, office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    walk, main = seat(browser, office, request, "sp", said), office.serials["main"]
    page, comes = walk.page, said.pick("उपनिरीक्षक सीता यादव", "SI R. K. Singh")
    walk.open("/posts")
    look(walk, said, "58-posts")
    page.get_by_role("link", name=said("Many transfers on one day")).click()
    page.fill("[name='SHO JNP-02.name']", comes)
    page.fill("[name='SHO JNP-02.number']", said.pick("9812345679", "9812345680"))
    look(walk, said, "59-transfers")
    page.get_by_role("button", name=said("Save"), exact=True).click()
    page.wait_for_url("**/posts")
    holder = tenure.current(office.desk, "SHO JNP-02", time.time())
    assert holder is not None and holder.name == comes
    walk.open(f"/posts/{POST}/handover")
    assert main in page.inner_text("main")
    page.fill("#note", said.pick("कॉलेज वाले मामले में रोज़ गश्त चल रही है।", "The college is patrolled daily."))
    page.get_by_role("button", name=said("Save"), exact=True).click()
    look(walk, said, "60-handover")
    walk.open(f"/cases/{main}")
    wait_for_picture(open_file(page))
    look(walk, said, "69-evidence")
    walk.open(f"/cases/{main}/package")
    look(walk, said, "69-court")
    walk.open(f"/cases/{main}/certificate?tongue={said}")
    look(walk, said, "69-certificate")
    walk.open("/retention")
    look(walk, said, "69-retention")
    walk.open("/audit/chains")
    look(walk, said, "61-trail")
    quiet(walk)


@pytest.mark.parametrize(("role", "name"), [("sho", "62-designated-officer"), ("co", "63-circle-officer")])
def test_officers_at_the_desk_see_what_is_theirs(
    browser: Browser, office: Office, request: pytest.FixtureRequest, *, role: str, name: str, said: Said
) -> None:
    walk, main = seat(browser, office, request, role, said), office.serials["main"]
    mine = fresh(office.desk, said, 504 if role == "sho" else 602)
    cases.assign(office.desk, mine, SUPERVISOR, at(office.desk, mine), SITS_FOR[role])
    walk.open("/cases")
    assert mine in walk.page.inner_text("main")
    look(walk, said, f"{name}-inbox", *BOTH)
    walk.open(f"/cases/{main}")
    assert ("पुड़िया" in walk.page.inner_text("main")) == (role == "co")
    assert walk.page.locator("form[action$='/assign']").count() == 0
    look(walk, said, name, *BOTH)
    walk.open(f"/cases/{mine}")
    walk.page.locator(".act[open] button").first.click()
    wait_until(lambda: cases.get(office.desk, mine).status == "acknowledged", what="it is accepted")
    quiet(walk)


# Who reads no case: his pages, and a message of the translations that stands on each.
READERS = {
    "technician": (("/health", "64-state-of-the-box", "State of the box"),),
    "auditor": (
        ("/audit", "65-auditor", "Who did what"),
        ("/audit/sample", "66-sample", "Sample of what nobody worked on"),
        ("/audit/chains", "65-chains", "Is the trail whole?"),
    ),
    "analyst": (
        ("/figures", "67-analyst", "Trend"),
        ("/figures/thanas", "67-analyst-thanas", "Thanas side by side"),
        ("/figures/map", "67-analyst-map", "Map of thanas"),
        ("/health", "67-analyst-health", "State of the box"),
    ),
}


@pytest.mark.parametrize("role", READERS)
def test_who_reads_no_case_has_his_pages(
    browser: Browser, office: Office, request: pytest.FixtureRequest, *, role: str, said: Said
) -> None:
    walk, main = seat(browser, office, request, role, said), office.serials["main"]
    for path, name, message in READERS[role]:
        walk.open(path)
        told = walk.page.inner_text("main")
        assert said(message) in told
        assert "पुड़िया" not in told and (role == "auditor" or main not in told)
        look(walk, said, name)
    quiet(walk)


def test_the_range_looks_over_its_districts_and_its_trail(
    browser: Browser, range_office: Office, request: pytest.FixtureRequest, said: Said
) -> None:
    walk, newest = seat(browser, range_office, request, "range", said), range_office.serials["main"]
    walk.open("/cases")
    look(walk, said, "68-range-inbox", *BOTH)
    walk.open(f"/cases/{newest}")
    look(walk, said, "68-range-case", *BOTH)
    walk.open("/range")
    look(walk, said, "68-range-districts")
    walk.open("/audit?act=case")
    assert walk.page.locator("table.trail tbody tr").count() >= 10
    look(walk, said, "68-range-trail")
    quiet(walk)
