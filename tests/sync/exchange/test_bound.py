"""How much that is new a node takes of another in a day: a rogue box fills no disk, an honest one loses nothing."""

import sqlite3

import pytest

from sync.clock import DAY_S
from sync.errors import Unavailable
from sync.exchange import bound
from tests.stations import FakeLine, Station

IDS = [f"{number:032x}" for number in range(5)]


@pytest.fixture(autouse=True)
def three_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "NEW_PER_DAY", 3)


def flood(line: FakeLine, relay: Station, box: Station) -> None:
    for name in IDS:
        box.send_reply(relay, name)
    for _ in range(20):
        line.turn()


def test_what_is_over_the_days_measure_stays_with_its_sender_and_comes_the_next_day(
    line: FakeLine, relay: Station, box: Station
) -> None:
    flood(line, relay, box)
    assert len(relay.stored()) == 3
    assert relay.value("select count(*) from seen") == 3
    assert (box.waiting(), relay.counter("refused.over_a_day") > 0) == (2, True)
    line.clock.now += DAY_S
    line.run_until(lambda: box.waiting() == 0)
    assert relay.stored() == dict.fromkeys(IDS, 1)


def test_reports_have_no_measure(line: FakeLine, relay: Station, box: Station) -> None:
    for name in IDS:
        relay.send_report(box, name)
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == dict.fromkeys(IDS, 1)


def test_what_comes_again_and_what_a_full_disk_undid_counts_for_nothing(
    line: FakeLine, relay: Station, box: Station
) -> None:
    for name in IDS[:2]:
        box.send_reply(relay, name)
    relay.program.trouble[IDS[1]] = sqlite3.OperationalError("disk full")
    line.send(box)
    group = [arrival for node, arrival in line.on_the_way if node == relay.node]
    for _ in range(5):
        with pytest.raises(Unavailable):
            relay.exchange.accept(group)
    relay.program.trouble.clear()
    for _ in range(5):
        relay.exchange.accept(group)
    box.send_reply(relay, IDS[2])
    line.run_until(lambda: len(relay.stored()) == 3)
