"""STOP: kept as a tag that leads nowhere, lifted by the person alone, over when nothing older can be answered."""

import pytest

from relay import stops
from relay.events import Event, Sender
from sync import canonical
from sync.clock import DAY_S, WEEK_S, week_of
from sync.db import transaction
from sync.sealing import locks
from tests.anonymity.guessing import guess, list_with
from tests.relay.builders import HINDI_REPORT, NUMBER, SENDER, FakeRelay, Phone, forms

OTHER = Sender("IN.123", "")


def _stop(relay: FakeRelay, sender: Sender = SENDER) -> None:
    with transaction(relay.conn):
        stops.stop(relay.conn, relay.epochs, sender, relay.now)


def _is_stopped(relay: FakeRelay, sender: Sender = SENDER) -> bool:
    return stops.is_stopped(relay.conn, relay.epochs, sender)


def test_only_who_said_stop_is_stopped(relay: FakeRelay) -> None:
    assert not _is_stopped(relay)
    _stop(relay)
    assert _is_stopped(relay) and not _is_stopped(relay, OTHER)


def test_it_is_lifted_for_that_person_alone_also_weeks_later(relay: FakeRelay) -> None:
    _stop(relay)
    _stop(relay, OTHER)
    relay.pass_time(5 * WEEK_S)
    with transaction(relay.conn):
        stops.lift(relay.conn, relay.epochs, SENDER)
    assert not _is_stopped(relay) and _is_stopped(relay, OTHER)


def test_lifting_what_was_never_said_changes_nothing(relay: FakeRelay) -> None:
    with transaction(relay.conn):
        stops.lift(relay.conn, relay.epochs, SENDER)
    assert not _is_stopped(relay) and relay.count("stop") == 0


def test_it_lasts_longer_than_any_way_back_and_no_longer_than_its_key(relay: FakeRelay) -> None:
    _stop(relay)
    relay.pass_time(91 * DAY_S)
    assert _is_stopped(relay)
    relay.pass_time(WEEK_S)
    assert not _is_stopped(relay)
    assert relay.count("stop") == 0 and relay.epochs.stop_keys() == []


def test_said_again_it_counts_from_then_in_one_row(relay: FakeRelay) -> None:
    _stop(relay)
    relay.pass_time(60 * DAY_S)
    _stop(relay)
    relay.pass_time(60 * DAY_S)
    assert _is_stopped(relay) and relay.count("stop") == 1


def test_its_key_outlives_the_weeks_and_opens_none_of_its_rows(relay: FakeRelay) -> None:
    week, epoch_key = relay.epochs.current(relay.now)
    _stop(relay)
    assert epoch_key not in relay.epochs.stop_keys()
    relay.pass_time(4 * WEEK_S)
    assert relay.epochs.key(week) is None and _is_stopped(relay)


def test_the_disk_does_not_tell_who(relay: FakeRelay) -> None:
    _stop(relay)
    on_disk = relay.disk()
    assert not [form for form in forms(NUMBER.encode()) if form in on_disk]


def test_whoever_has_the_table_and_the_store_cannot_try_all_numbers(relay: FakeRelay) -> None:
    _stop(relay)
    tags = {row["tag"] for row in relay.conn.execute("select tag from stop")}
    assert (
        guess(tags, relay.epochs, [NUMBER]) == NUMBER
    )  # one that he suspects he can ask for: no secret keeps it
    assert guess(tags, relay.epochs, list_with(NUMBER)) is None


def test_a_stop_of_an_earlier_version_counts_until_its_time_ends(relay: FakeRelay) -> None:
    old = locks.tag(relay.epochs.stop_key(relay.now), "stop", canonical.dumps(SENDER))
    relay.conn.execute("insert into stop(tag, week) values(?,?)", (old, week_of(relay.now)))
    assert _is_stopped(relay)
    with transaction(relay.conn):
        stops.lift(relay.conn, relay.epochs, SENDER)
    assert relay.count("stop") == 0


@pytest.fixture
def inside(relay: FakeRelay, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each person that was worked out: whether others had to wait with their writing."""
    found, slow = list[bool](), locks.slow

    def spied(value: bytes, salt: bytes) -> bytes:
        found.append(relay.engine._conn.in_transaction)
        return slow(value, salt)

    monkeypatch.setattr(locks, "slow", spied)
    return found


def test_a_person_is_worked_out_while_nobody_waits_for_the_database(
    relay: FakeRelay, phone: Phone, inside: list[bool]
) -> None:
    phone.do("Hi")
    assert inside == []
    phone.do("stop", "Hi")
    assert inside == [False, False] and not _is_stopped(relay, phone.who)


def test_nobody_waits_either_while_somebody_asks_for_answers(
    relay: FakeRelay, phone: Phone, inside: list[bool]
) -> None:
    phone.do("stop", "language|hi", *HINDI_REPORT[2:])
    assert inside == [False, False] and not _is_stopped(relay, phone.who)
    assert (relay.count("held"), relay.count("vault"), relay.count("event")) == (1, 1, 0)


def test_nor_while_somebody_who_said_stop_changes_his_number(
    relay: FakeRelay, phone: Phone, inside: list[bool]
) -> None:
    phone.do("stop")
    relay.put(phone.update(Event("moved", "100", phone.who, int(relay.now), moved_to=OTHER)))
    relay.run()
    assert inside == [False, False, False] and _is_stopped(relay, OTHER)
