"""What a person does on a phone, turned into a chat entry and the update that tells the business."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from relay.simulator.errors import Misuse, status_error
from relay.simulator.ids import new_wamid
from relay.simulator.limits import CAPTION, TEXT_BODY
from relay.simulator.media import LARGEST_RECEIVED_BYTES, RECEIVED_LIFE_S
from relay.simulator.people import Entry, Option, Phone, Shown
from relay.simulator.updates import Update, message_update
from relay.simulator.world import World

FILE_KINDS = ("image", "video", "audio", "voice", "document")

# What the screen shows, and the part of the update that depends on the act.
_Content = tuple[Shown, dict[str, Any]]


class BadAct(Misuse):
    """Something a phone cannot do."""


def perform(world: World, phone: Phone, kind: str, value: Any) -> tuple[Entry, Update]:
    """Let `phone` do one thing (a key of ACTS, with what it takes); call with `world.lock` held.

    The entry stands in the chat at once; the update is the caller's to deliver. Raises BadAct, NoSuchOption.
    """
    if kind not in ACTS:
        raise BadAct(f"a phone can {', '.join(ACTS)}, not {kind!r}")
    shown, content = ACTS[kind](world, phone, value)
    entry = phone.add(new_wamid(world.rng, phone.person, inbound=True), "phone", world.clock(), shown)
    return entry, message_update(phone, entry, content)


def _text(world: World, phone: Phone, value: Any) -> _Content:
    body = value.get("body") if isinstance(value, dict) else value
    if not isinstance(body, str) or not body.strip() or len(body) > TEXT_BODY:
        raise BadAct(f"a text is 1 to {TEXT_BODY} characters")
    return Shown("text", text=body), {"type": "text", "text": {"body": body}}


def _tap(world: World, phone: Phone, value: Any) -> _Content:
    wanted = value if isinstance(value, dict) else {"any": value}
    entry, option = phone.offer(wanted)
    context = {"context": {"from": phone.line.display_number, "id": entry.id}}
    return Shown("reply", text=option.title, footer=option.description), context | _reply(option)


def _reply(option: Option) -> dict[str, Any]:
    if option.kind == "template_button":
        return {"type": "button", "button": {"payload": option.id, "text": option.title}}
    kind = "list_reply" if option.kind == "row" else "button_reply"
    reply = {"id": option.id, "title": option.title}
    if option.description:
        reply["description"] = option.description
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}}


def _file(world: World, phone: Phone, value: Any) -> _Content:
    data, mime = _data(value), str(value.get("mime") or "image/jpeg")
    kind = str(value.get("as") or _kind_of(mime))
    caption, name = str(value.get("caption") or ""), str(value.get("filename") or "")
    if kind not in FILE_KINDS or not data or len(caption) > CAPTION:
        raise BadAct(
            f"a file has content, goes as one of {FILE_KINDS}, its caption has up to {CAPTION} characters"
        )
    if len(data) > LARGEST_RECEIVED_BYTES:
        errors = [
            status_error(131052, "Media file size too big. Max file size we currently support: 100 MB.")
        ]
        return Shown("unsupported", text=name or kind), {"type": "unsupported", "errors": errors}
    file = world.media.add(data, mime, world.clock() + RECEIVED_LIFE_S)
    part = {"mime_type": mime, "sha256": base64.b64encode(file.sha256).decode(), "id": file.id}
    part["url"] = world.address_of(file.id)
    named = {"caption": caption, "filename": name if kind == "document" else ""}
    part |= {key: text for key, text in named.items() if text}
    shown = Shown(
        "audio" if kind == "voice" else kind, text=caption, media_id=file.id, mime=mime, filename=name
    )
    voice = {"voice": kind == "voice"} if shown.type == "audio" else {}
    return shown, {"type": shown.type, shown.type: part | voice}


def _data(value: Any) -> bytes:
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, bytes):
        return data
    try:
        return base64.b64decode(str(value["base64"]), validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise BadAct("a file needs its content in base64") from error


def _kind_of(mime: str) -> str:
    family = mime.partition("/")[0]
    return {"image": "image", "video": "video", "audio": "voice"}.get(family, "document")


def _location(world: World, phone: Phone, value: Any) -> _Content:
    try:
        place: dict[str, Any] = {key: float(value[key]) for key in ("latitude", "longitude")}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAct("a location needs latitude and longitude in degrees") from error
    named = {key: str(value[key]) for key in ("name", "address") if value.get(key)}
    text = ", ".join(named.values()) or f"{place['latitude']:.5f}, {place['longitude']:.5f}"
    return Shown("location", text=text), {"type": "location", "location": place | named}


def _contacts(world: World, phone: Phone, value: Any) -> _Content:
    if not isinstance(value, dict) or not value.get("name") or not value.get("number"):
        raise BadAct("a contact card needs name and number")
    name, number = str(value["name"]), str(value["number"]).lstrip("+")
    card = {
        "name": {"formatted_name": name, "first_name": name},
        "phones": [{"phone": f"+{number}", "wa_id": number, "type": "CELL"}],
    }
    return Shown("contacts", text=name), {"type": "contacts", "contacts": [card]}


ACTS: dict[str, Callable[[World, Phone, Any], _Content]] = {
    "text": _text,
    "tap": _tap,
    "file": _file,
    "location": _location,
    "contacts": _contacts,
}
