"""What WhatsApp accepts to send: every limit of an outgoing payload, refused with WhatsApp's own code.

Lengths are counted in UTF-16 units. There are never fewer of them than of code points, so a text within
the limit is within it in either count; which of the two WhatsApp means differs between its fields.
"""

from collections.abc import Callable, Mapping
from typing import Any

from relay.simulator.errors import GraphError
from relay.simulator.fields import identifier, part_of, several, text_of, unique, units
from relay.simulator.template_limits import check_template

TEXT_BODY = 4096
LIST_BODY = 4096
BUTTON_BODY = 1024
HEADER = FOOTER = 60
LIST_BUTTON = 20
LIST_SECTIONS = 10
LIST_ROWS = 10
SECTION_TITLE = ROW_TITLE = 24
ROW_ID = 200
ROW_DESCRIPTION = 72
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
CAPTION = 1024
URL_BUTTON = 20
OPAQUE_DATA = 512

# Kinds of files the business may send: the MIME types, and the size in bytes above which it is refused.
MEDIA: dict[str, tuple[tuple[str, ...], int]] = {
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"), 16 << 20),
    "image": (("image/jpeg", "image/png"), 5 << 20),
    "video": (("video/mp4", "video/3gpp"), 16 << 20),
    "sticker": (("image/webp",), 500 << 10),
    "document": ((), 100 << 20),
}
STILL_STICKER_BYTES = 100 << 10
_CAPTIONED = ("image", "video", "document")

# The MIME type of a media id, or None when there is no such file.
MimeOf = Callable[[str], str | None]


def is_animated(webp: bytes) -> bool:
    """Whether a WebP file says in its extended header that it moves."""
    return webp[12:16] == b"VP8X" and bool(webp[20:21]) and bool(webp[20] & 0x02)


def check_message(payload: Mapping[str, Any], mime_of: MimeOf) -> None:
    """Raise GraphError unless `payload` is a message WhatsApp would take; who receives it is not looked at."""
    check_product(payload)
    if payload.get("recipient_type", "individual") != "individual":
        raise GraphError(131009, "recipient_type must be individual")
    opaque = payload.get("biz_opaque_callback_data")
    if opaque is not None:
        text_of(opaque, OPAQUE_DATA, "biz_opaque_callback_data")
    kind = payload.get("type", "text")
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise GraphError(131051, f"Message type {kind!r} is not one this simulator knows")
    check(part_of(payload, kind), kind, mime_of)


def check_product(payload: Mapping[str, Any]) -> None:
    """Every request names the product."""
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")


def _check_text(part: Mapping[str, Any], kind: str, mime_of: MimeOf) -> None:
    body = part.get("body")
    if not isinstance(body, str) or not body.strip():
        raise GraphError(100, "The parameter text['body'] is required.")
    if units(body) > TEXT_BODY:
        raise GraphError(100, f"Param text['body'] must be at most {TEXT_BODY} characters long.")


def _check_media(part: Mapping[str, Any], kind: str, mime_of: MimeOf) -> None:
    media_id, link = part.get("id"), part.get("link")
    if (media_id is None) == (link is None):
        raise GraphError(131008, f"{kind} needs either id or link")
    if media_id is not None:
        check_mime(kind, mime_of(str(media_id)))
        if kind == "audio" and part.get("voice") and mime_of(str(media_id)) not in _VOICE:
            raise GraphError(131009, "A voice message must be an ogg file with the opus codec")
    elif not str(link).startswith(("http://", "https://")):
        raise GraphError(131009, f"{kind} link is not an address")
    if part.get("caption") is not None:
        if kind not in _CAPTIONED:
            raise GraphError(100, f"Unexpected key 'caption' on param '{kind}'.")
        text_of(part["caption"], CAPTION, f"{kind} caption")


_VOICE = ("audio/ogg", "audio/ogg; codecs=opus", "audio/opus")


def check_mime(kind: str, mime: str | None) -> None:
    """Raise GraphError unless a file of type `mime` (None: no such file) may go out as `kind`."""
    if mime is None:
        raise GraphError(131009, f"{kind} id does not name a file")
    allowed = MEDIA[kind][0]
    if allowed and mime.partition(";")[0].strip() not in allowed:
        raise GraphError(131053, f"{mime} cannot be sent as {kind}; use one of {', '.join(allowed)}")


def _check_interactive(part: Mapping[str, Any], kind: str, mime_of: MimeOf) -> None:
    check = _INTERACTIVE.get(str(part.get("type")))
    if check is None:
        raise GraphError(131009, f"Interactive type must be one of {sorted(_INTERACTIVE)}")
    if "footer" in part:
        text_of(part_of(part, "footer").get("text"), FOOTER, "Footer text")
    check(part, part_of(part, "action"), mime_of)


def _check_buttons(part: Mapping[str, Any], action: Mapping[str, Any], mime_of: MimeOf) -> None:
    text_of(part_of(part, "body").get("text"), BUTTON_BODY, "Body text")
    if "header" in part:
        _check_header(part_of(part, "header"), ("text", "image", "video", "document"), mime_of)
    buttons = several(action.get("buttons"), BUTTONS, "buttons")
    if any(button.get("type") != "reply" for button in buttons):
        raise GraphError(131009, "Button type must be reply")
    replies = [part_of(button, "reply") for button in buttons]
    titles = [text_of(reply.get("title"), BUTTON_TITLE, "Button title") for reply in replies]
    unique(titles, "Button title")
    unique([identifier(reply, BUTTON_ID, "Button id") for reply in replies], "Button id")


def _check_list(part: Mapping[str, Any], action: Mapping[str, Any], mime_of: MimeOf) -> None:
    text_of(part_of(part, "body").get("text"), LIST_BODY, "Body text")
    if "header" in part:
        _check_header(part_of(part, "header"), ("text",), mime_of)
    text_of(action.get("button"), LIST_BUTTON, "Button label")
    sections = several(action.get("sections"), LIST_SECTIONS, "sections")
    for section in sections:
        if len(sections) > 1 or section.get("title") is not None:
            text_of(section.get("title"), SECTION_TITLE, "Section title")
    rows = [row for section in sections for row in several(section.get("rows"), LIST_ROWS, "rows")]
    if len(rows) > LIST_ROWS:
        raise GraphError(131009, f"Total row count exceeds max allowed count: {LIST_ROWS}")
    unique([_check_row(row) for row in rows], "Row id")


def _check_row(row: Mapping[str, Any]) -> str:
    text_of(row.get("title"), ROW_TITLE, "Row title")
    if row.get("description") not in (None, ""):
        text_of(row["description"], ROW_DESCRIPTION, "Row description")
    return identifier(row, ROW_ID, "Row id")


def _check_location_request(part: Mapping[str, Any], action: Mapping[str, Any], mime_of: MimeOf) -> None:
    text_of(part_of(part, "body").get("text"), BUTTON_BODY, "Body text")
    if action.get("name") != "send_location":
        raise GraphError(131009, "Action name must be send_location")


def _check_url_button(part: Mapping[str, Any], action: Mapping[str, Any], mime_of: MimeOf) -> None:
    text_of(part_of(part, "body").get("text"), BUTTON_BODY, "Body text")
    parameters = part_of(action, "parameters")
    text_of(parameters.get("display_text"), URL_BUTTON, "Button display text")
    if not str(parameters.get("url", "")).startswith(("http://", "https://")):
        raise GraphError(131009, "Button url is not an address")


def _check_header(header: Mapping[str, Any], allowed: tuple[str, ...], mime_of: MimeOf) -> None:
    kind = header.get("type")
    if kind not in allowed:
        raise GraphError(131009, f"Header type must be one of {', '.join(allowed)}")
    if kind == "text":
        text_of(header.get("text"), HEADER, "Header text")
    else:
        _check_media(part_of(header, str(kind)), str(kind), mime_of)


_Check = Callable[[Mapping[str, Any], str, MimeOf], None]
_InteractiveCheck = Callable[[Mapping[str, Any], Mapping[str, Any], MimeOf], None]

_CHECKS: dict[str, _Check] = {
    "text": _check_text,
    "interactive": _check_interactive,
    "template": lambda part, kind, mime_of: check_template(part),
    **dict.fromkeys(MEDIA, _check_media),
}
_INTERACTIVE: dict[str, _InteractiveCheck] = {
    "button": _check_buttons,
    "list": _check_list,
    "location_request_message": _check_location_request,
    "cta_url": _check_url_button,
}
