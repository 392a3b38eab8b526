"""What an older program had set aside is taken by a newer one when its line starts, and its sender hears so."""

from collections.abc import Callable

import pytest

from sync import messages, topics
from sync.link import Arrival
from tests.stations import BOX_ID, RELAY_ID, FakeLine, Station

M1 = "01" * 16


def older_program(box: Station, patch: pytest.MonkeyPatch) -> None:
    """It reads no message of version 1 yet."""
    patch.setattr(messages, "VERSION", 0)


def without_its_key(box: Station, patch: pytest.MonkeyPatch) -> None:
    """A box restored without its keys."""
    patch.setattr(box.program, "keys", {})


Trouble = Callable[[Station, pytest.MonkeyPatch], None]


def set_aside(relay: Station, box: Station, trouble: Trouble) -> None:
    """The box gets a report of the relay that it cannot take yet."""
    relay.send_report(box, M1)
    frames = [departure.frame for departure in relay.exchange.outgoing(200)]
    with pytest.MonkeyPatch.context() as patch:
        trouble(box, patch)
        box.exchange.accept([Arrival(topics.topic(BOX_ID, RELAY_ID), frame) for frame in frames])
    assert box.stored() == {}
    assert box.value("select count(*) from quarantine") == 1


def state_at(relay: Station) -> object:
    return relay.value("select state from outbox where message_id=?", M1)


@pytest.mark.parametrize("trouble", [older_program, without_its_key])
def test_an_upgraded_box_takes_what_it_had_set_aside(
    line: FakeLine, relay: Station, box: Station, trouble: Trouble
) -> None:
    set_aside(relay, box, trouble)
    line.turn()
    assert state_at(relay) == "quarantined"
    box.restart()
    box.exchange.connected()
    line.run_until(lambda: state_at(relay) == "acknowledged")
    assert box.stored() == {M1: 1}
    assert box.program.prepared == [M1]
    assert box.value("select count(*) from quarantine") == 0
    assert box.value("select result from seen where message_id=?", M1) == "committed"


def test_it_is_taken_once_however_often_the_line_comes_up(
    line: FakeLine, relay: Station, box: Station
) -> None:
    set_aside(relay, box, older_program)
    box.restart()
    for _ in range(2):
        box.exchange.connected()
    box.restart()
    box.exchange.connected()
    assert box.stored() == {M1: 1}


def test_what_still_cannot_be_read_stays_aside(
    line: FakeLine, relay: Station, box: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside(relay, box, older_program)
    older_program(box, monkeypatch)
    box.restart()
    box.exchange.connected()
    assert (box.stored(), box.value("select result from seen")) == ({}, "quarantined")
    assert box.value("select count(*) from quarantine") == 1


def test_what_the_program_does_not_take_stays_aside_and_its_place_in_the_line_too(
    line: FakeLine, relay: Station, box: Station
) -> None:
    set_aside(relay, box, older_program)
    box.restart()
    box.program.trouble[M1] = ValueError("poison")
    box.exchange.connected()
    assert (box.stored(), box.value("select result from seen")) == ({}, "quarantined")
    assert box.value("select count(*) from quarantine") == 1


def test_the_sender_hears_although_both_were_started_anew(
    line: FakeLine, relay: Station, box: Station
) -> None:
    set_aside(relay, box, older_program)
    line.turn()
    assert state_at(relay) == "quarantined"
    for station in (relay, box):  # the box answers first to a key that the relay has no more
        station.restart()
        station.exchange.connected()
    line.run_until(lambda: state_at(relay) == "acknowledged")
    assert box.stored() == {M1: 1}


def test_what_was_set_aside_comes_again_to_a_new_database(
    line: FakeLine, relay: Station, box: Station
) -> None:
    set_aside(relay, box, older_program)
    line.turn()
    assert state_at(relay) == "quarantined"
    box.lose_database()
    box.exchange.connected()
    line.run_until(lambda: state_at(relay) == "acknowledged")
    assert box.stored() == {M1: 1}
