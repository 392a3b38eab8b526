"""What is not done in time goes up: each step once, also after a month off, never past whom it is about."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import cases, escalation, health, holders, jobs, ledger
from appliance.clocks import LEVEL_RANGE, OVERDUE
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed, NotFound
from sync import notices
from sync.clock import DAY_S, HOUR_S, MINUTE_S, hour_of
from sync.db import transaction
from sync.directory import RANGE
from sync.messages import Duty, DutyAnswer, DutyOver
from tests.appliance.office import (
    DIRECTORY,
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    body,
    close,
    commands,
    open_office,
    receive,
)

CO = "CO City"
HEAD = "SP JNP"
NUMBER = "+919876543210"


def given(desk: Desk, number: int = 1, post: str = POST, **changes: object) -> str:
    """A case about cattle (urgent) with a post since START."""
    serial = receive(desk, body(number, **{"category": "cattle", **changes}))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, post, brief="look behind the old school")
    return serial


def steps(desk: Desk, serial: str) -> list[tuple[str, str]]:
    return [(e.actor, e.detail) for e in cases.get(desk, serial).history if e.act == "escalate"]


def after(desk: Desk, watch: Watch, seconds: float) -> int:
    watch.now = START + seconds
    return escalation.run(desk, watch.now)


def test_it_goes_up_at_the_times_of_the_table(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    times = (100 * MINUTE_S, 4 * HOUR_S - 1, 4 * HOUR_S, 8 * HOUR_S - 1, 8 * HOUR_S, 24 * HOUR_S, 90 * DAY_S)
    assert [after(desk, watch, seconds) for seconds in times] == [0, 0, 1, 0, 1, 1, 0]
    assert steps(desk, serial) == [("box", CO), ("box", "sp"), ("box", "range")]
    case = cases.get(desk, serial)
    assert (case.file.level, case.file.news, case.status) == (3, 1, "assigned")


def test_after_a_month_off_each_step_is_taken_once(desk: Desk, watch: Watch) -> None:
    serials = [given(desk, number) for number in range(1, 4)]
    watch.now += 30 * DAY_S
    (job,) = (job for job in jobs.timetable(300) if job.name == "clocks")
    assert (jobs.run_once(desk, job), jobs.run_once(desk, job)) == (True, False)
    watch.now += 60
    assert jobs.run_once(desk, job)
    assert [len(steps(desk, serial)) for serial in serials] == [3, 3, 3]


def test_a_directory_without_the_superintendents_post_takes_no_step_away(desk: Desk, watch: Watch) -> None:
    desk = replace(desk, directory=replace(DIRECTORY, districts=()))
    serial = given(desk)
    after(desk, watch, 30 * DAY_S)
    assert steps(desk, serial) == [("box", CO), ("box", "sp"), ("box", "range")]


def test_at_the_range_what_is_late_on_police_is_at_the_top_at_the_first_step(
    tmp_path: Path, watch: Watch
) -> None:
    desk = open_office(tmp_path, watch, RANGE)
    serial = receive(desk, body(1, category="cattle", police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, "SHO JNP-02")
    assert [after(desk, watch, hours * HOUR_S) for hours in (3, 4, 24)] == [0, 1, 0]
    assert steps(desk, serial) == [("box", "range")]


def test_a_thana_without_a_circle_goes_to_the_superintendent(desk: Desk, watch: Watch) -> None:
    serial = given(desk, post="SHO JNP-02")
    assert after(desk, watch, 4 * HOUR_S) == 1
    assert steps(desk, serial) == [("box", "sp")]


def test_a_circle_whose_people_it_is_about_is_left_out(desk: Desk, watch: Watch) -> None:
    serial = given(desk, post="SHO JNP-02")
    case = ledger.find(desk, serial)
    cases.concern(desk, serial, SCREENER, case.version, "JNP-01")
    given_again = ledger.find(desk, serial)
    near = replace(
        DIRECTORY,
        thanas=tuple(replace(t, circle="City") if t.code == "JNP-02" else t for t in DIRECTORY.thanas),
    )
    desk = replace(desk, directory=near)
    assert given_again.post == "SHO JNP-02"
    after(desk, watch, 30 * DAY_S)
    assert steps(desk, serial) == [("box", "sp"), ("box", "range")]
    assert [duty.post for duty in cases.get(desk, serial).duties] == ["SHO JNP-02"]


@pytest.mark.parametrize("screened", [False, True])
def test_the_offices_own_delay_passes_no_circle(desk: Desk, watch: Watch, screened: bool) -> None:
    serial = receive(desk, body(1, category="cattle"))
    if screened:
        cases.screen(desk, serial, SCREENER, 1)
    after(desk, watch, 30 * DAY_S)
    assert steps(desk, serial) == [("box", "sp"), ("box", "range")]


def test_happening_now_makes_any_kind_urgent(desk: Desk) -> None:
    rows = [receive(desk, body(number, happening_now=now)) for number, now in ((1, True), (2, False))]
    dues = [cases.get(desk, serial).file.due_at for serial in rows]
    assert dues == [START + 15 * MINUTE_S, START + 4 * HOUR_S]


def test_what_is_added_gives_no_time_to_an_urgent_case(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    before = ledger.find(desk, serial)
    watch.now += HOUR_S
    receive(desk, body(2, adds_to=body(1).handle, happening_now=True))
    later = ledger.find(desk, serial)
    assert (later.due_at, later.clock, later.level) == (before.due_at, before.clock, before.level)


def test_the_circle_officer_is_told_and_moves_nothing(desk: Desk, watch: Watch) -> None:
    for post, number in ((POST, NUMBER), (CO, NUMBER.replace("210", "211"))):
        holders.appoint(desk, SP, post, f"Officer {post}", number, "en")
    serial = given(desk)
    after(desk, watch, 4 * HOUR_S)
    first, second = commands(desk, "duty", Duty)
    assert (first.urgency, second.urgency) == ("urgent", notices.OVERDUE)
    assert (second.serial, second.brief) == (serial, first.brief)
    said = notices.load(desk.catalogue, desk.directory).notice(second)
    assert "Overdue" in said
    with transaction(desk.conn):
        answer = DutyAnswer(1, second.duty, "accepted", "", hour_of(watch.now), ())
        assert cases.officer_answered(desk, answer, watch.now)
    assert cases.get(desk, serial).status == "assigned"
    with transaction(desk.conn):
        answer = replace(answer, duty=first.duty)
        assert cases.officer_answered(desk, answer, watch.now)
    assert ledger.find(desk, serial).clock == "report"


def test_a_report_that_does_not_open_stops_neither_its_own_step_up_nor_anothers(
    desk: Desk, watch: Watch
) -> None:
    holders.appoint(desk, SP, CO, "Officer", NUMBER, "en")
    spoilt, other = given(desk, 1), given(desk, 2)
    desk.conn.execute("update report set locked=x'00' where handle=?", (body(1).handle,))
    assert after(desk, watch, 4 * HOUR_S) == 2
    found = {duty.serial: duty.brief for duty in commands(desk, "duty", Duty)}
    assert found == {spoilt: "", other: "look behind the old school"}
    cases.assign(desk, spoilt, SUPERVISOR, ledger.find(desk, spoilt).version, "SHO JNP-02")
    assert ledger.find(desk, spoilt).post == "SHO JNP-02"


def test_a_case_that_cannot_go_up_stops_no_other(
    desk: Desk, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = given(desk, 1), given(desk, 2)
    desk.conn.execute("update case_file set level=3 where serial=?", (broken,))
    assert [after(desk, watch, hours * HOUR_S) for hours in (4, 8)] == [1, 1]
    assert steps(desk, other) == [("box", CO), ("box", "sp")]
    assert {line.getMessage() for line in caplog.records} == {
        "the clock of case 1 does not work: AssertionError"
    }


def test_a_secret_case_gives_no_brief_to_the_circle_either(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, CO, "Officer", NUMBER, "en")
    serial = given(desk)
    version = ledger.find(desk, serial).version
    cases.reclassify(desk, serial, SUPERVISOR, version, "secret", False, False, "a child is named")
    after(desk, watch, 4 * HOUR_S)
    (notice,) = commands(desk, "duty", Duty)
    assert (notice.sensitivity, notice.brief) == ("secret", "")


def test_the_superintendents_phone_is_told_after_the_circles(desk: Desk, watch: Watch) -> None:
    for post, number in ((CO, NUMBER), (HEAD, NUMBER.replace("210", "211"))):
        holders.appoint(desk, SP, post, f"Officer {post}", number, "en")
    serial = given(desk)
    assert [after(desk, watch, hours * HOUR_S) for hours in (4, 8)] == [1, 1]
    circle, head = commands(desk, "duty", Duty)
    assert (head.number, head.urgency, head.brief) == ("+919876543211", notices.OVERDUE, circle.brief)
    assert steps(desk, serial) == [("box", CO), ("box", "sp")]
    assert [(one.post, one.state) for one in cases.get(desk, serial).duties[-2:]] == [
        (CO, "queued"), (HEAD, "queued"),
    ]  # fmt: skip
    with transaction(desk.conn):
        answer = DutyAnswer(1, head.duty, "accepted", "", hour_of(watch.now), ())
        assert cases.officer_answered(desk, answer, watch.now)
    last = cases.get(desk, serial).history[-1]
    assert (last.actor, last.act, cases.get(desk, serial).status) == (HEAD, "duty_accepted", "assigned")


def test_the_superintendent_hears_of_his_own_offices_delay(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, HEAD, "Officer", NUMBER, "en")
    receive(desk, body(1, category="cattle"))
    after(desk, watch, 30 * DAY_S)
    (notice,) = commands(desk, "duty", Duty)
    assert (notice.number, notice.brief) == (NUMBER, "")


def test_a_superintendent_who_held_the_post_it_is_about_is_passed_by(desk: Desk, watch: Watch) -> None:
    for post in ("SHO JNP-02", HEAD):
        holders.appoint(desk, SP, post, "Officer", NUMBER, "en")
    serial = given(desk)
    cases.concern(desk, serial, SCREENER, ledger.find(desk, serial).version, "JNP-02")
    after(desk, watch, 30 * DAY_S)
    assert steps(desk, serial) == [("box", CO), ("box", "range")]
    assert HEAD not in {duty.post for duty in cases.get(desk, serial).duties}


def test_what_turns_out_to_be_about_the_circle_is_taken_from_its_phone(desk: Desk, watch: Watch) -> None:
    for post, number in ((CO, NUMBER), (HEAD, NUMBER)):
        holders.appoint(desk, SP, post, "Officer", number, "en")
    near = replace(DIRECTORY.thanas[1], code="JNP-03", circle="City")
    desk = replace(desk, directory=replace(DIRECTORY, thanas=(*DIRECTORY.thanas, near)))
    serial = given(desk, post="SHO JNP-02")
    after(desk, watch, 8 * HOUR_S)
    assert [duty.post for duty in cases.get(desk, serial).duties] == ["SHO JNP-02", HEAD]
    cases.concern(desk, serial, SCREENER, ledger.find(desk, serial).version, "JNP-03")
    last = cases.get(desk, serial)
    assert (last.post, [duty.state for duty in last.duties]) == ("SHO JNP-02", ["by_hand", "withdrawn"])
    assert len(commands(desk, "duty_over", DutyOver)) == 1


def test_done_in_time_it_goes_nowhere(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    for act in ("acknowledge", "start", "report_back"):
        getattr(cases, act)(desk, serial, SCREENER, ledger.find(desk, serial).version, "done")
    assert after(desk, watch, 13 * DAY_S) == 0
    assert after(desk, watch, 14 * DAY_S) == 1
    assert steps(desk, serial) == [("box", "sp")]


def test_a_case_whose_informant_was_answered_is_closed_in_time_or_goes_up(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    for act, more in (
        ("start", ()),
        ("report_back", ("done",)),
        ("verify", ()),
        ("answer", ("taken_up", ())),
    ):
        actor = SCREENER if act in ("start", "report_back") else SUPERVISOR
        getattr(cases, act)(desk, serial, actor, ledger.find(desk, serial).version, *more)
    assert cases.get(desk, serial).status == "verified"  # that it was taken up is no outcome
    cases.answer(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "action_taken", ("raid",))
    case = ledger.find(desk, serial)
    assert (case.status, case.clock, case.due_at) == ("feedback_sent", "feedback", START + 14 * DAY_S)
    assert after(desk, watch, 30 * DAY_S) == 2
    assert steps(desk, serial) == [("box", "sp"), ("box", "range")]


def test_what_nobody_confirms_as_spam_goes_up(desk: Desk, watch: Watch) -> None:
    waits, spam = receive(desk, body(1, category="cattle")), receive(desk, body(2, category="cattle"))
    for serial in (waits, spam):
        cases.quarantine(desk, serial, SCREENER, 1, "nothing in it")
    cases.confirm_spam(desk, spam, SUPERVISOR, 2)
    watch.now += 15 * MINUTE_S
    overdue = cases.open_cases(desk, SUPERVISOR, cases.Filter(queue="overdue"), None).rows
    assert [row.serial for row in overdue] == [waits]
    after(desk, watch, 60 * DAY_S)
    assert [steps(desk, serial) for serial in (waits, spam)] == [[("box", "sp"), ("box", "range")], []]


def test_given_again_to_the_same_post_it_stays_as_late_as_it_is(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    after(desk, watch, 8 * DAY_S)
    late = ledger.find(desk, serial)
    assert late.is_at_range
    cases.assign(desk, serial, SUPERVISOR, late.version, POST)
    again = ledger.find(desk, serial)
    assert (again.is_at_range, again.due_at) == (True, late.due_at)


@pytest.mark.parametrize("status", ["assigned", "feedback_sent", "quarantined"])
def test_where_an_earlier_program_had_no_clock_one_begins_now(desk: Desk, watch: Watch, status: str) -> None:
    serials = [receive(desk, body(number)) for number in (1, 2, 3)]
    for serial in serials:
        cases.quarantine(desk, serial, SCREENER, 1, "nothing in it")
    for serial in serials[1:]:
        cases.confirm_spam(desk, serial, SUPERVISOR, 2)
    cases.release(desk, serials[2], SCREENER, 3)
    desk.conn.execute("delete from case_clock")
    desk.conn.execute("update case_file set clock='', due_at=null")
    for serial, found in ((serials[0], status), (serials[2], "feedback_sent")):
        desk.conn.execute("update case_file set status=? where serial=?", (found, serial))
    after(desk, watch, 90 * DAY_S)
    first, confirmed, released = (ledger.find(desk, serial).due_at for serial in serials)
    assert min(first or 0, released or 0) > watch.now
    assert confirmed is None


def test_a_case_of_an_earlier_program_gets_its_clock(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    desk.conn.execute("delete from case_clock")
    desk.conn.execute("update case_file set clock='', due_at=null")
    assert after(desk, watch, 90 * DAY_S) == 0
    case = ledger.find(desk, serial)
    assert (case.clock, case.due_at, case.version) == ("acknowledge", watch.now + 30 * MINUTE_S, 3)


def test_the_overdue_condition_finds_what_is_late(desk: Desk, watch: Watch) -> None:
    late, paused, _ = given(desk, 1), given(desk, 2), receive(desk, body(3))
    cases.pause(desk, paused, SUPERVISOR, 3, "agency", "the forest office is asked")
    watch.now += HOUR_S
    rows = desk.conn.execute(f"select serial from case_file where {OVERDUE}", (watch.now,)).fetchall()
    assert [row[0] for row in rows] == [late]


def test_nothing_is_lost_when_the_database_is_opened_again(tmp_path: Path, watch: Watch) -> None:
    desk = open_office(tmp_path, watch)
    serial = given(desk)
    before = ledger.find(desk, serial)
    desk.conn.close()
    again = open_office(tmp_path, watch)
    assert ledger.find(again, serial) == before
    assert after(again, watch, 5 * HOUR_S) == 1


# Pauses


def test_a_pause_needs_one_of_a_few_reasons_and_a_note(desk: Desk) -> None:
    serial = given(desk)
    for reason, note in (("tea", "a note"), ("agency", " "), ("informant", "a note")):
        with pytest.raises(NotAllowed):
            cases.pause(desk, serial, SUPERVISOR, 3, reason, note)
    assert ledger.find(desk, serial).version == 3


def test_a_clock_does_not_stand_still_again_and_again(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    for _ in range(2):
        cases.pause(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "court", "a hearing")
        after(desk, watch, watch.now - START + 14 * DAY_S)
    case = ledger.find(desk, serial)
    assert case.due_at == START + 21 * DAY_S + 30 * MINUTE_S
    with pytest.raises(NotAllowed) as refused:
        cases.pause(desk, serial, SUPERVISOR, case.version, "court", "a hearing")
    assert refused.value.reason == "stood"


def test_a_paused_case_goes_nowhere_and_then_on(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    watch.now += 10 * MINUTE_S
    cases.pause(desk, serial, SUPERVISOR, 3, "agency", "the forest office is asked")
    assert ledger.find(desk, serial).left_s == 20 * MINUTE_S
    assert after(desk, watch, 6 * DAY_S) == 0
    cases.resume(desk, serial, SUPERVISOR, 4)
    case = ledger.find(desk, serial)
    assert (case.due_at, case.left_s) == (watch.now + 20 * MINUTE_S, None)
    assert [(e.act, e.detail) for e in cases.get(desk, serial).history[-2:]] == [
        ("pause", "agency"),
        ("resume", "agency"),
    ]


def test_a_pause_ends_by_itself(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    cases.pause(desk, serial, SUPERVISOR, 3, "event", "the fair")
    after(desk, watch, 3 * DAY_S)
    case = cases.get(desk, serial)
    assert (case.file.due_at, case.history[-1].act, case.history[-1].actor) == (
        START + 3 * DAY_S + 30 * MINUTE_S,
        "resume",
        "box",
    )


def test_the_informants_answer_ends_the_pause(desk: Desk, watch: Watch) -> None:
    serial = given(desk)
    cases.answer(desk, serial, SUPERVISOR, 3, "need_more", ("place",))
    cases.pause(desk, serial, SUPERVISOR, 4, "informant")
    watch.now += DAY_S
    receive(desk, body(2, adds_to=body(1).handle))
    case = ledger.find(desk, serial)
    assert (case.due_at, case.left_s, case.asked) == (watch.now + 30 * MINUTE_S, None, 0)


def test_what_goes_up_is_seen_there_also_from_another_thana(desk: Desk, watch: Watch) -> None:
    co = Actor("co", "CO", "co", CO)
    serial = given(desk, thana="JNP-02")  # of no circle, given to a post of the circle City
    with pytest.raises(NotFound):
        cases.seen(desk, serial, co)
    after(desk, watch, 4 * HOUR_S)
    assert cases.seen(desk, serial, co).file.level == 1
    assert [row.serial for row in cases.open_cases(desk, co, cases.Filter(), None).rows] == [serial]


def test_two_timetables_at_once_take_each_step_once(tmp_path: Path) -> None:
    watch = Watch()
    desk = open_office(tmp_path, watch)
    serials = [given(desk, number) for number in range(1, 16)]
    watch.now += 4 * HOUR_S
    desks = [open_office(tmp_path, watch) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda one: escalation.run(one, watch.now), desks))
    assert [steps(desk, serial) for serial in serials] == [[("box", CO)]] * len(serials)
    for one in (desk, *desks):
        one.conn.close()


def test_closing_ends_a_pause(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.pause(desk, serial, SUPERVISOR, 2, "agency", "the forest office is asked")
    close(desk, serial, SUPERVISOR, 3, "unfounded")
    row = desk.conn.execute("select pause, paused_at, pause_until, step_at from case_clock").fetchone()
    assert tuple(row) == ("", None, None, None)


def told(desk: Desk) -> dict[str, str]:
    """What the page of the box's state says of the clocks."""
    return {one.name: one.text for one in health.findings(desk.conn) if one.name == "clocks"}


def test_a_phone_that_does_not_open_holds_no_case_down_and_stands_as_to_be_told_by_hand(
    desk: Desk, watch: Watch
) -> None:
    for post in (CO, HEAD):
        holders.appoint(desk, SP, post, "Officer", NUMBER, "en")
    serials = [given(desk, 1), given(desk, 2)]
    desk.conn.execute("update post_holder set locked=x'00'")
    assert [after(desk, watch, hours * HOUR_S) for hours in (4, 8, 24, 48)] == [2, 2, 2, 0]
    for serial in serials:
        assert steps(desk, serial) == [("box", CO), ("box", "sp"), ("box", "range")]
        assert [(one.post, one.state) for one in cases.get(desk, serial).duties if one.post != POST] == [
            (CO, "by_hand"),
            (HEAD, "by_hand"),
        ]
    assert (told(desk), commands(desk, "duty", Duty)) == ({}, [])


def test_a_late_case_on_police_whose_posts_cannot_be_told_apart_goes_to_the_range(
    desk: Desk, watch: Watch
) -> None:
    for post, number in ((CO, NUMBER), (HEAD, "9812345679")):
        holders.appoint(desk, SP, post, f"Officer {post}", number, "en")
    serial = given(desk, post="SHO JNP-02")
    cases.concern(desk, serial, SCREENER, ledger.find(desk, serial).version, "JNP-01")
    desk.conn.execute("update post_holder set locked=x'00' where post=?", (CO,))
    assert [after(desk, watch, hours * HOUR_S) for hours in (4, 8)] == [1, 0]
    assert (ledger.find(desk, serial).level, told(desk)) == (LEVEL_RANGE, {})


def test_cases_that_cannot_go_up_are_told_until_they_do(desk: Desk, watch: Watch) -> None:
    broken = given(desk, 1)
    desk.conn.execute("update case_file set level=3 where serial=?", (broken,))
    after(desk, watch, 3 * HOUR_S)
    assert told(desk) == {}
    after(desk, watch, 4 * HOUR_S)
    assert told(desk) == {"clocks": "1 cases could not go up. The journal of satark-box-jobs names them"}
    desk.conn.execute("update case_file set level=0 where serial=?", (broken,))
    assert (after(desk, watch, 5 * HOUR_S), told(desk)) == (1, {"clocks": ""})
