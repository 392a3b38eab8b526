"""From what WhatsApp tells to what the dialogue hears: without identity, and files queued to be fetched."""

import sqlite3

from relay import evidence
from relay.dialogue import Heard
from relay.drafts import Draft
from relay.events import Event, Sender
from relay.identity import FileResult, IntakeKeys

_UNANSWERED = ("reaction", "moved")
_REFUSED = ("sticker", "contacts", "voice", "audio", "video", "document")


def heard_of_file(result: FileResult, draft: Draft | None) -> Heard | None:
    """What became of a file; None when the conversation it belonged to is over."""
    if draft is None or all(slot.number != result.slot for slot in draft.state.slots):
        return None
    return Heard("file", slot=result.slot, file=result.manifest, reason=result.reason)


def heard_of_event(conn: sqlite3.Connection, keys: IntakeKeys, event: Event, sender: Sender) -> Heard | None:
    """What a person did; None for what asks for no answer. Files are queued, in the caller's transaction."""
    if event.kind in _UNANSWERED:
        return None
    kind = evidence.kind_of(event)
    if kind is not None and event.media is not None:
        slot = evidence.queue(conn, keys.newest(), sender, event.media, kind)
        return Heard("evidence", text=event.text, slot=slot, medium=kind)
    if event.kind in ("text", "tap"):
        return Heard(event.kind, text=event.text, choice=event.choice)
    if event.kind == "location":
        return Heard("location", text=_rounded(event))
    if event.kind in _REFUSED:
        return Heard("refused", text=event.text, reason="contacts" if event.kind == "contacts" else "kind")
    return Heard("other")


def _rounded(event: Event) -> str:
    """Coordinates to about 100 metres, which is all the dialogue ever sees; "" where they are not told."""
    if event.latitude_e5 is None or event.longitude_e5 is None:
        return ""
    return f"{event.latitude_e5 / 1e5:.3f}, {event.longitude_e5 / 1e5:.3f}"
