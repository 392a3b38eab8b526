"""A thumb on the phone's page, for the tests that drive a real browser."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, expect

from tests.relay.simulator.conftest import Sink
from tests.waiting import wait_until

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)

expect.set_options(timeout=20_000)  # the default of 5 s is short on a busy machine


@dataclass
class Hand:
    """A thumb on one phone's page, and whatever the page complained of or asked from elsewhere."""

    page: Page
    base_url: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Load a page and listen to it."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("request", self._asked)
        self.page.goto(self.base_url + path)

    def choose(self, opener: str, row: str) -> None:
        """Open what this button opens and tap a row of it."""
        self.page.get_by_role("button", name=opener, exact=True).last.click()
        self.page.get_by_role("dialog").get_by_role("button", name=row).first.click()

    def attach(self, row: str, *files: Path) -> None:
        """Choose files for one of the rows below +."""
        with self.page.expect_file_chooser() as chooser:
            self.choose("Attach", row)
        chooser.value.set_files(files)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.base_url + "/"):
            self.faults.append(f"asked elsewhere: {request.url}")


def newest(sink: Sink, kind: str) -> Any:
    """The newest message of this type, once it has come."""
    wait_until(lambda: sink.messages() and sink.messages()[-1]["type"] == kind, what=kind)
    return sink.messages()[-1]
