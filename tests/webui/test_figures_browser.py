"""The pages of figures in a real Chromium: quiet, narrow enough, and the weekly review on one sheet of paper."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser

from appliance import figures
from appliance.desk import Desk, open_desk
from sync import directory
from sync.clock import DAY_S, week_of
from sync.db import transaction
from sync.directory import DISTRICT, Thana
from sync.sealing.keys import SigningKey
from tests.appliance.office import DIRECTORY, body, receive
from tests.webui.test_browser import browser, serving, walk_at
from tests.webui.world import fill_people, make_root

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser"]

PAGES = {"/figures": "70-figures-trend", "/figures/thanas": "71-figures-thanas",
         "/figures/map": "72-figures-map", "/figures/review": "73-figures-review"}  # fmt: skip
THANAS = tuple(
    Thana(f"JNP-{n:02}", "JNP", ("City", "Sadar", None)[n % 3], f"Mungra Badshahpur {n}", f"मुंगराबादशाहपुर {n}",
          2_540_000 + n * 2000 if n % 4 == 0 else None, 8_230_000 + n * n * 60 if n % 4 == 0 else None, False)
    for n in range(1, 31)
)  # fmt: skip
COLUMNS = (
    "id, serial, report_id, status, version, category, district, thana, week, sensitivity, post, opened_at,"
    " changed_at, outcome, closed_at, due_at"
)
OUTCOMES = ("fir", "arrest", "seizure", "preventive", "challan", "rescue", "verified_no_offence", "unfounded",
            "false_malicious", "insufficient", "already_known", "referred")  # fmt: skip


def full(desk: Desk) -> None:
    """Half a year in which nearly every thana, kind and outcome occurs each week, and much is overdue."""
    receive(desk, body(1))
    now, kinds, rng = int(time.time()), desk.catalogue.categories, random.Random(7)
    rows = []
    for number in range(2, 4000):
        at = now - number * DAY_S // 22
        kind = rng.choices(kinds, range(2, len(kinds) + 2))[0]
        thana = rng.choices(THANAS, range(4, 4 + len(THANAS)))[0]
        is_closed, is_late = number % 3 != 0, number % 9 == 0
        ended = ("closed", OUTCOMES[number % 12], at + 3600) if is_closed else ("assigned", "", None)
        rows.append(
            (*(number, f"JNP-2026-{number:05}", 1, ended[0], 1, kind.code, "JNP", thana.code, week_of(at)),
             *(kind.sensitivity, "", at, at, ended[1], ended[2], at + 60 if is_late else None))
        )  # fmt: skip
    with transaction(desk.conn):
        marks = ",".join("?" * len(rows[0]))
        desk.conn.executemany(f"insert into case_file({COLUMNS}) values({marks})", rows)
        figures.rebuild(desk.conn)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = make_root(tmp_path_factory.mktemp("figures") / "box", DISTRICT)
    authority = SigningKey.generate()
    known = replace(DIRECTORY, thanas=THANAS)
    (root / "directory.json").write_bytes(directory.sign(known, authority))
    (root / "authority.pub").write_text(authority.public.raw.hex(), encoding="ascii")
    desk = open_desk(Path(root), time.time)
    fill_people(desk)
    full(desk)
    with serving(root, desk) as base:
        yield base


@pytest.mark.parametrize("language", ["hi", "en"])
def test_figures_are_quiet_narrow_and_fit_a_sheet(
    browser: Browser, address: str, language: str, request: pytest.FixtureRequest
) -> None:
    walk = walk_at(browser, address, request)
    walk.sign_in("sp")
    if language == "en":
        walk.page.click("button[value=en]")
    for path, name in PAGES.items():
        walk.open(path)
        walk.shot(name if language == "hi" else f"{name}-en")
    sheet = walk.page.pdf(prefer_css_page_size=True)
    with pikepdf.open(BytesIO(sheet)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 595, 842]
    assert walk.complaints == []
    assert [url for url in walk.asked if not url.startswith(address + "/")] == []


def test_filters_and_the_map_work_by_keyboard_alone(
    browser: Browser, address: str, request: pytest.FixtureRequest
) -> None:
    walk = walk_at(browser, address, request, java_script_enabled=False)
    walk.sign_in("analyst")
    walk.open("/figures/map")
    walk.page.select_option("select[name=span]", "13w")
    walk.page.focus("form.filters button")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_url("**/figures/map?*span=13w*")
    walk.page.locator("svg a.place").first.focus()
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_url("**/figures?thana=JNP-*")
    assert walk.complaints == []
