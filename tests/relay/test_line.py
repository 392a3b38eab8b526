"""The relay's end of the line against a box: reports go, what is acknowledged is dropped, commands come in."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from relay import receipts
from relay.downlink import Downlink, Keys, Pace
from relay.line import RelayDesk, RelayProgram, ReplyKeys
from relay.release import BATCH, checkpoint
from relay.vault import LIFE_S
from sync import db, outbox, topics
from sync.clock import DAY_S
from sync.exchange import Exchange, Identity
from sync.exchange.peers import KEEP_SEEN_S
from sync.link import Arrival
from sync.messages import Message, PublicState, Reply, Settled, encode
from sync.outbox import Parcel, Retry
from sync.sealing import envelopes
from sync.sealing.keys import SealingKey
from tests.relay.builders import (
    GZP_BOX,
    JNP_BOX,
    NUMBER,
    RANGE_ID,
    RELAY_ID,
    SENDER,
    FakeRelay,
    a_book,
    a_directory,
    add_file,
    forms,
    node_keys,
    told,
)
from tests.stations import STATION, FakeProgram
from tests.stations import Keys as NodeKeys

RETRY = Retry(2, 60)
COLUMNS_OF_MONTHLY_KEYS = (
    *(("seen", "key"), ("peer", "contact_key"), ("peer", "sealed_to")),
    *(("peer", "listed_since"), ("outbox", "sealed_to")),
)


class Line:
    """The relay's desk and one box, which hand each other their frames; ``down`` loses what is sent."""

    def __init__(self, relay: FakeRelay) -> None:
        self.relay, self.down, self.box_databases = relay, False, 0
        self.frames: list[bytes] = []
        self.commands = Keys()
        self.reply_keys = ReplyKeys(SealingKey.generate(), relay.now, DAY_S)
        downlink = Downlink(
            relay.epochs, relay.vault(), a_book().catalogue, self.commands, Pace(0, 0, None, DAY_S), relay.rng
        )
        self.program = RelayProgram(relay.identity(), self.reply_keys, downlink)
        exchange = Exchange(
            relay.identity(), a_directory(), [JNP_BOX, GZP_BOX, RANGE_ID], relay.conn, self.program,
            relay.clock, relay.rng, RETRY, 60.0, relay.config.root,
        )  # fmt: skip
        self.desk = RelayDesk(exchange, relay.conn, relay.identity(), self.reply_keys, relay.clock)
        self.new_box()

    def new_box(self) -> None:
        """A box with an empty database."""
        self.box_databases += 1
        keys, run = node_keys()[JNP_BOX], f"run{self.box_databases}"
        self.box_conn = db.open_db(self.relay.config.root.parent / f"{run}.db", STATION)
        identity = Identity(JNP_BOX, run, keys.signing)
        self.box_program = FakeProgram(identity, keys, keys.body)
        self.box_program.handlers = {**self.box_program.handlers, "settled": self.box_program.store}
        self.box = Exchange(
            identity, a_directory(), [RELAY_ID], self.box_conn, self.box_program, self.relay.clock,
            random.Random(1), RETRY, 60.0, self.relay.config.root.parent,
        )  # fmt: skip

    def turn(self) -> None:
        """Both send once, and a second passes."""
        to_box = [d.frame for d in self.desk.outgoing(200) if d.recipient == JNP_BOX]
        self.frames += to_box
        if to_box and not self.down:
            self.box.accept([Arrival(topics.topic(JNP_BOX, RELAY_ID), frame) for frame in to_box])
        to_relay = [d.frame for d in self.box.outgoing(200)]
        if to_relay and not self.down:
            self.desk.accept([Arrival(topics.topic(RELAY_ID, JNP_BOX), frame) for frame in to_relay])
        self.relay.told_time.now += 1

    def turns(self, count: int = 6) -> None:
        """Enough for a message and its answer."""
        for _ in range(count):
            self.turn()

    def command(self, purpose: str, message: Message) -> None:
        """The box sends something to the relay."""
        parcel = Parcel(f"{self.relay.rng.getrandbits(128):032x}", RELAY_ID, purpose, 1, encode(message), 0)
        with db.transaction(self.box_conn):
            outbox.put(self.box_conn, parcel)

    def stored(self) -> list[tuple[str, int]]:
        """What the box holds, and how often each took effect."""
        return [tuple(row) for row in self.box_conn.execute("select text, times from stored")]

    def parts(self) -> list[list[str]]:
        """What the relay still has of each report."""
        rows = self.relay.conn.execute("select content from outbox where purpose='report' order by rowid")
        return [[part.name for part in envelopes.read(row[0]).parts] for row in rows]


@pytest.fixture
def line(relay: FakeRelay) -> Iterator[Line]:
    made = Line(relay)
    yield made
    made.box_conn.close()


def _submit(line: Line, **changes: object) -> bytes:
    says = line.relay.submit(told(happening_now=True, **changes))
    return receipts.tag(line.relay.epochs, receipts.find_code(says[0].text) or "")


def test_a_report_reaches_its_box_once_and_the_receipt_says_so(line: Line) -> None:
    tag = _submit(line)
    line.turns()
    assert line.stored() == [("गांजा बिकता है", 1)]
    assert receipts.state_of(line.relay.conn, tag) == "delivered"
    assert line.relay.value("select state from outbox where purpose='report'") == "acknowledged"


def test_the_contact_part_goes_at_the_acknowledgement_and_not_before(line: Line) -> None:
    _submit(line)
    line.down = True
    line.turns()
    assert line.parts() == [["body", "contact"]]
    line.down = False
    line.relay.told_time.now += 120
    line.turns()
    assert line.parts() == [["body"]]


def test_a_lost_line_delays_and_doubles_nothing(line: Line) -> None:
    tag = _submit(line)
    for down in (True, False, True, False):
        line.down = down
        line.relay.told_time.now += 120
        line.turns()
    assert line.stored() == [("गांजा बिकता है", 1)]
    assert receipts.state_of(line.relay.conn, tag) == "delivered"


def test_a_box_with_a_new_database_gets_the_body_again_without_contact(line: Line) -> None:
    tag = _submit(line)
    line.turns()
    line.new_box()
    line.relay.told_time.now += 120
    line.turns()
    assert line.stored() == [("गांजा बिकता है", 1)]
    assert line.parts() == [["body"]] and receipts.state_of(line.relay.conn, tag) == "delivered"


def test_files_follow_the_acknowledgement(line: Line) -> None:
    manifest = replace(add_file(line.relay, data=b"x" * 100_000), size_bytes=100_000)
    _submit(line, evidence=(manifest,))
    line.down = True
    line.turns()
    assert line.relay.value("select state from file_out") == "waiting"
    line.down = False
    line.relay.told_time.now += 120
    line.turns()
    assert line.relay.value("select state from file_out") == "due"


def test_its_hello_carries_the_checkpoint_of_that_boxs_log(line: Line) -> None:
    for district in ("JNP", "JNP", "GZP"):
        _submit(line, district=district)
    line.turn()
    line.relay.told_time.now += 61
    line.turns()
    row = line.box_conn.execute("select log_size, log_head from peer where node=?", (RELAY_ID,)).fetchone()
    assert tuple(row) == checkpoint(line.relay.conn, JNP_BOX)
    assert row["log_size"] == 2


def test_a_reply_is_taken_and_its_key_stays_in_memory(line: Line) -> None:
    line.turns()
    line.relay.vault().keep("a" * 32, bytes(range(32)), SENDER, "hi", line.relay.now)
    line.command("reply", Reply(1, "a" * 32, bytes(range(32)), 1, "taken_up", ()))
    line.turns()
    assert line.commands == {("a" * 32, 1): bytes(range(32))}
    assert line.relay.value("select node from reply") == JNP_BOX
    assert not [form for form in forms(bytes(range(32))) if form in line.relay.disk()]
    assert line.box_conn.execute("select result from answered").fetchone()[0] == "committed"


@pytest.mark.parametrize("handle", ["a" * 33, "", "A" * 32, "a" * 60_000])
def test_a_command_for_what_is_no_handle_leaves_no_row(line: Line, handle: str) -> None:
    line.turns()
    line.command("reply", Reply(1, handle, bytes(32), 1, "taken_up", ()))
    line.command("state", PublicState(1, handle, "in_work", 1))
    line.turns()
    assert line.relay.count("reply") == 0
    assert line.relay.value("select count(*) from quarantine") == 2


def test_a_reply_outside_the_catalogue_is_set_aside_and_the_next_is_taken(line: Line) -> None:
    line.turns()
    line.relay.vault().keep("b" * 32, bytes(32), SENDER, "hi", line.relay.now)
    line.command("reply", Reply(1, "a" * 32, bytes(32), 1, "words of our own", ()))
    line.command("reply", Reply(1, "b" * 32, bytes(32), 1, "taken_up", ()))
    line.turns()
    assert line.relay.count("quarantine") == 1
    assert list(line.commands) == [("b" * 32, 1)]


def test_a_state_reaches_the_receipt(line: Line) -> None:
    tag = _submit(line)
    handle = line.relay.held()[0].body.handle
    line.turns()
    line.command("state", PublicState(1, handle, "in_work", 1))
    line.turns()
    assert receipts.state_of(line.relay.conn, tag) == "in_work"


def test_what_is_settled_reaches_the_box_and_leaves_the_outbox(line: Line) -> None:
    content = encode(Settled(1, ("a" * 32 + "/1",)))
    with db.transaction(line.relay.conn):
        outbox.put(line.relay.conn, Parcel("5" * 32, JNP_BOX, "settled", 1, content, 0))
    line.turns()
    assert line.stored() == [("Settled", 1)]
    assert line.relay.count("outbox") == 0


@pytest.mark.parametrize("days", [1, 2])
def test_a_reply_key_lives_a_day_and_the_next(line: Line, days: int) -> None:
    line.turns()
    first = line.program.message_key
    for _ in range(days):
        line.relay.told_time.now += DAY_S
        line.turns()
    assert line.program.message_key != first
    assert (line.program.find_key(first.public.id) is not None) == (days == 1)
    line.relay.vault().keep("a" * 32, bytes(32), SENDER, "hi", line.relay.now)
    line.command("reply", Reply(1, "a" * 32, bytes(32), 1, "taken_up", ()))
    line.turns()
    assert len(line.commands) == 1


def test_ids_of_commands_go_when_their_reply_key_is_long_dead(line: Line) -> None:
    line.turns()
    line.command("state", PublicState(1, "a" * 32, "in_work", 1))
    line.turns()
    assert line.relay.count("seen") == 1
    line.relay.told_time.now += 2 * DAY_S
    line.turns()
    line.relay.told_time.now += 2 * DAY_S
    line.turns()
    assert line.relay.count("seen") == 1  # its key is dead; a box that never heard may seal it anew
    line.relay.told_time.now += KEEP_SEEN_S
    line.turns()
    assert line.relay.count("seen") == 0


def test_a_report_is_sealed_to_the_newest_key_that_its_box_has_told(line: Line) -> None:
    first = node_keys()[JNP_BOX]
    line.turns()
    _submit(line)
    newer = NodeKeys.generate()
    line.box_program.message_key, line.box_program.contact_key = newer.body, newer.contact.public.raw
    line.box_program.keys |= {key.public.id: key for key in (newer.body, newer.contact)}
    line.down = True
    line.turns()
    line.down = False
    line.relay.told_time.now += 61
    line.turns()
    _submit(line)
    line.turns()
    assert line.stored() == [("गांजा बिकता है", 1)] * 2
    kept = line.relay.conn.execute("select sealed_to from outbox where purpose='report' order by rowid")
    assert [row[0] for row in kept] == [first.body.public.id, newer.body.public.id]


def test_contact_parts_go_with_the_last_vault_row_they_could_open(line: Line) -> None:
    line.turns()
    line.down = True
    _submit(line)
    line.turns()
    line.relay.pass_time(LIFE_S - DAY_S)
    assert line.parts() == [["body", "contact"]]
    line.relay.pass_time(DAY_S)
    assert line.parts() == [["body"]]
    line.down = False
    line.relay.told_time.now += 120
    line.turns(20)
    assert line.stored() == [("गांजा बिकता है", 1)]


def test_no_hello_goes_while_more_is_due_than_is_released_at_a_time(line: Line) -> None:
    for _ in range(BATCH + 1):
        _submit(line)
    rounds = [len(line.desk.outgoing(200)) for _ in range(2)]
    assert (rounds[0], rounds[1] > 0, line.relay.count("held")) == (0, True, 0)


def test_rows_of_an_older_relay_get_the_names_of_their_keys(line: Line) -> None:
    _submit(line)
    line.desk.outgoing(200)
    conn, keys = line.relay.conn, node_keys()[JNP_BOX]
    conn.execute("drop index outbox_sealed_to")
    for table, column in COLUMNS_OF_MONTHLY_KEYS:
        conn.execute(f"alter table {table} drop column {column}")
    conn.execute("delete from _sqlite_migrations where name='monthly_keys'")
    again = line.relay.relay_db()
    (found,) = again.execute("select sealed_to from outbox where purpose='report'").fetchone()
    assert found.split() == [keys.body.public.id, keys.contact.public.id]


def test_everybody_hears_of_a_new_reply_key_at_once(line: Line) -> None:
    line.turns()
    before = line.program.message_key
    line.reply_keys.made_at -= DAY_S  # no greeting is due otherwise
    line.turn()
    assert line.program.message_key != before
    row = line.box_conn.execute("select message_key from peer where node=?", (RELAY_ID,)).fetchone()
    assert row[0] == line.program.message_key.public.raw


def test_reply_keys_are_never_written(line: Line) -> None:
    line.turns()
    key = line.program.message_key
    assert line.relay.value("select message_key from peer") is not None
    everything = b"".join(p.read_bytes() for p in line.relay.config.root.parent.rglob("*") if p.is_file())
    assert key.public.raw[:1000] in everything
    assert not [form for half in (key.raw[:64], key.raw[64:]) for form in forms(half) if form in everything]


def test_no_frame_holds_the_number_or_the_words(line: Line) -> None:
    _submit(line)
    line.turns()
    sent = b"".join(line.frames)
    assert JNP_BOX.encode() in sent
    secrets = (NUMBER.encode(), "गांजा".encode())
    assert not [form for secret in secrets for form in forms(secret) if form in sent]


def test_when_the_line_comes_up_it_greets(line: Line) -> None:
    line.turns()
    before = len(line.frames)
    line.turn()
    assert len(line.frames) == before
    line.desk.connected()
    line.turn()
    assert len(line.frames) > before
