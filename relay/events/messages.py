"""One message as an event: a reader per type, each naming the fields it takes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from relay.events import fields
from relay.events.fields import Json, text_of
from relay.events.kinds import Event, MediaRef

# Told by WhatsApp or about an earlier message: nobody waits for an answer to them.
_UNANSWERED = ("request_welcome", "edit", "revoke")
_MOVES = ("user_changed_number", "customer_changed_number", "user_changed_user_id")


def read(event: Event, item: Json) -> Event:
    """``event`` (recipient, sender and time are known) with what the message ``item`` says."""
    kind = text_of(item, "type") or next((name for name in _READERS if name in item), "")
    if kind in _UNANSWERED or item.get("group_id"):
        return replace(event, kind="unsupported", sender=None)
    if kind == "system":
        return _moved(event, item)
    if kind == "contacts":
        return replace(event, kind="contacts")
    part, reader = item.get(kind), _READERS.get(kind)
    done = reader(event, part) if reader and isinstance(part, dict) else None
    return done or _unread(event, item, kind)


def _unread(event: Event, item: Json, kind: str) -> Event:
    code = fields.error_code(item)
    if code or kind == "unsupported":
        return replace(event, kind="unsupported", error_code=code)
    kept = {"type": kind, kind: item[kind]} if kind in item else item
    return replace(event, kind="unknown", text=fields.cut(fields.json_of(kept)))


def _moved(event: Event, item: Json) -> Event:
    # `body` says the same in words, but holds a name the person chose: it could claim anybody's move.
    part = item.get("system")
    if not isinstance(part, dict) or text_of(part, "type") not in _MOVES:
        return replace(event, kind="unsupported", sender=None)
    new = fields.identity(text_of(part, "user_id"), text_of(part, "wa_id"), text_of(part, "new_wa_id"))
    candidates = (text_of(part, "previous_user_id"), text_of(item, "from_user_id"), text_of(item, "from"))
    old = fields.identity(*(text for text in candidates if new is None or text != new.user_id))
    if new is None or old is None or old == new:
        return replace(event, kind="unsupported", sender=None)
    return replace(event, kind="moved", sender=old, moved_to=new)


def _text(event: Event, part: Json) -> Event | None:
    if not isinstance(part.get("body"), str):
        return None
    return replace(event, kind="text", text=text_of(part, "body"))


def _button(event: Event, part: Json) -> Event | None:
    return _tap(event, text_of(part, "payload"), text_of(part, "text"))


def _interactive(event: Event, part: Json) -> Event | None:
    replies = (part.get(name) for name in ("button_reply", "list_reply"))
    reply = next((reply for reply in replies if isinstance(reply, dict)), {})
    return _tap(event, text_of(reply, "id"), text_of(reply, "title"))


def _tap(event: Event, choice: str, title: str) -> Event | None:
    if choice:
        return replace(event, kind="tap", choice=choice, text=title)
    return replace(event, kind="text", text=title) if title else None


def _media(kind: str, event: Event, part: Json) -> Event | None:
    media_id, caption = text_of(part, "id"), text_of(part, "caption")
    if not media_id:
        return None
    media = MediaRef(media_id, text_of(part, "mime_type"), text_of(part, "sha256"), caption, kind == "voice")
    return replace(event, kind=kind, text=caption, media=media)


def _audio(event: Event, part: Json) -> Event | None:
    return _media("voice" if part.get("voice") is True else "audio", event, part)


def _location(event: Event, part: Json) -> Event | None:
    latitude_e5 = fields.degrees_e5(part.get("latitude"), 90)
    longitude_e5 = fields.degrees_e5(part.get("longitude"), 180)
    if latitude_e5 is None or longitude_e5 is None:
        return None
    return replace(event, kind="location", latitude_e5=latitude_e5, longitude_e5=longitude_e5)


def _reaction(event: Event, part: Json) -> Event | None:
    return replace(event, kind="reaction", text=text_of(part, "emoji"))


_READERS: dict[str, Callable[[Event, Json], Event | None]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "image": partial(_media, "photo"),
    "audio": _audio,
    "voice": partial(_media, "voice"),
    "video": partial(_media, "video"),
    "document": partial(_media, "document"),
    "sticker": partial(_media, "sticker"),
    "location": _location,
    "reaction": _reaction,
}
