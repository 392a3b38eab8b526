"""The inbox in a real browser: drafts that outlive the page, rows enough on small screens."""

import pytest
from playwright.sync_api import Browser, Page

from appliance import cases, drafts
from appliance.desk import Actor, Desk
from tests.waiting import wait_until
from tests.webui.test_browser import browser, district, walk_at

__all__ = ["browser", "district"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def rows_in_view(page: Page, height: int) -> int:
    boxes = [row.bounding_box() for row in page.locator("tr[data-case]").all()]
    return sum(1 for box in boxes if box and box["y"] + box["height"] <= height)


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
    again.page.locator("form[action$='/screen'] button").click()
    wait_until(lambda: cases.get(desk, newest).version == 2, what="the act is done")
    again.open(f"/cases/{newest}")
    assert drafts.load(desk, actor, form) == drafts.NOTHING
    assert walk.complaints == again.complaints == []
