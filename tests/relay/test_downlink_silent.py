"""Answers to informants who last wrote more than a day ago: a template with the same button, and what may go wrong."""

import pytest

from relay import trouble
from relay.downlink import Pace
from relay.whatsapp import OutcomeUnknown, SendError
from sync.clock import DAY_S, HOUR_S
from tests.relay.builders import SENDER, FakeRelay
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


def test_who_was_silent_for_a_day_gets_the_template_whose_button_shows_the_answer(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED]
    _hours(by_day, 1)
    (template,) = by_day.templates
    assert (template.name, template.language, template.parameters) == ("satark_update", "hi", ())
    ((who, text),) = by_day.got
    assert who == SENDER and text.startswith("आपकी सूचना पर काम शुरू")
    by_day.wait_for_statuses()
    assert by_day.states() == ["spent"] and by_day.keys == {}


def test_a_refusal_that_comes_later_sends_the_template_too(by_day: Desk) -> None:
    _hours(by_day, 1)
    assert by_day.states() == ["sent"] and len(by_day.keys) == 1 and by_day.templates == []
    by_day.fail(131047)
    by_day.run()
    assert by_day.states() == ["sent"] and len(by_day.templates) == 1
    assert by_day.relay.count("failed_send") == 0
    by_day.wait_for_statuses()
    assert by_day.states() == ["spent"]


def test_after_a_restart_the_template_goes_at_once(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, SendError(132001, 404)]
    _hours(by_day, 1)
    by_day.restart()
    by_day.order()
    _hours(by_day, 1)
    assert len(by_day.templates) == 1 and len(by_day.got) == 1


def test_a_template_that_whatsapp_refuses_ends_it_with_an_alarm(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, SendError(132000, 400)]
    _hours(by_day, 1)
    assert by_day.states() == ["expired"] and by_day.keys == {}
    (found,) = trouble.recent(by_day.relay.conn, by_day.relay.now)
    assert (found.code, found.about) == (132000, "template")


def test_a_template_that_is_not_approved_yet_is_tried_again(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, SendError(132001, 404)]
    _hours(by_day, 1)
    assert by_day.templates == [] and by_day.states() == ["waiting"]
    _hours(by_day, 1)
    assert len(by_day.templates) == 1 and by_day.states() == ["sent"]


def test_a_template_that_perhaps_went_is_not_sent_again(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, OutcomeUnknown("no answer")]
    _hours(by_day, 4)
    assert by_day.templates == [] and by_day.states() == ["spent"]


def test_a_template_that_finds_the_window_closed_ends_it(by_day: Desk) -> None:
    by_day.relay.whatsapp.trouble = [CLOSED, CLOSED]
    _hours(by_day, 2)
    assert by_day.states() == ["expired"] and by_day.got == []


@pytest.mark.parametrize(("code", "state"), [(131026, "expired"), (131056, "waiting")])
def test_another_failure_that_comes_later_is_as_one_at_once(by_day: Desk, code: int, state: str) -> None:
    _hours(by_day, 1)
    by_day.fail(code)
    by_day.run()
    assert by_day.states() == [state] and by_day.templates == []


def test_what_failed_after_all_may_go_the_same_day(by_day: Desk) -> None:
    _hours(by_day, 1)
    by_day.fail(131056)
    by_day.run()
    _hours(by_day, 1)
    assert len(by_day.got) == 2 and by_day.states() == ["sent"]


def test_what_concerns_everybody_makes_all_answers_wait(by_day: Desk) -> None:
    by_day.keep("b" * 32)
    by_day.order("b" * 32)
    by_day.relay.whatsapp.trouble = [SendError(190, 401)]
    _hours(by_day, 1)
    assert by_day.got == [] and by_day.states() == ["waiting", "waiting"]
    _hours(by_day, 1)
    assert len(by_day.got) == 2


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


def test_a_night_without_quiet_hours_still_leaves_one_answer_a_day(by_day: Desk) -> None:
    _hours(by_day, 1)
    for number in range(2, 6):
        by_day.order(number=number)
        _hours(by_day, 24)
    assert len(by_day.got) == 5
