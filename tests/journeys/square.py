"""Where people take out their phones: the simulator's page and the pages of a town's boxes, in one browser."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from provisioning.demo.fleet import HOST, PHONE_NUMBER_ID
from provisioning.posters import link, words
from provisioning.posters.number import Number
from relay.dialogue import Book
from relay.simulator.client import Phone
from relay.simulator.config import Config
from sync import placecode
from tests.journeys.thumbs import DESK, PHONE, Citizen, Tab, open_tab
from tests.journeys.town import PATIENCE_S, Kept, Town
from tests.waiting import wait_until

LOCALES = {"hi": "hi-IN", "en": "en-IN"}


@dataclass
class Square:
    """Where people take out their phones."""

    town: Town
    browser: Browser
    book: Book
    request: pytest.FixtureRequest
    tabs: list[Tab] = field(default_factory=list)

    def tab(self, base: str, size: tuple[int, int], language: str = "hi") -> Tab:
        """A tab of its own, looked over at the end."""
        opened = open_tab(self.browser, base, self.request, size, LOCALES[language])
        self.tabs.append(opened)
        return opened

    def newcomer(self, language: str, address: str = "/") -> Citizen:
        """Somebody with a new phone who opens a chat from that address of the simulator."""
        tab = self.tab(self.town.world.simulator_url, PHONE, language)
        tab.page.goto(tab.base + address)
        tab.page.fill("input[name=label]", "Asha")
        tab.page.click("form button")
        tab.page.wait_for_selector("#composer")
        tab.page.wait_for_load_state()  # only then its scripts listen
        return Citizen(tab, self.book, language)

    def having_said(self, language: str, *texts: str) -> Citizen:
        """Somebody who has written these texts before we look at the phone."""
        phone = Phone.create(self.town.world.simulator_url, "Asha")
        self.town.write(phone, texts)
        tab = self.tab(phone.base_url, PHONE, language)
        tab.page.goto(f"{tab.base}/phone/{phone.id}")
        return Citizen(tab, self.book, language)

    def desk(self, seat: str) -> Tab:
        """The page of a box, somebody signed in."""
        tab = self.tab(f"https://{HOST}:{self.town.world.fleet.ports[seat]}", DESK)
        tab.sign_in(self.town.world.logins[f"sp.{seat}"])
        return tab

    def arrived(self, known: list[Kept], files: int = 0, seat: str = "jaunpur") -> Kept:
        """The one report that is at a box beside those known before, with so many files."""

        def whole() -> list[Kept]:
            return [one for one in self.town.kept(known, seat) if len(one.photos) == files]

        (found,) = wait_until(whole, PATIENCE_S, f"a report with {files} files at {seat}")
        return found

    def case_of(self, handle: str, seat: str = "jaunpur") -> str:
        """The serial of the case that a report belongs to."""
        query = (
            "select serial from case_file join case_report on case_id = case_file.id"
            " join report on report.id = case_report.report_id where handle=?"
        )
        (found,) = self.town.desk(seat).conn.execute(query, (handle,)).fetchone()
        return str(found)


def words_up_to_summary(language: str, who: str, place: str) -> tuple[str, ...]:
    """What somebody writes on gambling in Shahganj up to the summary: numbers, and these words."""
    spoken = {"hi": "1", "en": "2"}[language]
    return ("Hi", spoken, "11", "2", "1", "1", who, "2", "1", "1", "1", "10", place, "2", "2", "1")


def film(folder: Path, arguments: str, name: str) -> None:
    """Lets ffmpeg make a file of a test picture."""
    made = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", *arguments.split(), str(folder / name)]
    subprocess.run(made, check=True)


def poster(thana: str) -> str:
    """Where a thana's poster leads on the simulator: the link of its QR code, without WhatsApp's own host."""
    line = Config(phone_number_ids=(PHONE_NUMBER_ID,)).lines()[0].display_number
    address = link.link(Number(line, (line,)), words.load().greeting, placecode.code_of(thana))
    return address.removeprefix("https:/")


def pixels(jpeg: bytes) -> bytes:
    """What the picture is made from, from the first table on."""
    return jpeg.partition(b"\xff\xdb")[2]
