"""What can be sent by WhatsApp, and how much of it: payloads and a check that refuses what WhatsApp would refuse.

Lengths are counted in UTF-16 units: there are never fewer of them than of code points, so what fits by this count
fits by either, and Devanagari signs and emoji cannot surprise. Nothing is ever truncated.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.errors import SatarkError

TEXT_BODY = 4096
ROWS_BODY = 4096
BUTTONS_BODY = 1024
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
ROWS = 10
ROWS_BUTTON = 20
ROW_TITLE = 24
ROW_DESCRIPTION = 72
ROW_ID = 200
TEMPLATE_NAME = 512
TEMPLATE_PARAMETER = 1024
BUTTON_PAYLOAD = 128
OPAQUE = 512
_TEMPLATE_NAME = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_UNFIT_FOR_TEMPLATE = re.compile(r"[\n\t]| {5}")


class OverLimit(SatarkError):
    """A payload that WhatsApp would refuse: names the part, its length and the limit, never its text."""


@dataclass(frozen=True)
class Choice:
    """A button or a row: ``id`` comes back when it is tapped, ``title`` is read; buttons have no description."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Text:
    """Plain words."""

    body: str


@dataclass(frozen=True)
class Buttons:
    """Words with up to three buttons."""

    body: str
    buttons: tuple[Choice, ...]


@dataclass(frozen=True)
class Rows:
    """Words with one ``button`` that opens a list of up to ten rows."""

    body: str
    button: str
    rows: tuple[Choice, ...]


@dataclass(frozen=True)
class Template:
    """A template WhatsApp approved before; the only thing that reaches a person outside the 24-hour window.

    ``payloads``: what its quick-reply buttons, whose titles are in the template, send back when they are tapped.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()


Payload = Text | Buttons | Rows | Template


def length(text: str) -> int:
    """Length in UTF-16 units; half of a surrogate pair counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check(payload: Payload) -> None:
    """Raises OverLimit when WhatsApp would refuse the payload for what it is, whoever it goes to."""
    match payload:
        case Text(body):
            _fits("text body", body, TEXT_BODY)
        case Buttons(body, buttons):
            _check_buttons(body, buttons)
        case Rows(body, button, rows):
            _check_rows(body, button, rows)
        case Template(name, language, parameters, payloads):
            _check_template(name, language, parameters)
            for tapped in payloads:
                _fits_id("button payload", tapped, BUTTON_PAYLOAD)


def check_opaque(opaque: str) -> None:
    """Raises OverLimit unless ``opaque`` (our own id of a message, told back in its statuses) can be sent."""
    _fits("opaque id", opaque, OPAQUE)


def as_json(payload: Payload) -> dict[str, Any]:
    """The part of a request to the Graph API that says what is sent."""
    match payload:
        case Text(body):
            return {"type": "text", "text": {"body": body, "preview_url": False}}
        case Buttons(body, buttons):
            replies = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in buttons]
            return _interactive("button", body, {"buttons": replies})
        case Rows(body, button, rows):
            return _interactive("list", body, {"button": button, "sections": [{"rows": [*map(_row, rows)]}]})
        case Template(name, language, parameters, payloads):
            return {"type": "template", "template": _template(name, language, parameters, payloads)}


def _interactive(kind: str, body: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": body}, "action": action}}


def _row(row: Choice) -> dict[str, str]:
    described = {"description": row.description} if row.description else {}
    return {"id": row.id, "title": row.title} | described


def _template(name: str, language: str, parameters: Sequence[str], payloads: Sequence[str]) -> dict[str, Any]:
    texts = [{"type": "text", "text": text} for text in parameters]
    components: list[dict[str, Any]] = [{"type": "body", "parameters": texts}] if texts else []
    components += [_quick_reply(str(index), payload) for index, payload in enumerate(payloads)]
    return {"name": name, "language": {"code": language}, "components": components}


def _quick_reply(index: str, payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters}


def _check_buttons(body: str, buttons: Sequence[Choice]) -> None:
    _fits("body above buttons", body, BUTTONS_BODY)
    _count("buttons", len(buttons), BUTTONS)
    for button in buttons:
        _fits("button title", button.title, BUTTON_TITLE)
        _fits_id("button id", button.id, BUTTON_ID)
        if button.description:
            raise OverLimit("a button cannot show a description", hint="Send rows instead")
    _unique("button", buttons)


def _check_rows(body: str, button: str, rows: Sequence[Choice]) -> None:
    _fits("body above rows", body, ROWS_BODY)
    _fits("button that opens the rows", button, ROWS_BUTTON)
    _count("rows", len(rows), ROWS)
    for row in rows:
        _fits("row title", row.title, ROW_TITLE)
        _fits_id("row id", row.id, ROW_ID)
        if row.description:
            _fits("row description", row.description, ROW_DESCRIPTION)
    _unique("row", rows)


def _check_template(name: str, language: str, parameters: Sequence[str]) -> None:
    _fits("template name", name, TEMPLATE_NAME)
    if not _TEMPLATE_NAME.fullmatch(name):
        raise OverLimit("a template name has other characters than a-z, 0-9 and _")
    if not _LANGUAGE.fullmatch(language):
        raise OverLimit("a template language is no code such as hi or en_US")
    for parameter in parameters:
        _fits("template parameter", parameter, TEMPLATE_PARAMETER)
        if _UNFIT_FOR_TEMPLATE.search(parameter):
            raise OverLimit("a template parameter has a new line, a tab or more than four spaces in a row")


def _fits(what: str, text: str, most: int) -> None:
    if not text.strip():
        raise OverLimit(f"{what} is empty")
    if (found := length(text)) > most:
        raise OverLimit(f"{what} has {found} UTF-16 units, WhatsApp takes {most}", hint="Shorten the text")
    if len(text) != len(text.encode("utf-8", "ignore").decode()):
        raise OverLimit(f"{what} has half a surrogate pair, which cannot be sent")


def _fits_id(what: str, text: str, most: int) -> None:
    _fits(what, text, most)
    if text != text.strip():
        raise OverLimit(f"{what} begins or ends with a space")


def _count(what: str, found: int, most: int) -> None:
    if not 1 <= found <= most:
        raise OverLimit(f"{found} {what}, WhatsApp takes 1 to {most}")


def _unique(what: str, choices: Sequence[Choice]) -> None:
    for name, texts in (("title", {one.title for one in choices}), ("id", {one.id for one in choices})):
        if len(texts) < len(choices):
            raise OverLimit(f"two of the {what}s have the same {name}")
