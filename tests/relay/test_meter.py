"""What messages cost: counted when WhatsApp accepts them, by month and number; one warning a month."""

from datetime import UTC, datetime

import pytest

from relay import chat, meter
from relay.chat import Saying
from relay.dialogue import Say
from relay.events import Event
from relay.whatsapp import OutcomeUnknown, SendError
from sync.clock import DAY_S
from sync.db import transaction
from tests.relay.builders import SENDER, FakeRelay
from tests.relay.desk import Desk

LAST_HALF_HOUR_OF_JANUARY = datetime(2027, 1, 31, 18, tzinfo=UTC).timestamp()
"""23:30 in India."""


def _say(relay: FakeRelay) -> None:
    with transaction(relay.conn):
        chat.queue(relay.conn, relay.keys, Saying(SENDER, Say("एक")), relay.rng)
    relay.run()


def _count(relay: FakeRelay) -> list[tuple[str, int, int]]:
    return [(one.number_id, one.free_form, one.templates) for one in meter.this_month(relay.conn, relay.now)]


def test_what_whatsapp_accepts_is_counted_once(relay: FakeRelay) -> None:
    _say(relay)
    opaque = str(relay.value("select opaque from chat_out"))
    for status in ("sent", "delivered"):
        chat.note_status(relay.conn, Event("status", "100", None, 0, status=status, opaque=opaque), relay.now)
    assert _count(relay) == [("100", 1, 0)]


def test_what_it_refuses_is_not(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [SendError(131026, 400)]
    _say(relay)
    assert _count(relay) == []


def test_what_was_in_doubt_is_counted_when_a_status_says_that_it_went(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [OutcomeUnknown("no answer")]
    _say(relay)
    assert _count(relay) == []
    opaque = str(relay.value("select opaque from chat_out"))
    chat.note_status(relay.conn, Event("status", "100", None, 0, status="sent", opaque=opaque), relay.now)
    assert _count(relay) == [("100", 1, 0)]


def test_answers_count_too_and_templates_apart(relay: FakeRelay) -> None:
    desk = Desk(relay)
    for handle in ("1" * 32, "2" * 32):
        desk.keep(handle)
        desk.order(handle)
    relay.whatsapp.trouble = [SendError(131047, 400)]
    desk.relay.told_time.now += 3700
    desk.run()
    assert _count(relay) == [("100", 1, 1)]


def test_months_begin_at_midnight_in_india() -> None:
    assert meter.month_of(LAST_HALF_HOUR_OF_JANUARY) == "2027-01"
    assert meter.month_of(LAST_HALF_HOUR_OF_JANUARY + 1800) == "2027-02"


def test_each_month_is_warned_of_once(relay: FakeRelay, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        meter.accepted(relay.conn, "100", False, relay.now)
    for limit in (4, 3, 2, 1):
        meter.warn(relay.conn, relay.now, limit, 0.5)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "3 messages this month (0 templates), about 2 rupees"
    ]
    meter.accepted(relay.conn, "100", False, relay.now + 40 * DAY_S)
    meter.warn(relay.conn, relay.now + 40 * DAY_S, 1, 0.5)
    assert len(caplog.records) == 2


def test_housekeeping_warns(relay: FakeRelay, caplog: pytest.LogCaptureFixture) -> None:
    relay.conn.execute("insert into meter values(?, '100', 900, 100, 0)", (meter.month_of(relay.now),))
    relay.keep_house()
    assert "1000 messages this month (100 templates), about 115 rupees" in caplog.text
