"""A phone out of reach, and back: what piled up on both sides meanwhile."""

from collections.abc import Sequence

from relay.simulator.phone import Phone, Undelivered
from relay.simulator.statuses import after_delivery
from relay.simulator.updates import Update, message_update
from relay.simulator.world import World

KEPT_S = 30 * 86_400.0


def go(phone: Phone) -> None:
    """From now on nothing leaves the phone and nothing reaches it."""
    phone.offline = True


def come_back(world: World, phone: Phone) -> list[Update]:
    """What it wrote goes out in order, stamped now, then WhatsApp hands it what it kept, thirty days at most.

    Call with `world.lock` held; the updates are the caller's to deliver.
    """
    phone.offline = False
    now, unsent, undelivered = world.clock(), phone.unsent, phone.undelivered
    phone.unsent, phone.undelivered = [], []
    updates = [message_update(phone, each.id, now, each.content) for each in unsent]
    for each in unsent:
        if each.entry is not None:
            phone.touch(each.entry, status="sent", at=now)
        if each.renews_window:
            phone.last_wrote_at = now
    return updates + _handed_over(world, phone, undelivered, now)


def _handed_over(world: World, phone: Phone, kept: Sequence[Undelivered], now: float) -> list[Update]:
    updates: list[Update] = []
    for each in kept:
        if now - each.at < KEPT_S:
            phone.add(each.id, "business", each.at, each.shown)
            updates += after_delivery(world.switches, phone, each, now)
    return updates
