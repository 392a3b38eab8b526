"""A step that kills its process, by the watchdog or for want of memory: it is not taken again for ever."""

import logging

import pytest

from relay.dialogue import Heard, advance
from relay.intake.killed import MOST_TAKES
from relay.spool import Item
from sync.errors import Unavailable
from tests.relay.builders import TO_EVIDENCE, FakeRelay, Phone, PowerCut

KILLS, ASHA = "kills", "919000000001"


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told that word dies, and whoever wakes somebody."""

    def dies(before: object, heard: Heard, *rest: object) -> object:
        if heard.text == KILLS or heard.kind == "tick":
            raise PowerCut
        return advance(before, heard, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("relay.intake.engine.advance", dies)


def starts(relay: FakeRelay) -> None:
    """Started again and again by systemd until it lives."""
    for _ in range(MOST_TAKES + 2):
        try:
            relay.run()
        except PowerCut:
            relay.start()
        else:
            return
    raise AssertionError("it is killed each time")


@pytest.mark.usefixtures("deadly")
def test_what_kills_each_step_is_set_aside_and_everybody_hears(
    relay: FakeRelay, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    other = Phone(relay, ASHA)
    relay.put(*phone.updates(KILLS))
    relay.put(*other.updates("Hi"))
    with caplog.at_level(logging.ERROR):
        starts(relay)
    assert other.got and phone.got
    assert relay.value("select count(*) from event where state='poisoned'") == 1
    assert [record.getMessage()[:28] for record in caplog.records] == ["alarm: an update was set asi"]


def test_a_fault_of_the_machine_is_no_kill(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(item: Item, now: float) -> None:
        raise Unavailable("the epoch store is not there")

    relay.put(*phone.updates("Hi"))
    for _ in range(MOST_TAKES + 2):
        relay.start()
        monkeypatch.setattr(relay.engine, "_take", is_away)
        with pytest.raises(Unavailable):
            relay.run()
    relay.start()
    relay.run()
    assert phone.got and not relay.value("select 1 from event where state='poisoned'")


@pytest.mark.usefixtures("deadly")
def test_what_came_later_is_not_counted_although_its_number_was_another_things(
    relay: FakeRelay, phone: Phone
) -> None:
    relay.put(*phone.updates("Hi"))
    relay.start()  # finds the first thing, which goes and leaves its number to the next
    relay.run()
    relay.put(*phone.updates(KILLS))
    with pytest.raises(PowerCut):
        relay.run()
    assert relay.value("select takes from event") == 0


def stops_halfway(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    wake_at = relay.value("select wake_at from draft")
    assert isinstance(wake_at, float)
    relay.told_time.now = wake_at + 1


@pytest.mark.usefixtures("deadly")
def test_a_conversation_whose_waking_kills_each_step_is_let_sleep_and_he_hears(
    relay: FakeRelay, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    stops_halfway(relay, phone)
    before = len(phone.got)
    with caplog.at_level(logging.ERROR):
        starts(relay)
    assert len(phone.got) == before + 1 and relay.value("select wake_at from draft") is None
    assert [record.getMessage()[:28] for record in caplog.records] == ["alarm: a conversation is not"]


@pytest.mark.usefixtures("deadly")
def test_a_waking_is_not_counted_in_the_process_that_put_him_to_sleep(relay: FakeRelay, phone: Phone) -> None:
    phone.do("नमस्ते")
    relay.start()  # finds him, and he goes on
    stops_halfway(relay, phone)
    with pytest.raises(PowerCut):
        relay.run()
    assert relay.value("select takes from draft") == 0
