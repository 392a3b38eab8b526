"""The tap on "read": answered at once to whoever tapped, in the middle of anything, and nothing else changes."""

from relay.downlink import READ
from relay.events import Event
from tests.relay.builders import HINDI_REPORT, NUMBER, FakeRelay, Phone
from tests.relay.desk import HANDLE, Desk, button_of

WORDS = "आपकी सूचना पर काम शुरू हो गया है"


def _button(relay: FakeRelay) -> str:
    """The id of the button of an answer that went to somebody."""
    desk = Desk(relay)
    desk.keep()
    desk.order()
    desk.later(3700)
    return button_of(relay.whatsapp.sent[-1].payload)


def _tap(phone: Phone, button: str) -> str:
    at_s = int(phone.relay.now) + phone.written
    phone.relay.put(phone.update(Event("tap", "100", phone.who, at_s, choice=button)))
    phone.relay.run()
    return phone.got[-1]


def test_a_tap_shows_the_answer_again_and_again(relay: FakeRelay) -> None:
    button, phone = _button(relay), Phone(relay)
    assert _tap(phone, button).startswith(WORDS)
    assert _tap(phone, button).startswith(WORDS)


def test_whoever_holds_the_phone_now_is_answered(relay: FakeRelay) -> None:
    button = _button(relay)
    assert _tap(Phone(relay, "917000000001"), button).startswith(WORDS)


def test_a_draft_goes_on_as_if_nothing_had_been_tapped(relay: FakeRelay) -> None:
    button, phone = _button(relay), Phone(relay)
    phone.do(*HINDI_REPORT[:6])
    before = relay.conn.execute("select person, sealed from draft").fetchall()
    _tap(phone, button)
    assert relay.conn.execute("select person, sealed from draft").fetchall() == before


def test_after_seven_days_it_says_kindly_that_it_is_gone(relay: FakeRelay) -> None:
    button, phone = _button(relay), Phone(relay)
    for _ in range(8):
        relay.pass_time(86_400)
    assert "मिटा देते हैं" in _tap(phone, button)
    assert "मिटा देते हैं" in _tap(phone, f"{READ}|hi|{'0' * 32}")


def test_no_disk_leads_from_the_reader_to_the_handle(relay: FakeRelay) -> None:
    button, phone = _button(relay), Phone(relay)
    tables = {
        name: list(map(tuple, relay.conn.execute(f"select * from {name}"))) for name in ("reply", "offer")
    }
    _tap(phone, button)
    assert tables == {name: list(map(tuple, relay.conn.execute(f"select * from {name}"))) for name in tables}
    (row,) = relay.conn.execute("select * from chat_out").fetchall()
    assert HANDLE not in map(str, tuple(row)) and NUMBER.encode() not in relay.disk()
