"""Answers to informants who last wrote more than a day ago: asked once by a template, then waited for."""

import pytest

from relay.downlink import SILENT_TRIES, Pace
from relay.whatsapp import OutcomeUnknown, SendError, Template
from sync.clock import DAY_S, HOUR_S
from tests.relay.builders import FakeRelay
from tests.relay.desk import Desk

CLOSED = SendError(131047, 400)


def _hours(desk: Desk, count: int) -> None:
    for _ in range(count):
        desk.relay.told_time.now += HOUR_S
        desk.run()


@pytest.fixture
def by_day(relay: FakeRelay) -> Desk:
    """Without a night, so that hours can be counted; somebody can be reached, and an answer is due."""
    desk = Desk(relay, Pace(300, 3600, None, DAY_S))
    desk.keep()
    desk.order()
    return desk


def test_who_was_silent_for_a_day_is_asked_once_and_answered_when_he_writes(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, None, CLOSED, CLOSED]
    _hours(by_day, 3)
    assert by_day.templates == [Template("satark_update", "hi")]
    assert by_day.got == [] and by_day.states() == ["waiting"]
    _hours(by_day, 1)
    assert len(by_day.got) == 1 and by_day.states() == ["spent"] and len(by_day.templates) == 1


def test_who_never_writes_is_tried_again_for_48_hours(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, None, *[CLOSED] * SILENT_TRIES]
    _hours(by_day, SILENT_TRIES)
    assert by_day.states() == ["waiting"] and len(by_day.keys) == 1
    _hours(by_day, 1)
    assert by_day.states() == ["expired"] and by_day.keys == {} and by_day.got == []
    assert by_day.relay.whatsapp.trouble == [] and len(by_day.templates) == 1


def test_a_restart_does_not_ask_again(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, None, CLOSED]
    _hours(by_day, 1)
    by_day.restart()
    by_day.order()
    _hours(by_day, 1)
    assert len(by_day.templates) == 1 and by_day.relay.whatsapp.trouble == []


def test_a_template_that_whatsapp_refuses_ends_it_with_an_alarm(
    by_day: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, SendError(132000, 400)]
    _hours(by_day, 1)
    assert by_day.states() == ["expired"] and "alarm: the template satark_update" in caplog.text


def test_a_template_that_is_not_approved_yet_is_tried_again(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, SendError(132001, 404), CLOSED]
    _hours(by_day, 2)
    assert len(by_day.templates) == 1 and by_day.states() == ["waiting"]


def test_a_template_that_perhaps_went_is_not_sent_again(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, OutcomeUnknown("no answer"), CLOSED]
    _hours(by_day, 3)
    assert by_day.templates == [] and by_day.states() == ["spent"]
