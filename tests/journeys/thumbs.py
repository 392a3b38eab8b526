"""Hands for the browser stories: a Chromium, its tabs, and a thumb on the simulator's phone page."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect, sync_playwright

from relay import phrases
from relay.dialogue import Book, State
from relay.dialogue.offers import title
from relay.dialogue.places import BUTTON_TITLE, ROW_TITLE, cut
from relay.dialogue.steps import question
from relay.simulator.client import call
from relay.simulator.words import WORDS
from sync import catalogue
from sync.directory import Directory
from tests.journeys.town import PATIENCE_S

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --lang=hi"
    # A microphone that hums, and no question whether the page may hear it.
    " --use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
).split()
PHONE, DESK = (412, 915), (1366, 768)
SPOKEN_MS = 350
"""How long a voice note lasts."""
_RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")

expect.set_options(timeout=20_000)  # the default of 5 s is short on a busy machine


@dataclass
class Tab:
    """One tab, all that it asked for and complained of; takes pictures where wanted."""

    page: Page
    base: str
    screens: bool
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """From now on."""
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def shot(self, name: str) -> None:
        """A picture for docs/screens."""
        self.page.evaluate("document.fonts.ready")
        if self.screens:
            SCREENS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SCREENS / f"{name}.png")

    def sign_in(self, login: tuple[str, str]) -> None:
        """As one of the office."""
        self.page.goto(self.base)
        self.page.fill("#name", login[0])
        self.page.fill("#password", login[1])
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def check(self) -> None:
        """Nothing on the console, nothing from elsewhere."""
        assert self.complaints == []
        assert [url for url in self.asked if not url.startswith(self.base + "/")] == []


class Hand:
    """A thumb on the phone's page."""

    def __init__(self, page: Page) -> None:
        """``page``: a chat."""
        self.page = page

    def said(self, words: str) -> Locator:
        """The newest message of the bot with these words."""
        return self.page.locator("article:not(.own)", has_text=words).last

    def write(self, prompt: str, text: str) -> None:
        """Waits for the question, types, and presses Enter."""
        self.said(prompt).wait_for()
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")

    def tap(self, prompt: str, title: str) -> None:
        """Taps a button below a question."""
        self.said(prompt).get_by_role("button", name=title, exact=True).click()

    def pick(self, prompt: str, title: str) -> None:
        """Opens the list below a question and taps a row of it."""
        self.said(prompt).locator("button.choice").click()
        self.page.locator("#sheet-rows button.row", has_text=title).click()


@dataclass
class Citizen:
    """Somebody at a phone's page who reads the question before answering it.

    Steps are the dialogue's ("police", "liquor.who"), codes its choices; the words come from the phrases in
    ``language``, so that a translator breaks no story.
    """

    tab: Tab
    book: Book
    language: str

    @property
    def page(self) -> Page:
        """The chat."""
        return self.tab.page

    @property
    def phone_id(self) -> str:
        """The simulator's name of the phone."""
        return self.page.url.partition("/phone/")[2].partition("?")[0]

    def phrase(self, key: str, **values: str) -> str:
        """The first words of a phrase: its first line, up to what is filled in."""
        text = self.book.phrases.by_language[self.language][key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text.partition("{")[0].partition("\n")[0].strip()

    def prompt(self, step: str) -> str:
        """The first words of a question."""
        found = question(step, self.book)
        return found.prompt[self.language].partition("\n")[0] if found else self.phrase(f"ask_{step}")

    def title(self, step: str, code: str) -> str:
        """The words of a choice."""
        return title(step, code, State(step, 0, self.language, district="JNP"), self.book)

    # Listening

    def hears(self, words: str) -> Locator:
        """The bot's message with these words, once it is the newest of all that it said."""
        newest = self.page.locator("article:not(.own)").last.filter(has_text=words)
        newest.wait_for()
        return newest

    def asked(self, step: str) -> Locator:
        """The question of this step, once nothing was said after it."""
        return self.hears(self.prompt(step))

    def receipt(self) -> str:
        """The receipt of the newest message, once there is one."""
        found = _RECEIPT.search(self.hears(self.phrase("receipt")).inner_text())
        assert found is not None
        return found[0]

    def heard(self) -> list[str]:
        """All that the bot said."""
        return [
            m["text"]
            for m in call(self.tab.base, f"/sim/phones/{self.phone_id}/messages?after=0")["messages"]
        ]

    # Answering

    def tap(self, step: str, code: str) -> None:
        """Taps a button below the question."""
        name = cut(self.title(step, code), BUTTON_TITLE)
        self.asked(step).get_by_role("button", name=name, exact=True).click()

    def tap_again(self, step: str, code: str) -> None:
        """Taps a button of a question that was answered before."""
        name = cut(self.title(step, code), BUTTON_TITLE)
        asked = self.page.locator("article:not(.own)", has_text=self.prompt(step)).last
        asked.get_by_role("button", name=name, exact=True).click()

    def pick(self, step: str, code: str, more: str = "") -> None:
        """Opens the list below the question and taps a row; ``more``: of its second page, pictured so."""
        self.asked(step).locator("button.choice").click()
        if more:
            before = self.page.locator("article").count()
            self._row(self.phrase("choice_more"))
            expect(self.page.locator("article")).to_have_count(before + 2)  # my tap, and the second page
            self.asked(step).locator("button.choice").click()
            self.tab.shot(more)
        self._row(cut(self.title(step, code), ROW_TITLE))

    def _row(self, title: str) -> None:
        self.page.locator("#sheet-rows button.row", has_text=title).first.click()

    def say(self, text: str) -> None:
        """Types and presses Enter."""
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")

    def write(self, step: str, text: str) -> None:
        """Waits for the question and types."""
        self.asked(step)
        self.say(text)

    def speak(self, step: str) -> None:
        """Waits for the question and answers it by voice."""
        self.asked(step)
        self.page.click("#record")
        expect(self.page.locator("#record.on")).to_be_visible()
        self.page.wait_for_timeout(SPOKEN_MS)  # the length of the recording
        self.page.click("#record")

    def attach(self, kind: str, *files: FilePayload) -> None:
        """Chooses files for one of the rows below +: album, video, document …"""
        with self.page.expect_file_chooser() as chooser:
            self.page.click("#attach")
            self._row(self.page_words[kind])
        chooser.value.set_files(list(files))

    @property
    def page_words(self) -> dict[str, str]:
        """The words of the phone's page itself."""
        return dict(WORDS[self.language])

    def count(self, files: int) -> str:
        """What the bot says when it has taken so many files in all."""
        return self.book.phrases.by_language[self.language]["files_got"].partition("}")[2].format(count=files)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield started
        started.close()


def open_tab(
    browser: Browser, base: str, request: pytest.FixtureRequest, size: tuple[int, int], locale: str = "hi-IN"
) -> Tab:
    """A tab of its own context. The LAN's CA is checked elsewhere (``provisioning.demo.office``)."""
    context = browser.new_context(
        viewport=ViewportSize(width=size[0], height=size[1]),
        ignore_https_errors=True,
        locale=locale,
        timezone_id="Asia/Kolkata",
    )
    tab = Tab(context.new_page(), base, bool(request.config.getoption("--screens", default=False)))
    tab.listen()
    return tab


def words_of(directory: Directory) -> Book:
    """What the relay of that directory speaks from."""
    return Book(catalogue.load(), directory, phrases.load())


def payloads(kind: str, contents: Sequence[bytes]) -> list[FilePayload]:
    """Files in a phone, to be attached; ``kind``: a MIME type."""
    ending = kind.partition("/")[2]
    return [
        FilePayload(name=f"IMG-{number}.{ending}", mimeType=kind, buffer=content)
        for number, content in enumerate(contents, 1)
    ]
