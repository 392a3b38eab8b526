"""Keys in hellos: newest first, older versions still spoken to, replays refused, and what cannot be opened any more."""

import sqlite3
from dataclasses import replace

import pytest

from sync import exchange, frames, topics
from sync.clock import DAY_S
from sync.db import transaction
from sync.exchange.peers import KEEP_SEEN_S, sealed_to
from sync.link import Arrival
from sync.messages import DutyAnswer, Hello, Message, Settled
from sync.sealing.keys import SealingKey
from tests.stations import BOX_ID, RELAY_ID, FakeLine, Keys, Station, a_report

M1, M2 = "01" * 16, "02" * 16


def say(relay: Station, box: Station, purpose: str, message: Message, key: SealingKey | None = None) -> None:
    """The relay says exactly this to the box."""
    public = (key or box.keys.body).public
    sealed = exchange.seal_message(relay.program.identity, purpose, BOX_ID, public, message, M2)
    box.exchange.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frames.of_envelope(sealed))])


def a_hello(relay: Station, **changes: object) -> Hello:
    """The relay's next one."""
    issued_at = int(relay.world.time.now * 1000) + 10**6
    key = relay.program.message_key.public.raw
    plain = Hello(2, "run", issued_at, "epoch", 1, key, 0, b"")
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's own choice of fields


def announced(station: Station, node: str) -> exchange.Announced:
    return exchange.keys_of(station.conn, station.world.directory.node(node))


def test_the_directory_gives_the_keys_until_a_hello_does(relay: Station, box: Station) -> None:
    assert announced(relay, BOX_ID) == exchange.Announced(box.keys.body.public, box.keys.contact.public)
    newer = Keys.generate()
    box.program.message_key, box.program.contact_key = newer.body, newer.contact.public.raw
    line = FakeLine([relay, box])
    line.run_until(lambda: announced(relay, BOX_ID).contact == newer.contact.public)
    assert announced(relay, BOX_ID).body == newer.body.public


def test_a_hello_names_the_keys_that_are_sealed_to_and_those_that_were(
    line: FakeLine, relay: Station, box: Station
) -> None:
    old = {box.keys.body.public.id, box.keys.contact.public.id}
    relay.send_report(box, M1)
    newer = Keys.generate()
    box.program.message_key, box.program.contact_key = newer.body, newer.contact.public.raw
    box.program.keys |= {key.public.id: key for key in (newer.body, newer.contact)}
    line.clock.now += 61
    box_says = [d.frame for d in box.exchange.outgoing(200) if d.recipient == RELAY_ID]
    relay.exchange.accept([Arrival(topics.topic(RELAY_ID, BOX_ID), frame) for frame in box_says])
    new = {newer.body.public.id, newer.contact.public.id}
    assert set(sealed_to(relay.conn, relay.world.directory.node(BOX_ID))) == old | new
    line.run_until(lambda: box.stored() == {M1: 1})
    line.clock.now += 61
    line.run_until(lambda: str(box.value("select sealed_to from peer where node=?", RELAY_ID)).split() != [])
    assert set(exchange.in_use(box.conn, RELAY_ID, 0) or ()) == old | new


def test_what_a_node_uses_counts_once_its_hellos_have_said_so_for_long(
    line: FakeLine, relay: Station, box: Station
) -> None:
    first = a_hello(relay, sealed_to=("a", "b"))
    say(relay, box, "hello", first)
    assert exchange.in_use(box.conn, RELAY_ID, DAY_S) is None
    line.clock.now += 5 * DAY_S  # our own clock says nothing
    assert exchange.in_use(box.conn, RELAY_ID, DAY_S) is None
    later = first.issued_at + int(DAY_S * 1000)
    say(relay, box, "hello", replace(first, issued_at=later))
    assert set(exchange.in_use(box.conn, RELAY_ID, DAY_S) or ()) == {"a", "b"}
    say(relay, box, "hello", replace(first, issued_at=later + 1, sealed_to=("b",)))
    assert exchange.in_use(box.conn, RELAY_ID, DAY_S) is None


def test_a_node_that_speaks_version_1_is_answered_in_both(
    line: FakeLine, relay: Station, box: Station
) -> None:
    old = a_hello(relay)
    say(relay, box, "hello", old.first())
    assert exchange.in_use(box.conn, RELAY_ID, 0) is None
    assert announced(box, RELAY_ID).body == relay.program.message_key.public
    line.clock.now += 61
    to_relay = [d for d in box.exchange.outgoing(200) if d.recipient == RELAY_ID]
    assert len(to_relay) == 2
    say(relay, box, "hello", replace(old, issued_at=old.issued_at + 1))
    line.clock.now += 61
    assert len([d for d in box.exchange.outgoing(200) if d.recipient == RELAY_ID]) == 1


def test_a_contact_key_is_told_until_the_other_uses_it_and_again_when_it_changes(
    line: FakeLine, relay: Station, box: Station
) -> None:
    line.clock.now += 61
    known = announced(relay, BOX_ID)
    (small,) = (len(d.frame) for d in box.exchange.outgoing(200) if d.recipient == RELAY_ID)
    box.program.contact_key = SealingKey.generate().public.raw
    line.clock.now += 61
    (large,) = (len(d.frame) for d in box.exchange.outgoing(200) if d.recipient == RELAY_ID)
    assert (small, large) == (4096, 8192)
    line.run_until(lambda: announced(relay, BOX_ID) != known, turns=200)
    line.clock.now += 61
    line.run_until(lambda: box.program.contact_key == announced(relay, BOX_ID).contact.raw)  # type: ignore[union-attr]  # it has one


def test_a_contact_key_that_is_none_is_set_aside(line: FakeLine, relay: Station, box: Station) -> None:
    before = announced(box, RELAY_ID)
    say(relay, box, "hello", a_hello(relay, contact_key=b"\xff" * 1216))
    assert announced(box, RELAY_ID) == before
    assert box.value("select count(*) from quarantine") == 1


def test_a_report_whose_contact_key_is_gone_is_taken_without_its_way_back(
    line: FakeLine, relay: Station, box: Station
) -> None:
    mixed = replace(box.keys, contact=SealingKey.generate())
    envelope = a_report(RELAY_ID, relay.keys.signing, BOX_ID, mixed, M1)
    box.exchange.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frames.of_envelope(envelope.to_bytes()))])
    assert (box.stored(), box.counter("contact_key_gone")) == ({M1: 1}, 1)
    assert box.value("select result from seen where message_id=?", M1) == "committed"


@pytest.mark.parametrize(
    ("purpose", "message", "kept"),
    [
        ("duty_answer", DutyAnswer(1, "d" * 32, "accepted", "", 1, ()), 1),
        ("settled", Settled(1, ("x/1",)), 0),
    ],
)
def test_only_what_its_sender_cannot_seal_anew_is_set_aside_for_a_key_that_is_not_here(
    line: FakeLine, relay: Station, box: Station, purpose: str, message: Message, kept: int
) -> None:
    say(relay, box, purpose, message, SealingKey.generate())
    assert box.value("select count(*) from quarantine") == kept
    assert box.value("select count(*) from acknowledge where message_id=?", M2) == kept
    assert box.counter("refused.StaleKey") == 1


def test_ids_go_with_the_key_and_those_in_quarantine_stay(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.send_report(box, M1)
    line.run_until(lambda: relay.waiting() == 0)
    say(relay, box, "duty_answer", DutyAnswer(1, "d" * 32, "accepted", "", 1, ()), SealingKey.generate())
    live, much_later = [box.keys.body.public.id], line.clock.now + KEEP_SEEN_S + 60
    with transaction(box.conn):
        assert exchange.forget_seen(box.conn, live, much_later) == 0
        assert exchange.forget_seen(box.conn, [], line.clock.now) == 0
        assert exchange.forget_seen(box.conn, [], much_later) == 1
    assert box.value("select message_id from seen") == M2


def test_ids_seen_before_senders_were_kept_are_all_there_afterwards() -> None:
    conn = sqlite3.connect(":memory:")
    for statement in (*exchange.SCHEMA, *exchange.MONTHLY_KEYS):
        conn.execute(statement)
    before = (M1, b"hash", 7, "quarantined", 60, "key")
    conn.execute("insert into seen values(?,?,?,?,?,?)", before)
    for statement in exchange.SEEN_BY_SENDER:
        conn.execute(statement)
    assert conn.execute("select * from seen").fetchall() == [("", *before)]
    assert conn.execute("select 1 from sqlite_schema where name='seen_before'").fetchall() == []
