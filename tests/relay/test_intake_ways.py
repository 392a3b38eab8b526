"""What the engine does beside the questions: taking back to change, stop, a new number, the own number, albums."""

import json

import pytest

from relay import drafts, release, stops
from relay.dialogue import Slot, State
from relay.drafts import Draft
from relay.events import Event, MediaRef, Sender
from relay.limits import Buttons
from sync import canonical
from sync.clock import DAY_S, HOUR_S
from sync.errors import Unreadable
from tests.relay.builders import (
    FROM_EVIDENCE,
    HINDI_REPORT,
    NUMBER,
    TO_EVIDENCE,
    FakeRelay,
    Phone,
    after_release,
    forms,
    png,
)

MOVED_TO = Sender("IN.4711", "")


def _media(phone: Phone, kind: str, number: int) -> Event:
    phone.relay.whatsapp.files[f"file{number}"] = b"x"
    media = MediaRef(f"file{number}", "audio/ogg", "", "", kind == "voice")
    return Event(kind, "100", phone.who, int(phone.relay.now) + phone.written, media=media)


def _move(relay: FakeRelay, phone: Phone, to: Sender = MOVED_TO) -> None:
    relay.put(phone.update(Event("moved", "100", phone.who, int(relay.now), moved_to=to)))
    relay.run()


def _state_of(relay: FakeRelay, who: Sender) -> State | None:
    draft = drafts.find(relay.conn, relay.keys, who)
    return draft.state if draft else None


def test_what_is_taken_back_can_be_changed_and_sent_again(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png()).do(*FROM_EVIDENCE)
    first = relay.held()[0]
    phone.do(phone.undo_button)
    assert (
        relay.held() == []
        and relay.count("receipt") == relay.count("vault") == relay.count("sent_draft") == 0
    )
    assert "कुछ भी नहीं भेजा गया" in phone.got[-1]
    last = relay.whatsapp.sent[-1].payload
    assert isinstance(last, Buttons) and [b.title for b in last.buttons] == ["बदलना है", "सब मिटा दें"]
    phone.do("undone|change", "वह रात को आता है", "summary|send")
    (held,) = relay.held()
    assert held.body.answers == first.body.answers and held.body.text == "वह रात को आता है"
    assert held.body.evidence == first.body.evidence and held.body.handle != first.body.handle
    assert relay.value("select message_id from evidence_file") == held.message_id


def test_what_is_taken_back_is_never_sent_by_itself(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(phone.undo_button)
    for _ in range(24):
        relay.pass_time(HOUR_S)
        relay.run()
    assert relay.held() == [] and relay.count("draft") == 0
    assert "मिटा दी गई" in phone.got[-1]


def test_somebody_else_who_taps_takes_back_and_sees_nothing_of_it(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    friend = Phone(relay, "919000000001").do(phone.undo_button)
    assert relay.held() == [] and relay.count("sent_draft") == relay.count("draft") == 0
    assert "कोई निशान नहीं रखा" in friend.got[-1]


def test_another_draft_is_not_touched_by_taking_back(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    button = phone.undo_button
    phone.do("नमस्ते", "language|en", button)
    state = _state_of(relay, phone.who)
    assert relay.held() == [] and state is not None and (state.step, state.language) == ("category", "en")


@pytest.mark.slow
def test_the_sealed_draft_goes_with_the_release_and_with_its_key(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    secret = "लाल शर्ट वाला रामू".encode()
    assert relay.count("sent_draft") == 1 and not [f for f in forms(secret) if f in relay.disk()]
    other = Phone(relay, "919000000001").do(*HINDI_REPORT)
    after_release(relay)
    release.release_due(relay.conn, relay.identity(), relay.now)
    assert relay.count("sent_draft") == 0
    other.do(*HINDI_REPORT)
    relay.pass_time(2 * DAY_S)
    assert relay.count("sent_draft") == 0


def test_what_goes_at_once_keeps_no_draft(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*(act.replace("now|no", "now|yes") for act in HINDI_REPORT))
    assert relay.count("sent_draft") == 0


def test_stop_erases_the_draft_and_hi_lifts_it(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE, "please stop")
    assert relay.count("draft") == 0 and stops.is_stopped(relay.conn, relay.epochs, phone.who)
    assert '"Hi"' in phone.got[-1]
    phone.do("they sell ganja near the school")
    assert stops.is_stopped(relay.conn, relay.epochs, phone.who)
    phone.do("नमस्ते")
    assert not stops.is_stopped(relay.conn, relay.epochs, phone.who)


def test_stop_without_a_draft_counts_too(relay: FakeRelay, phone: Phone) -> None:
    phone.do("बंद करो")
    assert stops.is_stopped(relay.conn, relay.epochs, phone.who) and relay.count("draft") == 0
    assert "कोई जवाब नहीं आएगा" in phone.got[-1] and "No answers" in phone.got[-1]


def test_a_new_number_goes_on_with_the_draft_and_is_told_nothing(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    before = _state_of(relay, phone.who)
    sent = len(relay.whatsapp.sent)
    _move(relay, phone)
    assert _state_of(relay, phone.who) is None and _state_of(relay, MOVED_TO) == before
    assert len(relay.whatsapp.sent) == sent
    Phone(relay, "919800000077", MOVED_TO.user_id).do(*FROM_EVIDENCE)
    assert len(relay.held()) == 1


def test_a_new_number_still_wakes(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    _move(relay, phone)
    relay.pass_time(20 * HOUR_S)
    relay.run()
    assert relay.whatsapp.sent[-1].to == MOVED_TO


def test_a_file_on_its_way_follows_its_sender(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(
        phone.photo(png()),
        phone.update(Event("moved", "100", phone.who, int(relay.now) + 99, moved_to=MOVED_TO)),
    )
    while relay.engine.step():
        pass
    relay.run()
    state = _state_of(relay, MOVED_TO)
    assert state is not None and [slot.file is not None for slot in state.slots] == [True]


def test_messages_not_sent_yet_and_what_can_be_taken_back_follow_too(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT[:-1])
    relay.put(*phone.updates(HINDI_REPORT[-1]))
    assert relay.engine.step()
    _move(relay, phone)
    assert relay.whatsapp.sent[-1].to == MOVED_TO
    moved = Phone(relay, "919800000077", MOVED_TO.user_id)
    moved.do("delete")
    assert relay.held() == [] and "undone" not in moved.got[-1] and "Taken back" in moved.got[-1]


def test_a_stop_follows_the_new_number(relay: FakeRelay, phone: Phone) -> None:
    phone.do("stop")
    _move(relay, phone)
    assert stops.is_stopped(relay.conn, relay.epochs, MOVED_TO)


def test_a_conversation_begun_under_the_new_number_stays(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    new = Phone(relay, "919800000077", MOVED_TO.user_id).do("Hi", "language|en", "category|mining")
    _move(relay, phone)
    state = _state_of(relay, new.who)
    assert state is not None and (state.step, state.category) == ("police", "mining")


@pytest.mark.slow
@pytest.mark.parametrize("written", ["9812345678", "+91 98123-45678", "९८१२३४५६७८", "98 12 34 56 78"])
def test_the_own_number_is_asked_about_and_taken_out(relay: FakeRelay, phone: Phone, written: str) -> None:
    acts = [f"मेरा नंबर {written} है" if act == "मिल के पीछे" else act for act in HINDI_REPORT]
    phone.do(*acts[:-1])
    assert "आपका अपना है" in phone.got[-1]
    phone.do("whose|mine", "summary|send")
    (held,) = relay.held()
    assert "[हटाया गया]" in held.body.place and not any(ch.isdecimal() for ch in held.body.place)


def test_the_own_number_never_lies_in_a_draft_and_goes_with_no_unfinished_report(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE, "मुझे 98123 45678 पर फोन करें")
    relay.pass_time(20 * HOUR_S)
    relay.run()
    relay.pass_time(3 * HOUR_S)
    relay.run()
    (held,) = relay.held()
    assert held.body.incomplete and held.body.text == "मुझे [हटाया गया] पर फोन करें"


def test_who_says_it_is_anothers_keeps_it(relay: FakeRelay, phone: Phone) -> None:
    acts = ["उसका नंबर 9812345678" if act == "मिल के पीछे" else act for act in HINDI_REPORT]
    phone.do(*acts[:-1], "whose|theirs", "summary|send")
    assert relay.held()[0].body.place == "उसका नंबर 9812345678"


def test_an_album_gets_one_answer_after_it_is_quiet(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    said = len(phone.got)
    relay.put(*(phone.photo(png()) for _ in range(4)))
    relay.run()
    assert len(phone.got) == said
    relay.told_time.now += 8
    relay.run()
    assert len(phone.got) == said + 1 and "4 फोटो" in phone.got[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"), [("voice", "आवाज़ का संदेश"), ("audio", "ऑडियो"), ("video", "वीडियो")]
)
def test_every_kind_of_evidence_is_queued(relay: FakeRelay, phone: Phone, kind: str, name: str) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(phone.update(_media(phone, kind, 1)))
    while relay.engine.step():
        pass
    relay.told_time.now += 8
    relay.engine.step()
    state = _state_of(relay, phone.who)
    assert state is not None and [slot.medium for slot in state.slots] == [kind]
    relay.run()
    assert name in "".join(phone.got)


def test_a_draft_of_the_version_before_is_read() -> None:
    draft = Draft(Sender("", NUMBER), State("police", 7, "hi", category="drugs", slots=(Slot(1),)))
    raw = json.loads(canonical.dumps(draft))
    for name in (
        "quiet_ms",
        "unsaid",
        "hint",
        "near",
        "which",
        "cleared",
        "voiced",
        "begun",
    ):
        del raw["state"][name]
    del raw["state"]["slots"][0]["medium"]
    raw["state"] |= {"own": True, "own_stays": False}  # of versions that kept them
    assert drafts.read(json.dumps(raw).encode()) == draft
    assert drafts.read(canonical.dumps(draft)) == draft


@pytest.mark.parametrize(
    "data", [b"", b"7", b"{}", b'{"sender":{},"state":7}', b'{"sender":null,"state":{"x":1}}']
)
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        drafts.read(data)


@pytest.mark.parametrize("end", ["delete", "stop", "restart"])
def test_what_is_erased_takes_its_files_along_at_once(relay: FakeRelay, phone: Phone, end: str) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png())
    assert len(list(relay.media.iterdir())) == relay.count("evidence_file") == 1
    phone.do(end)
    assert list(relay.media.iterdir()) == [] and relay.count("evidence_file") == 0


def test_what_is_given_up_takes_its_files_along(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*(act.replace("partial|yes", "partial|no") for act in TO_EVIDENCE)).send_photo(png())
    for _ in range(24):
        relay.told_time.now += HOUR_S
        relay.run()
    assert relay.count("draft") == relay.count("evidence_file") == 0 and list(relay.media.iterdir()) == []


def test_delete_behind_a_thank_you_takes_the_report_back(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT, "ok thanks", "delete")
    assert relay.held() == [] and relay.count("draft") == 0 and "Taken back" in phone.got[-1]


def test_delete_of_another_draft_leaves_what_was_sent(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT, *TO_EVIDENCE, "मिटाएं")
    assert len(relay.held()) == 1 and relay.count("draft") == 0
    assert "अधूरी बात नहीं भेजी गई" in phone.got[-1]
