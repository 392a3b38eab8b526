"""Answers to informants: checked, once, late by chance and by day, from memory alone, and forgotten."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import downlink, stops
from relay.downlink import BUDGET, Downlink, Keys, Pace
from relay.events import Sender
from relay.whatsapp import Buttons, OutcomeUnknown, Payload, SendError
from sync.canonical import to_text
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, WEEK_S
from sync.db import transaction
from sync.errors import SatarkError, Unavailable
from sync.messages import PublicState, Reply, Settled
from tests.relay.builders import (
    GZP_BOX,
    JNP_BOX,
    NUMBER,
    SENDER,
    FakeRelay,
    PowerCut,
    a_book,
    cut_power,
    forms,
    told,
)
from tests.relay.desk import HANDLE, KEY, PACE, Desk, button_of

TAKEN_UP = {"hi": "आपकी सूचना पर काम शुरू हो गया है", "en": "Work on your report has begun"}


@pytest.fixture
def desk(relay: FakeRelay) -> Desk:
    return Desk(relay)


@pytest.mark.parametrize("language", ["hi", "en"])
def test_an_answer_reaches_the_informant_in_his_language(desk: Desk, language: str) -> None:
    desk.keep(language=language)
    desk.order()
    desk.later(3700)
    ((who, text),) = desk.got
    assert who == SENDER and text.startswith(TAKEN_UP[language])
    assert desk.states() == ["spent"]


def test_parameters_stand_in_the_text(desk: Desk) -> None:
    desk.keep()
    desk.take(Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest",)))
    desk.later(3700)
    assert "गिरफ्तारी हुई" in desk.got[0][1]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(1, HANDLE, KEY, 1, "free_text", ()),
        Reply(1, HANDLE, KEY, 1, "taken_up", ("Ramu",)),
        Reply(1, HANDLE, KEY, 1, "action_taken", ()),
        Reply(1, HANDLE, KEY, 1, "action_taken", ("Ramu was caught",)),
        Reply(1, HANDLE, KEY, BUDGET + 1, "taken_up", ()),
        Reply(1, HANDLE, KEY, 0, "taken_up", ()),
        Reply(1, HANDLE, KEY, 1, "", ()),
        Reply(1, HANDLE, KEY, 1, "taken_up\n", ()),
        Reply(1, HANDLE, KEY, 1, "https://evil.example/a", ()),
        Reply(1, HANDLE, KEY, 1, "action_taken", ("https://evil.example/a",)),
        Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest ",)),
        Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest", "arrest")),
        Reply(1, HANDLE, KEY, -1, "taken_up", ()),
        Reply(1, HANDLE, KEY, BUDGET, "taken_up", ()),
    ],
    ids=[
        *("template", "parameter too many", "parameter missing", "free words", "over budget", "no number"),
        *("no template", "almost a template", "URL as template", "URL", "almost a value", "two for one"),
        *("below nought", "tenth is no outcome"),
    ],
)
def test_what_the_catalogue_does_not_hold_is_refused(desk: Desk, reply: Reply) -> None:
    with pytest.raises(SatarkError):
        desk.take(reply)
    assert desk.relay.count("reply") == 0 and desk.keys == {}


def test_the_same_answer_is_sent_once_however_often_it_comes(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.order()
    desk.later(3700)
    desk.order()
    desk.later()
    assert len(desk.got) == 1 and desk.states() == ["spent"]


def test_a_later_answer_replaces_an_earlier_one_that_still_waits(desk: Desk) -> None:
    desk.keep()
    desk.order(number=1)
    desk.take(Reply(1, HANDLE, KEY, 2, "action_taken", ("raid",)))
    assert desk.states() == ["expired", "waiting"] and list(desk.keys) == [(HANDLE, 2)]
    desk.later(3700)
    ((_, text),) = desk.got
    assert "छापा" in text


def test_an_earlier_answer_that_comes_later_is_over(desk: Desk) -> None:
    desk.keep()
    desk.order(number=2)
    desk.order(number=1)
    desk.later(3700)
    assert len(desk.got) == 1 and desk.states() == ["expired", "spent"]
    assert desk.relay.value("select locked from reply where reply_no=1") is None


def test_one_answer_a_day_also_after_a_restart(desk: Desk) -> None:
    desk.keep()
    desk.order(number=1)
    desk.relay.told_time.now += 3700
    desk.run()
    desk.restart()
    desk.order(number=2)
    for _ in range(8):
        desk.relay.told_time.now += HOUR_S
        desk.run()
    assert len(desk.got) == 1 and desk.states() == ["spent", "waiting"]
    desk.later(8 * HOUR_S)
    assert len(desk.got) == 2


def test_the_last_answer_of_the_budget_is_kept_for_the_outcome(desk: Desk) -> None:
    desk.keep()
    with pytest.raises(SatarkError, match="outcome"):
        desk.order(number=BUDGET)
    desk.take(Reply(1, HANDLE, KEY, BUDGET, "closed", ()))
    desk.later(3700)
    assert len(desk.got) == 1


def test_who_said_stop_gets_nothing_and_the_box_learns_no_more_than_of_others(desk: Desk) -> None:
    desk.keep()
    desk.order()
    with transaction(desk.relay.conn):
        stops.stop(desk.relay.conn, desk.relay.epochs, SENDER, desk.relay.now)
    desk.later(3700)
    assert desk.got == [] and desk.states() == ["expired"] and desk.keys == {}
    assert desk.relay.value("select locked from reply") is None
    desk.later()
    assert desk.settled() == [(JNP_BOX, Settled(1, (HANDLE + "/1",)))]


def test_who_lifts_the_stop_gets_the_next_answer(desk: Desk) -> None:
    desk.keep()
    with transaction(desk.relay.conn):
        stops.stop(desk.relay.conn, desk.relay.epochs, SENDER, desk.relay.now)
        stops.lift(desk.relay.conn, desk.relay.epochs, SENDER)
    desk.order()
    desk.later(3700)
    assert len(desk.got) == 1


def test_the_lock_screen_shows_nothing_of_it(desk: Desk) -> None:
    desk.keep()
    desk.take(Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest",)))
    desk.later(3700)
    (sent,) = desk.relay.whatsapp.sent
    assert isinstance(sent.payload, Buttons)
    assert sent.payload.body == a_book().phrases.text("hi", "answer_notice")
    assert not [word for word in ("पुलिस", "सूचना", "गिरफ्तार", "कार्रवाई") if word in sent.payload.body]


def test_the_words_can_be_read_again_for_seven_days_and_no_tap_leaves_a_trace(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.later(3700)
    before = dump(desk.relay)
    assert desk.got[0][1] == desk.got[0][1] != ""
    assert dump(desk.relay) == before
    desk.relay.pass_time(7 * DAY_S)
    assert desk.got[0][1] != ""
    desk.relay.pass_time(DAY_S)
    assert desk.got == [(SENDER, "")] and desk.relay.count("offer") == 0


def test_a_token_nobody_was_given_shows_nothing(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.later(3700)
    assert desk.read("read|hi|" + "0" * 32) is None and desk.read("read|hi|") is None


def test_the_token_is_not_on_disk(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.later(3700)
    token = button_of(desk.relay.whatsapp.sent[0].payload).rpartition("|")[2]
    on_disk = desk.relay.disk()
    assert not [form for form in (*forms(token.encode()), *forms(bytes.fromhex(token))) if form in on_disk]


@pytest.mark.parametrize("choice", ["", "read", "read|hi", "undo|hi|x", "read|hi|x|y", "v1|language|hi"])
def test_another_button_is_not_taken_for_it(choice: str) -> None:
    assert downlink.read_choice(choice, ("hi", "en")) is None


def test_a_button_of_an_unknown_language_is_answered_in_all(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.later(3700)
    button = button_of(desk.relay.whatsapp.sent[0].payload).replace("read|hi", "read|bho")
    said = desk.read(button) or ""
    assert all(words in said for words in TAKEN_UP.values())


def test_a_key_that_was_used_is_forgotten_and_a_repetition_does_not_bring_it_back(desk: Desk) -> None:
    desk.keep()
    desk.order()
    assert desk.keys == {(HANDLE, 1): KEY}
    desk.later(3700)
    desk.order()
    assert desk.keys == {}


def dump(relay: FakeRelay) -> list[str]:
    """Everything in the tables of relay.db."""
    return list(relay.conn.iterdump())


def _quiet(at: float) -> bool:
    hour = (at + IST_OFFSET_S) % DAY_S / HOUR_S
    return hour >= 21 or hour < 8


def _downlink(relay: FakeRelay, pace: Pace, rng: random.Random) -> Downlink:
    return Downlink(relay.epochs, relay.vault(), a_book().catalogue, Keys(), pace, rng)


@given(st.floats(1.7e9, 1.8e9), st.integers(0, 2**32))
def test_an_answer_waits_and_never_falls_into_the_night(relay: FakeRelay, now: float, seed: int) -> None:
    due = _downlink(relay, PACE, random.Random(seed))._due(now)
    assert not _quiet(due)
    assert now + PACE.delay_min_s <= due <= now + 11 * HOUR_S + 2 * PACE.delay_max_s


@given(st.floats(1.7e9, 1.8e9))
def test_without_quiet_hours_only_the_delay_counts(relay: FakeRelay, now: float) -> None:
    due = _downlink(relay, Pace(10, 20, None, DAY_S), relay.rng)._due(now)
    assert now + 10 <= due <= now + 20


def test_it_is_not_sent_before_it_is_due(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.relay.told_time.now += PACE.delay_min_s - 1
    desk.run()
    assert desk.got == []


def test_what_was_due_by_day_is_not_sent_by_night(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.relay.told_time.now += 9 * HOUR_S  # the process was away until 22:30
    desk.run()
    assert desk.got == [] and desk.states() == ["waiting"]
    desk.relay.told_time.now += 11 * HOUR_S
    desk.run()
    assert len(desk.got) == 1 and not _quiet(desk.relay.now)


def test_on_disk_lies_neither_number_nor_report_key_nor_what_is_answered(desk: Desk) -> None:
    desk.keep()
    desk.take(Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest",)))
    on_disk = desk.relay.disk()
    assert HANDLE.encode() in on_disk
    secrets = [NUMBER.encode(), KEY, b"action_taken", b"arrest", to_text(KEY).encode()]
    assert not [form for secret in secrets for form in forms(secret) if form in on_disk]


def test_after_a_restart_it_waits_until_the_command_comes_again(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.restart()
    desk.later()
    assert desk.got == [] and desk.states() == ["waiting"]
    desk.order()
    desk.run()
    assert len(desk.got) == 1


def test_killed_while_sending_it_is_sent_when_the_command_comes_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.keep()
    desk.order()
    desk.relay.told_time.now += 3700
    with monkeypatch.context() as patched, pytest.raises(PowerCut):
        patched.setattr(desk.relay.whatsapp, "send", lambda *_: cut_power())
        desk.run()
    assert desk.states() == ["sending"]
    desk.restart()
    desk.run()
    assert desk.got == []
    desk.order()
    desk.run()
    assert len(desk.got) == 1 and desk.states() == ["sent"]


def test_without_a_way_back_it_is_over_at_once_and_none_of_its_words_is_kept(desk: Desk) -> None:
    desk.order()
    assert desk.states() == ["expired"] and desk.keys == {}
    assert desk.relay.value("select locked from reply") is None
    desk.later(3700)
    assert desk.got == []


def test_one_whose_way_back_went_while_it_waited_is_over_when_it_comes_again(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.restart()
    desk.relay.vault().forget(HANDLE)
    desk.order()
    assert desk.states() == ["expired"] and desk.keys == {}
    assert desk.relay.value("select locked from reply") is None


def test_other_processes_may_write_while_answers_are_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for handle in ("1" * 32, "2" * 32, "3" * 32):
        desk.keep(handle)
        desk.order(handle)
    send, other = desk.relay.whatsapp.send, desk.relay.relay_db()

    def meanwhile(to: Sender, payload: Payload, opaque: str) -> None:
        send(to, payload, opaque)
        other.execute("insert or replace into counter values('webhook', 1)")

    monkeypatch.setattr(desk.relay.whatsapp, "send", meanwhile)
    desk.relay.told_time.now += 3700
    desk.run()
    assert len(desk.got) == 3 and desk.states() == ["sent"] * 3


def test_while_the_epoch_store_is_away_an_answer_waits(desk: Desk) -> None:
    desk.keep()
    desk.order()
    store = desk.relay.config.epoch_store
    away = store.rename(store.with_name("away"))
    store.mkdir()  # as a mount point without its volume
    desk.relay.told_time.now += 3700
    desk.run()
    assert desk.states() == ["waiting"] and list(store.iterdir()) == []
    with pytest.raises(Unavailable):  # the broker keeps the command
        desk.order(number=2)
    away.rename(store)
    desk.relay.told_time.now += 60
    desk.run()
    assert len(desk.got) == 1


def test_with_another_report_key_nobody_is_reached(desk: Desk) -> None:
    desk.keep()
    desk.take(Reply(1, HANDLE, bytes(32), 1, "taken_up", ()))
    desk.later(3700)
    assert desk.got == [] and desk.states() == ["expired"]


def test_when_its_epoch_key_is_gone_it_is_expired(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.relay.told_time.now += 20 * WEEK_S
    desk.relay.vault().expire(desk.relay.now)
    desk.run()
    assert desk.states() == ["expired"]


def test_what_perhaps_went_is_not_sent_again(desk: Desk) -> None:
    desk.keep()
    desk.relay.whatsapp.trouble = [OutcomeUnknown("no answer")]
    desk.order()
    desk.relay.told_time.now += 3700
    desk.run()
    assert desk.states() == ["sent"]
    desk.wait_for_statuses()
    desk.order()
    desk.later()
    assert desk.got == [] and desk.states() == ["spent"] and desk.keys == {}


def test_trouble_that_passes_is_waited_out(desk: Desk) -> None:
    desk.keep()
    desk.relay.whatsapp.trouble = [SendError(130429, 429)]
    desk.order()
    desk.relay.told_time.now += 3700
    desk.run()
    assert desk.got == [] and desk.states() == ["waiting"]
    desk.relay.told_time.now += 300
    desk.run()
    assert len(desk.got) == 1


def test_trouble_that_stays_ends_it(desk: Desk) -> None:
    desk.keep()
    desk.relay.whatsapp.trouble = [SendError(131026, 400)]
    desk.order()
    desk.later(3700)
    assert desk.got == [] and desk.states() == ["expired"] and desk.keys == {}


@pytest.mark.parametrize(
    "spoil",
    ["update reply set locked=x'00'", "update reply set week=week-1"],
    ids=["does not open", "of another week"],
)
def test_an_answer_that_does_not_open_holds_up_nothing(desk: Desk, spoil: str) -> None:
    desk.keep()
    desk.keep("b" * 32)
    desk.order()
    desk.relay.conn.execute(spoil)
    desk.order("b" * 32)
    desk.later(3700)
    assert desk.states() == ["expired", "spent"] and len(desk.got) == 1


def test_the_box_hears_what_is_over_but_not_how_it_ended(desk: Desk) -> None:
    desk.keep("1" * 32)
    desk.order("1" * 32)
    desk.order("2" * 32)  # nobody can be reached: over already, but its box must not hear it sooner
    desk.run()  # the first round of the day
    assert desk.settled() == []
    desk.later(3700)
    assert desk.states() == ["spent", "expired"]
    desk.later()
    assert desk.settled() == [(JNP_BOX, Settled(1, ("1" * 32 + "/1", "2" * 32 + "/1")))]


def test_each_box_hears_of_its_own_answers_once_a_day(desk: Desk) -> None:
    desk.run()  # the first round of the day
    desk.order("1" * 32, node=JNP_BOX)
    desk.order("2" * 32, node=GZP_BOX)
    desk.relay.told_time.now += 4000
    desk.run()
    assert desk.states() == ["expired", "expired"] and desk.settled() == []
    desk.later()
    desk.later()
    assert desk.settled() == [
        (JNP_BOX, Settled(1, ("1" * 32 + "/1",))),
        (GZP_BOX, Settled(1, ("2" * 32 + "/1",))),
    ]


def test_a_busy_day_is_told_whole(desk: Desk) -> None:
    desk.run()
    for n in range(downlink.SETTLED_EACH + 10):
        desk.order(f"{n:032x}")
    desk.relay.told_time.now += 4000
    desk.run()
    desk.later()
    assert [len(message.items) for _, message in desk.settled()] == [downlink.SETTLED_EACH, 10]


def test_a_state_reaches_the_receipt_of_that_node_only(desk: Desk) -> None:
    desk.relay.submit(told())
    handle = desk.relay.held()[0].body.handle
    desk.take(PublicState(1, handle, "closed", 7), GZP_BOX)
    assert desk.relay.value("select state from receipt") == "kept"
    desk.take(PublicState(1, handle, "in_work", 1), JNP_BOX)
    desk.take(PublicState(1, "f" * 32, "closed", 1), JNP_BOX)
    assert desk.relay.value("select state from receipt") == "in_work"


def test_a_report_can_be_answered_with_the_key_that_its_box_got(desk: Desk, tmp_path: Path) -> None:
    desk.relay.submit(told(), Sender("IN.77", ""))
    (held,) = desk.relay.held()
    assert held.contact is not None
    desk.take(Reply(1, held.contact.handle, held.contact.report_key, 1, "taken_up", ()))
    desk.later(3700)
    assert [who for who, _ in desk.got] == [Sender("IN.77", "")]
