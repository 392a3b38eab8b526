"""The bot's messages: in order for each person, retried, given up, and forgotten once they are sent."""

import pytest

from relay import chat, trouble
from relay.chat import Saying, payload_of
from relay.dialogue import Choice, Say
from relay.events import Event, Sender
from relay.whatsapp import NO_CODE, Buttons, Rows, SendError, Text
from sync.clock import DAY_S
from sync.db import transaction
from tests.relay.builders import NUMBER, SENDER, FakeRelay, body_of, forms

OTHER = Sender("IN.123", "")
LATER = SendError(131000, 500)
TOO_MANY = SendError(131056, 400)
NEVER = SendError(131026, 400)


def _queue(relay: FakeRelay, *texts: str, sender: Sender = SENDER) -> None:
    with transaction(relay.conn):
        for text in texts:
            chat.queue(relay.conn, relay.keys, Saying(sender, Say(text)), relay.rng)


def _sent(relay: FakeRelay) -> list[tuple[Sender, str]]:
    return [(sent.to, body_of(sent.payload)) for sent in relay.whatsapp.sent]


def _states(relay: FakeRelay) -> list[str]:
    return [row[0] for row in relay.conn.execute("select state from chat_out order by id")]


def _told(relay: FakeRelay, status: str, opaque: str = "") -> None:
    found = opaque or str(relay.value("select opaque from chat_out order by id limit 1"))
    with transaction(relay.conn):
        chat.note_status(relay.conn, Event("status", "100", None, 0, status=status, opaque=found), relay.now)


def test_messages_go_in_the_order_they_were_said(relay: FakeRelay) -> None:
    _queue(relay, "एक", "दो")
    _queue(relay, "three", sender=OTHER)
    relay.run()
    assert _sent(relay) == [(SENDER, "एक"), (SENDER, "दो"), (OTHER, "three")]
    assert _states(relay) == ["sent"] * 3


def test_a_message_that_must_wait_holds_back_the_persons_next_and_nobody_elses(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [TOO_MANY]
    _queue(relay, "एक", "दो")
    _queue(relay, "three", sender=OTHER)
    relay.run()
    assert _sent(relay) == [(OTHER, "three")]
    relay.told_time.now += 10
    relay.run()
    assert _sent(relay)[1:] == [(SENDER, "एक"), (SENDER, "दो")]


def test_it_waits_longer_each_time(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [LATER, SendError(131000, 500), SendError(NO_CODE, 503)]
    _queue(relay, "एक")
    waits = []
    for _ in range(3):
        relay.run()
        due_at = float(str(relay.value("select due_at from chat_out")))
        waits.append(due_at - relay.now)
        relay.told_time.now = due_at + 10
    assert 1.5 <= waits[0] < waits[1] < waits[2] <= 10
    relay.run()
    assert _sent(relay) == [(SENDER, "एक")]


def test_trouble_that_passes_is_waited_out_however_long_it_takes(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [LATER] * 100
    _queue(relay, "एक", "दो")
    for _ in range(100):
        relay.run()
        relay.told_time.now += 600
    relay.run()
    assert _states(relay) == ["sent", "sent"]


@pytest.mark.parametrize("code", [130429, 4, 80007, 131048, 190, 131042, 368])
def test_what_concerns_everybody_is_asked_once_and_waited_out_by_all(relay: FakeRelay, code: int) -> None:
    relay.whatsapp.trouble = [SendError(code, 400)]
    _queue(relay, "एक")
    _queue(relay, "three", sender=OTHER)
    relay.run()
    assert _sent(relay) == [] and relay.whatsapp.trouble == []
    relay.told_time.now += 10
    relay.run()
    assert {to for to, _ in _sent(relay)} == {SENDER, OTHER}


def test_what_only_a_technician_can_mend_is_an_alarm_that_names_nobody(
    relay: FakeRelay, caplog: pytest.LogCaptureFixture
) -> None:
    relay.whatsapp.trouble = [SendError(131042, 400)]
    _queue(relay, "एक")
    relay.run()
    (found,) = trouble.recent(relay.conn, relay.now)
    assert (found.code, found.count, found.about) == (131042, 1, "payment")
    assert "alarm" in caplog.text and NUMBER not in caplog.text and _states(relay) == ["queued"]


def test_a_reminder_after_the_24_hours_is_dropped(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [SendError(131047, 400)]
    _queue(relay, "याद", "दो")
    relay.run()
    assert _states(relay) == ["failed", "sent"] and trouble.recent(relay.conn, relay.now) == []


def test_the_next_message_is_found_by_indexes(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    conn, statements = relay.sender._conn, list[str]()
    conn.set_trace_callback(statements.append)
    relay.sender.step()
    conn.set_trace_callback(None)
    plan = [row["detail"] for row in relay.conn.execute(f"explain query plan {statements[0]}")]
    assert any("b USING" in line and "chat_out_person (person=? AND id<?)" in line for line in plan)


def test_a_person_who_cannot_be_reached_is_not_tried_again(relay: FakeRelay) -> None:
    relay.whatsapp.trouble = [NEVER]
    _queue(relay, "एक", "दो")
    relay.run()
    assert _states(relay) == ["failed", "sent"]
    assert relay.value("select sealed from chat_out") == b""


def test_a_message_too_long_for_whatsapp_holds_up_nothing(relay: FakeRelay) -> None:
    _queue(relay, "x" * 5000, "दो")
    relay.run()
    assert _states(relay) == ["failed", "sent"]


def test_a_message_that_does_not_open_holds_up_nothing(relay: FakeRelay) -> None:
    _queue(relay, "एक", "दो")
    relay.conn.execute("update chat_out set sealed=x'00' where id=1")
    relay.run()
    assert _states(relay) == ["failed", "sent"]


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_the_words_are_erased_once_whatsapp_says_that_they_went(relay: FakeRelay, status: str) -> None:
    _queue(relay, "एक")
    relay.run()
    assert relay.value("select sealed from chat_out") != b""  # it may still refuse them
    _told(relay, status)
    assert relay.value("select sealed from chat_out") == b""


def test_before_that_the_disk_tells_neither_who_nor_what(relay: FakeRelay) -> None:
    _queue(relay, "गांजा बिकता है")
    on_disk = relay.disk()
    assert relay.conn.execute("select sealed from chat_out").fetchone()[0] in on_disk
    secrets = (NUMBER.encode(), "गांजा बिकता है".encode())
    assert not [form for secret in secrets for form in forms(secret) if form in on_disk]


def test_statuses_only_move_forward(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    relay.run()
    steps = [
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("read", "read"),
        ("x", "read"),
        ("failed", "read"),
    ]
    for status, state in steps:
        _told(relay, status)
        assert _states(relay) == [state]


def test_a_message_that_failed_stays_failed(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    relay.run()
    _told(relay, "failed")
    _told(relay, "delivered")
    assert _states(relay) == ["failed"]


def test_a_status_of_a_message_that_is_not_ours_changes_nothing(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    _told(relay, "read", opaque="another")
    assert _states(relay) == ["queued"]


def test_only_a_failure_of_a_message_that_is_not_the_bots_is_kept_for_the_link(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    for status, opaque in [
        ("failed", ""),
        ("read", "ab" * 12),
        ("failed", "919812345678"),
        ("failed", "cd" * 12),
    ]:
        _told(relay, status, opaque)
    assert relay.count("failed_send") == 1
    assert relay.value("select opaque from failed_send") == "cd" * 12


def test_a_message_whose_key_is_gone_is_given_up(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    relay.keys.renew(relay.now + 2 * DAY_S)
    relay.run()
    assert _states(relay) == ["failed"] and _sent(relay) == []


def test_each_message_takes_the_form_that_its_choices_need() -> None:
    choice = Choice("a", "A", "first")
    assert payload_of(Say("t")) == Text("t")
    buttons = payload_of(Say("t", buttons=(Choice("a", "A"),)))
    rows = payload_of(Say("t", rows=(choice,), rows_button="open"))
    assert isinstance(buttons, Buttons) and buttons.buttons[0].id == "a"
    assert isinstance(rows, Rows) and (rows.button, rows.rows[0].description) == ("open", "first")
