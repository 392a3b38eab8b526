"""What an officer writes goes to the case he means, whole, and says nothing of what he tells as a citizen."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from relay import receipts
from relay.events import MediaRef, Sender
from sync.db import transaction
from tests.relay.barracks import DUTY, NAME, OFFICER, SAID, Barracks
from tests.relay.builders import png
from tests.sync import planted

OTHER = replace(DUTY, duty="e" * 32, serial="JNP-2026-00500")


@pytest.fixture
def barracks(tmp_path: Path, rng: random.Random) -> Barracks:
    made = Barracks(tmp_path, rng)
    made.order(DUTY)
    return made


def act(barracks: Barracks, *acts: str, token: str = "") -> None:
    for one in acts:
        barracks.tap(one, token=token)


def send(barracks: Barracks, data: bytes, caption: str = "") -> None:
    barracks.relay.whatsapp.files["m1"] = data
    barracks.hear(OFFICER, "photo", text=caption, media=MediaRef("m1", "image/jpeg", "", caption, False))


def told_of(barracks: Barracks) -> list[tuple[str, str]]:
    return [(answer.duty, answer.text or answer.kind) for _, answer in barracks.answers()]


def test_words_on_a_case_just_accepted_do_not_go_to_the_one_before(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    barracks.order(OTHER)
    act(barracks, "accept")
    barracks.write("seized two barrels")
    assert "seized two barrels" not in [text for _, text in told_of(barracks)]
    assert OTHER.brief in barracks.got[-1][1]


@pytest.mark.parametrize("acts", [(), ("cannot",)])
def test_a_new_notice_does_not_take_the_words_on_the_case_at_hand(
    barracks: Barracks, acts: tuple[str, ...]
) -> None:
    act(barracks, "accept", "acted")
    barracks.order(OTHER)
    act(barracks, *acts)
    barracks.write("seized two barrels")
    assert told_of(barracks)[-1] == (NAME, "seized two barrels")


def test_a_tap_that_changes_nothing_still_says_which_case_he_means(barracks: Barracks) -> None:
    first = barracks.token
    act(barracks, "accept", "acted")
    barracks.order(OTHER)
    act(barracks, "accept", "acted", token=barracks.token)
    act(barracks, "acted", token=first)
    barracks.write("on the first")
    assert told_of(barracks)[-1] == (NAME, "on the first")


def test_the_words_under_a_photo_go_with_it(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    send(barracks, png(), " two barrels ")
    assert told_of(barracks)[2:] == [(NAME, "two barrels"), (NAME, "photo")]


def test_too_many_words_under_a_photo_are_refused_with_it(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    send(barracks, png(), "x" * 1001)
    assert barracks.got[-1][1] == SAID.text("en", "note_long")
    assert len(told_of(barracks)) == 2


def test_words_and_photo_together_keep_to_the_most_a_case_takes(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    for number in range(9):
        barracks.write(f"note {number}")
    send(barracks, png(), "two barrels")
    assert [text for _, text in told_of(barracks)].count("photo") == 0
    assert barracks.got[-1][1] == SAID.text("en", "notes_full", serial=DUTY.serial)


@pytest.mark.slow
def test_a_document_that_calls_itself_a_photo_is_not_taken(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    send(barracks, planted.document())
    assert barracks.got[-1][1] == SAID.text("en", "photo_lost")
    assert len(told_of(barracks)) == 2


@pytest.mark.parametrize("as_photo", [False, True])
def test_an_officers_own_receipt_does_not_reach_his_office(
    barracks: Barracks, rng: random.Random, as_photo: bool
) -> None:
    code = receipts.new_code(rng)
    with transaction(barracks.relay.conn):
        receipts.add(barracks.relay.conn, receipts.tag(barracks.relay.epochs, code), "h", "m" * 32, "box", 0)
    act(barracks, "accept", "acted")
    words = f"status {code[:4]}-{code[4:]}"
    if as_photo:
        send(barracks, png(), words)
    else:
        barracks.write(words)
    assert [text for _, text in told_of(barracks)[2:3]] == ["status [receipt?]"]


@pytest.mark.parametrize("taps_before", [False, True])
def test_whoever_changes_his_number_keeps_the_case_and_nobody_else_gets_it(
    barracks: Barracks, taps_before: bool
) -> None:
    old, new = Sender("IN.1", ""), Sender("IN.2", "")
    if taps_before:
        barracks.tap("accept", who=old)
    barracks.hear(old if taps_before else OFFICER, "moved", moved_to=new)
    barracks.hear(Sender("IN.3", ""), "moved", moved_to=Sender("IN.4", ""))
    barracks.tap("cannot", who=Sender("IN.4", ""))
    for one in ("accept", "acted"):
        barracks.tap(one, who=new)
    barracks.write("seized two barrels", who=new)
    barracks.write("not mine", who=old)
    assert [text for _, text in told_of(barracks)] == ["accepted", "acted", "seized two barrels"]


def test_words_of_somebody_else_change_no_case(barracks: Barracks) -> None:
    act(barracks, "accept", "acted")
    barracks.write("seized two barrels", who=Sender("IN.9", ""))
    assert len(told_of(barracks)) == 2
