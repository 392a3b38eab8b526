"""A file is covered: a reason of this person opens this file for a short while, and both are written down."""

from dataclasses import replace

import pytest

from appliance import audit, custody, evidence, timekeeping, viewing
from appliance.desk import Actor, Desk
from appliance.errors import Covered, Forbidden, NotAllowed, NotFound
from appliance.timekeeping import Uptime
from sync.clock import DAY_S
from sync.messages import Manifest
from tests.appliance.office import (
    ANALYST,
    POST,
    SCREENER,
    SP,
    SUPERVISOR,
    Watch,
    audited,
    body,
    manifest,
    put_file,
    receive,
)

FILM = bytes(range(256)) * 1000
SHO = Actor("sho1", "SHO", "sho", POST)


def kept(desk: Desk, content: bytes = FILM, mime: str = "video/mp4", number: int = 1, **of: object) -> str:
    """A report with one file that is here; gives the file's id."""
    described: Manifest = replace(manifest(content, number, mime), kind="photo")
    receive(desk, body(number, evidence=(described,), **of))
    put_file(desk, content, described)
    evidence.arrived(desk.conn, described.file_id, desk.clock())
    desk.conn.execute("update case_file set post=?", (POST,))
    return described.file_id


def read(desk: Desk, actor: Actor, file_id: str, start: int = 0, end: int = len(FILM)) -> bytes:
    return b"".join(viewing.read(desk, actor, file_id, start, end))


def noted(desk: Desk) -> list[tuple[str, ...]]:
    return [tuple(row) for row in desk.conn.execute("select actor, act, object, reason from custody")]


def test_without_a_permit_no_byte_goes(desk: Desk) -> None:
    file_id = kept(desk)
    with pytest.raises(Covered):
        viewing.read(desk, SCREENER, file_id, 0, 1)
    assert ("asha", "evidence.open", file_id) not in audited(desk)


def test_a_reason_opens_it_for_this_person_alone(desk: Desk) -> None:
    file_id = kept(desk)
    viewing.uncover(desk, SCREENER, file_id, "screening")
    assert read(desk, SCREENER, file_id) == FILM
    assert noted(desk) == [("asha", "view", file_id, "screening")]
    with pytest.raises(Covered):
        viewing.read(desk, SUPERVISOR, file_id, 0, 1)


def test_uncovering_alone_stands_in_the_trail_and_once_in_the_files_way(desk: Desk) -> None:
    file_id = kept(desk)
    viewing.uncover(desk, SCREENER, file_id, "screening")
    assert [row for row in audited(desk) if row[0] == "asha"] == [("asha", "evidence.uncover", file_id)]
    told = custody.hands(desk, evidence.info(desk, file_id))
    assert [hand.act for hand in told if hand.actor == "asha"] == ["view"]


def test_the_first_byte_is_written_down_before_it_goes(desk: Desk) -> None:
    file_id = kept(desk)
    viewing.uncover(desk, SCREENER, file_id, "screening")
    viewing.read(desk, SCREENER, file_id, 0, 10)
    viewing.read(desk, SCREENER, file_id, 10, 20)
    assert [row for row in audited(desk) if row[1] == "evidence.open"] == [("asha", "evidence.open", file_id)]


@pytest.mark.parametrize(
    ("mime", "lasts_s"), [("image/png", 60), ("video/mp4", 600), ("application/pdf", 60)]
)
def test_the_cover_comes_back_by_itself(desk: Desk, watch: Watch, mime: str, lasts_s: int) -> None:
    file_id = kept(desk, mime=mime)
    viewing.uncover(desk, SUPERVISOR, file_id, "screening")
    watch.now += lasts_s - 1
    assert read(desk, SUPERVISOR, file_id, 0, 5) == FILM[:5]
    watch.now += 1
    with pytest.raises(Covered):
        viewing.read(desk, SUPERVISOR, file_id, 0, 1)


def test_the_cover_comes_back_in_time_where_the_clock_ran_ahead(desk: Desk, watch: Watch) -> None:
    file_id, up = kept(desk), Uptime("first", 100.0)
    for days in (0, 1):
        watch.now += days * DAY_S
        timekeeping.look(desk, watch.now, lambda: up)
    until = viewing.uncover(desk, SCREENER, file_id, "screening")
    watch.now -= DAY_S
    assert viewing.look(desk, SCREENER, file_id).until is None
    timekeeping.look(desk, watch.now, lambda: up)
    assert viewing.look(desk, SCREENER, file_id).until == until - DAY_S
    watch.now += viewing.PLAY_S
    assert viewing.look(desk, SCREENER, file_id).until is None


def test_it_can_be_covered_at_once(desk: Desk) -> None:
    file_id = kept(desk)
    viewing.uncover(desk, SCREENER, file_id, "screening")
    viewing.cover(desk, SCREENER, file_id)
    with pytest.raises(Covered):
        viewing.read(desk, SCREENER, file_id, 0, 1)


@pytest.mark.parametrize(
    ("reason", "note"),
    [("", ""), ("curiosity", ""), ("other", " "), ("screening", "x" * (custody.NOTE_CHARS + 1))],
)
def test_what_is_no_reason_opens_nothing(desk: Desk, reason: str, note: str) -> None:
    file_id = kept(desk)
    with pytest.raises(NotAllowed):
        viewing.uncover(desk, SCREENER, file_id, reason, note)
    assert noted(desk) == []


def test_a_secret_case_asks_for_words(desk: Desk) -> None:
    file_id = kept(desk, police_involved="yes")
    with pytest.raises(NotAllowed):
        viewing.uncover(desk, SCREENER, file_id, "screening")
    viewing.uncover(desk, SCREENER, file_id, "screening", "is the child in danger now?")
    (locked,) = desk.conn.execute("select note_locked from custody").fetchone()
    assert b"danger" not in locked
    found = evidence.info(desk, file_id)
    assert [hand.note for hand in custody.hands(desk, found) if hand.act == "view"] == [
        "is the child in danger now?"
    ]


def test_a_post_opens_its_own_cases_files_but_no_secret_ones_and_saves_none(desk: Desk) -> None:
    open_one, pdf = kept(desk), kept(desk, b"pdf", "application/pdf", 2)
    viewing.uncover(desk, SHO, open_one, "find")
    assert read(desk, SHO, open_one, 0, 3) == FILM[:3]
    with pytest.raises(Forbidden):
        viewing.uncover(desk, SHO, pdf, "find")
    desk.conn.execute("update case_file set sensitivity='secret'")
    with pytest.raises(Forbidden):
        viewing.read(desk, SHO, open_one, 0, 3)
    desk.conn.execute("update case_file set post='SHO JNP-02'")
    with pytest.raises(NotFound):
        viewing.look(desk, SHO, open_one)


@pytest.mark.parametrize("actor", [ANALYST, Actor("t", "T", "technician"), Actor("a", "A", "auditor")])
def test_roles_without_cases_open_nothing(desk: Desk, actor: Actor) -> None:
    with pytest.raises(NotFound):
        viewing.look(desk, actor, kept(desk))


def test_a_file_on_its_way_is_not_opened(desk: Desk) -> None:
    film = manifest(FILM)
    receive(desk, body(1, evidence=(film,)))
    with pytest.raises(NotAllowed, match="coming"):
        viewing.uncover(desk, SP, film.file_id, "screening")
    with pytest.raises(NotAllowed, match="coming"):
        viewing.read(desk, SP, film.file_id, 0, 1)


@pytest.mark.slow
def test_every_hand_of_a_file_is_told_in_order(desk: Desk, watch: Watch) -> None:
    file_id = kept(desk)
    evidence.examine_new(desk, watch.now)
    watch.now += 60
    viewing.uncover(desk, SUPERVISOR, file_id, "brief")
    read(desk, SUPERVISOR, file_id)
    told = custody.hands(desk, evidence.info(desk, file_id))
    acts = ["received", "untouched", "sealed", "evidence.arrive", "evidence.examine"]
    assert [hand.act for hand in told if hand.act != "evidence.metadata"] == [*acts, "view", "evidence.open"]
    found = evidence.info(desk, file_id)
    assert [hand.digest for hand in told[:3]] == [
        found.sha256_received,
        found.sha256_kept,
        found.sha256_sealed,
    ]
    other = replace(found, sha256_kept="0" * 64)
    assert custody.hands(desk, other)[1].act == "cleaned"


def test_an_altered_reason_breaks_its_chain(desk: Desk) -> None:
    file_id = kept(desk)
    for reason in ("screening", "find"):
        viewing.uncover(desk, SUPERVISOR, file_id, reason)
    assert custody.verify(desk.conn) is None and audit.verify(desk.conn) is None
    desk.conn.execute("update custody set reason='court' where id=1")
    assert custody.verify(desk.conn) == 1
    desk.conn.execute("delete from custody where id=1")
    assert custody.verify(desk.conn) == 2


def test_a_post_reads_neither_who_else_opened_a_file_nor_their_words(desk: Desk) -> None:
    found = evidence.info(desk, kept(desk))
    viewing.uncover(desk, SCREENER, found.file_id, "other", "the informant's brother stands left")
    read(desk, SCREENER, found.file_id, 0, 3)
    viewing.uncover(desk, SHO, found.file_id, "other", "the house must be found")
    told = custody.hands_for(desk, SHO, found)
    assert [(hand.actor, hand.note) for hand in told if hand.act in ("view", "evidence.open")] == [
        (SHO.name, "the house must be found")
    ]
    assert told[:3] == custody.hands(desk, found)[:3]
    assert custody.hands_for(desk, SUPERVISOR, found) == custody.hands(desk, found)
