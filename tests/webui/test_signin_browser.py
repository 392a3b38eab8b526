"""Somebody's first morning in a real browser: first password, one of his own, phone, work; and the next day."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from appliance import people
from appliance.desk import Desk, open_desk
from appliance.people.factor import STEP_S
from sync.catalogue import LANGUAGES
from sync.directory import DISTRICT
from tests.webui.test_accessibility import violations
from tests.webui.test_browser import Walk, browser, serving, walk_at
from tests.webui.world import PASSWORD, make_root

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN = "three cups of tea"


@dataclass(frozen=True)
class Office:
    """A running box that asks for the second step, with an SP."""

    base: str
    desk: Desk


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root = make_root(tmp_path_factory.mktemp("door") / "box", DISTRICT)
    config = root / "config.toml"
    config.write_text(config.read_text("utf-8").replace("second_factor = false", ""), "utf-8")
    desk = open_desk(root, time.time)
    people.add(desk, "sp", "चंद्र प्रकाश", "sp", PASSWORD)
    with serving(root, desk) as base:
        yield Office(base, desk)


def press(walk: Walk, selector: str = "main button") -> None:
    walk.page.click(selector)
    walk.page.wait_for_load_state()


def give(walk: Walk, name: str, password: str) -> None:
    walk.open("/")
    walk.page.fill("#name", name)
    walk.page.fill("#password", password)
    press(walk)


def code_of(secret: str, after: str = "") -> str:
    """The digits of a phone, one whose clock is half a minute ahead where they are ``after``: no code works twice."""
    now = people.code_at(secret, time.time())
    return people.code_at(secret, time.time() + STEP_S) if now == after else now


def set_up(walk: Walk) -> tuple[str, str]:
    secret = walk.page.inner_text("code.secret").replace(" ", "")
    assert walk.page.locator("svg.qr").bounding_box() is not None
    code = code_of(secret)
    walk.page.fill("#code", code)
    press(walk, ".enrol button")
    assert walk.page.locator("ul.codes li").count() == people.RECOVERY_CODES
    return secret, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_morning_of_somebody_new(
    browser: Browser, office: Office, request: pytest.FixtureRequest, language: str
) -> None:
    walk = walk_at(browser, office.base, request)
    sp = "sp" if language == "hi" else "sp2"
    if sp == "sp2":
        people.add(office.desk, sp, "SP Two", "sp", PASSWORD)
    walk.open("/")
    if language == "en":
        press(walk, 'button[name="language"]')
    found = []
    give(walk, sp, PASSWORD)
    found += [*violations(walk.page)]
    walk.shot(f"sign-in-factor-{language}")
    set_up(walk)
    walk.shot(f"sign-in-sheet-{language}")
    found += violations(walk.page)
    press(walk, "main a.button")
    walk.open("/people")
    walk.page.fill("#name", f"rk.{language}")
    walk.page.fill("#display", "R. K. Singh")
    walk.page.select_option("#place", "sho:SHO JNP-01")
    walk.shot(f"people-{language}")
    press(walk, "section[aria-labelledby=add] button")
    first = walk.page.locator("dd code").nth(1).inner_text()
    walk.shot(f"people-slip-{language}")
    found += violations(walk.page)
    press(walk, "main a.button")
    walk.shot(f"people-person-{language}")
    press(walk, 'form[action="/sign-out"] button')

    give(walk, f"rk.{language}", first)
    found += violations(walk.page)
    walk.shot(f"sign-in-password-{language}")
    for field, value in (("#old", first), ("#new", OWN), ("#again", OWN)):
        walk.page.fill(field, value)
    press(walk)
    secret, code = set_up(walk)
    press(walk, "main a.button")
    assert "/sign-in" not in walk.page.url
    walk.open("/me")
    found += violations(walk.page)
    walk.shot(f"me-{language}")
    press(walk, 'form[action="/sign-out"] button')

    give(walk, f"rk.{language}", OWN)
    found += violations(walk.page)
    walk.shot(f"sign-in-code-{language}")
    walk.page.fill("#code", code_of(secret, code))
    press(walk)
    walk.page.wait_for_url(re.compile(r"/cases"))
    assert (found, walk.complaints) == ([], [])
    assert [one for one in walk.asked if not one.startswith(office.base)] == []
