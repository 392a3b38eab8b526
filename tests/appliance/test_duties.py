"""A case goes to an officer's phone and his answers come back, over the real exchange; nobody else moves it."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from appliance import cases, duties, holders
from appliance.desk import Desk
from appliance.errors import BriefRefused
from sync import outbox
from sync.clock import DAY_S, hour_of
from sync.db import transaction
from sync.errors import Unavailable, Unreadable
from sync.exchange import Opened
from sync.messages import Duty, DutyAnswer, DutyOver, Manifest, encode
from sync.outbox import Parcel
from tests.appliance.ends import Ends
from tests.appliance.office import (
    POST,
    SP,
    SUPERVISOR,
    Watch,
    body,
    close,
    commands,
    manifest,
    open_office,
    receive,
)
from tests.stations import World

OTHER_POST = "SHO JNP-02"


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case that was read, of a thana whose head has a phone."""
    holders.appoint(desk, SP, POST, "SI Ram", "9812345678", "hi")
    made = receive(desk, body(1))
    cases.screen(desk, made, SUPERVISOR, 1)
    return made


def assign(desk: Desk, serial: str, post: str = POST, brief: str = "") -> str:
    """Gives it to a post; gives the duty's name."""
    cases.assign(desk, serial, SUPERVISOR, cases.get(desk, serial).version, post, brief=brief)
    return cases.get(desk, serial).duties[-1].name


def answer(desk: Desk, name: str, kind: str, text: str = "", files: tuple[Manifest, ...] = ()) -> bool:
    with transaction(desk.conn):
        return cases.officer_answered(
            desk, DutyAnswer(1, name, kind, text, hour_of(desk.clock()), files), desk.clock()
        )


def states(desk: Desk, serial: str) -> list[str]:
    return sorted(duty.state for duty in cases.get(desk, serial).duties)


def test_the_command_holds_what_the_officer_needs_and_no_word_of_the_informant(
    desk: Desk, serial: str
) -> None:
    name = assign(desk, serial, brief="Look behind the mill tonight")
    assert commands(desk, "duty", Duty) == [
        Duty(
            1, name, "+919812345678", "hi", serial, "JNP-01", "open", "normal", "Look behind the mill tonight"
        )
    ]


def test_the_page_shows_the_words_that_the_phone_will_show(desk: Desk, serial: str) -> None:
    seen = duties.preview(desk, serial, "hi")
    assert serial in seen.notice
    assert "कोतवाली" in seen.notice
    assert "शराब" not in seen.notice
    assert "{brief}" in seen.with_brief


def test_acceptance_action_and_a_note_take_the_case_along(desk: Desk, serial: str) -> None:
    name = assign(desk, serial)
    for kind, text, status in (
        *(("accepted", "", "acknowledged"), ("acted", "", "in_action")),
        *(("note", "two barrels seized", "reported_back"), ("note", "photos follow", "reported_back")),
    ):
        assert answer(desk, name, kind, text)
        assert cases.get(desk, serial).status == status
    history = [(entry.actor, entry.act, entry.note) for entry in cases.get(desk, serial).history[3:]]
    assert history == [
        (POST, "acknowledge", ""), (POST, "start", ""),
        (POST, "report_back", "two barrels seized"), (POST, "duty_note", "photos follow"),
    ]  # fmt: skip
    assert states(desk, serial) == ["reported"]


def test_a_photo_after_action_reports_back_and_is_named_by_its_post(desk: Desk, serial: str) -> None:
    name, file = assign(desk, serial), replace(manifest(b"picture"), kind="photo")
    for kind in ("accepted", "acted"):
        answer(desk, name, kind)
    assert answer(desk, name, "photo", files=(file,))
    case = cases.get(desk, serial)
    assert (case.status, case.evidence[0].post, case.evidence[0].state) == ("reported_back", POST, "coming")
    with pytest.raises(Unreadable, match="known already"):
        answer(desk, name, "photo", files=(file,))


@pytest.mark.parametrize("kinds", [("cannot",), ("accepted", "could_not"), ("undelivered",)])
def test_what_needs_the_office_is_news_to_it(desk: Desk, serial: str, kinds: tuple[str, ...]) -> None:
    name = assign(desk, serial)
    for kind in kinds:
        answer(desk, name, kind)
    assert desk.conn.execute("select news from case_file").fetchone()[0] == 1
    assert states(desk, serial) == [kinds[-1]]
    assert cases.get(desk, serial).status == ("acknowledged" if "accepted" in kinds else "assigned")


def test_accepting_is_no_news(desk: Desk, serial: str) -> None:
    answer(desk, assign(desk, serial), "accepted")
    assert desk.conn.execute("select news from case_file").fetchone()[0] == 0


def test_another_assignment_ends_the_earlier_one(desk: Desk, serial: str) -> None:
    first = assign(desk, serial)
    assign(desk, serial, OTHER_POST)
    assert states(desk, serial) == ["by_hand", "withdrawn"]
    assert commands(desk, "duty_over", DutyOver) == [DutyOver(1, first)]
    before = cases.get(desk, serial)
    assert not answer(desk, first, "accepted")
    assert cases.get(desk, serial) == before


def test_a_closed_case_has_no_officer(desk: Desk, serial: str) -> None:
    name = assign(desk, serial)
    for kind, text in (("accepted", ""), ("acted", ""), ("note", "done")):
        answer(desk, name, kind, text)
    cases.verify(desk, serial, SP, cases.get(desk, serial).version)
    close(desk, serial, SP, cases.get(desk, serial).version, "preventive")
    assert states(desk, serial) == ["withdrawn"]
    assert not answer(desk, name, "note", "more")


def test_whoever_no_longer_holds_the_post_no_longer_answers(desk: Desk, serial: str, watch: Watch) -> None:
    name = assign(desk, serial)
    watch.now += DAY_S
    holders.appoint(desk, SP, POST, "SI Sita", "9812345679", "hi")
    assert not answer(desk, name, "accepted")
    assert states(desk, serial) == ["withdrawn"]


def test_after_the_last_day_an_answer_changes_nothing(desk: Desk, serial: str, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "SI Sita", "9812345679", "hi", until=int(watch.now) + DAY_S)
    name = assign(desk, serial)
    watch.now += DAY_S
    assert not answer(desk, name, "accepted")
    assert states(desk, serial) == ["withdrawn"]


def test_without_a_holder_the_brief_stays_here_to_be_read_out(desk: Desk, serial: str) -> None:
    assign(desk, serial, OTHER_POST, "go there")
    (duty,) = cases.get(desk, serial).duties
    assert (duty.state, duty.holder, duty.brief) == ("by_hand", "", "go there")
    assert commands(desk, "duty", Duty) == []


def test_a_refused_brief_leaves_the_case_as_it_was(desk: Desk) -> None:
    made = receive(desk, body(1, category="women_child"))
    cases.screen(desk, made, SUPERVISOR, 1)
    before = cases.get(desk, made)
    with pytest.raises(BriefRefused):
        assign(desk, made, brief="go there")
    assert cases.get(desk, made) == before
    assert commands(desk, "duty", Duty) == []


def test_an_answer_that_overtook_the_one_before_waits(desk: Desk, serial: str) -> None:
    name = assign(desk, serial)
    with pytest.raises(Unavailable):
        answer(desk, name, "acted")
    answer(desk, name, "accepted")
    assert answer(desk, name, "acted")


@pytest.mark.parametrize(
    ("kind", "text"), [("close", ""), ("note", ""), ("note", "x" * 1001), ("accepted", "x")]
)
def test_an_answer_not_of_our_form_is_refused(desk: Desk, serial: str, kind: str, text: str) -> None:
    name = assign(desk, serial)
    with pytest.raises(Unreadable):
        answer(desk, name, kind, text)


def test_a_duty_nobody_gave_changes_nothing(desk: Desk, serial: str) -> None:
    assert not answer(desk, "0" * 32, "accepted")


def test_briefs_lie_locked(desk: Desk, serial: str) -> None:
    assign(desk, serial, brief="go to the ferry")
    stored = [
        bytes(v) for row in desk.conn.execute("select * from duty") for v in row if isinstance(v, bytes)
    ]
    assert stored
    assert all(b"ferry" not in value for value in stored)


class Post:
    """A box and a relay on the line; the relay keeps duties and answers for the officer."""

    def __init__(self, folder: Path, world: World) -> None:
        self.ends = Ends(folder, open_office(folder, world.clock), world)
        self.seen: list[Duty | DutyOver] = []
        program = self.ends.relay.station.program
        program.handlers = {**program.handlers, "duty": self._take, "duty_over": self._take}
        self.ends.turns()

    def _take(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        message = opened.messages["message"]
        assert isinstance(message, Duty | DutyOver)
        self.seen.append(message)

    def officer(self, kind: str, text: str = "", number: int = 0) -> None:
        """The officer of duty ``number`` answers."""
        name = [duty for duty in self.seen if isinstance(duty, Duty)][number].duty
        content = encode(DutyAnswer(1, name, kind, text, 0, ()))
        message_id = f"{len(self.seen)}{kind}".encode().hex().ljust(32, "0")[:32]
        box = self.ends.desk.config.node_id
        conn = self.ends.relay.station.conn
        with transaction(conn):
            outbox.put(conn, Parcel(message_id, box, "duty_answer", outbox.LANE_REPLY, content, 0))
        self.ends.turns()


def test_the_whole_way_over_the_line(tmp_path: Path, rng: Random) -> None:
    post = Post(tmp_path, World(tmp_path, rng))
    desk = post.ends.desk
    holders.appoint(desk, SP, POST, "SI Ram", "9812345678", "hi")
    post.ends.report(replace(body(1), district="JNP"))
    (made,) = desk.conn.execute("select serial from case_file").fetchone()
    cases.screen(desk, made, SUPERVISOR, 1)
    assign(desk, made, brief="go there")
    post.ends.turns()
    assert states(desk, made) == ["sent"]
    post.officer("accepted")
    post.officer("acted")
    post.officer("note", "done")
    assert cases.get(desk, made).status == "reported_back"
    assign(desk, made)
    post.ends.turns()
    assert isinstance(post.seen[1], DutyOver | Duty)
    assert {type(one) for one in post.seen[1:]} == {Duty, DutyOver}
    post.officer("cannot")
    assert cases.get(desk, made).status == "assigned"
    value = desk.conn.execute("select value from counter where name='late_duty_answer'").fetchone()
    assert value[0] == 1


def test_each_step_of_a_duty_keeps_its_minute(desk: Desk, serial: str, watch: Watch) -> None:
    name = assign(desk, serial)
    row = duties.find(desk, name)
    assert row is not None
    begun, wanted = watch.now, {}
    with transaction(desk.conn):
        duties.sent(desk, row["message_id"])
        duties.sent(desk, row["message_id"])
    wanted["sent"] = int(begun)
    for kind in ("accepted", "acted"):
        watch.now += 601
        answer(desk, name, kind)
        wanted[kind] = int(watch.now) // 60 * 60
    assert cases.get(desk, serial).duties[0].steps == wanted
