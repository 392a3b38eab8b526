"""Every page, in both languages, in a real browser: WCAG 2.2 AA by axe, a quiet console, nothing from elsewhere."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from appliance import viewing
from appliance.desk import Actor, Desk, open_desk
from sync.catalogue import LANGUAGES
from sync.directory import DISTRICT, RANGE
from tests.appliance.office import POST
from tests.webui.every_page import FIRST, STRANGER, Visit, visits
from tests.webui.test_browser import browser, office_with_history, serving
from tests.webui.world import Visitor, make_root, somebody, tell_range
from webui.app import from_root
from webui.help import TITLES

__all__ = ["browser"]

VENDOR = Path(__file__).parents[1] / "vendor"
AXE = (VENDOR / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
RUN = """() => axe.run(document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    resultTypes: ["violations"]}).then(found => found.violations.map(
        one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 160)).join(" | ")))"""
# Not width alone: a page that fits at 1366 must also fit the smaller screen where people triage.
WIDTHS = {"inbox.index": (1366, 1024), "cases.index": (1366, 1024), "cases.show": (1366, 1024)}


@dataclass(frozen=True)
class Place:
    """A running box: where, its pages, how somebody's browser is signed in there."""

    base: str
    visits: list[Visit]
    others: dict[str, list[int]]
    people: dict[str, Visitor]

    def sign_in(self, context: BrowserContext, role: str, language: str) -> None:
        """Puts the cookie of that role's sign-in, in that language, into the browser."""
        visitor = self.people[role]
        with visitor.client.session_transaction(base_url=visitor.base) as session:
            session["language"] = language
        cookie = visitor.client.get_cookie("satark", domain="localhost")
        assert cookie is not None
        context.clear_cookies()
        context.add_cookies([{"name": "satark", "value": cookie.value, "url": self.base}])


def open_place(root: Path, examples: dict[str, tuple[str, ...]]) -> Iterator[Place]:
    app, desk = from_root(str(root)), open_desk(root, time.time)
    found, others = visits(app, desk, examples)
    people = {role: somebody(desk, app, role) for role in {one.role for one in found} - {STRANGER}}
    people[STRANGER] = Visitor(app.test_client())
    with serving(root, desk) as base:
        yield Place(base, found, others, people)


def examples_of(desk: Desk, newest: str) -> dict[str, tuple[str, ...]]:
    """Values of the arguments that stand in addresses: a case with everything, and a closed one."""
    (first,) = desk.conn.execute("select serial from case_file order by id limit 1").fetchone()
    (file_id,) = desk.conn.execute("select file_id from evidence limit 1").fetchone()
    for role in FIRST[:2]:  # so that the file itself is a page for somebody
        viewing.uncover(desk, Actor(role, role, role), file_id, "other", "to look at every page")
    (other,) = desk.conn.execute("select serial from case_file order by id limit 1 offset 1").fetchone()
    return {
        "serial": (newest, str(first)),
        "file_id": (file_id,),
        "what": ("trend",),
        "person": ("screener", "sp"),
        "other": (str(other),),
        "post": (POST,),
        "name": tuple(TITLES),
    }


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = make_root(tmp_path_factory.mktemp("district") / "box", DISTRICT)
    desk, newest = office_with_history(root)
    yield from open_place(root, examples_of(desk, newest))


@pytest.fixture(scope="module")
def range_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = make_root(tmp_path_factory.mktemp("range") / "box", RANGE)
    desk, newest = office_with_history(root)
    tell_range(desk, time.time())
    yield from open_place(root, examples_of(desk, newest))


def test_the_checker_is_the_one_of_the_lock() -> None:
    lock = json.loads((VENDOR / "vendor.lock.json").read_text(encoding="utf-8"))
    locked = {name: digest for package in lock["packages"] for name, digest in package["files"].items()}
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    del files["vendor.lock.json"]
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == locked


def violations(page: Page) -> list[str]:
    """What axe finds wrong in the page as it stands, everything that can be opened being open."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def wrong_with(page: Page, said: list[str], place: Place, visit: Visit) -> list[str]:
    """``said``: what the page's console and requests came to since the visit before, with this one's."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(place.base + visit.path)
    for width in WIDTHS.get(visit.endpoint, (1366,)):
        page.set_viewport_size({"width": width, "height": 768})
        wide = page.evaluate("document.documentElement.scrollWidth")
        said += [f"{wide} px wide at {width}"] if wide > width else []
    return [f"{visit.role or 'nobody'} {visit.path}: {fault}" for fault in (*violations(page), *said)]


def listened_to(page: Page, base: str) -> list[str]:
    """Everything that the tab complains of and asks of others, as it comes."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on(
        "request", lambda request: None if request.url.startswith(base + "/") else said.append(request.url)
    )
    return said


def all_wrong(browser: Browser, place: Place, language: str, visited: list[Visit]) -> list[str]:
    # One tab for all: its process has the checker compiled then, which takes longer than to run it.
    page = browser.new_page()
    page.set_default_timeout(120_000)
    said, wrong = listened_to(page, place.base), list[str]()
    for role in dict.fromkeys(visit.role for visit in visited):
        place.sign_in(page.context, role, language)
        for visit in (one for one in visited if one.role == role):
            wrong += wrong_with(page, said, place, visit)
            said.clear()
    page.context.close()
    return wrong


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_district_is_for_everybody(browser: Browser, district: Place, language: str) -> None:
    assert all_wrong(browser, district, language, district.visits) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_range_alone_is_for_everybody(
    browser: Browser, district: Place, range_office: Place, language: str
) -> None:
    seen = {one.endpoint for one in district.visits}
    only = [one for one in range_office.visits if one.endpoint not in seen]
    assert "rangeview.index" in {one.endpoint for one in only}
    assert all_wrong(browser, range_office, language, only) == []


@pytest.mark.browser
@pytest.mark.slow
def test_no_address_is_left_out(district: Place, range_office: Place) -> None:
    seen = {one.endpoint for place in (district, range_office) for one in place.visits}
    unseen = {path: statuses for path, statuses in district.others.items() if path in range_office.others}
    refused = {path for path, statuses in unseen.items() if min(statuses) >= 400}
    assert refused == set(), "nobody got a page, a file or a way on there: give QUERIES what it needs"
    assert {"cases.show", "status.health", "access.sign_in", "rangeview.index"} <= seen


@pytest.mark.browser
@pytest.mark.slow
def test_a_fault_would_be_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html><body><img src='x'><button></button><p style='color:#ccc'>pale</p></body></html>")
    found = {one.split(":")[0] for one in violations(page)}
    page.close()
    assert {"image-alt", "button-name", "color-contrast", "html-has-lang"} <= found
