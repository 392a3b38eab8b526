"""Somebody reading the pages in one language: its words from the translations, a seat, what fits his screen."""

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from babel.support import Translations
from flask import Flask
from playwright.sync_api import Browser

from appliance import people
from appliance.desk import Actor, Desk
from sync.catalogue import LANGUAGES
from tests.webui.test_browser import SCREENS, Walk, walk_at
from tests.webui.world import DISPLAYS
from webui import app
from webui.app import create_app

IN_ENGLISH_TOO = (
    *("49-inbox", "51-enter-tip", "53-case", "55-timeline", "56-paper", "57-refused"),
    *("60-handover", "65-auditor", "67-analyst", "69-court"),
)
"""Pictures that are kept in both languages."""
WIDE, NARROW = (1366, 768), (1024, 768)
HINDI = LANGUAGES[0]
_WORDS = Translations.load(str(Path(app.__file__).parent / "translations"), [HINDI])


@dataclass(frozen=True)
class Said:
    """The words of the pages in one language; a message that no page has is an error."""

    language: str

    def __call__(self, message: str, **values: object) -> str:
        hindi = _WORDS.gettext(message)
        assert hindi != message, f"{message!r} has no translation"
        words = self.pick(hindi, message)
        return words % values if values else words

    def __str__(self) -> str:
        return self.language

    def pick(self, hindi: str, english: str) -> str:
        """What somebody types, who works in that language."""
        return hindi if self.language == HINDI else english


@dataclass(frozen=True)
class Office:
    """A box that runs. ``site``: the same application here, which signs the same cookie."""

    base: str
    desk: Desk
    site: Flask
    serials: dict[str, str] = field(default_factory=dict)


def site_at(root: Path, desk: Desk) -> Flask:
    """The application of a running box, for the cookie of somebody signed in."""
    return create_app(lambda: desk, desk.clock, desk.config, (root / "keys" / "web.key").read_bytes())


def seat(browser: Browser, office: Office, request: pytest.FixtureRequest, role: str, said: Said) -> Walk:
    """Somebody of that role, signed in (how, other tests tell) at a browser of his own, reading in that language."""
    client = office.site.test_client()
    with client.session_transaction(base_url=office.base) as session:
        session["login"] = people.begin(office.desk, Actor(role, DISPLAYS[role], role))
        session["language"] = said.language
    cookie = client.get_cookie("satark", domain=str(urlsplit(office.base).hostname))
    assert cookie is not None
    walk = walk_at(browser, office.base, request)
    walk.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": office.base}])
    return walk


def look(walk: Walk, said: Said, name: str, *sizes: tuple[int, int]) -> None:
    """Nothing is wider than the screen, in each of the sizes (1366 x 768 without one); a picture where wanted."""
    walk.page.evaluate("document.fonts.ready")
    assert "/sign-in" not in walk.page.url
    assert walk.page.get_attribute("html", "lang") == said.language
    for size in sizes or (WIDE,):
        width, height = size
        walk.page.set_viewport_size({"width": width, "height": height})
        assert walk.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
        if walk.screens and (said.language == HINDI or (name in IN_ENGLISH_TOO and size == WIDE)):
            narrow = "" if size == WIDE else f"-{width}"
            picture = SCREENS / f"{name}{narrow}-{said}.png"
            # Without "initial" the page would be given a style of its own to hide the caret, which its policy forbids.
            walk.page.screenshot(path=picture, caret="initial")
    walk.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def quiet(walk: Walk, *refusals: HTTPStatus) -> None:
    """Nothing on the console but what Chromium itself notes of ``refusals``; nothing asked of anybody else; he goes."""
    expected = tuple(f"status of {one.value}" for one in refusals)
    assert [said for said in walk.complaints if not any(one in said for one in expected)] == []
    assert [url for url in walk.asked if not url.startswith(walk.base + "/")] == []
    walk.page.wait_for_load_state()  # Chromium may hang when a tab is closed that is on its way to another page
    walk.page.goto("about:blank")
    walk.page.context.close()
