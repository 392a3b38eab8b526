"""Stations for tests: exchanges on real databases, told the time, joined by a line that loses frames."""

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from sync import db, messages, outbox, topics, transfer
from sync.clock import Clock
from sync.directory import DISTRICT, RANGE, RELAY, Directory, Node
from sync.exchange import MONTHLY_KEYS, SCHEMA, SEEN_BY_SENDER, Exchange, Identity, Opened, seal_message
from sync.exchange.program import Handler
from sync.link import Arrival, Departure
from sync.messages import Acknowledgement, Contact, ReportBody
from sync.outbox import Parcel, Retry
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey
from tests.vectors.make import REPORT

RELAY_ID, BOX_ID, RANGE_ID = "n0000000a", "n0000000b", "n0000000c"
ROLES: Mapping[str, str] = {RELAY_ID: RELAY, BOX_ID: DISTRICT, RANGE_ID: RANGE}
RETRY = Retry(2.0, 60.0)
STATION = Migrations("station")


@STATION()
def first(database: sqlite_utils.Database) -> None:
    """The tables of sync, and what the handlers of these tests store."""
    for statement in (*SCHEMA, *MONTHLY_KEYS, *SEEN_BY_SENDER, *STORES):
        database.conn.execute(statement)


STORES = (
    "create table stored(message_id text primary key, sender text, text text, times integer) strict",
    "create table answered(message_id text primary key, result text, times integer) strict",
)


class FakeClock:
    """Tells the time it was told."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Keys:
    """All private keys of one station; they outlive its restarts."""

    signing: SigningKey
    body: SealingKey
    contact: SealingKey

    @staticmethod
    def generate() -> "Keys":
        """New ones."""
        return Keys(SigningKey.generate(), SealingKey.generate(), SealingKey.generate())


class FakeProgram:
    """Stores reports and replies; reports leave as they were sealed, replies are sealed when they are sent."""

    def __init__(self, identity: Identity, keys: Keys, message_key: SealingKey) -> None:
        self.identity, self.message_key = identity, message_key
        self.contact_key = keys.contact.public.raw if message_key is keys.body else b""
        self.keys = {key.public.id: key for key in (keys.body, keys.contact, message_key)}
        self.handlers: Mapping[str, Handler] = {"report": self.store, "reply": self.store}
        self.trouble: dict[str, Exception] = {}
        self.prepared: list[str] = []
        self.greetings: list[tuple[str, bool, bool]] = []
        self.files_came: list[tuple[str, str]] = []
        self.files_left: list[str] = []

    def find_key(self, key_id: str) -> SealingKey | None:
        return self.keys.get(key_id)

    def before(self, opened: Sequence[Opened]) -> None:
        self.prepared += [item.envelope.header.id for item in opened]

    def store(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Counts how often a message took effect, then fails if the test wants it to."""
        header = opened.envelope.header
        body = opened.messages.get("body") or opened.messages.get("message")
        text = body.text if isinstance(body, ReportBody) else type(body).__name__
        conn.execute(
            "insert into stored values(?,?,?,1) on conflict do update set times=times+1",
            (header.id, opened.sender, text),
        )
        if isinstance(body, ReportBody):
            for file in body.evidence:
                transfer.expect(conn, file.file_id, opened.sender, file.size_bytes, file.sha256_sealed)
        if error := self.trouble.get(header.id):
            raise error

    def seal(self, parcel: Parcel, key: PublicSealingKey | None) -> bytes | None:
        if parcel.purpose == "report":
            return parcel.content
        if key is None:
            return None
        message = messages.decode(parcel.purpose, "message", parcel.content)
        return seal_message(self.identity, parcel.purpose, parcel.recipient, key, message, parcel.message_id)

    def acknowledged(self, conn: sqlite3.Connection, parcel: Parcel, ack: Acknowledgement) -> None:
        conn.execute(
            "insert into answered values(?,?,1) on conflict do update set times=times+1",
            (parcel.message_id, ack.result),
        )
        outbox.keep(conn, parcel.message_id, "acknowledged", parcel.content)

    def greeted(self, conn: sqlite3.Connection, node: str, new_run: bool, new_epoch: bool) -> None:
        self.greetings.append((node, new_run, new_epoch))

    def checkpoint(self, conn: sqlite3.Connection, recipient: str) -> tuple[int, bytes]:
        return 3, b"head of " + recipient.encode()

    def file_came(self, conn: sqlite3.Connection, file_id: str, state: str, now: float) -> None:
        self.files_came.append((file_id, state))

    def file_left(self, conn: sqlite3.Connection, file_id: str) -> None:
        self.files_left.append(file_id)


def a_report(
    sender: str,
    signing: SigningKey,
    recipient: str,
    keys: Keys,
    message_id: str,
    body: ReportBody = REPORT,
    index: int | None = 0,
) -> Envelope:
    """A sealed and signed report with both parts."""
    contact = Contact(1, body.handle, bytes(32))
    parts = tuple(
        envelopes.seal_part(
            "report", name, messages.encode(message), key.public, sender, recipient, message_id
        )
        for name, message, key in (("body", body, keys.body), ("contact", contact, keys.contact))
    )
    return envelopes.sign("report", parts, signing, sender, recipient, message_id, index)


class Station:
    """One node: its folder, its keys, and the exchange that runs until it is killed."""

    conn: sqlite3.Connection
    program: FakeProgram
    exchange: Exchange

    def __init__(self, world: "World", node: str) -> None:
        self.world, self.node, self.keys = world, node, world.keys[node]
        self.root = world.folder / node
        self.runs = count(1)
        self.generation = 1
        self.start()

    def start(self) -> None:
        """A new process on what the last one left on disk."""
        message_key = SealingKey.generate() if self.world.roles[self.node] == RELAY else self.keys.body
        identity = Identity(self.node, f"{self.node}-{next(self.runs)}", self.keys.signing)
        self.program = FakeProgram(identity, self.keys, message_key)
        self.conn = self.open()
        self.exchange = Exchange(
            identity,
            self.world.directory,
            [node for node in self.world.keys if node != self.node],
            self.conn,
            self.program,
            self.world.clock,
            self.world.rng,
            self.world.retry,
            self.world.greet_every_s,
            self.root,
            transfer.Receiver(self.root / "incoming", self.root / "evidence"),
        )

    def open(self) -> sqlite3.Connection:
        """One more connection to its database, for another thread."""
        return db.open_db(self.root / f"station{self.generation}.db", STATION)

    def restart(self) -> None:
        """As after SIGKILL: what was not committed is gone."""
        self.conn.close()
        self.start()

    def lose_database(self) -> None:
        """As after a disk was replaced: a new database, the same keys."""
        self.conn.close()
        self.generation += 1
        self.start()

    def send_report(self, to: "Station", message_id: str, body: ReportBody = REPORT) -> Envelope:
        """Puts a sealed report into the outbox."""
        envelope = a_report(self.node, self.keys.signing, to.node, to.keys, message_id, body)
        self.put_report(to.node, envelope)
        return envelope

    def put_report(self, to: str, envelope: Envelope) -> None:
        """The same with an envelope of the test's own."""
        message_id = envelope.header.id
        keys = " ".join(part.key for part in envelope.parts)
        self.put(
            Parcel(message_id, to, "report", 0, envelope.to_bytes(), self.now, envelope.hash, sealed_to=keys)
        )

    def send_reply(self, to: "Station", message_id: str) -> None:
        """Puts a reply into the outbox, which is sealed when it leaves."""
        self.put(self.a_reply(to, message_id))

    def a_reply(self, to: "Station", message_id: str) -> Parcel:
        """A row of the outbox for a reply."""
        content = messages.encode(messages.Reply(1, "00" * 16, bytes(32), 1, "taken_up", ()))
        return Parcel(message_id, to.node, "reply", 1, content, self.now)

    def put(self, parcel: Parcel) -> None:
        """Adds a row in a transaction of its own."""
        with db.transaction(self.conn):
            outbox.put(self.conn, parcel)

    @property
    def now(self) -> int:
        """The world's time in whole seconds."""
        return int(self.world.clock())

    def value(self, sql: str, *values: object) -> object:
        """The first column of the first row, or None."""
        row = self.conn.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def counter(self, name: str) -> int:
        """How often something was counted."""
        return int(str(self.value("select value from counter where name=?", name) or 0))

    def stored(self) -> dict[str, int]:
        """How often each message took effect."""
        return dict(self.conn.execute("select message_id, times from stored").fetchall())

    def waiting(self) -> int:
        """Rows without acknowledgement."""
        return outbox.waiting(self.conn)[0]


class World:
    """A directory, a clock, and the keys of all stations in it."""

    def __init__(
        self,
        folder: Path,
        rng: random.Random,
        roles: Mapping[str, str] = ROLES,
        clock: Clock | None = None,
        retry: Retry = RETRY,
    ) -> None:
        """``clock``: instead of one that stands still."""
        self.time = FakeClock()
        self.folder, self.rng, self.roles = folder, rng, roles
        self.clock: Clock = clock or self.time
        self.greet_every_s, self.retry = 60.0, retry
        self.keys = {node: Keys.generate() for node in roles}
        self.directory = Directory(1, 1, (), (), tuple(self._entry(node) for node in roles))

    def _entry(self, node: str) -> Node:
        keys, role = self.keys[node], self.roles[node]
        body, contact = (None, None) if role == RELAY else (keys.body.public.raw, keys.contact.public.raw)
        return Node(node, role, None, keys.signing.public.raw, body, contact)


class FakeLine:
    """Carries frames between stations in memory; drops, repeats and reorders them by its random numbers."""

    def __init__(
        self, stations: Sequence[Station], *, drop: float = 0.0, repeat: float = 0.0, shuffle: bool = False
    ) -> None:
        """``capacity``, frames that each station gets in a turn, has no limit until a test sets one."""
        self.stations = {station.node: station for station in stations}
        self.rng, self.clock = stations[0].world.rng, stations[0].world.time
        self.drop, self.repeat, self.shuffle, self.capacity = drop, repeat, shuffle, 10**9
        self.on_the_way: list[tuple[str, Arrival]] = []
        self.carried: list[tuple[str, Arrival]] = []

    def send(self, station: Station, room: int = 200) -> None:
        """Takes what a station wants to send."""
        for departure in station.exchange.outgoing(room):
            self.carry(station.node, departure)

    def carry(self, sender: str, departure: Departure) -> None:
        """Takes one frame, perhaps twice, perhaps not at all."""
        arrival = Arrival(topics.topic(departure.recipient, sender), departure.frame)
        self.carried.append((departure.recipient, arrival))
        if self.rng.random() >= self.drop:
            copies = 2 if self.rng.random() < self.repeat else 1
            self.on_the_way += [(departure.recipient, arrival)] * copies

    def deliver(self) -> None:
        """Hands over what is on the way, in groups of any size."""
        frames, self.on_the_way = self.on_the_way, []
        if self.shuffle:
            self.rng.shuffle(frames)
        for node, station in self.stations.items():
            mine = [arrival for recipient, arrival in frames if recipient == node]
            self.on_the_way += [(node, arrival) for arrival in mine[self.capacity :]]
            mine = mine[: self.capacity]
            while mine:
                size = self.rng.randint(1, 8)
                station.exchange.accept(mine[:size])
                mine = mine[size:]

    def turn(self, seconds: float = 1.0) -> None:
        """Everybody sends, everything that survives arrives, time goes on."""
        for station in self.stations.values():
            self.send(station)
        self.deliver()
        self.clock.now += seconds

    def run_until(self, done: Callable[[], bool], turns: int = 600, each: Callable[[], object] = int) -> None:
        """Turns until ``done``; ``each`` is called after every turn."""
        for _ in range(turns):
            if done():
                return
            self.turn()
            each()
        raise AssertionError(f"not done after {turns} turns")
