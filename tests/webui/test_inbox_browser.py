"""The inbox in a real browser: keys, a tone until somebody takes it, drafts that outlive the page, small screens."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route

from appliance import cases, drafts, people
from appliance.desk import Actor, Desk
from tests.appliance.office import SP, receive
from tests.waiting import wait_until
from tests.webui.test_browser import Walk, browser, district, walk_at
from tests.webui.world import photo, picture, story

__all__ = ["browser", "district"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENER = Actor("screener", "", "screener")
COUNT_TONES = "() => Number(document.body.dataset.sounded || 0)"


def here(page: Page) -> str:
    return str(page.locator("tr.here").get_attribute("data-case"))


def rows_in_view(page: Page, height: int) -> int:
    boxes = [row.bounding_box() for row in page.locator("tr[data-case]").all()]
    return sum(1 for box in boxes if box and box["y"] + box["height"] <= height)


def test_the_list_is_walked_by_keys(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request)
    page = walk.page
    walk.sign_in("screener")
    walk.open("/cases?queue=new")
    for key, steps in (("j", 3), ("k", 1)):
        for _ in range(steps):
            page.keyboard.press(key)
    second = page.locator("tr[data-case]").nth(1).get_attribute("data-case")
    assert here(page) == second
    page.keyboard.press("a")
    page.locator("button", has_text="छोड़ दें").wait_for()
    page.wait_for_load_state("load")
    wait_until(lambda: cases.get(desk, str(second)).file.claimed_by == "screener", what="the case is taken")
    page.keyboard.press("?")
    assert page.locator("dialog[open] tr").count() == 8
    page.keyboard.press("j")
    assert page.locator("tr.here").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.type("ja")
    assert page.input_value("input[name=text]") == "ja"
    page.locator("h1").first.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(f"**/cases/{newest}#acts")
    page.keyboard.press("u")
    page.wait_for_url("**/cases*")
    assert cases.get(desk, newest).version == 1
    assert walk.complaints == []


@pytest.mark.parametrize(("width", "height", "least"), [(1366, 768, 12), (1024, 768, 12), (1093, 614, 8)])
def test_enough_rows_are_seen_on_small_screens(
    browser: Browser,
    district: tuple[str, Desk, str],
    request: pytest.FixtureRequest,
    width: int,
    height: int,
    least: int,
) -> None:
    base, _, _ = district
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    walk.page.set_viewport_size({"width": width, "height": height})
    walk.open("/cases")
    assert walk.page.is_visible("#urgent")
    assert rows_in_view(walk.page, height) >= least
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= width
    assert walk.page.evaluate("document.querySelector('.scroll').scrollWidth") <= width


def crowd(desk: Desk) -> None:
    """Every case with long names, badges and both kinds of evidence, as a busy office has some."""
    at = time.time()
    for number in range(247, 252):
        files = (photo(picture(), number - 100), replace(photo(picture(), number - 140), kind="voice"))
        receive(desk, replace(story(number, at), category="women_child", fear="yes", evidence=files))
    desk.conn.execute(
        "update case_file set post='SHO Gaura Badshahpur', status='acknowledged', feared=1, news=1"
        " where id % 3 = 0"
    )


CUT = """() => Array.from(document.querySelectorAll('.cases td')).filter(cell => cell.scrollWidth > cell.clientWidth)
    .map(cell => cell.textContent)"""


@pytest.mark.parametrize("language", ["hi", "en"])
def test_every_column_is_seen_whole_also_with_long_posts_and_badges(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest, language: str
) -> None:
    base, desk, _ = district
    crowd(desk)
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    if language == "en":
        walk.page.click("button[name=language]")
    walk.open("/cases")
    walk.page.evaluate("document.fonts.ready")
    wide = (
        "() => document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth"
    )
    assert walk.page.evaluate(wide) == 0
    assert walk.page.evaluate(CUT) == []
    assert rows_in_view(walk.page, 768) >= 12


def listening(walk: Walk, desk: Desk) -> Walk:
    """A screener's desk that sounds, with nothing urgent yet and a clock that the test moves."""
    desk.conn.execute("update case_file set urgent=0")
    walk.page.clock.install()
    walk.sign_in("screener")
    walk.page.locator("button[name=sound]").click()
    walk.page.wait_for_selector("body[data-sound]")
    return walk


def test_an_urgent_case_sounds_until_somebody_takes_it(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    walk = listening(walk_at(browser, base, request), desk)
    page = walk.page
    assert not page.is_visible("#urgent")
    serial = receive(desk, story(47, time.time()))
    page.clock.run_for(21_000)
    page.wait_for_selector("#urgent:visible")
    assert page.title().startswith("(1) ")
    wait_until(lambda: page.evaluate(COUNT_TONES) == 1, what="a tone")
    page.clock.fast_forward(61_000)
    wait_until(lambda: page.evaluate(COUNT_TONES) == 2, what="a second tone")
    cases.claim(desk, serial, SCREENER, 1)
    page.clock.run_for(21_000)
    page.wait_for_selector("#urgent", state="hidden")
    page.clock.run_for(120_000)
    assert page.evaluate(COUNT_TONES) == 2
    assert walk.complaints == []


def seen_ago(desk: Desk, ago_s: int) -> int:
    """The box saw the screener so long ago; when that was."""
    (at,) = desk.conn.execute(
        "update login set last_seen_at=? returning last_seen_at", (int(time.time()) - ago_s,)
    ).fetchone()
    return int(at)


def test_a_page_that_nobody_touches_renews_nothing_and_locks_with_the_sign_in(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, newest = district
    walk = listening(walk_at(browser, base, request), desk)
    with walk.page.expect_response("**/pulse"):
        walk.open(f"/cases/{newest}")
    seen = seen_ago(desk, people.IDLE_S - 60)
    with walk.page.expect_response(re.compile("/pulse|/locked")) as answered:
        walk.page.clock.fast_forward("15:06")
    assert answered.value.url == f"{base}/pulse"
    assert desk.conn.execute("select last_seen_at from login").fetchone()[0] == seen
    seen_ago(desk, people.IDLE_S)
    walk.page.clock.run_for(6_000)
    walk.page.wait_for_url(f"**/sign-in?locked=1&next=/cases/{newest}")
    assert "15 मिनट" in walk.page.inner_text("main")


def no_answer(route: Route) -> None:
    route.abort()


def an_error(route: Route) -> None:
    route.fulfill(status=500)


@pytest.mark.parametrize("broken", [no_answer, an_error])
def test_a_page_that_nobody_touches_locks_where_the_box_does_not_answer(
    browser: Browser,
    district: tuple[str, Desk, str],
    request: pytest.FixtureRequest,
    broken: Callable[[Route], None],
) -> None:
    base, desk, _ = district
    walk = listening(walk_at(browser, base, request), desk)
    walk.page.route("**/pulse*", broken)
    walk.page.clock.fast_forward("15:06")
    assert "/cases" in walk.page.url
    with walk.page.expect_request(re.compile("/locked")):
        walk.page.clock.run_for(66_000)


def test_a_box_that_answers_with_an_error_ends_no_alarm(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    walk = listening(walk_at(browser, base, request), desk)
    receive(desk, story(47, time.time()))
    walk.page.clock.run_for(21_000)
    walk.page.wait_for_selector("#urgent:visible")
    walk.page.route("**/pulse*", an_error)
    with walk.page.expect_response("**/pulse*"):
        walk.page.clock.run_for(21_000)
    walk.page.clock.run_for(1_000)
    assert walk.page.is_visible("#urgent")
    assert walk.page.title().startswith("(1) ")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_there_after_a_power_cut(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest, scripts: bool
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    walk.open(f"/cases/{newest}")
    walk.page.fill("#note-screen", "पुल के पास दो बार पूछा")
    walk.page.locator("#note-screen").blur()
    form = f"act/{newest}/screen"
    actor = Actor("supervisor", "", "supervisor")
    wait_until(lambda: drafts.load(desk, actor, form).saved_at, 30, "the draft is kept")
    walk.page.locator("form[action$='/screen'] [data-kept]", has_text="सहेजा").wait_for()
    walk.page.context.close()
    assert cases.get(desk, newest).version == 1
    again = walk_at(browser, base, request, java_script_enabled=scripts)
    again.sign_in("supervisor")
    again.open(f"/cases/{newest}")
    assert again.page.input_value("#note-screen") == "पुल के पास दो बार पूछा"
    again.page.locator("form[action$='/screen'] button:not([name])").click()
    wait_until(lambda: cases.get(desk, newest).version == 2, what="the act is done")
    again.open(f"/cases/{newest}")
    assert drafts.load(desk, actor, form) == drafts.NOTHING
    assert walk.complaints == again.complaints == []


def test_a_pause_in_typing_keeps_what_was_typed(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, _, newest = district
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    walk.page.add_init_script("window.setInterval = () => 0")
    walk.open(f"/cases/{newest}")
    saved: list[str] = []
    walk.page.on("request", lambda asked: saved.append(asked.url) if asked.url.endswith("/drafts") else None)
    walk.page.locator("#note-screen").press_sequentially("पुल के पास")
    walk.page.locator("form[action$='/screen'] [data-kept]", has_text="सहेजा").wait_for(timeout=8_000)
    assert len(saved) == 1
    walk.page.reload()
    assert walk.page.input_value("#note-screen") == "पुल के पास"
    assert walk.complaints == []


def test_a_desk_that_nobody_used_still_sounds_for_an_urgent_case(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    walk = listening(walk_at(browser, base, request), desk)
    page = walk.page
    desk.conn.execute("update login set last_seen_at=last_seen_at-?", (people.IDLE_S + 1,))
    page.clock.run_for(21_000)
    page.wait_for_selector("body[data-waiting]")
    assert not page.is_visible("#urgent")
    serial = receive(desk, story(47, time.time()))
    page.clock.run_for(21_000)
    page.wait_for_selector("#urgent:visible")
    assert page.title().startswith("(1) ") and serial not in page.content()
    wait_until(lambda: page.evaluate(COUNT_TONES) == 1, what="a tone")
    page.clock.fast_forward(61_000)
    wait_until(lambda: page.evaluate(COUNT_TONES) == 2, what="a second tone")
    cases.claim(desk, serial, SCREENER, 1)
    page.clock.run_for(21_000)
    page.wait_for_selector("#urgent", state="hidden")
    people.end_logins(desk, SP, "screener")
    receive(desk, story(54, time.time()))
    page.clock.run_for(121_000)
    assert page.evaluate(COUNT_TONES) == 2
    assert [text for text in walk.complaints if "401" not in text] == []


def test_a_desk_that_idled_for_ten_hours_says_that_it_hears_no_more(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    walk = listening(walk_at(browser, base, request), desk)
    seen_ago(desk, people.IDLE_S)
    walk.page.clock.run_for(21_000)
    walk.page.wait_for_selector("body[data-waiting]")
    assert not walk.page.is_visible("#deaf")
    desk.conn.execute("update login set created_at=created_at-?", (people.LONGEST_S,))
    walk.page.clock.run_for(21_000)
    walk.page.wait_for_selector("#deaf:visible")
    walk.open("/sign-in")
    assert walk.page.is_visible("#deaf")


def test_a_page_whose_sound_the_browser_holds_back_says_so_until_somebody_presses(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, _, _ = district
    walk = walk_at(browser, base, request)
    walk.sign_in("screener")
    walk.page.locator("button[name=sound]").click()
    walk.page.wait_for_selector("body[data-sound]")
    untouched = walk.page.context.new_page()
    with untouched.expect_console_message(lambda said: "AudioContext was not allowed" in said.text):
        untouched.goto(f"{base}/cases")
    assert untouched.is_visible("#urgent")
    untouched.wait_for_selector("#unheard:visible")
    assert untouched.evaluate(COUNT_TONES) == 0
    untouched.click("#unheard button")
    wait_until(lambda: untouched.evaluate(COUNT_TONES) == 1, what="a tone")
    assert not untouched.is_visible("#unheard")
    assert walk.complaints == []
