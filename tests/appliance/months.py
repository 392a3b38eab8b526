"""A box over months, and a relay that seals ahead, holds, releases and drops as the real one does."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from relay import contacts
from sync import exchange, topics
from sync.clock import DAY_S
from sync.db import transaction
from sync.link import Arrival
from sync.messages import Acknowledgement, Contact, encode
from sync.outbox import Parcel
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from tests.appliance.ends import Ends
from tests.appliance.office import body, open_office
from tests.stations import BOX_ID, RELAY_ID, World
from tests.vectors.make import fixed

HOLD_S = 2100.0
"""The undo window and the longest wait after it."""
KEEP_S = 14 * DAY_S
REPORT_KEY = fixed("a report key", 32)


@dataclass(frozen=True)
class Held:
    """A report that was submitted and not released."""

    envelope: Envelope
    release_at: float


class Months(Ends):
    """Both ends; the relay seals to the keys it has heard of."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder, open_office(folder, world.clock), world)
        self.held: list[Held] = []
        self.told = 0
        self.turns()

    @property
    def station(self) -> sqlite3.Connection:
        """The relay's database."""
        return self.relay.station.conn

    def restart_relay(self) -> None:
        """As after a kill."""
        self.relay.restart()

    def submit(self) -> int:
        """The relay seals a report to the box and holds it; gives its number."""
        self.told += 1
        report, message_id = body(self.told), f"{self.told:032x}"
        with transaction(self.station):
            keys = exchange.keys_of(self.station, self.world.directory.node(BOX_ID))
            assert keys.body and keys.contact
            parts = (
                ("body", report, keys.body),
                ("contact", Contact(1, report.handle, REPORT_KEY), keys.contact),
            )
            sealed = tuple(
                envelopes.seal_part("report", name, encode(message), key, RELAY_ID, BOX_ID, message_id)
                for name, message, key in parts
            )
        signing = self.world.keys[RELAY_ID].signing
        envelope = envelopes.sign("report", sealed, signing, RELAY_ID, BOX_ID, message_id, self.told)
        self.held.append(Held(envelope, self.world.time.now + HOLD_S))
        return self.told

    def relay_frames(self) -> list[bytes]:
        """What the relay's link process sends to the box: before each round it releases and forgets what is due."""
        now = self.world.time.now
        for one in [one for one in self.held if one.release_at <= now]:
            self.relay.station.put_report(BOX_ID, one.envelope)
            self.held.remove(one)
        with transaction(self.station):
            self.station.execute(
                "delete from outbox where state='acknowledged' and created_at<=?", (now - KEEP_S,)
            )
            contacts.drop_old(self.station, now)
        self.relay.station.program.acknowledged = _acknowledged  # type: ignore[method-assign]  # as the relay does it
        return [d.frame for d in self.relay.station.exchange.outgoing(200) if d.recipient == BOX_ID]

    def box_frames(self) -> list[bytes]:
        """What the box's link process sends to the relay."""
        return [d.frame for d in self.line.outgoing(200) if d.recipient == RELAY_ID]

    def to_box(self, frames: list[bytes]) -> None:
        """They arrive."""
        self.line.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frame) for frame in frames])

    def to_relay(self, frames: list[bytes]) -> None:
        """They arrive."""
        self.relay.station.exchange.accept(
            [Arrival(topics.topic(RELAY_ID, BOX_ID), frame) for frame in frames]
        )

    def turns(self, count: int = 8) -> None:
        """Both speak and hear for some seconds."""
        for _ in range(count):
            self.to_relay(self.box_frames())
            self.to_box(self.relay_frames())
            self.world.time.now += 5

    def pass_days(self, days: float, step_s: float = DAY_S / 2) -> None:
        """Time goes on, both talking."""
        until = self.world.time.now + days * DAY_S
        while self.world.time.now < until:
            self.world.time.now += step_s
            self.turns(3)

    def pass_offline(self, days: float) -> None:
        """Time goes on for the box, and nothing arrives anywhere."""
        for _ in range(int(days)):
            self.world.time.now += DAY_S
            self.box_frames()
            self.relay_frames()

    def opened(self) -> list[int]:
        """Numbers of the reports at the box whose way back came with them."""
        rows = self.desk.conn.execute("select handle from report where has_key=1 order by handle")
        return [int(row[0], 16) for row in rows]

    def stored(self) -> list[int]:
        """Numbers of all reports at the box."""
        return [
            int(row[0], 16) for row in self.desk.conn.execute("select handle from report order by handle")
        ]

    def under_way(self) -> list[Envelope]:
        """Everything sealed to the box that is not acknowledged, or kept for a box that is restored."""
        rows = self.station.execute("select content from outbox where purpose='report'").fetchall()
        return [one.envelope for one in self.held] + [envelopes.read(row[0]) for row in rows]


def _acknowledged(conn: sqlite3.Connection, parcel: Parcel, ack: Acknowledgement) -> None:
    contacts.drop(conn, parcel.message_id, "acknowledged", parcel.content)
