"""The story clicked by people in a real Chromium: the phone's page, the office's pages, and the phone again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from provisioning.demo import world
from provisioning.demo.fleet import HOST
from provisioning.demo.story import ANSWER_HI, PICTURES, PLACE, STORY
from provisioning.demo.world import World
from tests.journeys.thumbs import DESK, PHONE, Hand, Tab, chromium, open_tab
from tests.journeys.town import LINE, PACE, PATIENCE_S
from tests.waiting import wait_until
from tests.webui.opening import open_file, wait_for_picture

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.slow]

OFFICES = ("jaunpur-jobs", "jaunpur-web", "range-link", "range-web")


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[World]:
    """The relay, Jaunpur's box and the range with their pages."""
    made = world.build(tmp_path, "mosquitto", PACE)
    try:
        for name in (*LINE, *OFFICES):
            made.start(name)
        made.wait_until_serving(("relay", "jaunpur", "range"))
        yield made
    finally:
        world.dismantle(made)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as started:
        yield started


def new_chat(tab: Tab) -> Hand:
    """Makes a phone on the simulator's page and opens its chat."""
    tab.page.goto(tab.base)
    tab.page.fill("input[name=label]", "Asha")
    tab.page.click("form button")
    tab.page.wait_for_selector("#composer")
    tab.page.wait_for_load_state()  # only then its scripts listen
    return Hand(tab.page)


def report_by_hand(tab: Tab, hand: Hand) -> None:
    """From "Hi" to the receipt."""
    tab.page.fill("#text", "Hi")
    tab.page.press("#text", "Enter")
    hand.tap("हिन्दी", "हिन्दी")
    hand.said("किस बारे में").locator("button.choice").click()
    tab.shot("20-phone-categories")
    tab.page.locator("#sheet-rows button.row", has_text="गांजा-स्मैक").click()
    hand.tap("पुलिसवाला", "नहीं")
    hand.tap("रुक जाएं", "हां")
    tell_drugs(tab, hand)
    hand.tap("इसी समय", "नहीं")
    hand.tap("नुकसान का डर", "नहीं")
    hand.tap("इसी चैट में", "हां, इसी चैट में")
    hand.said("एक बार देख लें").wait_for()
    tab.shot("22-phone-summary")
    hand.tap("एक बार देख लें", "भेजें")
    expect(hand.said("पर्ची नंबर")).to_contain_text(re.compile(r"\d{4} \d{4} \d{4} \d{4}"))
    tab.shot("23-phone-receipt")


def tell_drugs(tab: Tab, hand: Hand) -> None:
    """The category's own questions, a photo and the place."""
    hand.tap("का धंधा", "गांजा / चरस")
    hand.tap("वहां क्या", "बिक्री")
    hand.write("कौन करता है", "दो लड़के, लाल मोटरसाइकिल")
    hand.tap("कब होता", "शाम या रात में")
    hand.tap("कैसे पता", "खुद देखा")
    hand.write("फोटो हों तो", STORY)
    tab.page.set_input_files("#file", PICTURES / "clean.jpg")
    hand.said("अब तक: 1").wait_for()
    tab.shot("21-phone-photo")
    hand.tap("अब तक: 1", "आगे")
    hand.pick("या नाम या नंबर", "जौनपुर")
    hand.write("थाने का नाम", "शाहगंज")
    hand.write("ठीक जगह", PLACE)


def answer_by_hand(tab: Tab) -> None:
    """List, case, the photo shown, answer, preview, send."""
    page = tab.page
    rows = page.locator("tr[data-case]")
    wait_until(lambda: page.goto(tab.base + "/cases") and rows.count(), PATIENCE_S, "a case on the list")
    assert rows.count() == 1
    tab.shot("24-story-list")
    rows.locator("a").first.click()
    expect(page.locator("main")).to_contain_text(PLACE)
    tab.shot("25-story-case")
    wait_for_picture(open_file(page))
    page.click("a[data-up]")
    page.click("a[href$='/answer']")
    page.check("#template-action_taken")
    page.select_option("#action_taken-action", "raid")
    page.click("main form button")
    page.wait_for_url("**/answer/preview?*")
    expect(page.locator("main")).to_contain_text(ANSWER_HI)
    tab.shot("26-story-preview")
    page.click("main form button")
    page.wait_for_url(re.compile(r"/cases/JNP-\d+-\d+$"))


def test_the_story_clicked_by_people(
    offices: World, browser: Browser, request: pytest.FixtureRequest
) -> None:
    phone = open_tab(browser, offices.simulator_url, request, PHONE)
    hand = new_chat(phone)
    report_by_hand(phone, hand)
    desk = open_tab(browser, f"https://{HOST}:{offices.fleet.ports['jaunpur']}", request, DESK)
    desk.sign_in(offices.logins["sp.jaunpur"])
    answer_by_hand(desk)
    hand.tap("एक संदेश है", "पढ़ें")
    hand.said(ANSWER_HI).wait_for()
    phone.shot("27-phone-answer")
    over = open_tab(browser, f"https://{HOST}:{offices.fleet.ports['range']}", request, DESK)
    over.sign_in(offices.logins["sp.range"])
    counted = over.page.locator("tbody tr", has_text="जौनपुर").locator("b").first
    wait_until(
        lambda: over.page.goto(over.base + "/range") and counted.count() and counted.inner_text() == "1",
        PATIENCE_S,
        "the range counts one",
    )
    over.shot("28-story-range")
    for tab in (phone, desk, over):
        tab.check()
