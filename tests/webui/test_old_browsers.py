"""Chrome 109 and Firefox ESR 115 are the last for Windows 7 and 8.1: what our pages use is on a list made for them."""

import json
from pathlib import Path

import pytest

import webui
from tests.webui.old_browsers import Used, of_css, of_html, of_js

HERE = Path(webui.__file__).parent
KNOWN = json.loads((Path(__file__).parent / "old_browsers.json").read_text(encoding="utf-8"))
READERS = {".css": of_css, ".js": of_js, ".html": of_html, ".svg": of_html}
FILES = sorted(
    path
    for folder in ("static", "templates")
    for path in (HERE / folder).rglob("*")
    if path.suffix in READERS and "vendor" not in path.parts
)


def unknown(used: set[Used]) -> list[str]:
    """What is not on the list."""
    return sorted(f"{one.kind}: {one.name}" for one in used if one.name not in KNOWN[one.kind])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_old_browsers_know_everything_that_is_used(path: Path) -> None:
    found = unknown(READERS[path.suffix](path.read_text(encoding="utf-8")))
    assert found == [], (
        "look it up for Chrome 109 and Firefox 115, then add it to old_browsers.json, or do without"
    )


@pytest.mark.parametrize(
    "source",
    [
        ".a:has(.b) { color: red; }",
        ".a { .b { color: red; } }",
        ".a { & .b { color: red; } }",
        ".a { color: color-mix(in srgb, red, blue); }",
        ".a { text-wrap: balance; }",
        ".a { color: oklch(50% 0.1 20); }",
        "@scope (.a) { .b { color: red; } }",
        "@starting-style { .a { opacity: 0; } }",
        "@container (width > 30rem) { .a { color: red; } }",
        "@media (width >= 600px) { .a { color: red; } }",
        ".a { width: 3cqw; }",
        ".a:popover-open { margin: 0; }",
        ".a { display: masonry; }",
        ".a { animation-timeline: scroll(); }",
    ],
)
def test_a_style_that_is_too_young_is_noticed(source: str) -> None:
    assert unknown(of_css(source))


@pytest.mark.parametrize(
    "source",
    [
        "var a = b?.c;",
        "var a = 1, b = a ?? 2;",
        "var a = 1; a ||= 2;",
        "var a = 1_000;",
        "var a = 10n;",
        "function A() {} A.x = class { #secret; };",
        "var a = [1].at(-1);",
        "var a = 'x'.replaceAll('x', 'y');",
        "import './other.js';",
        "var a = structuredClone({});",
        "var a = Object.groupBy([], String);",
        "var a = /x/v;",
        "localStorage.x = 1;",
        "document.body.showPopover();",
    ],
)
def test_a_script_that_is_too_young_or_keeps_something_is_noticed(source: str) -> None:
    assert unknown(of_js(source))


@pytest.mark.parametrize(
    "source", ["<search>x</search>", "<p popover>x</p>", "<button commandfor=a>x</button>"]
)
def test_markup_that_is_too_young_is_noticed(source: str) -> None:
    assert unknown(of_html(source))


def test_a_string_or_a_comment_is_no_code() -> None:
    assert of_js("/* a?.b */ var a = 'x?.y'; // c ?? d\nvar r = /[/?.]+/g;") == {
        Used("words of JS", "var"),
        Used("flags", "g"),
    }
    assert Used("functions", "oklch") not in of_css(".a::before { content: 'oklch('; } /* :has() */")
