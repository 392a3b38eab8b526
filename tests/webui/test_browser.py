"""A real Chromium against the real server: the whole walk, nothing from elsewhere, nothing on the console."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from appliance import cases, custody, holders
from appliance.cases import Quantities, Seizure
from appliance.desk import Actor, Desk, open_desk
from sync.directory import DISTRICT, RANGE
from tests.appliance.office import Watch, close, receive
from tests.waiting import wait_until
from tests.webui.opening import open_file
from tests.webui.world import PASSWORD, fill_people, make_root, story, tell_range, with_photo
from webui.cli import gunicorn_arguments

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUPERVISOR, SP = Actor("supervisor", "", "supervisor"), Actor("sp", "", "sp")
SCREENS = Path(__file__).parent.parent.parent / "docs" / "screens"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --lang=hi"
).split()
# What systemd does for a unit with a socket: the socket is number 3, the environment says for whom.
TAKE_SOCKET = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3);"
    " os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid())); os.execv(sys.argv[2], sys.argv[2:])"
)


@dataclass
class Walk:
    """One tab, what it asked for and what it complained of; takes pictures where wanted."""

    page: Page
    base: str
    screens: bool
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def shot(self, name: str) -> None:
        self.page.evaluate("document.fonts.ready")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 1366, f"{name} is too wide"
        if self.screens:
            SCREENS.mkdir(parents=True, exist_ok=True)
            # Without "initial" the page would be given a style of its own to hide the caret, which its policy forbids.
            self.page.screenshot(path=SCREENS / f"{name}.png", caret="initial")

    def sign_in(self, name: str) -> None:
        self.open("/")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "sign-in" not in url)


@contextmanager
def serving(root: Path, desk: Desk) -> Iterator[str]:
    """Gunicorn as the command starts it, on a socket handed over as systemd does it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", *gunicorn_arguments(root, desk.config)]
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", TAKE_SOCKET, str(number), *command],
            pass_fds=[number],
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        yield address
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=20)
        assert "Error" not in complaints, complaints


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


def walk_at(browser: Browser, base: str, request: pytest.FixtureRequest, **context: object) -> Walk:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, **context).new_page()  # type: ignore[arg-type]  # playwright's own keywords
    walk = Walk(page, base, bool(request.config.getoption("--screens", default=False)))
    walk.listen()
    return walk


def office_with_history(root: Path) -> tuple[Desk, str]:
    """Sixteen reports of the last two days, some worked on; the newest has a photo."""
    watch = Watch(time.time() - 16 * 3 * 3600)
    desk = open_desk(root, watch)
    fill_people(desk)
    serials = []
    for number in range(1, 17):
        watch.now += 3 * 3600 - 700
        serials.append(receive(desk, story(number, watch.now)))
    for serial in serials[:8]:
        watch.now += 300
        cases.screen(desk, serial, SUPERVISOR, 1, "जगह और समय साफ हैं।")
    for serial in serials[:5]:
        cases.assign(desk, serial, SUPERVISOR, 2, "SHO JNP-02")
    for serial in serials[:3]:
        watch.now += 900
        cases.start(desk, serial, SUPERVISOR, 3)
    watch.now += 1800
    cases.report_back(desk, serials[0], SUPERVISOR, 4, "मौके पर 40 लीटर कच्ची शराब मिली।")
    cases.verify(desk, serials[0], SP, 5)
    close(desk, serials[0], SP, 6, "seizure", found=Quantities(seizures=(Seizure("liquor", 40),)))
    report = story(15, watch.now)
    newest, _, _ = with_photo(
        desk,
        99,
        category="drugs",
        language="hi",
        text=report.text,
        place=report.place,
        answers=report.answers,
        fear="yes",
        hour=report.hour,
    )
    hear_relay(desk)
    return desk, newest


def hear_relay(desk: Desk) -> None:
    """The relay's hello came a moment ago."""
    at = int(time.time()) - 40
    row = ("n0000000a", "r", "e", b"k", at * 1000, 1, 0, b"", at)
    columns = (
        "node, run, epoch, message_key, issued_at, directory_version, log_size, log_head, last_contact_at"
    )
    desk.conn.execute(f"insert into peer({columns}) values(?,?,?,?,?,?,?,?,?)", row)


@pytest.fixture
def district(tmp_path: Path) -> Iterator[tuple[str, Desk, str]]:
    root = make_root(tmp_path / "box", DISTRICT)
    desk, newest = office_with_history(root)
    with serving(root, desk) as address:
        yield address, desk, newest


def test_what_is_refused_beside_a_field_leaves_it_in_line_with_its_neighbour(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    (serial,) = desk.conn.execute("select serial from case_file where status='in_action' limit 1").fetchone()
    cases.report_back(desk, serial, SUPERVISOR, 4, "मौके पर भट्ठी मिली।")
    cases.verify(desk, serial, SP, 5)
    walk = walk_at(browser, base, request)
    walk.sign_in("sp")
    walk.open(f"/cases/{serial}")
    form = "form[action$='/close']"
    walk.page.eval_on_selector(form, "form => { form.closest('details').open = true; }")
    walk.page.select_option("#outcome", "fir")
    walk.page.fill("#note-close", "प्राथमिकी दर्ज")
    walk.page.locator(f"{form} button:not([name])").click()
    walk.page.wait_for_selector(f"{form} #refused + #fir_no")
    fields = [walk.page.locator(name).bounding_box() for name in ("#fir_no", "#arrests")]
    assert len({field["y"] for field in fields if field}) == 1


def test_from_the_list_to_the_informant(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request)
    page = walk.page
    walk.open("/")
    walk.shot("01-sign-in")
    walk.sign_in("supervisor")
    rows = page.locator("tr[data-case]")
    assert (
        sum(box["y"] + box["height"] <= 768 for box in (row.bounding_box() for row in rows.all()) if box)
        >= 12
    )
    walk.shot("02-list")
    page.select_option("select[name=category]", "drugs")
    page.wait_for_url("**/cases?*category=drugs*")
    assert "category=drugs" in str(page.locator("#tabs a").nth(1).get_attribute("href"))
    walk.shot("03-list-filtered")
    page.keyboard.press("Escape")
    page.locator("h1").first.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{newest}")
    assert page.locator(".evidence img").count() == 0
    walk.shot("04-case")
    picture = open_file(page)
    wait_until(lambda: picture.evaluate("image => image.naturalWidth") == 320, 20)
    walk.shot("05-evidence-shown")
    page.click("#cover button")
    expect(page.locator("select[name=reason]")).to_be_visible()
    assert page.locator(".stage img").count() == 0
    page.keyboard.press("u")
    page.wait_for_url(f"**/cases/{newest}")
    page.click(f"a[href='/cases/{newest}/answer']")
    walk.shot("06-answer")
    page.check("#template-action_taken")
    page.select_option("#action_taken-action", "raid")
    page.click("main form button")
    page.wait_for_url("**/answer/preview?*")
    assert "छापा मारा गया" in page.inner_text(".message")
    walk.shot("07-preview")
    page.click("main form button")
    page.wait_for_url(f"**/cases/{newest}")
    walk.shot("08-answer-sent")
    assert [sent.template for sent in cases.get(desk, newest).replies] == ["action_taken"]
    assert walk.complaints == []
    assert [url for url in walk.asked if not url.startswith(base + "/")] == []


def test_the_other_pages(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    rows = desk.conn.execute("select serial from case_file order by id").fetchall()
    walk.open(f"/cases/{rows[0]['serial']}")
    walk.shot("09-case-closed")
    walk.open(f"/cases/{rows[3]['serial']}")
    walk.shot("10-case-no-way-back")
    walk.open("/health")
    walk.shot("11-health")
    walk.open(f"/cases/{newest}")
    cases.screen(desk, newest, SP, 1)
    walk.page.click(".act[open] button")
    assert "409" in walk.page.inner_text("main")
    walk.shot("12-conflict")
    walk.open("/cases/JNP-2026-99999")
    walk.shot("13-not-found")
    walk.open("/cases?status=duplicate")
    walk.shot("14-list-empty")
    walk.page.click("header form[action='/sign-out'] button")
    walk.page.wait_for_url("**/sign-in")
    walk.sign_in("technician")
    walk.open("/cases")
    walk.shot("15-forbidden")
    # Chromium itself notes each page that came with an error status.
    assert [said for said in walk.complaints if "the server responded with a status of 4" not in said] == []
    assert [url for url in walk.asked if not url.startswith(base + "/")] == []


def test_a_new_report_is_announced(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    walk = walk_at(browser, base, request)
    walk.page.clock.install()
    walk.sign_in("screener")
    walk.page.clock.run_for(21_000)
    assert not walk.page.is_visible("#fresh")
    receive(desk, story(40, time.time()))
    walk.page.clock.run_for(21_000)
    walk.page.wait_for_selector("#fresh:visible")
    assert "●" in walk.page.title()


def test_everything_works_without_scripts(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request, java_script_enabled=False)
    walk.sign_in("supervisor")
    walk.page.click(f"text={newest}")
    assert open_file(walk.page).count() == 1
    walk.page.click("#cover button")
    walk.page.click("a[data-up]")
    corrected = walk.page.locator(f"details:has(> form[action='/cases/{newest}/correct'])")
    corrected.locator("summary").click()
    corrected.locator("[name=category]").select_option("arms")
    corrected.locator("[name=thana]").select_option("JNP-02")
    corrected.locator("[name=note]").fill("तमंचे की बात है, नदी के पार।")
    corrected.locator("button").first.click()
    wait_until(lambda: cases.get(desk, newest).category == "arms", what="the case is corrected")
    walk.page.click(f"a[href='/cases/{newest}/answer']")
    walk.page.check("#template-taken_up")
    walk.page.click("main form button")
    walk.page.click("main form button")
    wait_until(lambda: cases.get(desk, newest).replies, what="the answer is queued")
    assert walk.complaints == []


def test_the_range_looks_over_its_districts(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    root = make_root(tmp_path / "range", RANGE)
    desk, _ = office_with_history(root)
    tell_range(desk, time.time())
    with serving(root, desk) as base:
        walk = walk_at(browser, base, request)
        walk.sign_in("range")
        walk.shot("16-range-list")
        walk.open("/range")
        walk.shot("17-range")
    assert walk.complaints == []
    assert [url for url in walk.asked if not url.startswith(base + "/")] == []


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_package_is_saved_from_a_page_that_says_so(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest, *, has_scripts: bool
) -> None:
    base, desk, newest = district
    walk = walk_at(browser, base, request, java_script_enabled=has_scripts)
    walk.sign_in("sp")
    desk.conn.execute("update login set fresh_at=fresh_at-301")
    walk.open(f"/cases/{newest}/package")
    walk.page.select_option("#reason", "court")
    walk.page.fill("#why", "सत्र न्यायालय")
    walk.page.get_by_role("button", name="पैकेज बनाएं").click()
    walk.page.fill("#proof", PASSWORD)
    walk.page.click("main form button")
    ready = walk.page.get_by_role("button", name="पैकेज सहेजें")
    with walk.page.expect_download() as saved:
        ready.click()
    assert saved.value.path().read_bytes()[:2] == b"PK"
    assert walk.page.locator("#proof").count() == 0
    expect(ready).to_be_disabled() if has_scripts else expect(ready).to_be_enabled()
    expect(walk.page.get_by_text("ब्राउज़र इसे अभी सहेज रहा है")).to_be_visible(visible=has_scripts)
    walk.page.get_by_role("link", name="बने पैकेज देखें").click()
    (made,) = custody.exports(desk, newest)
    expect(walk.page.get_by_text(made.digest)).to_be_visible()


def test_choosing_a_post_without_a_phone_hides_the_messages_and_says_so(
    browser: Browser, district: tuple[str, Desk, str], request: pytest.FixtureRequest
) -> None:
    base, desk, _ = district
    holders.appoint(desk, SP, "SHO JNP-01", "SI Ram", "9812345678", "hi")
    (serial,) = desk.conn.execute("select serial from case_file where status='screened' limit 1").fetchone()
    walk = walk_at(browser, base, request)
    walk.sign_in("supervisor")
    walk.open(f"/cases/{serial}")
    for post, has_phone in (("SHO JNP-02", False), ("SHO JNP-01", True)):
        walk.page.select_option("#post", post)
        expect(walk.page.locator("#no-phone")).to_be_visible(visible=not has_phone)
        expect(walk.page.locator("[data-phones]")).to_be_visible(visible=has_phone)
    assert walk.complaints == []
