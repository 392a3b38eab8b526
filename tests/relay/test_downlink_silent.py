"""Answers to informants who last wrote more than a day ago: asked once by a template, then waited for."""

from itertools import pairwise

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
    assert len(by_day.got) == 1 and by_day.states() == ["sent"] and len(by_day.templates) == 1
    by_day.wait_for_statuses()
    assert by_day.states() == ["spent"]


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
    _hours(by_day, 4)
    assert by_day.templates == [] and by_day.states() == ["spent"]


def test_a_refusal_that_comes_later_asks_and_waits_as_one_at_once(by_day: Desk) -> None:
    _hours(by_day, 1)
    assert by_day.states() == ["sent"] and len(by_day.keys) == 1
    by_day.fail(131047)
    by_day.run()
    assert by_day.states() == ["waiting"] and by_day.templates == [Template("satark_update", "hi")]
    assert by_day.relay.count("failed_send") == 0
    _hours(by_day, 1)
    by_day.wait_for_statuses()
    assert len(by_day.got) == 2 and len(by_day.templates) == 1 and by_day.states() == ["spent"]


def test_who_never_writes_is_given_up_when_the_refusals_come_later_too(by_day: Desk) -> None:
    for _ in range(SILENT_TRIES + 1):
        _hours(by_day, 1)
        by_day.fail(131047)
        by_day.run()
    assert by_day.states() == ["expired"] and by_day.keys == {} and len(by_day.templates) == 1


@pytest.mark.parametrize(("code", "state"), [(131026, "expired"), (131056, "waiting")])
def test_another_failure_that_comes_later_is_as_one_at_once(by_day: Desk, code: int, state: str) -> None:
    _hours(by_day, 1)
    by_day.fail(code)
    by_day.run()
    assert by_day.states() == [state] and by_day.templates == []


def test_a_failure_that_comes_too_late_changes_nothing(by_day: Desk) -> None:
    _hours(by_day, 1)
    by_day.wait_for_statuses()
    by_day.fail(131047)
    by_day.run()
    assert by_day.states() == ["spent"] and by_day.templates == [] and by_day.keys == {}


def test_after_a_restart_what_went_is_over_though_its_box_repeats_it(by_day: Desk) -> None:
    _hours(by_day, 1)
    by_day.restart()
    by_day.order()
    by_day.fail(131047)
    by_day.run()
    assert by_day.states() == ["spent"] and by_day.keys == {} and len(by_day.got) == 1


def test_on_disk_nothing_leads_from_a_handle_to_a_message(by_day: Desk) -> None:
    _hours(by_day, 1)
    opaque = by_day.relay.whatsapp.sent[-1].opaque
    assert opaque.encode() not in by_day.relay.disk()
    assert by_day.relay.value("select due_at from reply") == 0
    by_day.fail(131047)
    assert by_day.relay.value("select at from failed_send") == int(by_day.relay.now // HOUR_S * HOUR_S)


def test_one_template_asks_for_all_answers_of_a_handle(by_day: Desk) -> None:
    by_day.order(number=2)
    by_day.order(number=3)
    by_day.relay.whatsapp.trouble = [CLOSED, None, *[CLOSED] * 5]
    _hours(by_day, 2)
    assert len(by_day.templates) == 1 and by_day.states() == ["waiting"] * 3
    by_day.run()
    assert by_day.relay.whatsapp.trouble == []


def test_when_the_window_opens_the_answers_do_not_come_in_a_burst(by_day: Desk) -> None:
    for number in (2, 3):
        by_day.order(number=number)
    times = []
    for minute in range(8 * 60):
        before = len(by_day.got)
        by_day.relay.told_time.now += 60
        by_day.run()
        times += [minute] * (len(by_day.got) - before)
    assert len(times) == 3 and min(b - a for a, b in pairwise(times)) >= 60
