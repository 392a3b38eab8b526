"""What WhatsApp posts, as typed events: built from allow-lists, whatever the bytes.

``parse`` is total: it raises on no input. What it does not understand becomes an event of kind ``unknown``, so that
nothing is lost and no odd item harms its neighbours. What it does not name never gets in: profile names, quoted
messages, parent ids, file names, addresses, and the sender's number wherever a business-scoped id came.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from relay.events import fields, messages
from relay.events.fields import Json, integer_of, several, text_of
from relay.events.kinds import Event, MediaRef, Sender, Update

__all__ = ["Event", "MediaRef", "Sender", "Update", "parse"]

_LISTS = ("messages", "statuses", "errors")
_ID_CHARACTERS = 512
# `played` is told of voice messages only; for us it means no more than `read`.
_STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


@dataclass(frozen=True)
class _People:
    """The contacts of one value: whose number is whose, and the only one there is, if nobody else is named."""

    by_number: dict[str, Sender]
    lone: Sender | None


def parse(body: bytes) -> list[Update]:
    """Every update in the body of one POST, those that people sent first; never raises."""
    text = body.decode("utf-8-sig", "replace")
    try:
        root = fields.decoded(text)
    except (ValueError, RecursionError):
        return [_unknown(text)]
    return sorted(_updates(root), key=lambda update: update.event.sender is None)


def _updates(root: object) -> Iterator[Update]:
    entries = root.get("entry") if isinstance(root, dict) else None
    if not isinstance(entries, list):
        yield _odd(root)
        return
    for entry in entries:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if isinstance(changes, list):
            for change in changes:
                yield from _change(change)
        else:
            yield _odd(entry)


def _change(change: object) -> Iterator[Update]:
    ours = isinstance(change, dict) and change.get("field", "messages") == "messages"
    value = change.get("value") if ours and isinstance(change, dict) else None
    if not isinstance(value, dict) or not any(name in value for name in _LISTS):
        yield _odd(change)
        return
    metadata = value.get("metadata")
    number_id = text_of(metadata, "phone_number_id") if isinstance(metadata, dict) else ""
    sent, statuses, errors = (several(value.get(name)) for name in _LISTS)
    people = _people(several(value.get("contacts")), sent)
    yield from (_message(item, number_id, people) for item in sent)
    yield from (_status(item, number_id) for item in statuses)
    yield from (_fault(item, number_id) for item in errors)


def _people(contacts: Iterable[object], sent: Iterable[object]) -> _People:
    by_number, found = {}, set()
    for contact in contacts:
        sender = _contact(contact) if isinstance(contact, dict) else None
        if sender is not None and isinstance(contact, dict):
            found.add(sender)
            if sender.user_id:
                by_number[fields.digits(text_of(contact, "wa_id"))] = sender
    named = any(isinstance(message, dict) and _own_sender(message) for message in sent)
    return _People(by_number, found.pop() if len(found) == 1 and not named else None)


def _contact(contact: Json) -> Sender | None:
    return fields.identity(text_of(contact, "user_id"), text_of(contact, "wa_id"))


def _own_sender(message: Json) -> Sender | None:
    return fields.identity(text_of(message, "from_user_id"), text_of(message, "from"))


def _sender(message: Json, people: _People) -> Sender | None:
    own = _own_sender(message)
    if own is None:
        return people.lone
    return own if own.user_id else people.by_number.get(own.phone, own)


def _message(item: object, number_id: str, people: _People) -> Update:
    if not isinstance(item, dict):
        return _odd(item, number_id)
    event = Event("unknown", number_id, _sender(item, people), integer_of(item, "timestamp"))
    return Update(_own_id(item) or _digest(item), messages.read(event, item))


def _status(item: object, number_id: str) -> Update:
    if not isinstance(item, dict):
        return _odd(item, number_id)
    told = text_of(item, "status")
    event = Event(
        kind="status", number_id=number_id, sender=None, at_s=integer_of(item, "timestamp"),
        status=_STATUSES.get(told, ""), opaque=text_of(item, "biz_opaque_callback_data"),
        error_code=fields.error_code(item),
    )  # fmt: skip
    if not event.status:
        kept = fields.cut(fields.json_of({"status": item.get("status")}))
        event = replace(event, kind="unknown", text=kept)
    # No id holds a space: a status can never be taken for the message of the same id.
    own = _own_id(item)
    return Update(f"{own} {told}" if own else _digest(item), event)


def _fault(item: object, number_id: str) -> Update:
    odd = _odd(item, number_id)
    return replace(odd, event=replace(odd.event, error_code=fields.error_code({"errors": [item]})))


def _own_id(item: Json) -> str:
    own = item.get("id")
    return fields.cut(own) if isinstance(own, str) and len(own) <= _ID_CHARACTERS else ""


def _digest(item: Json) -> str:
    return fields.digest(fields.json_of(item))


def _odd(item: object, number_id: str = "") -> Update:
    return _unknown(fields.json_of(item), number_id)


def _unknown(text: str, number_id: str = "") -> Update:
    return Update(fields.digest(text), Event("unknown", number_id, None, 0, fields.cut(text)))
