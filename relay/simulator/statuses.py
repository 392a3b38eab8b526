"""Which statuses follow a message of the relay, in which order and when: as the switches say."""

import random
from collections.abc import Mapping
from typing import Any

from relay.simulator.errors import status_error
from relay.simulator.phone import Phone, Undelivered
from relay.simulator.switches import Switches
from relay.simulator.updates import Update, status_update

_LATE_DETAILS = {
    131042: "There is an issue with the payment method of the business",
    131047: "More than 24 hours have passed since the recipient last replied to the sender number",
    131026: "Message undeliverable: the recipient cannot receive it",
}
_CANONICAL = ("sent", "delivered", "read", "played")


def after_sending(
    switches: Switches, phone: Phone, sent: Undelivered, rng: random.Random
) -> list[tuple[float, Update]]:
    """(seconds from now, status) of a message that was taken; out of reach there is `sent` only."""
    wanted = [each for each in _wanted(switches, sent) if each == "sent" or not phone.offline]
    updates = _statuses(switches, phone, sent, wanted, sent.at)
    if switches.status_shuffle:
        rng.shuffle(updates)
    return [(switches.status_delay_s * place, each) for place, each in enumerate(updates, start=1)]


def after_delivery(switches: Switches, phone: Phone, sent: Undelivered, now: float) -> list[Update]:
    """The statuses due when a phone that was out of reach has it at last."""
    wanted = [each for each in _wanted(switches, sent) if each != "sent"]
    return _statuses(switches, phone, sent, wanted, now)


def after_failing(
    switches: Switches, phone: Phone, sent: Undelivered, code: int
) -> list[tuple[float, Update]]:
    """The status of a message that was taken and then failed with `code`."""
    details = _LATE_DETAILS.get(code, "The simulator was told to let it fail")
    more = {key: value for key, value in sent.more.items() if key != "pricing"}
    errors = {"errors": [status_error(code, details)]}
    update = status_update(phone, sent.id, "failed", sent.at, sent.to_bsuid, more | errors)
    return [(switches.status_delay_s, update)] * (1 + switches.status_repeat)


def common(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in every status of this payload: opaque data and price."""
    opaque = payload.get("biz_opaque_callback_data")
    more = {} if opaque is None else {"biz_opaque_callback_data": opaque}
    category = "utility" if payload.get("type") == "template" else "service"
    return more | {
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}
    }


def _wanted(switches: Switches, sent: Undelivered) -> list[str]:
    return [each for each in switches.statuses if each != "played" or sent.shown.type == "audio"]


def _statuses(
    switches: Switches, phone: Phone, sent: Undelivered, wanted: list[str], since: float
) -> list[Update]:
    """One update per status and repeat; its time stamp is its true place, whenever it is told."""
    return [
        status_update(
            phone, sent.id, status, since + switches.status_delay_s * place, sent.to_bsuid, sent.more
        )
        for status in wanted
        for place in [_CANONICAL.index(status)]
        for _ in range(1 + switches.status_repeat)
    ]
