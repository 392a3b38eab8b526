"""Alarms for a technician: codes and counts, one line an hour, and the last hour in which WhatsApp was heard."""

import pytest

from relay import chat, trouble
from relay.events import Event
from sync.clock import DAY_S, HOUR_S
from tests.relay.builders import FakeRelay

STATUS = Event("status", "100", None, 0, status="failed", opaque="ab" * 12, error_code=131042)


def test_a_status_that_calls_a_technician_is_counted_and_logged_once_an_hour(
    relay: FakeRelay, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        chat.note_status(relay.conn, STATUS, relay.now)
    (found,) = trouble.recent(relay.conn, relay.now)
    assert (found.code, found.count, found.about) == (131042, 3, "payment")
    assert caplog.text.count("alarm") == 1
    chat.note_status(relay.conn, STATUS, relay.now + HOUR_S)
    assert caplog.text.count("alarm") == 2


@pytest.mark.parametrize("code", [131026, 131056, 130429, 131047, 0])
def test_others_are_nobodys_alarm(relay: FakeRelay, code: int) -> None:
    event = Event("status", "100", None, 0, status="failed", opaque="ab" * 12, error_code=code)
    chat.note_status(relay.conn, event, relay.now)
    assert relay.count("trouble") == 0


def test_after_a_week_it_is_forgotten(relay: FakeRelay) -> None:
    trouble.note(relay.conn, 190, relay.now)
    relay.pass_time(7 * DAY_S - HOUR_S)
    assert relay.count("trouble") == 1
    relay.pass_time(HOUR_S)
    assert relay.count("trouble") == 0


def test_any_status_shows_that_whatsapp_is_heard(relay: FakeRelay) -> None:
    assert trouble.silent_hours(relay.conn, relay.now) is None
    chat.note_status(relay.conn, Event("status", "100", None, 0, status="read", opaque="x"), relay.now)
    trouble.heard(relay.conn, relay.now - DAY_S)  # one that comes late says nothing new
    assert trouble.silent_hours(relay.conn, relay.now) == 0
    assert trouble.silent_hours(relay.conn, relay.now + 5 * HOUR_S) == 5
