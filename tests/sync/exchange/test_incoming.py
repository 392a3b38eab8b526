"""Frames that come: the good are stored once, the bad are refused or set aside and counted, and the line goes on."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from sync import canonical, frames, outbox, topics
from sync.errors import SatarkError, Unavailable
from sync.exchange.incoming import QUARANTINE_ROWS
from sync.frames import Chunk
from sync.link import Arrival
from sync.messages import Acknowledgement, Acknowledgements, Hello, Message, encode
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope, SealedPart
from sync.sealing.keys import SealingKey, SigningKey
from tests.stations import BOX_ID, RANGE_ID, RELAY_ID, FakeLine, Keys, Station, a_report
from tests.vectors.make import REPORT

M1, M2, M3 = "01" * 16, "02" * 16, "03" * 16
TOPIC = topics.topic(BOX_ID, RELAY_ID)


def arrival(envelope: Envelope, topic: str = TOPIC) -> Arrival:
    return Arrival(topic, frames.of_envelope(envelope.to_bytes()))


def report(relay: Station, box: Station, message_id: str = M1) -> Envelope:
    return a_report(RELAY_ID, relay.keys.signing, BOX_ID, box.keys, message_id)


def from_relay(
    relay: Station,
    box: Station,
    purpose: str,
    content: bytes,
    key: SealingKey | None = None,
    **header: object,
) -> Arrival:
    """Any one-part message, correctly signed by the relay; ``header``: other fields."""
    public = (key or box.keys.body).public
    part = envelopes.seal_part(purpose, "message", content, public, RELAY_ID, BOX_ID, M2)
    envelope = envelopes.sign(purpose, (part,), relay.keys.signing, RELAY_ID, BOX_ID, M2)
    changed = replace(envelope.header, **header)  # type: ignore[arg-type]  # a test's own choice of fields
    signature = relay.keys.signing.sign("envelope", canonical.dumps(changed))
    return arrival(Envelope(changed, signature, envelope.parts))


def message(relay: Station, box: Station, purpose: str, content: Message) -> Arrival:
    return from_relay(relay, box, purpose, encode(content))


def garbage(relay: Station, box: Station) -> Arrival:
    return Arrival(TOPIC, b"E" + bytes(3) + b"\x09garbage".ljust(4092, b"\0"))


def of_no_size(relay: Station, box: Station) -> Arrival:
    return Arrival(TOPIC, b"")


def on_an_odd_topic(relay: Station, box: Station) -> Arrival:
    return replace(arrival(report(relay, box)), topic="satark/2/x/y")


def altered(relay: Station, box: Station) -> Arrival:
    frame = bytearray(arrival(report(relay, box)).frame)
    frame[3000] ^= 1
    return Arrival(TOPIC, bytes(frame))


def for_another_node(relay: Station, box: Station) -> Arrival:
    other = a_report(RELAY_ID, relay.keys.signing, RANGE_ID, relay.world.keys[RANGE_ID], M1)
    return arrival(other)


def on_anothers_topic(relay: Station, box: Station) -> Arrival:
    return arrival(report(relay, box), topics.topic(BOX_ID, RANGE_ID))


def from_an_unknown_node(relay: Station, box: Station) -> Arrival:
    stranger = a_report("n00000066", SigningKey.generate(), BOX_ID, box.keys, M1)
    return arrival(stranger, topics.topic(BOX_ID, "n00000066"))


def signed_by_another(relay: Station, box: Station) -> Arrival:
    return arrival(a_report(RELAY_ID, SigningKey.generate(), BOX_ID, box.keys, M1))


def of_a_newer_version(relay: Station, box: Station) -> Arrival:
    return from_relay(relay, box, "reply", b'{"v":1}', v=2)


def with_half_a_character(relay: Station, box: Station) -> Arrival:
    raw = report(relay, box).to_bytes().replace(M1.encode(), rb"\ud800" + b"0" * 26)
    return Arrival(TOPIC, frames.of_envelope(raw))


def with_an_index_beyond_all_stores(relay: Station, box: Station) -> Arrival:
    return from_relay(relay, box, "reply", b'{"v":1}', index=2**70)


def with_an_endless_id(relay: Station, box: Station) -> Arrival:
    return from_relay(relay, box, "reply", b'{"v":1}', id="x" * 100_000)


def with_its_body_cut_off(relay: Station, box: Station) -> Arrival:
    return arrival(report(relay, box, M2).without("body"))


def chunk_of_no_report(relay: Station, box: Station) -> Arrival:
    return Arrival(TOPIC, frames.of_chunk(Chunk("ee" * 16, 0, 1, b"x")))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bad", "counted"),
    [
        (garbage, "Unreadable"),
        (of_no_size, "Unreadable"),
        (on_an_odd_topic, "Unreadable"),
        (altered, "Unreadable"),
        (for_another_node, "NotForUs"),
        (on_anothers_topic, "NotForUs"),
        (from_an_unknown_node, "UnknownNode"),
        (signed_by_another, "BadSignature"),
        (of_a_newer_version, "TooNew"),
        (with_half_a_character, "Unreadable"),
        (with_an_index_beyond_all_stores, "Unreadable"),
        (with_an_endless_id, "Unreadable"),
        (with_its_body_cut_off, "Unreadable"),
        (chunk_of_no_report, "chunk"),
    ],
)
def test_a_frame_that_nobody_vouches_for_is_counted_and_leaves_no_other_trace(
    line: FakeLine, relay: Station, box: Station, bad: Callable[[Station, Station], Arrival], counted: str
) -> None:
    box.exchange.accept([bad(relay, box), arrival(report(relay, box, M3)), bad(relay, box)])
    assert box.counter(f"refused.{counted}") == 2
    assert box.stored() == {M3: 1}
    assert box.value("select count(*) from quarantine") == 0
    assert box.value("select count(*) from acknowledge") == 1
    assert len(box.exchange.outgoing(200)) == 1


@dataclass(frozen=True)
class Odd:
    """A correctly signed frame that cannot be taken, and what is noted."""

    make: Callable[[Station, Station], Arrival]
    reason: str
    id: str = M2


def sealed_to_nobody(relay: Station, box: Station) -> Arrival:
    return arrival(a_report(RELAY_ID, relay.keys.signing, BOX_ID, Keys.generate(), M2))


def with_nonsense_for_a_part(relay: Station, box: Station) -> Arrival:
    part = SealedPart("body", box.keys.body.public.id, b"nonsense")
    return arrival(envelopes.sign("report", (part,), relay.keys.signing, RELAY_ID, BOX_ID, M2))


ODD = [
    Odd(sealed_to_nobody, "StaleKey"),
    Odd(with_nonsense_for_a_part, "Unreadable"),
    Odd(lambda relay, box: from_relay(relay, box, "reply", b"not JSON"), "Unreadable"),
    Odd(lambda relay, box: from_relay(relay, box, "reply", b'{"v":2}'), "TooNew"),
    Odd(lambda relay, box: from_relay(relay, box, "note", b'{"v":1}'), "Unreadable"),
    Odd(lambda relay, box: from_relay(relay, box, "settled", b'{"items":[],"v":1}'), "SatarkError"),
    Odd(
        lambda relay, box: from_relay(
            relay, box, "hello", encode(Hello(2, "r", 2**70, "e", 1, box.keys.body.public.raw, 0, b""))
        ),
        "OverflowError",
    ),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_signed_message_that_cannot_be_taken_is_set_aside_and_answered(
    line: FakeLine, relay: Station, box: Station, odd: Odd
) -> None:
    bad = odd.make(relay, box)
    box.exchange.accept([bad, arrival(report(relay, box, M3))])
    row = box.conn.execute("select sender, reason, frame from quarantine").fetchone()
    assert tuple(row) == (RELAY_ID, odd.reason, bad.frame)
    owed = dict(box.conn.execute("select message_id, result from acknowledge").fetchall())
    assert owed == {odd.id: "quarantined", M3: "committed"}
    assert box.stored() == {M3: 1}


@pytest.mark.parametrize("error", [ValueError, SatarkError, sqlite3.IntegrityError, KeyError])
def test_a_handler_that_raises_leaves_no_effect_and_its_message_is_set_aside(
    line: FakeLine, relay: Station, box: Station, error: type[Exception]
) -> None:
    relay.send_report(box, M1)
    relay.send_report(box, M2)
    box.program.trouble[M1] = error("this one")
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == {M2: 1}
    assert box.value("select reason from quarantine") == error.__name__
    assert relay.value("select state from outbox where message_id=?", M1) == "quarantined"
    assert relay.value("select content from outbox where message_id=?", M1) is not None
    assert relay.counter("quarantined_there") == 1


@pytest.mark.parametrize("error", [sqlite3.OperationalError, OSError])
def test_what_is_no_fault_of_the_message_stops_the_group_and_stores_nothing(
    line: FakeLine, relay: Station, box: Station, error: type[Exception]
) -> None:
    group = [arrival(report(relay, box, m)) for m in (M1, M2, M3)]
    box.program.trouble[M2] = error("disk full")
    with pytest.raises(Unavailable, match="disk full"):
        box.exchange.accept([*group, garbage(relay, box)])
    assert box.stored() == {}
    for table in ("seen", "acknowledge", "quarantine"):
        assert box.value(f"select count(*) from {table}") == 0
    assert box.counter("refused.Unreadable") == 0
    box.program.trouble.clear()
    box.exchange.accept(group)
    assert box.stored() == {M1: 1, M2: 1, M3: 1}


def test_what_belongs_in_another_file_is_written_before_the_group(
    line: FakeLine, relay: Station, box: Station
) -> None:
    box.program.trouble[M1] = sqlite3.OperationalError("not now")
    with pytest.raises(Unavailable):
        box.exchange.accept([arrival(report(relay, box)), garbage(relay, box)])
    assert box.program.prepared[-1] == M1


def test_a_message_whose_handler_lacks_something_waits_alone(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.send_report(box, M1)
    relay.send_report(box, M2)
    box.program.trouble[M1] = Unavailable("the other volume is away")
    line.run_until(lambda: relay.waiting() == 1)
    assert box.stored() == {M2: 1}
    assert box.value("select count(*) from quarantine") == 0
    box.program.trouble.clear()
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == {M1: 1, M2: 1}


def test_a_replayed_report_is_answered_alike_and_stored_once(
    line: FakeLine, relay: Station, box: Station
) -> None:
    frame = arrival(report(relay, box))
    box.exchange.accept([frame, frame])
    box.restart()
    box.exchange.accept([frame])
    assert box.stored() == {M1: 1}
    assert box.counter("duplicate") == 2
    assert box.value("select count(*) from acknowledge where result='committed'") == 3


def test_an_id_that_another_node_used_first_swallows_no_report(
    line: FakeLine, relay: Station, box: Station
) -> None:
    other = a_report(RANGE_ID, relay.world.keys[RANGE_ID].signing, BOX_ID, box.keys, M1)
    box.exchange.accept([arrival(other, topics.topic(BOX_ID, RANGE_ID))])
    relay.send_report(box, M1)
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == {M1: 2}
    assert (box.counter("duplicate"), box.counter("id_used_twice")) == (0, 0)


@pytest.mark.parametrize("trouble", [None, ValueError("poison")])
def test_another_report_under_an_id_of_its_sender_is_not_taken_for_the_first(
    line: FakeLine, relay: Station, box: Station, trouble: Exception | None
) -> None:
    if trouble is not None:
        box.program.trouble[M1] = trouble
    first, second = report(relay, box), report(relay, box)
    box.exchange.accept([arrival(first), arrival(second), arrival(second), arrival(first)])
    assert {row[0] for row in box.conn.execute("select envelope_hash from acknowledge")} == {first.hash}
    assert (box.counter("id_used_twice"), box.counter("duplicate")) == (2, 1)
    assert box.value("select count(*) from quarantine") == (0 if trouble is None else 1)


def test_a_command_that_was_sealed_anew_is_known_by_its_id(
    line: FakeLine, relay: Station, box: Station
) -> None:
    reply = box.a_reply(relay, M2)
    for _ in range(2):
        key = relay.program.message_key.public
        sealed = frames.of_envelope(box.program.seal(reply, key) or b"")
        relay.exchange.accept([Arrival(topics.topic(RELAY_ID, BOX_ID), sealed)])
    assert (relay.stored(), relay.counter("duplicate"), relay.counter("id_used_twice")) == ({M2: 1}, 1, 0)


def test_an_id_from_before_senders_were_kept_still_stands_for_its_own_report_alone(
    line: FakeLine, relay: Station, box: Station
) -> None:
    first, second = report(relay, box), report(relay, box)
    box.exchange.accept([arrival(first)])
    box.conn.execute("update seen set sender=''")
    box.exchange.accept([arrival(first)])
    assert (box.counter("duplicate"), box.stored()) == (1, {M1: 1})
    box.exchange.accept([arrival(second)])
    assert box.stored() == {M1: 2}


def test_a_set_aside_message_stays_set_aside_when_it_comes_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    frame = arrival(report(relay, box))
    box.program.trouble[M1] = ValueError("poison")
    box.exchange.accept([frame])
    box.program.trouble.clear()
    box.exchange.accept([frame])
    assert box.stored() == {}
    assert box.value("select count(*) from quarantine") == 1
    assert box.value("select count(*) from acknowledge where result='quarantined'") == 2


def test_a_report_without_its_contact_part_is_taken(line: FakeLine, relay: Station, box: Station) -> None:
    whole = report(relay, box)
    box.exchange.accept([arrival(whole.without("contact"))])
    assert box.stored() == {M1: 1}
    assert box.value("select envelope_hash from acknowledge") == whole.hash


def fill_quarantine(box: Station, sender: str) -> None:
    numbers = ",".join(f"({n},0,'{sender}','',x'')" for n in range(QUARANTINE_ROWS))
    box.conn.execute(f"insert into quarantine values {numbers}")


def test_a_node_that_fills_its_room_leaves_that_of_the_others(
    line: FakeLine, relay: Station, box: Station
) -> None:
    fill_quarantine(box, RANGE_ID)
    box.exchange.accept([ODD[1].make(relay, box)])
    assert box.counter("quarantine_full") == 0
    assert box.value("select count(*) from quarantine where sender=?", RELAY_ID) == 1


def test_a_full_quarantine_leaves_what_is_odd_with_its_sender(
    line: FakeLine, relay: Station, box: Station
) -> None:
    fill_quarantine(box, RELAY_ID)
    box.exchange.accept([ODD[1].make(relay, box), garbage(relay, box), arrival(report(relay, box, M3))])
    assert box.stored() == {M3: 1}
    assert box.counter("quarantine_full") == 1
    assert box.conn.execute("select message_id from acknowledge").fetchall()[0][0] == M3
    assert box.value("select count(*) from acknowledge") == 1


def acknowledgement(box: Station, epoch: str, envelope_hash: bytes, result: str = "committed") -> Message:
    return Acknowledgements(1, (Acknowledgement(M1, envelope_hash, 0, epoch, result),))


@pytest.mark.parametrize("wrong", ["epoch", "hash"])
def test_an_acknowledgement_of_another_database_or_envelope_counts_as_none(
    line: FakeLine, relay: Station, box: Station, wrong: str
) -> None:
    envelope = box.send_report(relay, M1)
    epoch = str(relay.value("select epoch from node_epoch"))
    given = ("older", envelope.hash) if wrong == "epoch" else (epoch, b"another")
    box.exchange.accept([message(relay, box, "acknowledgement", acknowledgement(box, *given))])
    assert box.waiting() == 1
    assert box.counter("old_epoch" if wrong == "epoch" else "late_acknowledgement") == 1
    right = acknowledgement(box, epoch, envelope.hash)
    box.exchange.accept([message(relay, box, "acknowledgement", right)])
    assert box.waiting() == 0


def test_an_acknowledgement_that_comes_twice_counts_once(
    line: FakeLine, relay: Station, box: Station
) -> None:
    envelope = box.send_report(relay, M1)
    epoch = str(relay.value("select epoch from node_epoch"))
    frame = message(relay, box, "acknowledgement", acknowledgement(box, epoch, envelope.hash))
    box.exchange.accept([frame, frame])
    assert box.value("select times from answered") == 1
    assert box.counter("late_acknowledgement") == 1


def test_nobody_can_acknowledge_for_another(line: FakeLine, relay: Station, box: Station) -> None:
    envelope = a_report(BOX_ID, box.keys.signing, RANGE_ID, relay.world.keys[RANGE_ID], M1, REPORT)
    box.put(outbox.Parcel(M1, RANGE_ID, "report", 0, envelope.to_bytes(), box.now, envelope.hash))
    epoch = str(relay.value("select epoch from node_epoch"))
    box.exchange.accept([message(relay, box, "acknowledgement", acknowledgement(box, epoch, envelope.hash))])
    assert box.waiting() == 1
