"""A relay, three boxes and a range in one process, really enrolled, with told time and told chance.

Whoever draws a random number draws from a stream of his own, so that what one node or one person does cannot shift
what another draws. Only HPKE draws for itself: ciphertexts differ from run to run, what is in them does not.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance import digest, evidence
from appliance.desk import Actor, Desk, open_desk, open_keys
from appliance.keyring import KeyRing
from appliance.line import BoxDesk, BoxProgram, RangeProgram
from appliance.rangenode import accept as range_accept
from provisioning.demo.fleet import BOXES, Line, Pace, enrol_all
from relay import config as relay_config
from relay import processes, spool
from relay.downlink import Downlink, Keys, Notices, ReplySender
from relay.downlink import Pace as ReplyPace
from relay.events import Update
from relay.line import RelayDesk, RelayProgram, ReplyKeys
from relay.processes import Relay
from relay.spool import Spool
from relay.vault import Vault
from sync import topics, transfer
from sync.clock import DAY_S
from sync.exchange import Exchange, Identity
from sync.link import Arrival
from sync.link import Desk as LineDesk
from sync.outbox import Retry
from sync.sealing import files, locks, spools
from sync.sealing.keys import SealingKey, SigningKey
from tests.fakes import FakeClock, FakeWhatsApp

UNDO_S, JITTER_S, REPLY_S = 300.0, 1800.0, 600.0
RETRY = Retry(900.0, 3600.0)
GREET_EVERY_S = 12 * 3600.0
TURNS = 12
SP = Actor("sp", "SP", "sp")
SCREENER = Actor("asha", "Asha", "screener")
DIG = Actor("dig", "DIG", "range")


class Chance(random.Random):
    """Everybody's random numbers: ``actor`` says whose stream is drawn from."""

    def __init__(self, seed: object) -> None:
        """``seed`` and the actor's name make a stream."""
        super().__init__(0)
        self.seed_of_all, self.actor, self._streams = seed, "", dict[str, random.Random]()

    @property
    def _stream(self) -> random.Random:
        return self._streams.setdefault(self.actor, random.Random(f"{self.seed_of_all}/{self.actor}"))

    def random(self) -> float:
        """Of the actor's stream."""
        return self._stream.random()

    def getrandbits(self, k: int) -> int:
        """Of the actor's stream."""
        return self._stream.getrandbits(k)

    @contextmanager
    def of(self, actor: str) -> Iterator[None]:
        """What is drawn inside is drawn by ``actor``."""
        before, self.actor = self.actor, actor
        yield
        self.actor = before


class LocalRelay(Relay):
    """The relay of processes.py without a network."""

    def __init__(self, settings: relay_config.RelayConfig, clock: FakeClock, chance: Chance) -> None:
        """Nothing is opened yet."""
        super().__init__(settings, clock)
        self.rng, self.whatsapp, self.opened = chance, FakeWhatsApp(), list[sqlite3.Connection]()

    def relay_db(self) -> sqlite3.Connection:
        """Remembered, to be closed."""
        self.opened.append(super().relay_db())
        return self.opened[-1]

    def vault(self) -> Vault:
        """Remembered, to be closed."""
        made = super().vault()
        self.opened.append(made._conn)
        return made

    def client(self) -> FakeWhatsApp:
        """The same for everybody."""
        return self.whatsapp


@dataclass(frozen=True)
class Passed:
    """One frame as it went over the line."""

    topic: str
    frame: bytes


@dataclass
class Box:
    """One box or range node: its desk, its databases, its end of the line."""

    seat: str
    desk: Desk
    program: BoxProgram
    line: LineDesk
    databases: dict[str, sqlite3.Connection]


def make_template(folder: Path) -> Path:
    """Enrols everybody once and makes the databases, so that copies have the same keys and names."""
    fleet = enrol_all(
        folder, Line("plain", "127.0.0.1", 1), Pace(), "http://127.0.0.1:1", FakeClock(), folder
    )
    for seat in BOXES:
        desk = open_desk(fleet.roots[seat], FakeClock())
        open_keys(desk.config).close()
        if seat == "range":
            range_accept.open_range(desk.config.range_db).close()
        desk.conn.close()
    relay = Relay(relay_config.load(fleet.roots["relay"]))
    relay.relay_db().close()
    (folder / "reply.key").write_bytes(SealingKey.generate().raw)
    return folder


class Town:
    """All of them, on a copy of the template."""

    def __init__(self, template: Path, folder: Path, seed: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """``seed`` decides everything that is left to chance, HPKE apart."""
        shutil.copytree(template, folder)
        self.folder, self.clock, self.chance = folder, FakeClock(), Chance(seed)
        for module in (locks, files, spools):
            monkeypatch.setattr(module, "urandom", self.chance.randbytes)
        self.passed: list[Passed] = []
        with self.chance.of("relay"):
            self._open_relay()
        self.boxes = {seat: self._open_box(seat) for seat in BOXES}
        self._desks: dict[str, tuple[str, LineDesk]] = {
            self.relay.config.node_id: ("relay", self.relay_desk),
            **{box.desk.config.node_id: (seat, box.line) for seat, box in self.boxes.items()},
        }
        self.turn()

    @property
    def now(self) -> float:
        """The time."""
        return self.clock.now

    def root(self, seat: str) -> Path:
        """The folder of a node."""
        return self.folder / seat

    def node(self, seat: str) -> str:
        """The id of a node."""
        return self.relay.config.node_id if seat == "relay" else self.boxes[seat].desk.config.node_id

    def deliver(self, updates: list[Update], who: str) -> None:
        """What WhatsApp posts, taken through the whole conversation; chance is the person's own."""
        with self.chance.of(f"relay for {who}"):
            self.spool.put(updates, self.now)
            steps = (self.intake.step, self.fetcher.step, self.sender.step)
            while sum(step() for step in steps):  # each of them, every time
                pass

    def turn(self) -> None:
        """Everybody sends and receives for some seconds, always as many, until nobody has anything to send."""
        counts = []
        for _ in range(TURNS):
            counts.append(self._turn())
            self.clock.now += 1
        assert counts[-1] == 0

    def pass_time(self, seconds: float) -> None:
        """Time goes on, housekeeping with it, and everybody talks."""
        self.clock.now += seconds
        with self.chance.of("relay"):
            self.relay.house(self.conn, self.vault)
        self.turn()

    def release(self) -> None:
        """Waits until every held report has gone out and has come in."""
        self.pass_time(UNDO_S + JITTER_S)

    def send_replies(self) -> None:
        """Waits until the answers have reached the phones and the boxes know that they are over."""
        for wait_s in (REPLY_S, DAY_S, DAY_S):  # sent; no word of a failure; told to the boxes
            self.clock.now += wait_s
            with self.chance.of("relay answers"):
                while self.reply_sender.step():
                    pass
            self.turn()

    def work(self, seat: str, act: Callable[[Desk, str], object]) -> None:
        """Staff do something with every case of a box that has come in, oldest first."""
        desk = self.boxes[seat].desk
        with self.chance.of(seat):
            for (serial,) in desk.conn.execute("select serial from case_file order by id").fetchall():
                act(desk, serial)
        self.turn()

    def jobs(self) -> None:
        """What the boxes do by the clock."""
        for seat, box in self.boxes.items():
            with self.chance.of(seat):
                digest.build_due(box.desk)
                evidence.examine_new(box.desk, self.now)
        self.turn()

    def close(self) -> None:
        """Closes every database, which also empties their write-ahead logs."""
        for conn in self.relay.opened:
            conn.close()
        for box in self.boxes.values():
            for conn in box.databases.values():
                conn.close()

    def _turn(self) -> int:
        count = 0
        for node, (seat, desk) in self._desks.items():
            with self.chance.of(seat):
                departures = desk.outgoing(200)
            for departure in departures:
                passed = Passed(topics.topic(departure.recipient, node), departure.frame)
                self.passed.append(passed)
                receiver, behind = self._desks[departure.recipient]
                with self.chance.of(receiver):
                    behind.accept([Arrival(passed.topic, passed.frame)])
            count += len(departures)
        return count

    def _open_relay(self) -> None:
        settings = relay_config.load(self.root("relay"))
        settings = replace(
            settings,
            runtime_dir=self.folder / "run",
            undo_s=UNDO_S,
            jitter_max_s=JITTER_S,
            retry=RETRY,
        )
        self.relay = LocalRelay(settings, self.clock, self.chance)
        self.conn, self.vault = self.relay.relay_db(), self.relay.vault()
        self.relay.house(self.conn, self.vault)
        self.spool = Spool(self.conn, self.relay.keys, lambda: spool.tag_keys(settings.runtime_dir))
        self.intake, self.fetcher = processes.intake(self.relay), processes.fetcher(self.relay, 0, 1)
        self.sender = processes.chat_sender(self.relay)
        self._open_relay_line()

    def _open_relay_line(self) -> None:
        relay, book, keys = self.relay, self.relay.book(), Keys()
        pace = ReplyPace(REPLY_S / 2, REPLY_S, None, DAY_S)
        signing = SigningKey((self.root("relay") / "keys" / "signing.key").read_bytes())
        identity = Identity(relay.config.node_id, "run of the relay", signing)
        self.reply_key = SealingKey((self.folder / "reply.key").read_bytes())
        (self.folder / "reply.key").unlink()  # the relay has it in memory only
        reply_keys = ReplyKeys(self.reply_key, self.now, 1000 * DAY_S)
        self.program = RelayProgram(
            identity, reply_keys, Downlink(relay.epochs, self.vault, book.catalogue, keys, pace, self.chance)
        )
        peers = [node.id for node in book.directory.nodes if node.id != identity.node]
        line = Exchange(
            *(identity, book.directory, peers, self.conn, self.program, self.clock, self.chance, RETRY),
            *(GREET_EVERY_S, relay.config.root),
        )
        self.relay_desk = RelayDesk(line, self.conn, identity, reply_keys, self.clock)
        notices = Notices(book.phrases, relay.config.update_template)
        self.reply_sender = ReplySender(
            *(self.conn, self.vault, relay.epochs, relay.client(), notices),
            *(keys, pace, self.clock, RETRY, self.chance),
        )

    def _open_box(self, seat: str) -> Box:
        desk = replace(
            open_desk(self.root(seat), self.clock), new_id=lambda: f"{self.chance.getrandbits(128):032x}"
        )
        databases: dict[str, sqlite3.Connection] = {"box.db": desk.conn, "keys.db": open_keys(desk.config)}
        keys = desk.config.root / "keys"
        signing = SigningKey((keys / "signing.key").read_bytes())
        identity = Identity(desk.config.node_id, f"run of {seat}", signing)
        ring = KeyRing(keys, self.now, lambda: SealingKey(self.chance.randbytes(96)))
        program = BoxProgram(desk, databases["keys.db"], identity, ring)
        if seat == "range":
            databases["range.db"] = range_accept.open_range(desk.config.range_db)
            program = RangeProgram(desk, databases["keys.db"], identity, ring, databases["range.db"])
        peers = [n.id for n in desk.directory.nodes if n.id != identity.node]
        peers = [n for n in peers if seat == "range" or desk.directory.node(n).role != "district"]
        line = Exchange(
            *(identity, desk.directory, peers, desk.conn, program, self.clock, self.chance, RETRY),
            *(GREET_EVERY_S, desk.config.root),
            transfer.Receiver(desk.config.incoming_folder, desk.config.evidence_folder),
        )
        return Box(
            seat, desk, program, BoxDesk(line, desk, databases["keys.db"], ring, self.clock), databases
        )
