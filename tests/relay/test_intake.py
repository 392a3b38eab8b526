"""The conversation's engine: whole chats through the spool to a held report, whatever comes in between."""

import random
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.proposal import proposed
from relay import drafts, events, processes, receipts, release
from relay.events import Event, Sender, Update
from sync import faults
from sync.clock import DAY_S, HOUR_S
from sync.errors import ConfigError, Unavailable
from sync.messages import Answer, ReportBody
from tests.relay.builders import (
    FROM_EVIDENCE,
    HINDI_REPORT,
    JNP_BOX,
    RANGE_ID,
    TO_EVIDENCE,
    FakeRelay,
    Phone,
    PowerCut,
    after_release,
    cut_power,
    png,
)

BODIES = Path(__file__).parent / "bodies"
ANSWERS = (
    Answer("what", "ganja", ""),
    Answer("act", "sale", ""),
    Answer("who", "", "लाल शर्ट वाला रामू"),
    Answer("when", "night", ""),
    Answer("source", "self", ""),
)
SLOW = Unavailable("WhatsApp did not answer")


def _code(phone: Phone) -> str:
    return next(code for text in reversed(phone.got) if (code := receipts.find_code(text)))


def _break_draft(relay: FakeRelay, phone: Phone) -> None:
    relay.conn.execute(
        "update draft set sealed=x'00' where person=?", (relay.keys.newest().person(phone.who),)
    )


def test_a_chat_in_hindi_becomes_a_held_report(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    (held,) = relay.held()
    assert held.recipient == JNP_BOX
    assert held.body == ReportBody(
        1, held.body.handle, "drugs", "hi", ANSWERS, "", "JNP", "JNP-10", "मिल के पीछे", int(relay.now) // 3600,
        False, "no", "no", False, "push", (), 0, None,
    )  # fmt: skip
    assert "पर्ची नंबर" in phone.got[-1]
    assert relay.count("draft") == relay.count("event") == 0


def test_each_act_is_answered(relay: FakeRelay, phone: Phone) -> None:
    for act in HINDI_REPORT:
        before = len(phone.got)
        phone.do(act)
        assert len(phone.got) > before, act


def test_a_photo_goes_with_the_report_that_was_open_when_it_came(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png(), "यह गाड़ी है").do(*FROM_EVIDENCE)
    (held,) = relay.held()
    assert [file.mime for file in held.body.evidence] == ["image/png"]
    assert held.body.text == "यह गाड़ी है"
    assert relay.value("select message_id from evidence_file") == held.message_id


def test_a_report_waits_for_its_photos_and_goes_as_soon_as_they_are_there(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE)
    relay.whatsapp.media_trouble = [SLOW]
    phone.send_photo(png()).do(*FROM_EVIDENCE)
    assert "फ़ाइल तैयार हो रही है" in phone.got[-1] and relay.held() == []
    relay.told_time.now += 10
    relay.run()
    assert len(relay.held()[0].body.evidence) == 1


def test_a_report_waits_no_longer_than_it_must(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    relay.whatsapp.media_trouble = [SLOW] * 2
    phone.send_photo(png()).do(*FROM_EVIDENCE)
    relay.conn.execute("update fetch set due_at=1e12")
    relay.told_time.now += relay.config.file_wait_s - 1
    relay.run()
    assert relay.held() == []
    relay.told_time.now += 1
    relay.run()
    (held,) = relay.held()
    assert (held.body.evidence, held.body.missing_evidence) == ((), 1)
    assert "1 फ़ाइल नहीं आ पाई" in "".join(phone.got)


def test_when_somebody_is_written_to_unasked_his_last_word_does_not_tell(relay: FakeRelay) -> None:
    for n in range(8):
        Phone(relay, f"91980000000{n}").do("Hi", "language|hi", "category|drugs")
    waits = [row[0] - relay.now for row in relay.conn.execute("select wake_at from draft")]
    assert len(set(waits)) > 4 and all(16 * HOUR_S <= wait <= 20 * HOUR_S for wait in waits)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    ends = [row[0] - relay.now for row in relay.conn.execute("select wake_at from draft")]
    assert len(set(ends)) > 4 and all(0 <= wait <= 3 * HOUR_S for wait in ends)


def test_who_stops_is_reminded_once_and_then_sent_as_agreed(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    assert "अधूरी रखी है" in phone.got[-1]
    said = len(phone.got)
    relay.run()
    assert len(phone.got) == said
    relay.pass_time(3 * HOUR_S)
    relay.run()
    (held,) = relay.held()
    assert held.body.incomplete and held.body.answers == ANSWERS
    assert held.body.contact == "none" and relay.count("vault") == 0
    assert relay.count("draft") == 0 and receipts.find_code(phone.got[-1])
    # A locked screen shows how a message begins: nothing of a receipt among those words.
    assert phone.got[-1].startswith("नमस्ते 🙏 आपके लिए एक संदेश है") and "पर्ची" not in phone.got[-1][:120]


def test_what_happened_when_somebody_stopped_can_be_taken_back_while_it_is_held(
    relay: FakeRelay, phone: Phone
) -> None:
    at_now = HINDI_REPORT.index("now|no")
    phone.do(*HINDI_REPORT[:at_now], "now|yes")
    for hours in (20, 3):
        relay.pass_time(hours * HOUR_S)
        relay.run()
    (held,) = relay.held()
    assert held.body.incomplete and phone.undo_button
    assert not proposed(held.body, "open").is_urgent  # a day later nothing that was happening is
    phone.do("delete")
    assert relay.held() == [] and relay.count("token") == 0


def test_who_did_not_agree_is_erased_and_told(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*(act.replace("partial|yes", "partial|no") for act in TO_EVIDENCE))
    relay.pass_time(23 * HOUR_S)
    relay.run()
    assert relay.held() == [] and relay.count("draft") == 0
    assert "कुछ नहीं भेजा गया" in phone.got[-1]


@pytest.mark.slow
@pytest.mark.parametrize("status", ["स्थिति {}", "{}", "haal {}", "पर्ची {}"])
def test_the_receipt_tells_the_state_at_each_point_of_the_way(
    relay: FakeRelay, phone: Phone, status: str
) -> None:
    phone.do(*HINDI_REPORT)
    code, handle = _code(phone), relay.held()[0].body.handle
    message_id = relay.held()[0].message_id

    def told() -> str:
        return phone.do(status.format(code)).got[-1]

    assert "सुरक्षित रखी है" in told() or "kept safely" in told()
    relay.told_time.now += DAY_S / 2
    release.release_due(relay.conn, relay.identity(), relay.now)
    assert "रास्ते में है" in told() or "on its way" in told()
    receipts.advance(relay.conn, message_id, "delivered")
    assert "पहुंच गई है" in told() or "reached the office" in told()
    receipts.pushed(relay.conn, handle, JNP_BOX, "closed", 1, relay.now)
    assert "जांच पूरी हुई" in told() or "looked into" in told()


def test_anybody_with_the_receipt_may_ask_and_nobody_with_another(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    code, friend = _code(phone), Phone(relay, "919000000001")
    assert "सुरक्षित रखी है" in friend.do(f"स्थिति {code}").got[-1]
    wrong = receipts.new_code(random.Random(1))
    assert "नहीं मिला" in friend.do(f"स्थिति {wrong}").got[-1]
    assert "16 अंकों" in friend.do("स्थिति").got[-1]


def test_asking_leaves_a_draft_as_it_is(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*TO_EVIDENCE, f"स्थिति {code}", *FROM_EVIDENCE)
    assert [held.body.answers for held in relay.held()] == [ANSWERS] * 2


@pytest.mark.parametrize("words", ["उसने मेरे खाते 4111 1111 1111 1112 से पैसे निकाले", "4111-1111-1111-1113"])
def test_sixteen_digits_that_are_no_receipt_stay_in_the_story(
    relay: FakeRelay, phone: Phone, words: str
) -> None:
    phone.do(*(act if act != ANSWERS[2].text else words for act in HINDI_REPORT))
    assert relay.held()[0].body.answers[2].text == words


def test_an_event_that_no_step_can_take_is_set_aside_and_the_line_goes_on(
    relay: FakeRelay, phone: Phone
) -> None:
    broken, other = phone, Phone(relay, "919000000001")
    broken.do("नमस्ते")
    _break_draft(relay, broken)
    relay.put(*broken.updates("language|hi"), *other.updates("नमस्ते"))
    relay.run()
    assert relay.value("select count(*) from event where state='poisoned'") == 1
    assert len(other.got) == 1
    assert ["फिर लिखें" in text and "write again" in text for text in broken.got] == [False, True]


def test_an_event_is_set_aside_even_if_its_sender_cannot_be_told(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.do("नमस्ते")
    _break_draft(relay, phone)
    relay.put(*phone.updates("language|hi"))
    with monkeypatch.context() as patched:
        patched.setattr(relay.engine, "_say", lambda *_: 1 / 0)
        assert relay.engine.step()
    assert relay.value("select state from event") == "poisoned"
    assert not relay.engine.step()


def test_a_draft_that_cannot_be_woken_does_not_stop_the_others(relay: FakeRelay, phone: Phone) -> None:
    broken, other = phone, Phone(relay, "919000000001")
    broken.do(*TO_EVIDENCE)
    other.do(*TO_EVIDENCE)
    _break_draft(relay, broken)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    assert "अधूरी रखी है" in other.got[-1] and "अधूरी रखी है" not in broken.got[-1]


def test_a_draft_that_cannot_be_sent_is_kept_and_does_not_stop_the_line(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConfigError("the directory names no range node")

    phone.do(*TO_EVIDENCE)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    monkeypatch.setattr("relay.submission.Submission._recipient", refuse)
    relay.pass_time(3 * HOUR_S)
    relay.run()
    assert relay.count("held") == relay.count("receipt") == 0 and relay.count("draft") == 1
    monkeypatch.undo()
    phone.do(*FROM_EVIDENCE)
    assert len(relay.held()) == 1


@pytest.mark.slow
def test_a_full_disk_loses_no_event(relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(*phone.updates("बहुत लंबी बात " * 800))
    conn = relay.relay_db()
    monkeypatch.setattr(relay, "relay_db", lambda: conn)
    engine = processes.intake(relay)
    conn.execute(f"pragma max_page_count={conn.execute('pragma page_count').fetchone()[0]}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        engine.step()
    assert relay.value("select state from event") == "new"
    conn.execute("pragma max_page_count=1000000")
    relay.run()
    assert relay.count("event") == 0 and "जोड़ लिया" in phone.got[-1]


def test_killed_after_a_step_it_is_not_taken_twice(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT[:-1])
    relay.put(*phone.updates(HINDI_REPORT[-1]))
    faults.arm("step-committed", cut_power)
    with pytest.raises(PowerCut):
        relay.engine.step()
    faults.disarm()
    relay.start()
    relay.run()
    assert len(relay.held()) == relay.count("receipt") == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("sticker", "यह हम नहीं ले पाते"),
        ("document", "यह हम नहीं ले पाते"),
        ("contacts", "संपर्क कार्ड हमने नहीं रखा"),
        ("unknown", "यह हम नहीं ले पाए"),
        ("unsupported", "यह हम नहीं ले पाए"),
    ],
)
def test_what_is_not_taken_is_said_kindly(relay: FakeRelay, phone: Phone, kind: str, said: str) -> None:
    phone.do(*TO_EVIDENCE)
    media = phone.photo(b"x", mime="application/zip").event.media if kind == "document" else None
    relay.put(phone.update(Event(kind, "100", phone.who, int(relay.now), media=media)))
    relay.run()
    assert said in phone.got[-1]


@pytest.mark.parametrize("kind", ["reaction", "moved"])
def test_what_asks_for_no_answer_gets_none(relay: FakeRelay, phone: Phone, kind: str) -> None:
    phone.do(*TO_EVIDENCE)
    said = len(phone.got)
    relay.put(phone.update(Event(kind, "100", phone.who, int(relay.now))))
    relay.run()
    assert len(phone.got) == said


def test_a_location_is_kept_to_about_100_metres(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    event = Event("location", "100", phone.who, 1, latitude_e5=2575432, longitude_e5=8268567)
    relay.put(phone.update(event))
    relay.run()
    draft = drafts.find(relay.conn, relay.keys, phone.who)
    assert draft is not None and draft.state.offered == "25.754, 82.686"
    phone.do("location|yes", *FROM_EVIDENCE)
    assert relay.held()[0].body.place == "मिल के पीछे, 25.754, 82.686"


def test_a_status_of_a_message_reaches_it(relay: FakeRelay, phone: Phone) -> None:
    phone.do("नमस्ते")
    opaque = relay.whatsapp.sent[0].opaque
    relay.put(Update("s", Event("status", "100", None, 0, status="read", opaque=opaque)))
    relay.run()
    assert relay.value("select state from chat_out where opaque=?", opaque) == "read"


def test_what_nobody_understood_is_kept_as_long_as_its_key(relay: FakeRelay) -> None:
    relay.put(*events.parse(b'{"entry": 7}'))
    relay.run()
    assert relay.value("select state from event") == "odd" and relay.whatsapp.sent == []
    relay.pass_time(2 * DAY_S)
    assert relay.count("event") == 0


def test_an_event_without_a_sender_is_answered_to_nobody(relay: FakeRelay) -> None:
    relay.put(Update("x", Event("text", "100", None, 0, text="Hi")))
    relay.run()
    assert relay.whatsapp.sent == [] and relay.count("event") == 0


def _people(relay: FakeRelay) -> list[Phone]:
    """Ten, every second with a business-scoped id."""
    return [Phone(relay, f"9190000000{n:02}", f"IN.{n}000" if n % 2 else "") for n in range(10)]


def _acts(n: int) -> list[str]:
    """Their reports differ in box, place and words."""
    changes = {
        "लाल शर्ट वाला रामू": f"आदमी नंबर {n}",
        "मिल के पीछे": f"जगह {n}",
        "police|no": "police|yes" if n % 5 == 4 else "police|no",
        "contact|push": "contact|none" if n % 4 == 3 else "contact|push",
    }
    if n % 3 == 1:
        changes |= {"district|JNP": "district|GZP", "thana|JNP-10": "thana|GZP-02"}
    return [changes.get(act, act) for act in HINDI_REPORT]


def _stories(relay: FakeRelay) -> list[tuple[str, bool, ReportBody]]:
    """What is held, without what is made by chance."""
    found = [(h.recipient, h.contact is not None, replace(h.body, handle="")) for h in relay.held()]
    return sorted(found, key=lambda story: story[2].place)


def _alone(folder: Path) -> list[tuple[str, bool, ReportBody]]:
    """What the ten tell when each tells it alone, one message at a time."""
    relay = FakeRelay(folder, random.Random(1))
    for n, phone in enumerate(_people(relay)):
        phone.do(*_acts(n))
    return _stories(relay)


def _who_can_be_reached(relay: FakeRelay) -> set[Sender]:
    keys = [held.contact for held in relay.held() if held.contact]
    found = [relay.vault().open(contact.handle, contact.report_key) for contact in keys]
    return {reachable.sender for reachable in found if reachable}


@pytest.mark.slow
def test_ten_people_at_once_tell_what_each_would_have_told_alone(relay: FakeRelay, tmp_path: Path) -> None:
    phones = _people(relay)
    order = [n for n in range(10) for _ in HINDI_REPORT]
    relay.rng.shuffle(order)
    left = [iter(_acts(n)) for n in range(10)]
    for n in order:
        phones[n].do(next(left[n]))
    assert _stories(relay) == _alone(tmp_path / "alone")
    assert {story[0] for story in _stories(relay)} >= {JNP_BOX, RANGE_ID}
    assert _who_can_be_reached(relay) == {phone.who for n, phone in enumerate(phones) if n % 4 != 3}


@pytest.mark.slow
def test_fifty_messages_in_any_order_with_repeats_and_a_poisoned_one_in_one_post(
    relay: FakeRelay, tmp_path: Path
) -> None:
    phones, broken = _people(relay), Phone(relay, "919999999999")
    for n, phone in enumerate(phones):
        phone.do(*_acts(n)[:-5])
    broken.do("नमस्ते")
    _break_draft(relay, broken)
    ends = [update for n, phone in enumerate(phones) for update in phone.updates(*_acts(n)[-5:])]
    assert len(ends) == 50
    malformed = events.parse((BODIES / "text_without_body.json").read_bytes())
    batch = [*ends, *relay.rng.sample(ends, 20), *broken.updates("language|hi"), *malformed]
    relay.rng.shuffle(batch)
    assert relay.put(*batch) == 50 + 1 + len(malformed)
    relay.run()
    assert relay.put(*batch) == 0
    assert _stories(relay) == _alone(tmp_path / "alone")
    assert relay.value("select count(*) from event where state='poisoned'") == 1
    assert relay.count("event") == 1


def _told(phones: Iterable[Phone]) -> list[list[str]]:
    return [phone.got for phone in phones]


@pytest.mark.slow
def test_nobody_hears_what_another_was_told(relay: FakeRelay) -> None:
    phones = _people(relay)
    for act in range(len(HINDI_REPORT)):
        relay.put(*[update for n, phone in enumerate(phones) for update in phone.updates(_acts(n)[act])])
        relay.run()
    for n, said in enumerate(_told(phones)):
        others = {f"जगह {m}" for m in range(10)} - {f"जगह {n}"}
        assert any(f"जगह {n}" in text for text in said)
        assert not [place for place in others for text in said if place in text]
    codes = {_code(phone) for phone in phones}
    assert len(codes) == 10


@pytest.mark.parametrize("fault", [OSError(5, "I/O error"), Unavailable("the epoch store is not there")])
def test_a_fault_of_the_machine_costs_nobody_their_report(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    phone.do(*HINDI_REPORT[:-1])
    relay.put(*phone.updates(HINDI_REPORT[-1]))
    monkeypatch.setattr("relay.vault.Vault.keep", fail)
    with pytest.raises(type(fault)):
        relay.engine.step()
    assert relay.value("select state from event") == "new"
    monkeypatch.undo()
    relay.run()
    assert len(relay.held()) == 1


def test_a_fault_of_the_machine_does_not_put_a_waiting_draft_to_sleep(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "I/O error")

    phone.do(*TO_EVIDENCE)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    relay.pass_time(3 * HOUR_S)
    monkeypatch.setattr("relay.receipts.add", fail)
    with pytest.raises(OSError, match="I/O"):
        relay.engine.step()
    monkeypatch.undo()
    relay.run()
    assert len(relay.held()) == 1


def test_who_waited_for_a_draft_that_cannot_be_sent_is_told(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConfigError("the directory names no range node")

    phone.do(*TO_EVIDENCE)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    monkeypatch.setattr("relay.submission.Submission._recipient", refuse)
    relay.pass_time(3 * HOUR_S)
    relay.run()
    assert "फिर लिखें" in phone.got[-1]


def test_delete_behind_a_receipt_takes_it_back_entirely(relay: FakeRelay, phone: Phone) -> None:
    other = Phone(relay, "919000000001").do(*HINDI_REPORT)
    phone.do(*HINDI_REPORT, "मिटाएं")
    assert "वापस ले लिया और सब मिटा दिया" in phone.got[-1]
    assert (
        len(relay.held()) == relay.count("receipt") == relay.count("vault") == relay.count("sent_draft") == 1
    )
    assert "वापस" in other.do(other.undo_button).got[-1] and relay.held() == []


def test_delete_after_the_release_says_that_nothing_can_be_recalled(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    after_release(relay)
    release.release_due(relay.conn, relay.identity(), relay.now)
    assert relay.count("sent_draft") == 0
    phone.do("delete")
    assert "वापस नहीं आता" in phone.got[-1] and "जोड़ें और पर्ची नंबर" in phone.got[-1]
