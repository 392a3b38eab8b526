"""STOP: kept as a tag that leads nowhere, lifted by the person alone, over when nothing older can be answered."""

from relay import stops
from relay.events import Sender
from sync.clock import DAY_S, WEEK_S
from sync.db import transaction
from tests.relay.builders import NUMBER, SENDER, FakeRelay, forms

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
