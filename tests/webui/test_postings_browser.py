"""An officer's phone is entered and a case given to him, at a shared PC's size, with scripts and without."""

import time

import pytest
from playwright.sync_api import Browser

from appliance import cases, holders, tenure
from appliance.desk import Desk
from appliance.posts import posts
from sync.clock import DAY_S
from tests.webui.test_browser import SP, browser, district, walk_at
from webui.postings import day_of, start_of

__all__ = ["browser", "district"]
LONG = "निरीक्षक " + "श्रीवास्तव" * 6


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
def test_a_case_is_given_to_a_phone(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest, scripts: bool
) -> None:
    base, desk, serial = district
    walk = walk_at(browser, base, request, java_script_enabled=scripts)
    page = walk.page
    walk.sign_in("supervisor")
    walk.open("/posts")
    for post in posts(desk.directory, "JNP"):
        page.select_option("#post", post.code)
        page.fill("#name", LONG)
        page.fill("#number", "९८१२३ ४५६७८")
        page.click("section[aria-labelledby=appoint] button")
    holder = tenure.current(desk, "SHO JNP-01", time.time())
    assert holder is not None
    assert holder.number == "+919812345678"
    tables = [one.bounding_box() for one in page.locator("main table").all()]
    assert all(box is not None and box["width"] <= 1366 for box in tables) and len(tables) == 2
    if scripts:
        walk.shot("39-posts")
    walk.open(f"/cases/{serial}")
    page.locator("form[action$='/screen'] button").click()
    page.select_option("#post", "SHO JNP-02")
    page.fill("#brief", "call 98123 45678")
    page.fill("#note-assign", "<b>soon</b>")
    page.locator("form[action$='/assign'] button").click()
    assert page.locator("#refused").is_visible()
    assert page.input_value("#post") == "SHO JNP-02"
    assert page.input_value("#note-assign") == "<b>soon</b>"
    page.fill("#brief", "मिल के पीछे देखें")
    if scripts:
        page.locator("details.seen summary").click()
        assert "मिल के पीछे देखें" in page.locator(".after-accept").first.inner_text()
        walk.shot("39-brief")
    page.locator("form[action$='/assign'] button").click()
    page.locator("#duties").wait_for()
    (duty,) = cases.get(desk, serial).duties
    assert (duty.post, duty.brief) == ("SHO JNP-02", "मिल के पीछे देखें")
    assert [one for one in walk.complaints if "422" not in one] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
def test_a_planned_officer_is_put_off_and_called_off_in_his_row(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest, scripts: bool
) -> None:
    base, desk, _ = district
    first, later = (start_of(day_of(int(time.time()) + days * DAY_S)) for days in (6, 9))
    holders.appoint(desk, SP, "CO City", "SI Ramesh", "9812345679", "hi", since=first)
    walk = walk_at(browser, base, request, java_script_enabled=scripts)
    row, page = walk.page.locator("tr.planned", has_text="SI Ramesh"), walk.page
    walk.sign_in("sp")
    walk.open("/posts")
    row.locator("summary").click()
    for day in (first, later):  # the day he has is refused, and the row stays open
        row.locator("input[type=date]").fill(day_of(day))
        row.locator("details button").click()
        if day == first:
            assert row.locator("#refused").is_visible()
            walk.shot("39-posts-planned")
    assert [one.since for one in tenure.planned(desk, time.time())] == [later]
    row.locator("form[action$='/call-off'] button").click()
    page.locator(".note.done").wait_for()
    assert row.count() == 0 and tenure.planned(desk, time.time()) == ()
    assert [one for one in walk.complaints if "422" not in one] == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_menu_of_an_sp_stays_low_where_people_triage(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, _, _ = district
    walk = walk_at(browser, base, request)
    walk.sign_in("sp")
    walk.page.set_viewport_size({"width": 1024, "height": 768})
    walk.open("/retention")
    head = walk.page.locator("header.top").bounding_box()
    assert head is not None and head["height"] < 72  # two lines of words: the list begins below


@pytest.mark.browser
@pytest.mark.slow
def test_there_is_room_between_what_is_folded_away_and_the_button(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, _, _ = district
    walk = walk_at(browser, base, request)
    walk.sign_in("sp")
    walk.open("/posts")
    form = "form[data-draft=appoint]"
    fold, button = (walk.page.locator(f"{form} {one}").bounding_box() for one in ("details", "p.row button"))
    assert fold is not None and button is not None
    assert button["y"] - (fold["y"] + fold["height"]) >= 12
