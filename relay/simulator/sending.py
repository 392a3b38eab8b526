"""What becomes of a message the relay sends: refused with a code, or on a phone with statuses to follow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from relay.simulator.config import Line
from relay.simulator.errors import GraphError, status_error
from relay.simulator.ids import new_wamid
from relay.simulator.limits import check_message, check_product
from relay.simulator.people import TYPING_S, Entry, Phone
from relay.simulator.screens import shown
from relay.simulator.switches import LATE
from relay.simulator.updates import Update, status_update
from relay.simulator.world import World

WINDOW_S = 24 * 3600.0
_LATE_DETAILS = {
    131042: "There is an issue with the payment method of the business",
    131047: "More than 24 hours have passed since the recipient last replied to the sender number",
}


@dataclass(frozen=True)
class _Receiver:
    """Whom a payload is for: the phone, and how it was named."""

    phone: Phone
    contact: dict[str, Any]
    to_bsuid: bool


def send(world: World, line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Take a message from the business number `line`; gives the answer of the Graph API or raises GraphError."""
    with world.lock:
        try:
            receiver, entry = _accept(world, line, payload)
        except GraphError as error:
            world.sends[str(error.code)] += 1
            raise
        world.sends["accepted"] += 1
        updates = _statuses(world, receiver, entry, payload)
    world.outlet.submit(updates)
    contact = receiver.contact
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": entry.id}]}


def mark_read(world: World, line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Blue ticks, and "typing..." if asked for; raises GraphError."""
    check_product(payload)
    indicator = payload.get("typing_indicator")
    if indicator is not None and indicator != {"type": "text"}:
        raise GraphError(131009, "typing_indicator type must be text")
    with world.lock:
        found = world.people.by_message(line, str(payload.get("message_id")))
        if found is None:
            raise GraphError(131009, "message_id does not name a message this number received")
        phone, entry = found
        phone.mark_read(entry)
        if indicator is not None:
            phone.typing_until = world.clock() + TYPING_S
    return {"success": True}


def _accept(world: World, line: Line, payload: Mapping[str, Any]) -> tuple[_Receiver, Entry]:
    if world.switches.fail_next:
        raise GraphError(world.switches.fail_next.pop(0), "Refused because the simulator was told to")
    check_message(payload, world.mime_of)
    receiver = _receiver(world, line, payload)
    screen = shown(payload, world.templates)
    if screen.media_id:
        screen = replace(screen, mime=world.mime_of(screen.media_id) or "")
    _check_policy(world, receiver.phone, is_template=payload.get("type") == "template")
    phone, now = receiver.phone, world.clock()
    wamid = new_wamid(world.rng, phone.person, inbound=False)
    if _fails_later(world, phone, payload) == 131047:
        return receiver, Entry(0, 0, wamid, "business", now, screen)
    return receiver, phone.add(wamid, "business", now, screen)


def _receiver(world: World, line: Line, payload: Mapping[str, Any]) -> _Receiver:
    to, bsuid = payload.get("to"), payload.get("recipient")
    if not to and not bsuid:
        raise GraphError(100, "The parameter to is required.")
    phone = world.people.by_number(line, _digits(to)) if to else world.people.by_bsuid(line, str(bsuid))
    if phone is None:
        raise GraphError(131026, "Message undeliverable: the recipient is not on WhatsApp")
    contact = {"input": to or bsuid}
    if to:
        contact["wa_id"] = phone.number
    if bsuid:
        contact["user_id"] = bsuid
    return _Receiver(phone, contact, to_bsuid=not to)


def _digits(number: object) -> str:
    return "".join(each for each in str(number) if each.isdigit())


def _check_policy(world: World, phone: Phone, is_template: bool) -> None:
    now, switches = world.clock(), world.switches
    if switches.payment == "refused":
        raise GraphError(
            131042, "Message failed to send because there were errors related to your payment method"
        )
    if switches.window is True and not is_template and not _window_open(phone, now):
        raise GraphError(
            131047, "More than 24 hours have passed since the recipient last replied to the sender number"
        )
    # Last, because a refused message does not use up the pair's budget.
    if switches.pair_rate and not world.pairs.take(phone.line.phone_number_id, phone.number, now):
        raise GraphError(
            131056, "Too many messages sent from this number to the same recipient in a short time"
        )


def _window_open(phone: Phone, now: float) -> bool:
    return phone.last_wrote_at is not None and now - phone.last_wrote_at < WINDOW_S


def _statuses(world: World, receiver: _Receiver, entry: Entry, payload: Mapping[str, Any]) -> list[Update]:
    opaque = payload.get("biz_opaque_callback_data")
    more = {} if opaque is None else {"biz_opaque_callback_data": opaque}
    code = _fails_later(world, receiver.phone, payload)
    if code:
        failed = more | {"errors": [status_error(code, _LATE_DETAILS[code])]}
        return [_status(receiver, entry, "failed", failed)]
    category = "utility" if payload.get("type") == "template" else "service"
    priced = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}
    return [_status(receiver, entry, each, more | {"pricing": priced}) for each in world.switches.statuses]


def _fails_later(world: World, phone: Phone, payload: Mapping[str, Any]) -> int:
    """The code of the status with which a message that was taken fails; 0 when it does not."""
    if world.switches.payment == "failed":
        return 131042
    is_free_form = payload.get("type") != "template"
    late = world.switches.window == LATE and is_free_form and not _window_open(phone, world.clock())
    return 131047 if late else 0


def _status(receiver: _Receiver, entry: Entry, status: str, more: dict[str, Any]) -> Update:
    return status_update(receiver.phone, entry.id, status, entry.at, receiver.to_bsuid, more)
