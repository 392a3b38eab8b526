"""What becomes of a message the relay sends: refused with a code, or on a phone with statuses to follow."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relay.simulator import statuses
from relay.simulator.config import Line
from relay.simulator.errors import Broken, GraphError, Unanswered
from relay.simulator.ids import new_wamid
from relay.simulator.limits import check_message, check_product
from relay.simulator.phone import TYPING_S, Phone, Undelivered
from relay.simulator.screens import shown
from relay.simulator.switches import LATE
from relay.simulator.updates import Update
from relay.simulator.world import World

WINDOW_S = 24 * 3600.0


@dataclass(frozen=True)
class _Receiver:
    """Whom a payload is for: the phone, and how it was named."""

    phone: Phone
    contact: dict[str, Any]
    to_bsuid: bool


def send(world: World, line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Take a message from the business number `line`; gives the answer of the Graph API.

    Raises GraphError, Broken, or Unanswered when it was sent and nobody is to know.
    """
    with world.lock:
        try:
            receiver, sent = _accept(world, line, payload)
        except GraphError as error:
            world.sends[str(error.code)] += 1
            raise
        except Broken as error:
            world.sends[str(error)] += 1
            raise
        world.sends["accepted"] += 1
        following = _reach(world, receiver.phone, sent, payload)
        is_silent = world.switches.silent_next > 0
        world.switches.silent_next -= is_silent
    _tell(world, following)
    time.sleep(world.switches.send_slow_s)
    if is_silent:
        raise Unanswered
    contact = receiver.contact
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.id}]}


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


def _accept(world: World, line: Line, payload: Mapping[str, Any]) -> tuple[_Receiver, Undelivered]:
    if world.switches.fail_next:
        code = world.switches.fail_next.pop(0)
        raise (
            Broken(code)
            if 500 <= code < 600
            else GraphError(code, "Refused because the simulator was told to")
        )
    check_message(payload, world.mime_of)
    receiver = _receiver(world, line, payload)
    screen = shown(payload, world.templates)
    if screen.media_id:
        screen = replace(screen, mime=world.mime_of(screen.media_id) or "")
    _check_policy(world, receiver.phone, is_template=payload.get("type") == "template")
    wamid = new_wamid(world.rng, receiver.phone.person.name_in_ids, inbound=False)
    more = statuses.common(payload)
    return receiver, Undelivered(wamid, world.clock(), screen, receiver.to_bsuid, more)


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
    number, is_open = phone.line.phone_number_id, _window_open(phone, now)
    if switches.payment == "refused":
        raise GraphError(
            131042, "Message failed to send because there were errors related to your payment method"
        )
    if switches.window is True and not is_template and not is_open:
        raise GraphError(
            131047, "More than 24 hours have passed since the recipient last replied to the sender number"
        )
    if not is_open and not world.newcomers.take(phone.bsuid, switches.new_people_a_day, now):
        raise GraphError(131048, "The limit of people this number may address within 24 hours is reached")
    # The rates last, because a refused message does not use up their budget.
    if not world.throughput.take(number, switches.throughput_per_s, now):
        raise GraphError(130429, f"More than {switches.throughput_per_s} messages in a second")
    if switches.pair_rate and not world.pairs.take(number, phone.bsuid, now):
        raise GraphError(
            131056, "Too many messages sent from this number to the same recipient in a short time"
        )


def _window_open(phone: Phone, now: float) -> bool:
    return phone.last_wrote_at is not None and now - phone.last_wrote_at < WINDOW_S


def _reach(
    world: World, phone: Phone, sent: Undelivered, payload: Mapping[str, Any]
) -> Sequence[tuple[float, Update]]:
    """Put the message on the phone, keep it for the phone, or let it fail; (delay, status) to tell."""
    code = _fails_later(world, phone, payload)
    if code:
        return statuses.after_failing(world.switches, phone, sent, code)
    if phone.offline:
        phone.undelivered.append(sent)
    else:
        phone.add(sent.id, "business", sent.at, sent.shown)
    return statuses.after_sending(world.switches, phone, sent, world.rng)


def _fails_later(world: World, phone: Phone, payload: Mapping[str, Any]) -> int:
    """The code of the status with which a message that was taken fails; 0 when it does not."""
    if world.switches.payment == "failed":
        return 131042
    if world.switches.fail_later:
        return world.switches.fail_later.pop(0)
    is_free_form = payload.get("type") != "template"
    late = world.switches.window == LATE and is_free_form and not _window_open(phone, world.clock())
    return 131047 if late else 0


def _tell(world: World, following: Sequence[tuple[float, Update]]) -> None:
    """Those due at once together and in their order, the others by the clock of the machine."""
    world.outlet.submit([update for delay_s, update in following if delay_s == 0])
    for delay_s, update in following:
        if delay_s > 0:
            world.outlet.submit_later(delay_s, [update])
