"""Both ends of a line: a box with its real program, and a relay as far as a box can tell."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from appliance.desk import Desk, open_keys
from appliance.keyring import KeyRing
from appliance.line import BoxDesk, BoxProgram, RangeProgram
from appliance.rangenode import accept
from sync import topics, transfer
from sync.directory import RANGE
from sync.exchange import Exchange, Identity, Opened
from sync.link import Arrival
from sync.messages import Reply, ReportBody
from tests.appliance.office import DIRECTORY
from tests.stations import RELAY_ID, RETRY, Keys, Station, World, a_report


def a_ring(root: Path, keys: Keys, now: float) -> KeyRing:
    """The ring of a node whose pair of the enrolment is ``keys``."""
    (root / "keys").mkdir(exist_ok=True)
    for name, key in (("body.key", keys.body), ("contact.key", keys.contact)):
        if not (root / "keys" / name).exists():
            (root / "keys" / name).write_bytes(key.raw)
    return KeyRing(root / "keys", now)


class Relay:
    """Takes each answer once by handle and number; its report key lies in memory only."""

    def __init__(self, world: World) -> None:
        self.station = Station(world, RELAY_ID)
        self.station.conn.execute("create table waiting(handle text, number integer, unique(handle, number))")
        self._remember_nothing()

    def restart(self) -> None:
        """As after a kill."""
        self.station.restart()
        self._remember_nothing()

    def answers(self) -> int:
        """How many different answers it ever took."""
        return int(self.station.conn.execute("select count(*) from waiting").fetchone()[0])

    def _remember_nothing(self) -> None:
        self.memory: dict[tuple[str, int], bytes] = {}
        self.station.program.handlers = {**self.station.program.handlers, "reply": self._take}

    def _take(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        reply = opened.messages["message"]
        assert isinstance(reply, Reply)
        conn.execute("insert or ignore into waiting values(?,?)", (reply.handle, reply.reply_no))
        self.memory[reply.handle, reply.reply_no] = reply.report_key


class Ends:
    """A box (or range node) and the relay on a line that loses what a test lets it lose."""

    def __init__(self, folder: Path, desk: Desk, world: World) -> None:
        """``desk`` is the box's, by the world's clock."""
        self.world, self.relay = world, Relay(world)
        nodes = tuple(
            replace(node, district=DIRECTORY.node(node.id).district) for node in world.directory.nodes
        )
        self.desk = replace(desk, directory=replace(DIRECTORY, nodes=nodes))
        self.keys_conn = open_keys(desk.config)
        self.runs = 0
        self.start_box()

    def start_box(self) -> None:
        """A new link process on what the last one left on disk."""
        desk, world, mine = self.desk, self.world, self.desk.config.node_id
        self.runs += 1
        keys = world.keys[mine]
        identity = Identity(mine, f"run {self.runs}", keys.signing)
        self.ring = a_ring(desk.config.root, keys, world.clock())
        given = (desk, self.keys_conn, identity, self.ring)
        self.program = BoxProgram(*given)
        if desk.config.role == RANGE:
            self.program = RangeProgram(*given, accept.open_range(desk.config.range_db))
        line = Exchange(
            *(identity, desk.directory, [RELAY_ID], desk.conn, self.program, world.clock, world.rng),
            *(RETRY, 60.0, desk.config.root),
            transfer.Receiver(desk.config.incoming_folder, desk.config.evidence_folder),
        )
        self.line = BoxDesk(line, desk, self.keys_conn, self.ring, world.clock)

    def box_sends(self) -> None:
        """What the box has to say arrives at the relay."""
        frames = [d.frame for d in self.line.outgoing(200) if d.recipient == RELAY_ID]
        topic = topics.topic(RELAY_ID, self.desk.config.node_id)
        self.relay.station.exchange.accept([Arrival(topic, frame) for frame in frames])

    def relay_sends(self) -> None:
        """What the relay has to say arrives at the box."""
        mine = self.desk.config.node_id
        departures = self.relay.station.exchange.outgoing(200)
        frames = [d.frame for d in departures if d.recipient == mine]
        self.line.accept([Arrival(topics.topic(mine, RELAY_ID), frame) for frame in frames])

    def turns(self, count: int = 8) -> None:
        """Both speak and hear for some seconds."""
        for _ in range(count):
            self.box_sends()
            self.relay_sends()
            self.world.time.now += 5

    def report(self, body: ReportBody, is_cut: bool = False) -> None:
        """A report reaches the box; ``is_cut``: without its contact part."""
        relay, keys = self.world.keys[RELAY_ID], self.world.keys[self.desk.config.node_id]
        envelope = a_report(
            RELAY_ID, relay.signing, self.desk.config.node_id, keys, "e" + body.handle[1:], body
        )
        if is_cut:
            envelope = envelope.without("contact")
        self.relay.station.put_report(self.desk.config.node_id, envelope)
        self.turns()

    def lose_keys(self) -> None:
        """As after a restore: keys.db is never backed up."""
        self.keys_conn.execute("delete from report_key")
