"""What a phone shows of a payload the relay sent; the payload has passed limits.check_message."""

from collections.abc import Mapping
from typing import Any

from relay.simulator.approved import Templates
from relay.simulator.phone import Option, Shown


def shown(payload: Mapping[str, Any], templates: Templates) -> Shown:
    """The screen of one message; raises GraphError for a template that was not approved."""
    kind = str(payload.get("type", "text"))
    part = payload[kind]
    if kind == "text":
        return Shown("text", text=part["body"])
    if kind == "template":
        return templates.shown(part)
    if kind == "interactive":
        return _interactive(part)
    caption, name = part.get("caption", ""), part.get("filename", "")
    return Shown(kind, text=caption, media_id=str(part.get("id", "")), filename=name)


def _interactive(part: Mapping[str, Any]) -> Shown:
    action, header = part["action"], part.get("header", {})
    media = header.get(header.get("type", ""), {}) if header.get("type") != "text" else {}
    return Shown(
        str(part["type"]),
        text=part["body"]["text"],
        header=header.get("text", ""),
        footer=part.get("footer", {}).get("text", ""),
        list_label=action.get("button", ""),
        options=_buttons(action) + _rows(action),
        media_id=str(media.get("id", "")),
    )


def _buttons(action: Mapping[str, Any]) -> tuple[Option, ...]:
    replies = [button["reply"] for button in action.get("buttons", [])]
    return tuple(Option("button", reply["id"], reply["title"]) for reply in replies)


def _rows(action: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option("row", row["id"], row["title"], row.get("description") or "", section.get("title") or "")
        for section in action.get("sections", [])
        for row in section["rows"]
    )
