"""Officers on the second number: who may answer, what follows each answer, what a box hears."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from relay.duty import rows
from relay.duty.desk import NEUTRAL_EVERY_S, NOTES
from relay.duty.letters import STATUS_WAIT_S
from relay.events import Event, Sender, Update
from relay.limits import Buttons, Template, Text
from relay.whatsapp import OutcomeUnknown, SendError
from sync import notices
from sync.clock import DAY_S, HOUR_S, hour_of
from sync.db import transaction
from sync.errors import ConfigError, SatarkError
from sync.exchange import Opened
from sync.messages import DutyAnswer, DutyOver
from sync.sealing import envelopes
from tests.relay.barracks import DUTY, NAME, OFFICER, SAID, STRANGER, Barracks
from tests.relay.builders import GZP_BOX, JNP_BOX, RELAY_ID, node_keys


@pytest.fixture
def barracks(tmp_path: Path, rng: random.Random) -> Barracks:
    made = Barracks(tmp_path, rng)
    made.order(DUTY)
    return made


def test_the_notice_says_nothing_of_the_crime(barracks: Barracks) -> None:
    ((to, text),) = barracks.got
    assert to == OFFICER
    assert "JNP-2026-00417" in text
    assert "Restricted, Urgent" in text
    assert DUTY.brief not in text


def test_the_brief_comes_after_accept_and_a_note_after_the_action(barracks: Barracks) -> None:
    barracks.tap("accept")
    assert DUTY.brief in barracks.got[-1][1]
    barracks.tap("acted")
    barracks.write("  Two men held.\n")
    assert barracks.told == [
        (JNP_BOX, "accepted", ""), (JNP_BOX, "acted", ""), (JNP_BOX, "note", "Two men held."),
    ]  # fmt: skip
    assert barracks.answers()[0][1].hour == hour_of(barracks.relay.now)


def test_without_a_brief_he_is_asked_to_come(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.order(replace(DUTY, brief=""))
    barracks.tap("accept")
    assert barracks.got[-1][1] == SAID.text("en", "come", serial=DUTY.serial)


def test_he_may_say_that_he_cannot_and_then_no_more(barracks: Barracks) -> None:
    barracks.tap("cannot")
    for act in ("accept", "acted", "cannot"):
        barracks.tap(act)
    barracks.write("sorry")
    assert barracks.told == [(JNP_BOX, "cannot", "")]


def test_what_could_not_be_done_may_be_done_later(barracks: Barracks) -> None:
    for act in ("accept", "could_not"):
        barracks.tap(act)
    barracks.write("Nobody there")
    barracks.tap("acted")
    assert [kind for _, kind, _ in barracks.told] == ["accepted", "could_not", "note", "acted"]


def test_the_same_tap_twice_tells_the_box_once_and_shows_the_step_again(barracks: Barracks) -> None:
    token = barracks.token
    barracks.tap("accept", token=token)
    barracks.tap("accept", token=token)
    assert len(barracks.told) == 1
    assert barracks.got[-1] == barracks.got[-2]


def test_another_phone_with_the_token_changes_nothing(barracks: Barracks) -> None:
    barracks.tap("accept", who=STRANGER)
    barracks.write("accept", who=STRANGER)
    assert barracks.told == []
    assert barracks.got[1:] == [(STRANGER, SAID.text("", "neutral"))]


def test_an_officer_whom_whatsapp_names_by_an_id_is_known_by_his_token(barracks: Barracks) -> None:
    officer, other = Sender("IN.1", ""), Sender("IN.2", "")
    barracks.write("hello", who=officer)
    barracks.tap("accept", who=officer)
    barracks.tap("acted", who=other)
    barracks.tap("acted", who=officer)
    barracks.write("done", who=officer)
    assert [kind for _, kind, _ in barracks.told] == ["accepted", "acted", "note"]


def test_a_withdrawn_duty_is_no_longer_his(barracks: Barracks) -> None:
    token = barracks.token
    barracks.order(DutyOver(1, NAME))
    barracks.tap("accept", token=token)
    assert barracks.told == []
    assert barracks.got[-1] == (OFFICER, SAID.text("", "not_yours"))
    assert barracks.relay.value("select locked from duty") is None


def test_a_duty_that_comes_after_its_end_is_never_told(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.order(DutyOver(1, NAME))
    barracks.order(DUTY)
    assert barracks.got == []


def test_another_box_cannot_withdraw_a_duty(barracks: Barracks) -> None:
    barracks.order(DutyOver(1, NAME), GZP_BOX)
    barracks.tap("accept")
    assert barracks.told == [(JNP_BOX, "accepted", "")]


def test_a_duty_that_comes_twice_is_told_once(barracks: Barracks) -> None:
    barracks.order(DUTY)
    assert len(barracks.got) == 1


def test_a_note_belongs_to_the_case_he_touched_last(barracks: Barracks) -> None:
    first = barracks.token
    barracks.order(replace(DUTY, duty="e" * 32, serial="JNP-2026-00500"))
    second = barracks.token
    for token, act in ((first, "accept"), (second, "accept"), (second, "acted"), (first, "acted")):
        barracks.tap(act, token=token)
    barracks.write("done")
    assert barracks.answers()[-1][1] == DutyAnswer(1, NAME, "note", "done", hour_of(barracks.relay.now), ())


def test_a_note_has_its_limits(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    barracks.write("x" * 1001)
    assert barracks.got[-1][1] == SAID.text("en", "note_long")
    for number in range(NOTES + 1):
        barracks.write(f"note {number}")
    assert [kind for _, kind, _ in barracks.told].count("note") == NOTES


def test_whoever_else_writes_gets_one_neutral_sentence(barracks: Barracks) -> None:
    for _ in range(3):
        barracks.write("Hi", who=STRANGER)
    neutral = (STRANGER, SAID.text("", "neutral"))
    assert barracks.got[1:] == [neutral]
    barracks.relay.told_time.now += NEUTRAL_EVERY_S + 1
    barracks.write("नमस्ते", who=STRANGER)
    assert barracks.got[1:] == [neutral, neutral]
    assert barracks.relay.count("draft") == 0


def test_an_officers_hi_on_the_first_number_is_a_citizens(barracks: Barracks) -> None:
    event = Event("text", "100", OFFICER, int(barracks.relay.now), text="Hi")
    barracks.relay.put(Update("first number", event))
    barracks.run()
    assert barracks.relay.count("draft") == 1
    assert barracks.told == []


@pytest.mark.parametrize("later", [False, True])
def test_outside_the_window_the_template_goes_with_the_same_buttons(
    tmp_path: Path, rng: random.Random, later: bool
) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.relay.whatsapp.trouble = [] if later else [SendError(131047, 400)]
    barracks.order(DUTY)
    if later:
        barracks.fail(131047)
    template = barracks.relay.whatsapp.sent[-1].payload
    assert isinstance(template, Template)
    assert (template.name, template.language) == ("satark_duty", "en")
    assert template.parameters[:2] == ("JNP-2026-00417", "Restricted, Urgent")
    barracks.hear(OFFICER, "tap", choice=template.payloads[0])
    assert barracks.told == [(JNP_BOX, "accepted", "")]


def test_a_number_that_is_not_on_whatsapp_is_told_to_the_box(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.relay.whatsapp.trouble = [SendError(131026, 400)]
    barracks.order(DUTY)
    assert barracks.told == [(JNP_BOX, "undelivered", "")]


def test_a_message_of_unknown_fate_waits_for_a_status_then_goes_again(
    tmp_path: Path, rng: random.Random
) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.relay.whatsapp.trouble = [OutcomeUnknown("a gateway failed")]
    barracks.order(DUTY)
    assert barracks.got == []
    barracks.relay.told_time.now += STATUS_WAIT_S
    barracks.run()
    assert len(barracks.got) == 1


def test_a_notice_in_doubt_three_times_is_left_at_that(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.relay.whatsapp.trouble = [OutcomeUnknown("a gateway failed")] * 3
    barracks.order(DUTY)
    for _ in range(4):
        barracks.relay.told_time.now += STATUS_WAIT_S
        barracks.run()
    assert (barracks.got, barracks.told) == ([], [])
    assert barracks.relay.value("select state from duty_out") == "sent"


def test_a_notice_that_cannot_go_for_a_day_is_told_to_the_box(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng)
    barracks.relay.whatsapp.trouble = [SendError(131042, 400)] * 2
    barracks.order(DUTY)
    assert barracks.told == []
    barracks.relay.told_time.now += DAY_S + HOUR_S
    barracks.run()
    assert barracks.told == [(JNP_BOX, "undelivered", "")]


def test_a_withdrawn_notice_is_not_sent_as_a_template_afterwards(barracks: Barracks) -> None:
    barracks.order(DutyOver(1, NAME))
    barracks.fail(131047, at=0)
    assert len(barracks.relay.whatsapp.sent) == 1
    assert barracks.told == []


def test_a_relay_without_a_second_number_says_so_at_once(tmp_path: Path, rng: random.Random) -> None:
    barracks = Barracks(tmp_path, rng, number_id="")
    envelope = envelopes.sign("duty", (), node_keys()[JNP_BOX].signing, JNP_BOX, RELAY_ID, "m" * 32)
    with transaction(barracks.relay.conn):
        opened = Opened(JNP_BOX, envelope, {"message": DUTY}, b"")
        barracks.orders.duty(barracks.relay.conn, opened, barracks.relay.now)
    assert barracks.told == [(JNP_BOX, "undelivered", "")]


def test_the_citizens_number_cannot_be_the_officers_too(tmp_path: Path, rng: random.Random) -> None:
    with pytest.raises(ConfigError, match="one number"):
        Barracks(tmp_path, rng, number_id="100")


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "919800000001"},
        {"duty": "x"},
        {"language": "xx"},
        {"brief": "x" * 601},
        {"serial": "a b"},
        {"sensitivity": "secret"},
        {"sensitivity": "call 98"},
        {"urgency": "a murder"},
    ],
)
def test_a_duty_not_of_our_form_is_refused(barracks: Barracks, wrong: dict[str, str]) -> None:
    with pytest.raises(SatarkError, match="not of our form"):
        barracks.order(replace(DUTY, **wrong))  # type: ignore[arg-type]  # names are those of the test


def test_after_two_weeks_nothing_of_it_is_left(barracks: Barracks) -> None:
    token = barracks.token
    barracks.relay.pass_time(rows.LIFE_S + DAY_S)
    assert (barracks.relay.count("duty"), barracks.relay.count("duty_out")) == (0, 0)
    barracks.tap("accept", token=token)
    assert barracks.told == []


def test_the_relays_disk_shows_neither_number_nor_brief_nor_note(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    barracks.write("a note of the officer")
    disk = barracks.relay.disk()
    assert b"JNP-2026" not in disk
    for secret in (b"9800000001", DUTY.brief.encode(), b"a note of the officer"):
        assert secret not in disk


def test_every_step_fits_whatsapp(barracks: Barracks) -> None:
    longest = "अ" * notices.BRIEF_UNITS
    for number, language in enumerate(("hi", "en")):
        barracks.order(replace(DUTY, duty=f"{number}" * 32, language=language, brief=longest))
        for act in ("accept", "could_not", "acted"):
            barracks.tap(act)
    kinds = {type(sent.payload) for sent in barracks.relay.whatsapp.sent}
    assert kinds == {Buttons, Text}  # the stand-in checked each against WhatsApp's limits
