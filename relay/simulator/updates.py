"""The updates WhatsApp posts to a webhook: pure builders of what one message or status looks like."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from relay.simulator import identity
from relay.simulator.config import Line
from relay.simulator.phone import Phone

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


@dataclass(frozen=True)
class Moved:
    """Someone has another number: who he was and is; `names_previous`: the old id is told too.

    `is_old_shape`: told as before there were ids.
    """

    before: identity.Person
    after: identity.Person
    names_previous: bool
    is_old_shape: bool = False


def message_update(phone: Phone, message_id: str, at: float, content: dict[str, Any]) -> Update:
    """A message `phone` wrote; `content` holds its type and what belongs to the type."""
    named = {"id": message_id, "timestamp": str(int(at))}
    body = identity.sender(phone.person) | named | content
    return Update(phone.line, "messages", body, identity.contact(phone.person, named=True))


def moved_update(phone: Phone, message_id: str, at: float, moved: Moved) -> Update:
    """WhatsApp says that a person has another number; as always with system messages, without contacts[].

    Where the number is shown both numbers stand in clear in the words.
    """
    was, now = moved.before, moved.after
    named = {"id": message_id, "timestamp": str(int(at)), "type": "system"}
    if moved.is_old_shape:
        words = f"User {was.label} changed from {was.number} to {now.number}"
        old_shape = {"body": words, "new_wa_id": now.number, "type": "customer_changed_number"}
        return Update(phone.line, "messages", {"from": was.number} | named | {"system": old_shape})
    hidden = was.hides_number
    old, new = (was.bsuid, now.bsuid) if hidden else (was.number, now.number)
    name = was.username if hidden else was.label
    system: dict[str, Any] = {"body": f"User {name} changed from {old} to {new}"}
    system["type"] = "user_changed_user_id" if hidden else "user_changed_number"
    if not hidden:
        system["wa_id"] = now.number
    if was.identity is not identity.Identity.NUMBER:
        system["user_id"] = now.bsuid
        if moved.names_previous:
            system["previous_user_id"] = was.bsuid
    # Without the old id inside, the sender is all that tells who moved.
    sender = {} if hidden and moved.names_previous else identity.sender(was)
    return Update(phone.line, "messages", sender | named | {"system": system})


def status_update(
    phone: Phone, message_id: str, status: str, at: float, to_bsuid: bool, more: dict[str, Any]
) -> Update:
    """A status of a message sent to `phone` by number, or by business-scoped id if `to_bsuid`.

    `more` is added as it is (opaque data, errors, pricing). A failed one comes without the person's entry.
    """
    body: dict[str, Any] = {"id": message_id, "status": status, "timestamp": str(int(at))}
    contact = None if status == "failed" else identity.contact(phone.person, named=False)
    body |= identity.recipient(phone.person, to_bsuid)
    return Update(phone.line, "statuses", body | more, contact)


def pack(updates: Sequence[Update], layout: str, rng: random.Random) -> dict[str, Any]:
    """The body of one POST holding all `updates`, in their order.

    `layout` says where they meet: in one value's messages[], each in a change of its own, each in an
    entry of its own, or mixed at random. Business numbers never share a change.
    """
    step = _STEPS.get(layout, _mixed)
    entries: list[dict[str, Any]] = []
    introduced: set[tuple[int, str]] = set()
    for update in updates:
        where = step(rng) if entries else "entry"
        if where == "entry":
            entries.append({"id": ACCOUNT_ID, "changes": []})
        changes = entries[-1]["changes"]
        if where != "same" or not _same_line(changes, update):
            changes.append({"value": _value(update.line), "field": "messages"})
        _put(changes[-1]["value"], update, introduced)
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


def _put(value: dict[str, Any], update: Update, introduced: set[tuple[int, str]]) -> None:
    """Add `update` to `value`; each person stands in its contacts[] once (`introduced`: which value, whom)."""
    whom = (id(value), repr(update.contact))
    if update.contact is not None and whom not in introduced:
        introduced.add(whom)
        value.setdefault("contacts", []).append(update.contact)
    value.setdefault(update.key, []).append(update.body)
