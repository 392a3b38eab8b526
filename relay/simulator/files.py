"""Files a person sends: single ones, voice notes, stickers, albums."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from relay.simulator.content import BadAct, Content
from relay.simulator.errors import status_error
from relay.simulator.limits import CAPTION
from relay.simulator.media import FAULTS, LARGEST_RECEIVED_BYTES, RECEIVED_LIFE_S, File
from relay.simulator.phone import Phone, Shown
from relay.simulator.voice import NotOpus, ogg_of
from relay.simulator.world import World

FILE_KINDS = ("image", "video", "audio", "voice", "document", "sticker", "old-voice")
LARGEST_ALBUM = 100
OGG = "audio/ogg; codecs=opus"


def file(world: World, phone: Phone, value: Any) -> list[Content]:
    """One file: {base64 or data, mime?, as?: a kind of FILE_KINDS, caption?, filename?, fault?}."""
    if not isinstance(value, dict):
        raise BadAct("a file needs its content in base64")
    return [_one(world, value)]


def album(world: World, phone: Phone, value: Any) -> list[Content]:
    """Several files at the same moment: {files: [...]}; WhatsApp tells of each by itself."""
    files = value.get("files") if isinstance(value, dict) else None
    if not isinstance(files, list) or not 2 <= len(files) <= LARGEST_ALBUM:
        raise BadAct(f"an album has 2 to {LARGEST_ALBUM} files")
    if not all(isinstance(each, dict) for each in files):
        raise BadAct("every file of an album is an object")
    return [_one(world, each) for each in files]


def of_file(world: World, kind: str, stored: File, named: Mapping[str, str]) -> Content:
    """A stored file as a message of `kind`; `named` may hold caption and filename."""
    part: dict[str, Any] = {"mime_type": stored.mime, "sha256": base64.b64encode(stored.sha256).decode()}
    part |= {"id": stored.id, "url": world.address_of(stored.id)}
    part |= {key: text for key, text in named.items() if text}
    told = {"voice": "audio", "old-voice": "voice"}.get(kind, kind)
    if told == "audio":
        part["voice"] = kind == "voice"
    if kind == "sticker":
        part["animated"] = False
    shown = Shown(
        "audio" if told == "voice" else told,
        text=named.get("caption", ""),
        media_id=stored.id,
        mime=stored.mime,
        filename=named.get("filename", ""),
    )
    return Content({"type": told, told: part}, shown)


def _one(world: World, value: dict[str, Any]) -> Content:
    data, mime = _data(value), str(value.get("mime") or "image/jpeg")
    kind = str(value.get("as") or _kind_of(mime))
    caption, name = str(value.get("caption") or ""), str(value.get("filename") or "")
    fault = str(value.get("fault") or _next_fault(world))
    if kind not in FILE_KINDS or (not data and fault != "empty") or len(caption) > CAPTION:
        raise BadAct(
            f"a file has content, goes as one of {FILE_KINDS}, its caption has up to {CAPTION} characters"
        )
    if fault not in ("", *FAULTS):
        raise BadAct(f"a file's fault is one of {FAULTS}")
    if len(data) > LARGEST_RECEIVED_BYTES:
        problem = status_error(131052, "Media file size too big. Max file size we currently support: 100 MB.")
        return Content({"type": "unsupported", "errors": [problem]}, Shown("unsupported", text=name or kind))
    if kind == "voice" and mime.startswith("audio/webm"):
        data, mime = _recorded(data), OGG
    mime = OGG if kind == "voice" and mime == "audio/ogg" else mime
    stored = world.media.add(data, mime, world.clock() + RECEIVED_LIFE_S, fault)
    named = {"caption": caption if kind not in ("voice", "audio", "sticker", "old-voice") else ""}
    return of_file(world, kind, stored, named | {"filename": name if kind == "document" else ""})


def _recorded(webm: bytes) -> bytes:
    """What a browser recorded, in the wrapping in which WhatsApp sends voice notes."""
    try:
        return ogg_of(webm)
    except NotOpus as error:
        raise BadAct(f"this recording is no voice note: {error}") from error


def _next_fault(world: World) -> str:
    return world.switches.media_faults.pop(0) if world.switches.media_faults else ""


def _data(value: dict[str, Any]) -> bytes:
    data = value.get("data")
    if isinstance(data, bytes):
        return data
    try:
        return base64.b64decode(str(value["base64"]), validate=True)
    except (KeyError, binascii.Error) as error:
        raise BadAct("a file needs its content in base64") from error


def _kind_of(mime: str) -> str:
    family = mime.partition("/")[0]
    return {"image": "image", "video": "video", "audio": "voice"}.get(family, "document")
