"""What style sheets, scripts and templates use, taken apart by hand: enough to hold it against a list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")


@dataclass(frozen=True)
class Used:
    """One thing that a browser must know: of which kind (a key of the list), and its name."""

    kind: str
    name: str


# --- style sheets ---


def of_css(source: str) -> set[Used]:
    """Properties, at-rules, pseudo-classes, combinators, functions, units and nesting of a style sheet."""
    text = STRING.sub('""', COMMENT.sub(" ", source))
    return set(_rules(text, depth=0))


def _rules(text: str, depth: int) -> Iterator[Used]:
    for prelude, block in _blocks(text):
        if prelude.startswith("@"):
            yield from _at_rule(prelude, block, depth)
        else:
            yield from _selector(prelude)
            yield from _declarations(block)


def _at_rule(prelude: str, block: str | None, depth: int) -> Iterator[Used]:
    name = re.match(r"@[\w-]+", prelude)
    yield Used("at-rules", name[0] if name else prelude)
    yield from (
        Used("media", feature) for feature in re.findall(r"\(\s*([\w-]+)\s*[:)<>=]", prelude) if feature
    )
    if re.search(r"[<>]", prelude):
        yield Used("media", "range syntax")
    if block is None:
        return
    if name and name[0] in ("@media", "@supports"):
        yield from _rules(block, depth + 1)
    elif name and name[0] == "@keyframes":
        for _, frame in _blocks(block):
            yield from _declarations(frame)
    else:
        yield from _declarations(block)


def _blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """(what stands before, what stands in braces) of each rule; None for a rule that ends with a semicolon."""
    start = at = 0
    while at < len(text):
        if text[at] == ";":
            yield text[start:at].strip(), None
            start = at + 1
        elif text[at] == "{":
            end = _closing(text, at)
            yield text[start:at].strip(), text[at + 1 : end]
            start, at = end + 1, end
        at += 1


def _closing(text: str, at: int) -> int:
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return end
    raise ValueError("a brace is not closed")


def _selector(prelude: str) -> Iterator[Used]:
    yield from (Used("selectors", name.lower()) for name in re.findall(r"::?[\w-]+", prelude))
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", prelude)
    yield from (Used("selectors", sign) for sign in re.findall(r"[>+~&]|\|\|", plain))


def _declarations(block: str | None) -> Iterator[Used]:
    if block is None:
        return
    if "{" in block:
        yield Used("selectors", "nesting")
    for declaration in block.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            name = name.strip().lower()
            yield Used("properties", "--*" if name.startswith("--") else name)
            yield from _value(value)


def _value(value: str) -> Iterator[Used]:
    yield from (Used("functions", name.lower()) for name in re.findall(r"([a-zA-Z-]+)\(", value))
    numbers = re.sub(r"#[0-9a-fA-F]{3,8}\b|url\([^)]*\)|U\+[0-9A-F?-]+|--[\w-]+", " ", value)
    yield from (Used("units", unit) for unit in re.findall(r"(?<![\w-])[-+]?[\d.]+([a-z]+|%)", numbers))
    words = re.sub(r"\([^()]*\)", " ", numbers)
    yield from (Used("words", word.lower()) for word in re.findall(r"(?<![\w.#-])-?[a-zA-Z][\w-]*", words))


# --- scripts ---

TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|(?P<template>`(?:\\.|[^`\\])*`)"
    r"|(?P<number>(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][-+]?\d+)?)n?)"
    r"|(?P<name>\#?[A-Za-z_$][\w$]*)"
    r"|(?P<sign>\?\?=|\|\|=|&&=|\?\.(?!\d)|\?\?|\*\*=?|=>|\.\.\.|===|!==|[-+*/%&|^<>=!]=|\+\+|--|&&|\|\||<<|>>>?"
    r"|[-+*/%&|^~<>=!?:;,.(){}\[\]@])",
    re.S,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/([a-z]*)")
WORDS = frozenset(
    "arguments async await break case catch class const continue default delete do else extends false finally for"
    " function get if import export in instanceof let new null of return set static super switch this throw true try"
    " typeof undefined var void while with yield debugger".split()
)
BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; + - => && || === !== == != return typeof in of".split()) | {
    ""
}


def tokens(source: str) -> list[tuple[str, str]]:
    """(kind, text) of a script's tokens, without spaces and comments."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(source):
        before = found[-1][1] if found else ""
        regex = REGEX.match(source, at) if before in BEFORE_REGEX and source[at : at + 2] != "//" else None
        match = TOKEN.match(source, at) if regex is None or source[at : at + 2] == "/*" else None
        if match is None and regex is None:
            raise ValueError(f"not understood: {source[at : at + 30]!r}")
        if match is None:
            assert regex is not None
            found.append(("regex", regex[0]))
            at = regex.end()
            continue
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return found


def of_js(source: str) -> set[Used]:
    """Syntax younger than ES2015 and modules, the globals, and the members that a script names but does not make."""
    found = tokens(source)
    made = _declared(found)
    own = _own_members(found)
    used: set[Used] = set()
    for at, (kind, text) in enumerate(found):
        before, after = found[at - 1][1] if at else "", found[at + 1][1] if at + 1 < len(found) else ""
        used |= set(_syntax(kind, text))
        if kind != "name" or before == "dataset" or (before == "." and found[at - 2][1] == "dataset"):
            continue
        if before == ".":
            used |= {Used("members", text)} - {Used("members", name) for name in own}
        elif text in WORDS:
            used |= {Used("words of JS", text)}
        elif not (after == ":" and before in "{,") and text not in made:
            used.add(Used("globals", text))
    return used


def _syntax(kind: str, text: str) -> Iterator[Used]:
    if kind == "sign" and text in ("?.", "??", "??=", "||=", "&&=", "**", "**=", "=>", "...", "@"):
        yield Used("syntax", text)
    elif kind == "template":
        yield Used("syntax", "template")
    elif kind == "number" and ("_" in text or text.endswith("n")):
        yield Used("syntax", "number with _ or n")
    elif kind == "name" and text.startswith("#"):
        yield Used("syntax", "private name")
    elif kind == "regex":
        flags = text[text.rindex("/") + 1 :]
        yield from (Used("flags", flag) for flag in flags)
        yield from (Used("syntax", f"regex {sign}") for sign in re.findall(r"\(\?<?[!=]|\(\?<\w|\\p\{", text))


def _declared(found: list[tuple[str, str]]) -> set[str]:
    """Names that the script declares itself: variables, functions, their parameters, what it catches."""
    made: set[str] = set()
    for at, (_, text) in enumerate(found):
        if text in ("var", "let", "const"):
            made |= _variables(found, at + 1)
        elif text == "function":
            named = at + 1 < len(found) and found[at + 1][0] == "name"
            made |= {found[at + 1][1]} if named else set()
            made |= _until_closed(found, at + (2 if named else 1))
        elif text == "catch":
            made |= _until_closed(found, at + 1)
        elif text == "=>":
            made |= {found[at - 1][1]} if found[at - 1][0] == "name" else _before_arrow(found, at - 1)
    return made


def _variables(found: list[tuple[str, str]], at: int) -> set[str]:
    made: set[str] = set()
    depth, expected = 0, True
    for kind, text in found[at:]:
        if depth == 0 and (text in (";", "of", "in") or text == ")"):
            break
        if expected and kind == "name":
            made.add(text)
        depth += (text in "([{") - (text in ")]}") if kind == "sign" else 0
        if depth < 0:
            break
        expected = depth == 0 and text == ","
    return made


def _until_closed(found: list[tuple[str, str]], at: int) -> set[str]:
    end = next((n for n in range(at, len(found)) if found[n][1] == ")"), at)
    return {text for kind, text in found[at:end] if kind == "name"} if found[at][1] == "(" else set()


def _before_arrow(found: list[tuple[str, str]], at: int) -> set[str]:
    start = next((n for n in range(at, -1, -1) if found[n][1] == "("), at)
    return {text for kind, text in found[start:at] if kind == "name"}


def _own_members(found: list[tuple[str, str]]) -> set[str]:
    """Members that the script makes: keys of its own objects."""
    return {
        text
        for at, (kind, text) in enumerate(found[:-1])
        if kind == "name" and at and found[at + 1][1] == ":" and found[at - 1][1] in "{,"
    }


# --- templates ---


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.used: set[Used] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.used.add(Used("elements", tag))
        for name, value in attrs:
            family = re.sub(r"^(data|aria|hx)-.*", r"\1-*", name)
            self.used.add(Used("attributes", family))
            if name == "type" and value:
                self.used.add(Used("types", value))


def of_html(source: str) -> set[Used]:
    """Elements, attributes and types of fields that a template writes."""
    parser = _Markup()
    parser.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S))
    return parser.used
