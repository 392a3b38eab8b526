"""The documentation is true today: generated parts are as the code is, and what is named exists."""

import re
from pathlib import Path

import pytest

from relay import phrases
from sync.catalogue import LANGUAGES
from tests import reference

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", sorted(reference.SECTIONS))
def test_generated_sections_are_as_the_code_is(page: str) -> None:
    text = (reference.DOCS / page).read_text(encoding="utf-8")
    assert text == reference.written(page, text), "run: python -m tests.reference"


def test_a_changed_section_would_be_noticed() -> None:
    text = (reference.DOCS / "PROTOCOL.md").read_text(encoding="utf-8")
    changed = text.replace("report_key: bytes", "report_key: str")
    assert changed != text
    assert reference.written("PROTOCOL.md", changed) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_defended_is_quoted_as_the_bot_says_it(language: str) -> None:
    page = (reference.DOCS / "THREATS.md").read_text(encoding="utf-8")
    quoted = " ".join(line.removeprefix(">").strip() for line in page.split("\n") if line.startswith(">"))
    said = phrases.load().text(language, "help_safe")
    assert " ".join(said.split()) in " ".join(quoted.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_names_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:sync|relay|appliance|webui|provisioning|systemd|tests|bench|docs)/[\w./-]*)`",
        page.read_text(encoding="utf-8"),
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
