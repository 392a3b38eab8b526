"""One story per role in a real Chromium: nothing on the console, nothing asked of anybody else."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from appliance import cases, duties, holders, tenure
from appliance.desk import Actor, Desk, open_desk
from sync.clock import hour_of
from sync.db import transaction
from sync.directory import DISTRICT, RANGE
from sync.messages import Answer, DutyAnswer
from tests.appliance.office import POST, Watch, body, receive
from tests.webui.test_browser import Walk, browser, office_with_history, serving, walk_at
from tests.webui.world import fill_people, make_root, story, tell_range, with_photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser"]

SUPERVISOR, SP = Actor("supervisor", "", "supervisor"), Actor("sp", "", "sp")


def worked_on(desk: Desk, watch: Watch) -> tuple[str, str]:
    """A case with a duplicate, a question answered and an officer's report; and one that it may be related to."""
    holders.appoint(desk, SP, POST, "निरीक्षक राम सिंह", "9812345678", "hi")
    told = {
        "category": "drugs",
        "language": "hi",
        "thana": "JNP-01",
        "answers": (Answer("what", "ganja", ""),),
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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Desk, str, str]]:
    root = make_root(tmp_path_factory.mktemp("stories") / "box", DISTRICT)
    watch = Watch(time.time() - 2 * 86_400)
    desk = open_desk(root, watch)
    fill_people(desk)
    main, like = worked_on(desk, watch)
    spam = receive(desk, body(50, text="सस्ते लोन के लिए लिंक दबाएं", language="hi", answers=()))
    cases.quarantine(desk, spam, SUPERVISOR, 1, "विज्ञापन है")
    watch.now = time.time()
    with serving(root, desk) as base:
        yield base, desk, main, like


def visit(
    browser: Browser, base: str, request: pytest.FixtureRequest, name: str, language: str = "hi"
) -> Walk:
    """Somebody of that name, signed in, reading in that language."""
    walk = walk_at(browser, base, request)
    walk.sign_in(name)
    if language == "en":
        walk.page.click("header form[action='/language'] button")
    return walk


def quiet(walk: Walk) -> None:
    """Nothing on the console, nothing asked of anybody else."""
    assert walk.complaints == []
    assert [url for url in walk.asked if not url.startswith(walk.base + "/")] == []


def test_a_screener_enters_a_tip_and_compares(
    browser: Browser, office: tuple[str, Desk, str, str], request: pytest.FixtureRequest
) -> None:
    base, desk, main, like = office
    walk = visit(browser, base, request, "screener")
    page = walk.page
    walk.open("/cases/new")
    walk.shot("50-enter-kind")
    page.select_option("#category", "gambling")
    page.click("main form button")
    page.select_option("[id='q.what']", "online")
    page.fill("#text", "दुकान के पीछे मोबाइल पर सट्टा लगता है")
    walk.shot("51-enter-tip")
    page.click("main form button")
    page.wait_for_url("**/cases/JNP-*")
    assert not cases.get(desk, page.url.rsplit("/", 1)[1]).can_answer
    walk.open(f"/cases/{main}")
    page.click(f"a[href='/cases/{main}/compare/{like}']")
    assert page.locator(".comparison mark.telltale").count() >= 1
    walk.shot("52-compare")
    quiet(walk)


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_supervisor_sees_the_whole_case(
    browser: Browser,
    office: tuple[str, Desk, str, str],
    request: pytest.FixtureRequest,
    language: str,
) -> None:
    base, _, main, _ = office
    walk = visit(browser, base, request, "supervisor", language)
    walk.open(f"/cases/{main}")
    side = walk.page.locator(".acts .act[open] button").bounding_box()
    assert side is not None
    assert side["y"] + side["height"] <= 768  # the next step stands on the first screen
    assert walk.page.locator(".told-card").count() == 3
    walk.shot(f"53-case-{language}")
    walk.page.set_viewport_size({"width": 1024, "height": 768})
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= 1024
    walk.shot(f"54-case-1024-{language}")
    walk.page.set_viewport_size({"width": 1366, "height": 768})
    walk.page.locator("#history").scroll_into_view_if_needed()
    walk.page.click(".kinds a >> nth=2")
    assert "show=" in walk.page.url
    walk.shot(f"55-timeline-{language}")
    walk.open(f"/cases/{main}/print")
    walk.page.click("main form button")
    assert walk.page.locator(".paper .stamp").is_visible()
    walk.shot(f"56-paper-{language}")
    quiet(walk)


def test_two_supervisors_at_one_case(
    browser: Browser, office: tuple[str, Desk, str, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _, like = office
    first, second = (visit(browser, base, request, name) for name in ("supervisor", "sp"))
    for walk, words in ((first, "जगह साफ है।"), (second, "पहले थाने से पूछ लें।")):
        walk.open(f"/cases/{like}")
        walk.page.fill(".act[open] textarea[name=note]", words)
    for walk in (first, second):
        walk.page.click(".act[open] button")
    assert first.page.url == f"{base}/cases/{like}"
    assert "409" in second.page.inner_text("main")
    assert "निरीक्षक बीना यादव" in second.page.inner_text("main")
    assert second.page.input_value("textarea[readonly]") == "पहले थाने से पूछ लें।"
    assert [entry.actor for entry in cases.get(desk, like).history if entry.act == "screen"] == ["supervisor"]
    second.shot("57-somebody-was-faster")
    assert [said for said in second.complaints if "status of 409" not in said] == []


def test_an_sp_moves_officers(
    browser: Browser, office: tuple[str, Desk, str, str], request: pytest.FixtureRequest
) -> None:
    base, desk, main, _ = office
    walk = visit(browser, base, request, "sp")
    page = walk.page
    walk.open("/posts")
    walk.shot("58-posts")
    page.click("a[href='/posts/transfer']")
    page.fill("[name='SHO JNP-02.name']", "उपनिरीक्षक सीता यादव")
    page.fill("[name='SHO JNP-02.number']", "9812345679")
    walk.shot("59-transfers")
    page.click("main form button")
    page.wait_for_url("**/posts")
    assert tenure.current(desk, "SHO JNP-02", time.time()) is not None
    walk.open(f"/posts/{POST}/handover")
    assert main in page.inner_text("main")
    page.fill("#note", "कॉलेज वाले मामले में रोज़ गश्त चल रही है।")
    page.click("main form button")
    walk.shot("60-handover")
    walk.open("/audit/chains")
    walk.shot("61-trail")
    quiet(walk)


def test_officers_at_the_desk_see_what_is_theirs(
    browser: Browser, office: tuple[str, Desk, str, str], request: pytest.FixtureRequest
) -> None:
    base, _, main, _ = office
    for name, shot in (("sho", "62-designated-officer"), ("co", "63-circle-officer")):
        walk = visit(browser, base, request, name)
        walk.open(f"/cases/{main}")
        told = walk.page.inner_text("main")
        assert ("पुड़िया" in told) == (name == "co")
        assert walk.page.locator("form[action$='/assign']").count() == 0
        walk.shot(shot)
        quiet(walk)


def test_a_technician_and_an_auditor_and_an_analyst(
    browser: Browser, office: tuple[str, Desk, str, str], request: pytest.FixtureRequest
) -> None:
    base, _, main, _ = office
    for name, path, shot in (
        ("technician", "/health", "64-state-of-the-box"),
        ("auditor", "/audit", "65-auditor"),
        ("auditor", "/audit/sample", "66-sample"),
        ("analyst", "/health", "67-analyst"),
    ):
        walk = visit(browser, base, request, name, "en")
        walk.open(path)
        assert main not in walk.page.inner_text("main") or name == "auditor"
        walk.shot(shot)
        quiet(walk)


def test_the_range_reads_its_trail(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = make_root(tmp_path / "range", RANGE)
    desk, newest = office_with_history(root)
    tell_range(desk, time.time())
    with serving(root, desk) as base:
        walk = visit(browser, base, request, "range")
        walk.open(f"/cases/{newest}")
        walk.shot("68-range-case")
        walk.open("/audit?act=case")
        assert walk.page.locator("table.trail tbody tr").count() >= 10
        quiet(walk)
