"""Days on which an office has many informants told something: when it ordered each answer, when each phone rang."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from relay.downlink import BUDGET, Pace
from relay.events import Sender
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, hour_of
from sync.db import transaction
from sync.messages import Reply
from tests.anonymity.timeline import Seen
from tests.relay.builders import FakeRelay, told
from tests.relay.desk import PACE, Desk

OFFICE_HOURS = range(10, 17)
"""In which answers are ordered (IST): none then falls into the quiet hours."""
STEP_S = 30.0
"""How often the sender looks what is due."""


class Office:
    """A relay with ``people`` who can be reached, and a box that orders an answer for each of them on every day."""

    def __init__(
        self, folder: Path, rng: random.Random, people: int, pace: Pace = PACE, at_once: bool = False
    ) -> None:
        """``at_once``: these people asked for answers at once, at any hour."""
        self.relay = FakeRelay(folder, rng)
        self.desk, self._rng, self._day = Desk(self.relay, pace), rng, 0
        for number in range(people):
            with transaction(self.relay.conn):
                sender = Sender("", f"91{9000000000 + number}")
                self.relay.submission.submit(told(at_once=at_once), sender, self.relay.now)
        contacts = [held.contact for held in self.relay.held()]
        self._ways = [(contact.handle, contact.report_key) for contact in contacts if contact]

    def day(self) -> list[Seen]:
        """One day; ``told_at`` is when an answer was ordered, ``arrived_at`` when the phone rang, in that order."""
        self._day += 1
        midnight = (int(self.relay.now + IST_OFFSET_S) // DAY_S + 1) * DAY_S - IST_OFFSET_S
        at = {
            phone: midnight + self._rng.choice(OFFICE_HOURS) * HOUR_S + self._rng.randrange(HOUR_S)
            for phone in range(len(self._ways))
        }
        before, rang = len(self.relay.whatsapp.sent), list[tuple[int, float]]()
        orders = sorted(at, key=lambda phone: -at[phone])
        while orders or self._is_waiting():
            next_order = at[orders[-1]] if orders else math.inf
            later = self.relay.now + STEP_S if self._is_waiting() else math.inf
            self.relay.told_time.now = min(next_order, later)
            if orders and at[orders[-1]] <= self.relay.now:
                self._order(*self._ways[orders.pop()])
            self.desk.run()
            rang += [
                (int(one.to.phone) % 10**9, self.relay.now)
                for one in self.relay.whatsapp.sent[before + len(rang) :]
            ]
        return [
            Seen(phone, at[phone], when, order, hour_of(at[phone]))
            for order, (phone, when) in enumerate(rang)
        ]

    def _order(self, handle: str, report_key: bytes) -> None:
        template = "closed" if self._day == BUDGET else "taken_up"
        self.desk.take(Reply(1, handle, report_key, self._day, template, ()))

    def _is_waiting(self) -> bool:
        return self.relay.value("select 1 from reply where state='waiting'") is not None


def certainty(days: Sequence[Sequence[Seen]], least_s: float, most_s: float) -> float:
    """Who orders one answer a day for one informant and looks which phones ring then: how often he is right.

    He takes a phone that rang in time on every one of the days, by chance among several; the mean over all informants.
    """
    rang = [{seen.phone: seen.arrived_at for seen in day} for day in days]
    ordered = [{seen.phone: seen.told_at for seen in day} for day in days]
    right = 0.0
    for whose in ordered[0]:
        fits = set(rang[0])
        for when, orders in zip(rang, ordered, strict=True):
            fits = {phone for phone in fits if least_s <= when[phone] - orders[whose] <= most_s + STEP_S}
        right += 1 / len(fits)
    return right / len(ordered[0])
