"""The updates WhatsApp posts to a webhook: pure builders of what one message or status looks like."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from relay.simulator.config import Line
from relay.simulator.people import Entry, Identity, Phone

ACCOUNT_ID = "102290129340398"
LAYOUTS = ("messages", "changes", "entries", "mixed")

_Step = Literal["same", "change", "entry"]


@dataclass(frozen=True)
class Update:
    """One message or status, before it is packed with others into a POST.

    `body` is normally an object; poisoned updates may be any JSON value. `contact` is the person's
    entry in contacts[], None where WhatsApp sends none.
    """

    line: Line
    key: Literal["messages", "statuses"]
    body: Any
    contact: dict[str, Any] | None = None


def message_update(phone: Phone, entry: Entry, content: dict[str, Any]) -> Update:
    """A message `phone` wrote; `content` holds its type and what belongs to the type."""
    sender: dict[str, Any] = {}
    if phone.identity is not Identity.BSUID:
        sender["from"] = phone.number
    if phone.identity is not Identity.NUMBER:
        sender["from_user_id"] = phone.bsuid
    body = sender | {"id": entry.id, "timestamp": str(int(entry.at))} | content
    return Update(phone.line, "messages", body, _contact(phone, named=True))


def status_update(
    phone: Phone, message_id: str, status: str, at: float, to_bsuid: bool, more: dict[str, Any]
) -> Update:
    """A status of a message sent to `phone` by number, or by business-scoped id if `to_bsuid`.

    `more` is added as it is (opaque data, errors, pricing). A failed one comes without the person's entry.
    """
    body: dict[str, Any] = {"id": message_id, "status": status, "timestamp": str(int(at))}
    if not to_bsuid or phone.identity is not Identity.BSUID:
        body["recipient_id"] = phone.number
    if phone.identity is not Identity.NUMBER:
        body["recipient_user_id"] = phone.bsuid
    contact = None if status == "failed" else _contact(phone, named=False)
    return Update(phone.line, "statuses", body | more, contact)


def pack(updates: Sequence[Update], layout: str, rng: random.Random) -> dict[str, Any]:
    """The body of one POST holding all `updates`, in their order.

    `layout` says where they meet: in one value's messages[], each in a change of its own, each in an
    entry of its own, or mixed at random. Business numbers never share a change.
    """
    step = _STEPS.get(layout, _mixed)
    entries: list[dict[str, Any]] = []
    for update in updates:
        where = step(rng) if entries else "entry"
        if where == "entry":
            entries.append({"id": ACCOUNT_ID, "changes": []})
        changes = entries[-1]["changes"]
        if where != "same" or not _same_line(changes, update):
            changes.append({"value": _value(update.line), "field": "messages"})
        _put(changes[-1]["value"], update)
    return {"object": "whatsapp_business_account", "entry": entries}


def _always(where: _Step) -> Callable[[random.Random], _Step]:
    return lambda rng: where


def _mixed(rng: random.Random) -> _Step:
    places: tuple[_Step, ...] = ("same", "change", "entry")
    return rng.choice(places)


_STEPS = {"messages": _always("same"), "changes": _always("change"), "entries": _always("entry")}


def _same_line(changes: list[dict[str, Any]], update: Update) -> bool:
    return bool(changes) and changes[-1]["value"]["metadata"] == _metadata(update.line)


def _value(line: Line) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "metadata": _metadata(line)}


def _metadata(line: Line) -> dict[str, str]:
    return {"display_phone_number": line.display_number, "phone_number_id": line.phone_number_id}


def _put(value: dict[str, Any], update: Update) -> None:
    if update.contact is not None and update.contact not in value.get("contacts", []):
        value.setdefault("contacts", []).append(update.contact)
    value.setdefault(update.key, []).append(update.body)


def _contact(phone: Phone, named: bool) -> dict[str, Any]:
    contact: dict[str, Any] = {}
    if named or phone.identity is Identity.BSUID:
        contact["profile"] = {"name": phone.label}
    if phone.identity is Identity.BSUID:
        contact["profile"]["username"] = f"@person{phone.id}"
    else:
        contact["wa_id"] = phone.number
    if phone.identity is not Identity.NUMBER:
        contact["user_id"] = phone.bsuid
    return contact
