"""Hellos: they only grow newer, they name the key to seal to, and they tell of a new run or a new database."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync import frames, topics
from sync.exchange import clock_gap_s, last_contact, seal_message
from sync.link import Arrival
from sync.messages import Hello
from sync.outbox import Parcel
from sync.sealing.keys import SealingKey
from tests.stations import BOX_ID, RANGE_ID, RELAY_ID, FakeLine, Station, World, a_report

M1, M2 = "01" * 16, "02" * 16


def peer(station: Station, node: str) -> Hello:
    """What a station has noted of another."""
    row = station.conn.execute("select * from peer where node=?", (node,)).fetchone()
    return Hello(
        2,
        row["run"],
        row["issued_at"],
        row["epoch"],
        row["directory_version"],
        row["message_key"],
        row["log_size"],
        row["log_head"],
        row["contact_key"],
        tuple(row["sealed_to"].split()),
    )


def greet(relay: Station, box: Station, hello: Hello) -> None:
    """The relay says exactly this to the box."""
    sealed = seal_message(relay.program.identity, "hello", BOX_ID, box.keys.body.public, hello, M2)
    box.exchange.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frames.of_envelope(sealed))])


def contact(box: Station) -> tuple[int | None, int | None]:
    """When the relay was heard last, and how far ahead of its clock the box's was (s)."""
    return last_contact(box.conn, RELAY_ID), clock_gap_s(box.conn, RELAY_ID)


def hellos_to(station: Station, node: str) -> int:
    """How many frames a station sends to a node now, having nothing else to say."""
    return sum(departure.recipient == node for departure in station.exchange.outgoing(200))


def test_both_sides_know_each_other_after_the_first_turns(
    line: FakeLine, relay: Station, box: Station
) -> None:
    noted = peer(box, RELAY_ID)
    assert noted.message_key == relay.program.message_key.public.raw
    assert (noted.run, noted.directory_version) == (f"{RELAY_ID}-1", 1)
    assert (noted.log_size, noted.log_head) == (3, b"head of " + BOX_ID.encode())
    assert noted.epoch == relay.value("select epoch from node_epoch")
    assert peer(relay, BOX_ID).message_key == box.keys.body.public.raw
    assert box.program.greetings[0] == (RELAY_ID, True, False)
    assert (RELAY_ID, True, False) not in box.program.greetings[1:]


def test_a_hello_that_is_not_newer_counts_for_nothing(line: FakeLine, relay: Station, box: Station) -> None:
    noted = peer(box, RELAY_ID)
    for age in (0, 1, 10**12):
        greet(relay, box, replace(noted, issued_at=noted.issued_at - age, run="old", epoch="old"))
    assert peer(box, RELAY_ID) == noted
    assert box.counter("old_hello") == 3
    greet(relay, box, replace(noted, issued_at=noted.issued_at + 1, log_size=9))
    assert peer(box, RELAY_ID).log_size == 9


def test_the_last_contact_is_the_newest_hello_and_nothing_that_can_be_sent_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    noted, known = peer(box, RELAY_ID), contact(box)
    sent_again = a_report(RELAY_ID, relay.keys.signing, BOX_ID, box.keys, M1)
    line.clock.now += 3600
    box.exchange.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frames.of_envelope(sent_again.to_bytes()))])
    greet(relay, box, noted)
    assert contact(box) == known and box.stored() == {M1: 1}
    greet(relay, box, replace(noted, issued_at=round(box.now * 1000)))
    assert contact(box) == (int(box.now), 0)
    assert last_contact(box.conn, RANGE_ID) is None


def test_hellos_rise_even_when_the_clock_is_set_back(line: FakeLine, relay: Station, box: Station) -> None:
    first = peer(box, RELAY_ID).issued_at
    line.clock.now -= 100_000
    relay.restart()
    line.turn()
    assert peer(box, RELAY_ID).issued_at > first
    assert peer(box, RELAY_ID).run == f"{RELAY_ID}-2"


def test_everybody_is_greeted_at_every_connection_and_every_minute(line: FakeLine, relay: Station) -> None:
    assert hellos_to(relay, BOX_ID) == 0
    relay.exchange.connected()
    assert hellos_to(relay, BOX_ID) == 1
    assert hellos_to(relay, BOX_ID) == 0
    line.clock.now += 60
    assert hellos_to(relay, BOX_ID) == 1


def test_a_new_run_makes_what_waits_due_at_once(line: FakeLine, relay: Station, box: Station) -> None:
    line.drop = 1.0
    relay.send_report(box, M1)
    for _ in range(40):
        line.turn()
    line.drop = 0.0
    assert float(str(relay.value("select due_at from outbox"))) > line.clock.now + 1
    box.restart()
    line.turn()
    line.turn(0)
    assert box.stored() == {M1: 1}


def test_a_new_run_is_greeted_back_at_once(line: FakeLine, relay: Station, box: Station) -> None:
    box.restart()
    line.send(box)
    line.deliver()
    assert relay.program.greetings[-1] == (BOX_ID, True, False)
    assert hellos_to(relay, BOX_ID) == 1


def test_a_new_database_is_told_apart_from_a_new_run(line: FakeLine, relay: Station, box: Station) -> None:
    relay.send_report(box, M1)
    line.run_until(lambda: relay.waiting() == 0)
    box.lose_database()
    line.run_until(lambda: (BOX_ID, True, True) in relay.program.greetings)
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == {M1: 1}


def test_a_reply_sealed_to_a_dead_key_of_the_relay_heals_by_the_next_hello(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.restart()
    relay.exchange.outgoing(200)  # its first hello is lost
    box.send_reply(relay, M1)
    line.send(box)
    line.deliver()
    assert relay.counter("refused.StaleKey") == 1
    assert relay.value("select count(*) from quarantine") == 0
    assert relay.stored() == {}
    assert hellos_to(relay, BOX_ID) == 1  # lost as well: the next comes of itself
    line.run_until(lambda: box.waiting() == 0)
    assert relay.stored() == {M1: 1}


def test_a_reply_waits_until_the_relay_has_named_its_key(world: World, relay: Station, box: Station) -> None:
    line = FakeLine([relay, box])
    box.send_reply(relay, M1)
    assert [departure.recipient for departure in box.exchange.outgoing(200)] == [RANGE_ID]
    line.run_until(lambda: box.waiting() == 0)
    assert relay.stored() == {M1: 1}


BAD_KEYS: list[Callable[[bytes], bytes]] = [
    lambda key: b"",
    lambda key: b"\xff" * 1216,
    lambda key: bytes(1216),
    lambda key: key[:1184] + bytes(32),
]


@pytest.mark.parametrize("spoil", BAD_KEYS, ids=["empty", "ones", "zeros", "low order"])
def test_a_hello_with_a_key_that_nobody_can_seal_to_is_set_aside(
    line: FakeLine, relay: Station, box: Station, spoil: Callable[[bytes], bytes]
) -> None:
    noted = peer(box, RELAY_ID)
    key = spoil(SealingKey.generate().public.raw)
    greet(relay, box, replace(noted, issued_at=noted.issued_at + 1, message_key=key))
    assert peer(box, RELAY_ID).message_key == noted.message_key
    assert box.value("select count(*) from quarantine") == 1
    box.send_reply(relay, M1)
    line.run_until(lambda: box.waiting() == 0)


def test_a_row_for_a_node_that_has_left_the_directory_does_not_stop_the_others(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.put(Parcel(M2, "n00000066", "report", 0, b"sealed long ago", relay.now, b"h"))
    relay.send_report(box, M1)
    line.run_until(lambda: box.stored() == {M1: 1})
    assert relay.value("select count(*) from outbox where message_id=?", M2) == 1
