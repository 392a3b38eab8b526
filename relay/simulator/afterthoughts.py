"""What a person does to messages that stand in the chat already: react, edit, delete, pass on."""

from dataclasses import replace
from typing import Any

from relay.simulator.content import BadAct, Content
from relay.simulator.errors import status_error
from relay.simulator.files import of_file
from relay.simulator.limits import TEXT_BODY
from relay.simulator.media import RECEIVED_LIFE_S
from relay.simulator.phone import Entry, Phone, Shown
from relay.simulator.world import World

EDIT_S = 15 * 60.0
REVOKE_S = 2 * 86_400.0


def react(world: World, phone: Phone, value: Any) -> list[Content]:
    """Put a sign on a message, or take it back: {message_id, emoji?}; with {without_emoji} the field is missing."""
    entry, emoji = _of(phone, value), str(value.get("emoji") or "")
    phone.touch(entry, reaction=emoji)
    reaction = {"message_id": entry.id} | ({} if value.get("without_emoji") else {"emoji": emoji})
    return [Content({"type": "reaction", "reaction": reaction})]


def edit(world: World, phone: Phone, value: Any) -> list[Content]:
    """Other words for a text of one's own, within 15 minutes: {message_id, body, as_unsupported?}."""
    entry, body = _own(phone, value, world.clock(), EDIT_S), str(value.get("body") or "")
    if entry.shown.type != "text" or not body.strip() or len(body) > TEXT_BODY:
        raise BadAct(f"only a text can be edited, into 1 to {TEXT_BODY} characters")
    phone.touch(entry, shown=replace(entry.shown, text=body), edited=True)
    message = {"context": {"id": entry.id}, "type": "text", "text": {"body": body}}
    part = {"type": "edit", "edit": {"original_message_id": entry.id, "message": message}}
    return [_told(part, value)]


def revoke(world: World, phone: Phone, value: Any) -> list[Content]:
    """Delete a message of one's own for everybody, within two days: {message_id, as_unsupported?}."""
    entry = _own(phone, value, world.clock(), REVOKE_S)
    phone.touch(entry, shown=Shown("deleted"), quote="", reaction="", edited=False)
    return [_told({"type": "revoke", "revoke": {"original_message_id": entry.id}}, value)]


def forward(world: World, phone: Phone, value: Any) -> list[Content]:
    """Send a message of this chat once more, marked as passed on: {message_id, often?}."""
    entry = _of(phone, value)
    passed_on = {"forwarded": True} | ({"frequently_forwarded": True} if value.get("often") else {})
    content = _again(world, entry)
    return [replace(content, part=content.part | {"context": passed_on})]


def _again(world: World, entry: Entry) -> Content:
    shown = entry.shown
    if shown.type == "text":
        return Content({"type": "text", "text": {"body": shown.text}}, shown)
    stored = world.media.kept(shown.media_id)
    if stored is None or shown.type not in ("image", "video", "audio", "document", "sticker"):
        raise BadAct("only texts and files can be passed on")
    copy = world.media.add(stored.data, stored.mime, world.clock() + RECEIVED_LIFE_S)
    # As "audio", not "voice": a voice note that was passed on is an ordinary recording.
    return of_file(world, shown.type, copy, {"caption": shown.text, "filename": shown.filename})


def _told(part: dict[str, Any], value: dict[str, Any]) -> Content:
    """Numbers that are not also used in the Business app may be told only that there was something."""
    if value.get("as_unsupported"):
        problem = status_error(131051, "Message type is currently not supported.")
        part = {"type": "unsupported", "errors": [problem], "unsupported": {"type": part["type"]}}
    return Content(part, renews_window=False)


def _of(phone: Phone, value: Any) -> Entry:
    entry = phone.entry(str(value.get("message_id"))) if isinstance(value, dict) else None
    if entry is None:
        raise BadAct("message_id names a message of this chat")
    return entry


def _own(phone: Phone, value: Any, now: float, longest_s: float) -> Entry:
    entry = _of(phone, value)
    if entry.sender != "phone" or now - entry.at > longest_s:
        raise BadAct(f"only a message of one's own, not older than {longest_s / 60:g} minutes")
    return entry
