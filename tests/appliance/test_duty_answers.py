"""Answers of officers in odd hours: after a restore, of another form, from a holder whose entry was corrected."""

from contextlib import suppress
from itertools import permutations

import pytest

from appliance import cases, duties, holders, tenure
from appliance.desk import Desk
from sync.clock import DAY_S, HOUR_S, hour_of
from sync.db import transaction
from sync.errors import Unavailable, Unreadable
from sync.messages import DutyAnswer, DutyOver, Manifest
from tests.appliance.office import POST, SP, SUPERVISOR, Watch, body, commands, manifest, receive

NUMBER = "9812345678"


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case in the hands of an officer."""
    holders.appoint(desk, SP, POST, "SI Ram", NUMBER, "hi")
    made = receive(desk, body(1))
    cases.screen(desk, made, SUPERVISOR, 1)
    cases.assign(desk, made, SUPERVISOR, 2, POST)
    return made


def answer(desk: Desk, serial: str, kind: str, text: str = "", files: tuple[Manifest, ...] = ()) -> bool:
    """What the officer answered an hour or two ago, as the line brings it now."""
    name = cases.get(desk, serial).duties[-1].name
    message = DutyAnswer(1, name, kind, text, hour_of(desk.clock()), files)
    with transaction(desk.conn):
        return cases.officer_answered(desk, message, desk.clock())


def late(desk: Desk, watch: Watch, serial: str, kind: str, text: str = "") -> bool:
    """What lay at the relay for long: the answer before it was taken by a database that is no more."""
    name = cases.get(desk, serial).duties[-1].name
    message = DutyAnswer(1, name, kind, text, hour_of(watch.now - 3 * HOUR_S), ())
    with transaction(desk.conn):
        return cases.officer_answered(desk, message, desk.clock())


def ended(desk: Desk, now: float) -> bool:
    with transaction(desk.conn):
        return duties.end_holders(desk, POST, now)


def acts(desk: Desk, serial: str) -> list[str]:
    return [entry.act for entry in cases.get(desk, serial).history[3:]]


def test_an_action_whose_acceptance_was_lost_counts_as_both(desk: Desk, watch: Watch, serial: str) -> None:
    with pytest.raises(Unavailable):
        answer(desk, serial, "acted")
    assert late(desk, watch, serial, "acted")
    assert answer(desk, serial, "note", "two barrels")
    assert acts(desk, serial) == ["acknowledge", "start", "report_back"]
    assert cases.get(desk, serial).status == "reported_back"


def test_an_acceptance_that_comes_after_all_changes_nothing_more(
    desk: Desk, watch: Watch, serial: str
) -> None:
    late(desk, watch, serial, "acted")
    before = cases.get(desk, serial)
    assert not answer(desk, serial, "accepted")
    assert cases.get(desk, serial) == before


def test_a_note_whose_steps_were_lost_is_read_all_the_same(desk: Desk, watch: Watch, serial: str) -> None:
    with pytest.raises(Unavailable):
        answer(desk, serial, "note", "two barrels")
    assert late(desk, watch, serial, "note", "two barrels")
    case = cases.get(desk, serial)
    assert (case.status, case.history[-1].act, case.history[-1].note) == (
        "acknowledged",
        "duty_note",
        "two barrels",
    )
    assert case.duties[0].state == "accepted"
    assert desk.conn.execute("select news from case_file").fetchone()[0] == 1


def test_a_notice_on_the_phone_is_a_step_of_the_duty_and_none_of_the_case(desk: Desk, serial: str) -> None:
    before = cases.get(desk, serial)
    assert answer(desk, serial, "delivered")
    assert answer(desk, serial, "delivered")
    after = cases.get(desk, serial)
    assert (after.duties[0].state, set(after.duties[0].steps)) == ("delivered", {"delivered"})
    assert (after.version, after.history) == (before.version, before.history)
    with pytest.raises(Unavailable):
        answer(desk, serial, "acted")
    assert answer(desk, serial, "accepted")


@pytest.mark.slow
def test_in_whatever_order_words_come_a_duty_only_goes_forward(desk: Desk, serial: str) -> None:
    message_id = desk.conn.execute("select message_id from duty").fetchone()[0]
    name = cases.get(desk, serial).duties[0].name
    for kinds in permutations(("sent", "delivered", "accepted", "acted", "note")):
        reached = ["queued"]
        desk.conn.execute("begin")
        for kind in kinds:
            text = "two barrels" if kind == "note" else ""
            with suppress(Unavailable):
                if kind == "sent":
                    duties.sent(desk, message_id)
                else:
                    message = DutyAnswer(1, name, kind, text, hour_of(desk.clock()), ())
                    assert cases.officer_answered(desk, message, desk.clock())
            reached.append(cases.get(desk, serial).duties[0].state)
        desk.conn.rollback()
        assert reached == sorted(reached, key=duties.LIVE.index), kinds


@pytest.mark.parametrize(("first", "second"), [("delivered", "undelivered"), ("undelivered", "delivered")])
def test_the_first_word_on_a_notice_stands(desk: Desk, serial: str, first: str, second: str) -> None:
    answer(desk, serial, first)
    assert not answer(desk, serial, second)
    assert cases.get(desk, serial).duties[0].state == first


def test_what_an_officer_sends_is_a_photo_and_nothing_else(desk: Desk, serial: str) -> None:
    for kind in ("accepted", "acted"):
        answer(desk, serial, kind)
    film = Manifest(**{**vars(manifest(b"film")), "kind": "video"})
    with pytest.raises(Unreadable):
        answer(desk, serial, "photo", files=(film,))


def test_a_corrected_entry_takes_no_case_from_the_same_officer(desk: Desk, watch: Watch, serial: str) -> None:
    watch.now += HOUR_S
    holders.appoint(desk, SP, POST, "SI Ram Singh", "+91 98123 45678", "en", int(watch.now) + DAY_S)
    holder = holders.past_and_present(desk)[0]
    assert (holder.name, holder.language, holder.until) == ("SI Ram Singh", "en", int(watch.now) + DAY_S)
    assert commands(desk, "duty_over", DutyOver) == []
    assert answer(desk, serial, "accepted")


def test_the_same_name_and_number_again_is_the_same_entry(desk: Desk, watch: Watch, serial: str) -> None:
    watch.now += HOUR_S
    holders.appoint(desk, SP, POST, "si ram", NUMBER, "en")
    assert [one.name for one in holders.past_and_present(desk)] == ["si ram"]


def test_who_gets_the_posts_phone_gets_its_notices_and_the_one_before_stays_known(
    desk: Desk, watch: Watch, serial: str
) -> None:
    watch.now += HOUR_S
    holders.appoint(desk, SP, POST, "SI Sita", NUMBER, "hi")
    now, before = holders.past_and_present(desk)
    assert ((now.name, now.until), (before.name, before.until)) == (("SI Sita", None), ("SI Ram", watch.now))
    (duty,) = cases.get(desk, serial).duties
    assert (duty.holder, duty.state, ended(desk, watch.now)) == ("SI Sita", "queued", False)


def test_who_gets_the_posts_phone_on_a_later_day_has_its_notices_from_then_on(
    desk: Desk, watch: Watch, serial: str
) -> None:
    later = int(watch.now) + DAY_S
    holders.appoint(desk, SP, POST, "SI Sita", NUMBER, "hi", since=later)
    (duty,) = cases.get(desk, serial).duties
    assert (duty.holder, duty.state, ended(desk, watch.now)) == ("SI Ram", "queued", False)
    assert ended(desk, later)
    (duty,) = cases.get(desk, serial).duties
    assert (duty.holder, duty.state, commands(desk, "duty_over", DutyOver)) == ("SI Sita", "queued", [])


def test_after_the_last_day_his_notices_are_withdrawn_whatever_he_does(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, "SI Ram", NUMBER, "hi", int(watch.now) + DAY_S)
    assert not ended(desk, watch.now)
    watch.now += DAY_S
    assert tenure.current(desk, POST, watch.now) is None
    assert ended(desk, watch.now)
    assert len(commands(desk, "duty_over", DutyOver)) == 1
    assert cases.get(desk, serial).duties[0].state == "withdrawn"
    assert not ended(desk, watch.now)
