"""Of what happens now the officer who has the case is told again where nobody in the office acts; not in its minute."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from appliance import cases, duties, escalation, holders, ledger, timekeeping
from appliance.desk import Desk
from appliance.holders import Appointment
from appliance.migrations import BOX
from appliance.ringing import GRACE_S, PUT_OFF_S, SLOT_S
from appliance.timekeeping import Uptime
from sync.clock import DAY_S, HOUR_S, MINUTE_S, hour_of
from sync.db import transaction
from sync.messages import Answer, Duty, DutyAnswer, DutyOver
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, commands, receive

NUMBER = "+919812345678"


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case that an officer with a phone has."""
    holders.appoint(desk, SP, POST, "SI Ram", NUMBER, "hi")
    made = receive(desk, body(1))
    cases.screen(desk, made, SCREENER, 1)
    cases.assign(desk, made, SUPERVISOR, 2, POST, brief="look behind the old school")
    return made


def urgent(desk: Desk, watch: Watch, number: int = 2, **changes: object) -> None:
    """The informant adds, some minutes later, that it happens now."""
    watch.now += 7 * MINUTE_S
    adds(desk, watch, number, **changes)


def adds(desk: Desk, watch: Watch, number: int, **changes: object) -> None:
    """The same at once."""
    told = {"adds_to": body(1).handle, "happening_now": True, **changes}
    report = body(number, **told)
    receive(desk, report)
    with transaction(desk.conn):
        cases.added(desk, report.handle, desk.clock())


def rung(desk: Desk, watch: Watch, seconds: float = SLOT_S + GRACE_S) -> list[Duty]:
    """What the phone was told after the first notice, when so much time had passed, minute by minute."""
    for _ in range(int(seconds // MINUTE_S)):
        watch.now += MINUTE_S
        escalation.run(desk, watch.now)
    return commands(desk, "duty", Duty)[1:]


def answer(desk: Desk, name: str, kind: str) -> None:
    with transaction(desk.conn):
        assert cases.officer_answered(
            desk, DutyAnswer(1, name, kind, "", hour_of(desk.clock()), ()), desk.clock()
        )


def test_his_phone_gets_the_notice_again_as_urgent_and_once(desk: Desk, watch: Watch, serial: str) -> None:
    (first,) = cases.get(desk, serial).duties
    answer(desk, first.name, "accepted")
    urgent(desk, watch)
    (again,) = rung(desk, watch)
    assert (again.number, again.serial, again.urgency) == (NUMBER, serial, "urgent")
    assert again.brief == "look behind the old school"
    assert len(rung(desk, watch)) == 1
    urgent(desk, watch, 3)
    assert len(rung(desk, watch)) == 2
    assert commands(desk, "duty_over", DutyOver) == []  # the buttons of the notice that he took still work
    assert duties.has_live(desk, 1, 1) and cases.get(desk, serial).status == "acknowledged"


def test_it_does_not_ring_in_the_minutes_in_which_it_was_told_but_at_the_end_of_a_slot(
    desk: Desk, watch: Watch, serial: str
) -> None:
    at = []
    for number in range(2, 8):
        urgent(desk, watch, number)
        came = watch.now
        while len(rung(desk, watch, MINUTE_S)) < number - 1:
            pass
        assert GRACE_S <= watch.now - came <= SLOT_S + GRACE_S + MINUTE_S
        at.append(watch.now % SLOT_S // MINUTE_S)
    assert set(at) == {GRACE_S // MINUTE_S}


def ring_minutes(desk: Desk, watch: Watch, says: frozenset[int], minutes: int) -> list[int]:
    """The minutes at which the phone rang, where the informant adds "happens now" half a minute into those named."""
    start = watch.now = watch.now // HOUR_S * HOUR_S + HOUR_S
    found = list[int]()
    for minute in range(minutes):
        watch.now = start + minute * MINUTE_S + 30
        if minute in says:
            adds(desk, watch, 100 + minute)
        watch.now = start + minute * MINUTE_S + 50
        before = len(commands(desk, "duty", Duty))
        escalation.run(desk, watch.now)
        found += [minute] * (len(commands(desk, "duty", Duty)) - before)
    return found


@pytest.mark.parametrize("every", [1, 3, 15])
def test_additions_that_keep_coming_put_off_no_ring_by_more_than_its_twenty_minutes(
    desk: Desk, watch: Watch, serial: str, every: int
) -> None:
    says = frozenset(range(1, 120, every))
    unheard, found = -1, ring_minutes(desk, watch, says, 120)
    for rang in found:
        first = next(minute for minute in sorted(says) if minute > unheard)
        assert GRACE_S // MINUTE_S <= rang - first <= 20
        unheard = rang if rang in says else rang - 1
    assert 120 - unheard <= 21


@pytest.mark.parametrize("first", [0, 6, 11])
def test_it_rings_some_minutes_later_where_it_would_in_the_minute_of_what_is_added(
    desk: Desk, watch: Watch, serial: str, first: int
) -> None:
    due = (SLOT_S + GRACE_S) // MINUTE_S
    assert ring_minutes(desk, watch, frozenset({first, due}), 25) == [due + PUT_OFF_S // MINUTE_S]
    assert due + PUT_OFF_S // MINUTE_S <= 20


def test_a_person_who_acted_decides_whether_he_is_told(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch)
    cases.claim(desk, serial, SUPERVISOR, cases.get(desk, serial).version)
    assert rung(desk, watch) == []


def test_what_he_answers_meanwhile_is_nobody_of_the_office(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch)
    answer(desk, cases.get(desk, serial).duties[0].name, "accepted")
    assert len(rung(desk, watch)) == 1


def test_an_addition_that_is_not_urgent_rings_nothing(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch, happening_now=False)
    assert rung(desk, watch) == []


def test_what_is_added_to_a_duplicate_comes_to_who_has_the_case(
    desk: Desk, watch: Watch, serial: str
) -> None:
    other = receive(desk, body(5))
    version = cases.get(desk, serial).version
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, serial)
    assert cases.get(desk, serial).version > version
    urgent(desk, watch, 6, adds_to=body(5).handle)
    assert [one.serial for one in rung(desk, watch)] == [serial]


def test_who_must_not_have_the_case_hears_nothing(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch, police_involved="yes")
    assert rung(desk, watch) == []
    assert cases.get(desk, serial).post == ""


def test_a_post_without_a_phone_or_whose_officer_could_not_take_it_is_not_rung(
    desk: Desk, watch: Watch, serial: str
) -> None:
    answer(desk, cases.get(desk, serial).duties[0].name, "cannot")
    urgent(desk, watch)
    assert rung(desk, watch) == []
    holders.release(desk, SP, POST)
    urgent(desk, watch, 3)
    assert rung(desk, watch) == []


SITA = "+919812345679"


def test_who_came_without_being_told_is_rung(desk: Desk, watch: Watch, serial: str) -> None:
    holders.transfer(desk, SP, None, (Appointment(POST, "SI Sita", SITA, "hi"),))
    urgent(desk, watch)
    (only,) = rung(desk, watch)
    assert (only.number, only.urgency, only.brief) == (SITA, "urgent", "look behind the old school")
    assert len(rung(desk, watch)) == 1
    answer(desk, only.duty, "cannot")
    urgent(desk, watch, 3)
    assert len(rung(desk, watch)) == 1


def test_who_comes_after_one_that_could_not_take_it_is_rung(desk: Desk, watch: Watch, serial: str) -> None:
    answer(desk, cases.get(desk, serial).duties[0].name, "cannot")
    holders.transfer(desk, SP, None, (Appointment(POST, "SI Sita", SITA, "hi"),))
    urgent(desk, watch)
    assert [one.number for one in rung(desk, watch)] == [SITA]


def test_a_practice_case_rings_nobody_and_is_told_by_nobody(desk: Desk, watch: Watch, serial: str) -> None:
    desk.conn.execute("update case_file set practice=1")
    desk.conn.execute("update duty set holder_id=null, state='by_hand'")
    urgent(desk, watch)
    assert rung(desk, watch) == []
    assert [one.state for one in cases.get(desk, serial).duties] == ["by_hand"]


def test_what_became_secret_by_it_carries_no_brief(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch, answers=(Answer("victim", "child", ""),))
    assert [(one.brief, one.sensitivity) for one in rung(desk, watch)] == [("", "secret")]


def test_a_notice_that_does_not_arrive_is_not_sent_again(desk: Desk, watch: Watch, serial: str) -> None:
    urgent(desk, watch)
    (again,) = rung(desk, watch)
    answer(desk, again.duty, "undelivered")
    version = ledger.find(desk, serial).version
    assert len(rung(desk, watch)) == 1
    assert ledger.find(desk, serial).version == version
    urgent(desk, watch, 3)
    assert len(rung(desk, watch)) == 2


def test_whoever_comes_to_the_post_meanwhile_is_told_by_his_first_notice(
    desk: Desk, watch: Watch, serial: str
) -> None:
    urgent(desk, watch)
    holders.transfer(desk, SP, None, (Appointment(POST, "SI Sita", "+919812345679", "hi", tell=True),))
    assert [(one.number, one.urgency) for one in rung(desk, watch)] == [("+919812345679", "urgent")]


def test_what_is_linked_to_it_and_happens_now_rings_whenever_it_came(
    desk: Desk, watch: Watch, serial: str
) -> None:
    urgent(desk, watch)
    other = receive(desk, body(5, happening_now=True))
    assert len(rung(desk, watch)) == 1
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, serial)
    assert len(rung(desk, watch)) == 2


@pytest.mark.parametrize("ahead_s", [3 * DAY_S, 2 * MINUTE_S])
@pytest.mark.parametrize("is_told_before", [True, False])
def test_a_clock_that_ran_ahead_and_was_put_right_silences_nothing(
    desk: Desk, watch: Watch, serial: str, ahead_s: int, is_told_before: bool
) -> None:
    up = Uptime("first", 100.0)
    timekeeping.look(desk, watch.now, lambda: up)
    watch.now += ahead_s
    timekeeping.look(desk, watch.now, lambda: up)
    cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, POST, brief="behind the mill")
    if is_told_before:
        urgent(desk, watch)
    watch.now -= ahead_s
    timekeeping.look(desk, watch.now, lambda: up)
    if not is_told_before:
        urgent(desk, watch)
    assert len(rung(desk, watch, GRACE_S - MINUTE_S)) == 1
    assert [one.urgency for one in rung(desk, watch)] == ["normal", "urgent"]


def test_a_clock_that_is_set_forward_rings_no_earlier(desk: Desk, watch: Watch, serial: str) -> None:
    up = Uptime("first", 100.0)
    timekeeping.look(desk, watch.now, lambda: up)
    urgent(desk, watch)
    up = Uptime("first", 100.0 + 7 * MINUTE_S)
    watch.now += DAY_S
    timekeeping.look(desk, watch.now, lambda: up)
    assert rung(desk, watch, GRACE_S - MINUTE_S) == []
    assert len(rung(desk, watch)) == 1


@pytest.mark.parametrize("set_s", [0, -2 * MINUTE_S])
def test_it_carries_the_brief_that_holds_whatever_the_clock_said_of_the_one_before(
    desk: Desk, watch: Watch, serial: str, set_s: int
) -> None:
    told = [f"go to house {number}" for number in range(8)]
    watch.now += 60 * MINUTE_S
    for brief in told:
        watch.now += set_s
        cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, POST, brief=brief)
    urgent(desk, watch)
    assert rung(desk, watch)[-1].brief == told[-1]
    given = cases.get(desk, serial).duties
    assert [one.brief for one in given] == ["look behind the old school", *told, told[-1]]


def test_a_box_of_before_keeps_the_order_of_its_duties_and_what_was_still_to_ring(tmp_path: Path) -> None:
    database = Database(tmp_path / "before.db")
    BOX.apply(database, stop_before="029_rings")
    for name, case_id, at in (("b", 1, 5), ("a", 1, 5), ("c", 1, 2), ("d", 2, 9)):
        database.execute(
            "insert into duty(name, case_id, post, state, at, actor, brief_locked) values(?,?,'','sent',?,'',x'')",
            [name, case_id, at],
        )
    for case_id, news in ((1, 2), (2, 1)):
        database.execute(
            "insert into case_file(id, serial, report_id, status, version, category, district, thana, week,"
            " sensitivity, post, opened_at, changed_at, outcome, news)"
            " values(?,?,1,'assigned',1,'','','',1,'open','',1,1,'',?)",
            [case_id, str(case_id), news],
        )
    BOX.apply(database)
    given = database.execute("select name, no from duty order by case_id, no").fetchall()
    rings = database.execute("select case_id from ring").fetchall()
    database.close()
    assert given == [("c", 1), ("a", 2), ("b", 3), ("d", 1)]
    assert rings == [(1,)]
