"""Who is planned for a post comes on another day, or is called off: from the row that says so, and once."""

from dataclasses import replace

import pytest

from appliance import cases, holders, people, taking, tenure
from appliance.desk import Desk
from appliance.errors import Forbidden, NotAllowed, PlanGone
from appliance.holders import Appointment
from sync.clock import DAY_S
from sync.messages import DutyOver
from tests.appliance.office import (
    ANALYST,
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    audited,
    body,
    commands,
    receive,
)

OTHER = "SHO JNP-02"
PASSWORD = "a long enough password"
NAMES = ("ali", "munshi")
NUMBERS = {"Wasim": "9812345678", "Iqbal": "9812345679", "Gita": "9812345670"}


def at(day: int) -> int:
    """Epoch seconds of a day; day 0 is that of the test."""
    return int(START) + day * DAY_S


def name(desk: Desk, who: str, day: int | None = None, last: int | None = None, *staying: str) -> None:
    since, until = (None if one is None else at(one) for one in (day, last))
    holders.appoint(desk, SP, POST, who, NUMBERS[who], "hi", until, since, True, staying)


def plan(desk: Desk, post: str = POST) -> int:
    (found,) = [one.id for one in tenure.planned(desk, desk.clock()) if one.post == post]
    return found


def over(desk: Desk, *days: int) -> list[str]:
    held = (tenure.current(desk, POST, at(day)) for day in days)
    return [one.name if one else "" for one in held]


@pytest.fixture
def clerks(desk: Desk, watch: Watch) -> None:
    """Two sit at the post's desk; Wasim holds it, Iqbal comes on day 20, and one of the two stays."""
    for login in NAMES:
        people.add(desk, login, login, "sho", PASSWORD, POST)
    watch.now += 60
    name(desk, "Wasim")
    watch.now += 60
    name(desk, "Iqbal", 20, None, "munshi")


def inside(desk: Desk, watch: Watch, day: int) -> set[str]:
    watch.now = max(watch.now, at(day))
    taking.day_came(desk, watch.now)
    return {login for login in NAMES if people.check(desk, login, PASSWORD)}


def test_who_is_called_off_does_not_come_and_whoever_was_to_leave_stays(
    desk: Desk, watch: Watch, clerks: None
) -> None:
    called = holders.call_off(desk, SUPERVISOR, plan(desk))
    assert (called.name, tenure.planned(desk, watch.now), over(desk, 1, 20)) == ("Iqbal", (), ["Wasim"] * 2)
    assert inside(desk, watch, 21) == set(NAMES)
    held = tenure.current(desk, POST, watch.now)
    assert held is not None and held.until is None
    assert [row for row in audited(desk) if row[0] == "bina"] == [
        ("bina", "person.post_stay", "ali"),
        ("bina", "post.call_off", POST),
    ]


def test_a_vacant_post_stays_vacant(desk: Desk) -> None:
    name(desk, "Iqbal", 5)
    holders.call_off(desk, SP, plan(desk))
    assert over(desk, 0, 5, 6) == [""] * 3


@pytest.mark.parametrize("day", [9, 25])
def test_another_day_changes_the_day_and_nothing_else_of_the_plan(
    desk: Desk, watch: Watch, clerks: None, day: int
) -> None:
    (left,) = holders.change_day(desk, SP, plan(desk), at(day))
    assert (left.name, left.until) == ("ali", at(day))
    assert over(desk, day - 1, day, 30) == ["Wasim", "Iqbal", "Iqbal"]
    (row,) = desk.conn.execute("select tell, own_until from post_holder where since=?", (at(day),)).fetchall()
    assert tuple(row) == (1, None)
    assert [inside(desk, watch, one) for one in (day - 1, day)] == [set(NAMES), {"munshi"}]
    assert ("chand", "post.change_day", POST) in audited(desk)


def test_he_may_come_from_now_on_and_is_told(desk: Desk, watch: Watch, clerks: None) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    (left,) = holders.change_day(desk, SP, plan(desk), at(0))
    assert (left.name, over(desk, 1)) == ("ali", ["Iqbal"])
    told = {(one.holder, one.state) for one in cases.get(desk, serial).duties}
    assert told == {("Wasim", "withdrawn"), ("Iqbal", "queued")}


def test_his_last_day_stays_and_comes_after_his_first(desk: Desk) -> None:
    name(desk, "Wasim")
    name(desk, "Iqbal", 5, 10)
    before = holders.past_and_present(desk)
    with pytest.raises(NotAllowed) as refused:
        holders.change_day(desk, SP, plan(desk), at(10))
    assert (refused.value.reason, holders.past_and_present(desk)) == ("last_day", before)
    holders.change_day(desk, SP, plan(desk), at(9))
    assert over(desk, 8, 9, 10) == ["Wasim", "Iqbal", ""]


def test_nobody_is_put_off_to_anothers_day(desk: Desk) -> None:
    for who, day in (("Iqbal", 5), ("Gita", 8)):
        name(desk, who, day)
    iqbal, gita = tenure.planned(desk, desk.clock())
    for one, day, reason in ((iqbal, 8, "taken"), (gita, 5, "taken"), (gita, 8, "same_day")):
        with pytest.raises(NotAllowed) as refused:
            holders.change_day(desk, SP, one.id, at(day))
        assert refused.value.reason == reason
    holders.change_day(desk, SP, iqbal.id, at(9))
    assert over(desk, 5, 8, 9) == ["", "Gita", "Iqbal"]


def test_whoever_comes_second_changes_nothing_and_is_told(desk: Desk, watch: Watch) -> None:
    name(desk, "Wasim")
    name(desk, "Iqbal", 5)
    seen = plan(desk)
    holders.change_day(desk, SUPERVISOR, seen, at(8))
    before = audited(desk)
    for act in (
        lambda: holders.call_off(desk, SP, seen),
        lambda: holders.change_day(desk, SP, seen, at(6)),
        lambda: holders.call_off(desk, SP, 99),
    ):
        with pytest.raises(PlanGone):
            act()
    assert (over(desk, 6, 8), audited(desk)) == (["Wasim", "Iqbal"], before)
    now_planned = plan(desk)
    watch.now = at(8)
    with pytest.raises(PlanGone):
        holders.call_off(desk, SP, now_planned)


def test_only_who_names_officers_changes_a_plan(desk: Desk) -> None:
    name(desk, "Iqbal", 5)
    for actor in (SCREENER, ANALYST, replace(SP, role="technician")):
        with pytest.raises(Forbidden):
            holders.call_off(desk, actor, plan(desk))
        with pytest.raises(Forbidden):
            holders.change_day(desk, actor, plan(desk), at(6))
    assert over(desk, 5) == ["Iqbal"]


def test_an_entry_that_does_not_open_is_called_off_and_not_put_off(desk: Desk) -> None:
    name(desk, "Wasim")
    name(desk, "Iqbal", 5)
    desk.conn.execute("update post_holder set locked=x'00' where since>?", (int(desk.clock()),))
    with pytest.raises(NotAllowed):
        holders.change_day(desk, SP, plan(desk), at(6))
    holders.call_off(desk, SP, plan(desk))
    assert over(desk, 5) == ["Wasim"]


def test_the_others_of_one_order_come_all_the_same(desk: Desk) -> None:
    two = tuple(
        Appointment(post, who, NUMBERS[who], "hi") for post, who in ((POST, "Iqbal"), (OTHER, "Gita"))
    )
    holders.transfer(desk, SP, at(5), two)
    holders.call_off(desk, SP, plan(desk))
    assert over(desk, 5) == [""]
    assert [one.name for one in tenure.planned(desk, desk.clock())] == ["Gita"]


def test_what_a_clock_that_ran_ahead_gave_to_his_phone_is_taken_back(desk: Desk, watch: Watch) -> None:
    """He had come by it; the clock is right again, and he is still to come."""
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    name(desk, "Iqbal", 5)
    watch.now = at(6)
    taking.day_came(desk, watch.now)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    watch.now = at(1)
    desk.conn.execute("update post_holder set is_begun=0")
    holders.call_off(desk, SP, plan(desk))
    assert [one.state for one in cases.get(desk, serial).duties] == ["withdrawn"]
    assert len(commands(desk, "duty_over", DutyOver)) == 1
