"""Things that come at an unhandy time: a question about an earlier report in the middle of a new one, old buttons."""

from relay import receipts, stops
from relay.events import Event, Sender
from relay.whatsapp import Buttons
from sync.clock import HOUR_S
from tests.relay.builders import FROM_EVIDENCE, HINDI_REPORT, NUMBER, TO_EVIDENCE, FakeRelay, Phone


def _code(phone: Phone) -> str:
    return next(code for text in reversed(phone.got) if (code := receipts.find_code(text)))


def _last_buttons(relay: FakeRelay) -> list[str]:
    payload = relay.whatsapp.sent[-1].payload
    return [button.id for button in payload.buttons] if isinstance(payload, Buttons) else []


def test_who_asks_how_an_earlier_report_stands_is_asked_his_question_again(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do("Hi", *TO_EVIDENCE[1:], f"स्थिति {code}")
    assert "सुरक्षित रखी है" in phone.got[-2]
    assert _last_buttons(relay)[0].endswith("|evidence|next")


def test_the_send_button_of_a_report_that_was_sent_never_sends_another(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE, *FROM_EVIDENCE[:-1])
    send = _last_buttons(relay)[0]
    assert send.endswith("|summary|send")
    phone.do(send)
    relay.told_time.now += HOUR_S
    phone.do(*TO_EVIDENCE, *FROM_EVIDENCE[:-1], send)
    assert len(relay.held()) == 1 and relay.count("draft") == 1


def test_what_was_taken_back_and_left_is_erased_whatever_old_button_is_tapped(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE, *FROM_EVIDENCE[:-1])
    send = _last_buttons(relay)[0]
    phone.do(send)
    relay.told_time.now += 10
    phone.do(phone.undo_button, "undone|change", send)
    assert relay.held() == []
    relay.pass_time(24 * HOUR_S)
    relay.run()
    assert relay.held() == [] and relay.count("draft") == 0


def test_a_broken_message_on_its_way_holds_no_draft_back_when_the_number_changes(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(phone.update(phone.event("Hi")))
    while relay.engine.step():
        pass
    relay.conn.execute("update chat_out set sealed=x'00' where state='queued'")
    new = Phone(relay, "919800011122")
    relay.put(phone.update(Event("moved", "100", Sender("", NUMBER), int(relay.now), moved_to=new.who)))
    relay.run()
    new.do("evidence|next")
    assert any("ज़िला" in text for text in new.got)


def test_who_asks_for_answers_after_a_stop_gets_them(relay: FakeRelay, phone: Phone) -> None:
    phone.do("stop", "language|hi", *HINDI_REPORT[2:-3])
    assert stops.is_stopped(relay.conn, relay.epochs, phone.who)
    phone.do(*HINDI_REPORT[-3:])
    assert relay.held()[0].body.contact == "push"
    assert not stops.is_stopped(relay.conn, relay.epochs, phone.who)


def test_a_greeting_from_the_new_number_does_not_hold_the_draft_back(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    new = Phone(relay, "919800011122").do("Hi")
    relay.put(phone.update(Event("moved", "100", Sender("", NUMBER), int(relay.now), moved_to=new.who)))
    relay.run()
    new.do("evidence|next")
    assert "ज़िला" in new.got[-1] and relay.count("draft") == 1


def test_delete_takes_back_every_report_that_has_not_gone(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT, *HINDI_REPORT)
    assert len(relay.held()) == 2
    phone.do("मिटा दीजिए")
    assert relay.held() == [] and relay.count("receipt") == relay.count("vault") == 0
    assert "वापस ले लिया" in phone.got[-1]


def test_a_receipt_that_is_not_known_leaves_the_question_of_the_draft_in_sight(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE, "जोड़ें 4539 1488 0343 6467")
    assert "नहीं मिला" in phone.got[-2]
    assert _last_buttons(relay)[0].endswith("|evidence|next")
