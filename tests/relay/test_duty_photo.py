"""Photos of officers: taken after the work, cleaned and sealed as an informant's, gone when the box has them."""

import random
from pathlib import Path

import pytest

from relay.events import Event, MediaRef, Update
from sync.clock import DAY_S
from sync.db import transaction
from sync.messages import DutyOver
from tests.relay.barracks import DUTY, NAME, OFFICER, SAID, SECOND, Barracks
from tests.relay.builders import JNP_BOX, png


@pytest.fixture
def barracks(tmp_path: Path, rng: random.Random) -> Barracks:
    made = Barracks(tmp_path, rng)
    made.order(DUTY)
    return made


def send_photo(barracks: Barracks, data: bytes, kind: str = "photo") -> None:
    """A picture that WhatsApp holds for the relay."""
    barracks.relay.whatsapp.files["m1"] = data
    barracks.hear(OFFICER, kind, media=MediaRef("m1", "image/png", "", "", False))


def test_a_photo_goes_to_the_box_cleaned_and_sealed(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    send_photo(barracks, png((b"tEXt", b"Author\0somebody")))
    (file,) = barracks.answers()[-1][1].evidence
    assert (file.kind, file.mime, bool(file.dropped)) == ("photo", "image/png", True)
    row = barracks.relay.conn.execute("select * from file_out").fetchone()
    assert (row["file_id"], row["recipient"], row["path"]) == (file.file_id, JNP_BOX, f"media/{file.file_id}")
    assert barracks.got[-1][1] == SAID.text("en", "note_taken", serial=DUTY.serial)
    assert barracks.relay.count("duty_photo") == 0


@pytest.mark.slow
def test_a_photo_that_cannot_be_taken_is_said_to_be_lost(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    send_photo(barracks, b"no picture at all")
    assert barracks.got[-1][1] == SAID.text("en", "photo_lost")
    assert [kind for _, kind, _ in barracks.told] == ["accepted", "acted"]


@pytest.mark.parametrize("acts", [(), ("accept",)])
def test_before_the_work_no_photo_is_taken(barracks: Barracks, acts: tuple[str, ...]) -> None:
    for act in acts:
        barracks.tap(act)
    send_photo(barracks, png())
    assert barracks.got[-1][1] == SAID.text("en", "text_only")
    assert (barracks.relay.count("fetch"), barracks.relay.count("evidence_file")) == (0, 0)


def test_a_photo_of_a_duty_that_ended_meanwhile_goes_nowhere_and_is_swept(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    barracks.relay.whatsapp.files["m1"] = png()
    event = Event("photo", SECOND, OFFICER, 1, media=MediaRef("m1", "image/png", "", "", False))
    barracks.relay.put(Update("photo", event))
    barracks.relay.engine.step()
    barracks.order(DutyOver(1, NAME))
    assert barracks.relay.count("evidence_file") == 1
    barracks.relay.pass_time(DAY_S)
    assert barracks.relay.count("evidence_file") == 0
    assert [kind for _, kind, _ in barracks.told] == ["accepted", "acted"]


def test_a_photo_that_is_at_the_box_leaves_the_relay(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    send_photo(barracks, png())
    with transaction(barracks.relay.conn):
        barracks.relay.conn.execute("update file_out set state='done'")
    barracks.relay.keep_house()
    assert barracks.relay.count("evidence_file") == 1  # the box has not said that it knows of the photo
    with transaction(barracks.relay.conn):
        barracks.relay.conn.execute("delete from outbox where purpose='duty_answer'")
    barracks.relay.keep_house()
    assert (barracks.relay.count("evidence_file"), list(barracks.relay.media.glob("*"))) == (0, [])


def test_a_voice_note_is_asked_to_be_brought(barracks: Barracks) -> None:
    for act in ("accept", "acted"):
        barracks.tap(act)
    send_photo(barracks, b"", "voice")
    assert barracks.got[-1][1] == SAID.text("en", "text_only")
