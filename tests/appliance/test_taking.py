"""The day of a planned transfer comes: its cases tell of it, the office has news, the next phone its notices."""

import pytest

from appliance import cases, health, holders, jobs, ledger, taking, timekeeping
from appliance.desk import Desk
from appliance.timekeeping import Uptime
from sync.clock import DAY_S, HOUR_S
from sync.messages import Duty, DutyOver
from tests.appliance.office import POST, SP, SUPERVISOR, Watch, body, commands, receive

OTHER = "SHO JNP-02"
RAM, SITA = ("SI Ram", "9812345678"), ("SI Sita", "9812345679")


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case in the hands of an officer."""
    holders.appoint(desk, SP, POST, *RAM, "hi")
    made = receive(desk, body(1))
    cases.screen(desk, made, SUPERVISOR, 1)
    cases.assign(desk, made, SUPERVISOR, 2, POST, "", "Look behind the mill")
    return made


def work(desk: Desk) -> None:
    """What the box does by itself every minute."""
    (job,) = (one for one in jobs.timetable(300) if one.name == "duties")
    jobs.run_once(desk, job)


def told(desk: Desk) -> dict[str, str]:
    """What the page of the box's state says of transfers."""
    return {one.name: one.text for one in health.findings(desk.conn) if one.name == "duties"}


def acts(desk: Desk, serial: str) -> list[tuple[str, str]]:
    return [(entry.act, entry.actor) for entry in cases.get(desk, serial).history[3:]]


def phones(desk: Desk) -> list[tuple[str, str]]:
    return [(duty.number[-1], duty.brief) for duty in commands(desk, "duty", Duty)]


@pytest.mark.parametrize("tell", [True, False])
def test_on_the_day_its_cases_tell_of_it_and_the_phone_that_was_asked_for(
    desk: Desk, watch: Watch, serial: str, tell: bool
) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", since=int(watch.now) + 3 * HOUR_S, tell=tell)
    due = ledger.find(desk, serial).due_at
    work(desk)
    assert (acts(desk, serial), ledger.find(desk, serial).news, len(phones(desk))) == ([], 0, 1)
    watch.now += 3 * HOUR_S
    for _ in range(2):
        work(desk)
        watch.now += 60
    case = ledger.find(desk, serial)
    assert (acts(desk, serial), case.news, case.due_at) == ([("hand_over", "box")], 1, due)
    brief = "Look behind the mill"
    assert phones(desk) == [("8", brief), ("9", brief)][: 1 + tell]
    assert len(commands(desk, "duty_over", DutyOver)) == 1
    told = [(duty.holder, duty.state) for duty in cases.get(desk, serial).duties]
    assert sorted(told) == [("SI Ram", "withdrawn"), ("SI Sita", "queued")][: 1 + tell]


def test_a_post_left_empty_on_its_last_day_is_news_too(desk: Desk, watch: Watch, serial: str) -> None:
    holders.appoint(desk, SP, POST, *RAM, "hi", until=int(watch.now) + DAY_S)
    watch.now += DAY_S
    work(desk)
    assert (acts(desk, serial), ledger.find(desk, serial).news) == ([("post_empty", "box")], 1)


def test_who_comes_at_once_is_told_at_once_where_that_was_asked(
    desk: Desk, watch: Watch, serial: str
) -> None:
    watch.now += HOUR_S
    holders.appoint(desk, SP, POST, *SITA, "hi", tell=True)
    assert (acts(desk, serial), len(phones(desk))) == ([("hand_over", "box")], 2)
    assert taking.day_came(desk, watch.now) == 0


def test_a_plan_that_came_to_nothing_and_a_correction_tell_nobody(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", since=int(watch.now) + DAY_S, tell=True)
    holders.release(desk, SP, POST)
    holders.appoint(desk, SP, POST, *RAM, "en")
    watch.now += 2 * DAY_S
    work(desk)
    assert (acts(desk, serial), len(phones(desk))) == ([], 1)


def test_one_report_that_does_not_open_holds_up_neither_its_own_post_nor_another(
    desk: Desk, watch: Watch, serial: str
) -> None:
    spoilt, at = receive(desk, body(2)), int(watch.now) + DAY_S
    cases.screen(desk, spoilt, SUPERVISOR, 1)
    cases.assign(desk, spoilt, SUPERVISOR, 2, OTHER)
    for post in (POST, OTHER):
        holders.appoint(desk, SP, post, *SITA, "hi", since=at, tell=True)
    desk.conn.execute("update report set locked=x'00' where handle=?", (body(2).handle,))
    watch.now += DAY_S
    work(desk)
    assert [ledger.find(desk, one).news for one in (serial, spoilt)] == [1, 1]
    assert sorted(phones(desk)) == [("8", "Look behind the mill"), ("9", ""), ("9", "Look behind the mill")]


def test_a_post_that_cannot_be_handed_over_stops_no_other_and_its_last_day_counts(
    desk: Desk, watch: Watch, serial: str, caplog: pytest.LogCaptureFixture
) -> None:
    for post in (POST, OTHER):
        holders.appoint(desk, SP, post, *SITA, "hi", since=int(watch.now) + DAY_S, tell=True)
    watch.now += DAY_S
    desk.conn.execute(
        f"create trigger fails before update of is_begun on post_holder when old.post='{OTHER}'"
        " begin select raise(abort, 'x'); end"
    )
    work(desk)
    assert (acts(desk, serial), len(phones(desk))) == ([("hand_over", "box")], 2)
    assert {line.getMessage() for line in caplog.records} == {
        f"the transfer at {OTHER} does not work: IntegrityError"
    }
    assert told(desk) == {"duties": f"what was planned for {OTHER} could not be done"}
    desk.conn.execute("drop trigger fails")
    watch.now += 60
    work(desk)
    assert told(desk) == {"duties": ""}


def test_a_transfer_goes_through_where_an_officers_row_does_not_open(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", since=int(watch.now) + DAY_S, tell=True)
    holders.appoint(desk, SP, OTHER, *RAM, "hi", since=int(watch.now) + 2 * DAY_S)
    desk.conn.execute("update post_holder set locked=x'00'")
    watch.now += DAY_S
    work(desk)
    states = [row[0] for row in desk.conn.execute("select state from duty order by state").fetchall()]
    assert (states, ledger.find(desk, serial).news, told(desk)) == (["by_hand", "withdrawn"], 1, {})
    assert (len(phones(desk)), len(commands(desk, "duty_over", DutyOver))) == (1, 1)


def test_a_post_left_empty_is_news_where_the_row_of_who_left_does_not_open(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, *RAM, "hi", until=int(watch.now) + DAY_S)
    holders.appoint(desk, SP, OTHER, *SITA, "hi", since=int(watch.now) + 2 * DAY_S)
    desk.conn.execute("update post_holder set locked=x'00'")
    watch.now += DAY_S
    work(desk)
    assert (acts(desk, serial), told(desk)) == ([("post_empty", "box")], {})


def test_a_post_is_empty_from_the_officers_own_last_day_where_who_comes_is_put_off(
    desk: Desk, watch: Watch, serial: str
) -> None:
    day = int(watch.now) + DAY_S
    holders.appoint(desk, SP, POST, *RAM, "hi", until=day)
    for since in (day, day + DAY_S):
        holders.appoint(desk, SP, POST, *SITA, "hi", since=since)
    watch.now = day
    work(desk)
    assert (acts(desk, serial), len(commands(desk, "duty_over", DutyOver))) == ([("post_empty", "box")], 1)


def test_the_posts_phone_has_its_notice_already_and_gets_no_second(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, SITA[0], RAM[1], "hi", since=int(watch.now) + DAY_S, tell=True)
    watch.now += DAY_S
    work(desk)
    (duty,) = cases.get(desk, serial).duties
    assert (duty.holder, duty.state, len(phones(desk))) == ("SI Sita", "queued", 1)


def test_who_comes_is_not_told_of_a_case_about_his_own_people(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, *RAM, "hi")
    holders.appoint(desk, SP, OTHER, *SITA, "hi")
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SP, 2, OTHER)
    watch.now += HOUR_S
    holders.appoint(desk, SP, OTHER, *RAM, "hi", since=int(watch.now) + DAY_S, tell=True)
    watch.now += DAY_S
    work(desk)
    assert (acts(desk, serial), len(phones(desk))) == ([("hand_over", "box")], 1)


def runs_ahead_and_is_put_right(desk: Desk, watch: Watch) -> None:
    """By thirty days, for some minutes."""
    up = Uptime("first", 100.0)
    timekeeping.look(desk, watch.now, lambda: up)
    for by in (30 * DAY_S, -30 * DAY_S):
        watch.now += by
        timekeeping.look(desk, watch.now, lambda: up)
        for _ in range(3):
            work(desk)


@pytest.mark.parametrize("tell", [True, False])
def test_whoever_still_holds_the_post_has_his_notices_back_once_a_clock_that_ran_ahead_is_right(
    desk: Desk, watch: Watch, serial: str, tell: bool
) -> None:
    day = int(watch.now) + 10 * DAY_S
    holders.appoint(desk, SP, POST, *SITA, "hi", since=day, tell=tell)
    runs_ahead_and_is_put_right(desk, watch)
    brief = "Look behind the mill"
    assert phones(desk) == [("8", brief), *[("9", brief)][:tell], ("8", brief)]
    live = [(one.holder, one.state) for one in cases.get(desk, serial).duties if one.state != "withdrawn"]
    assert live == [("SI Ram", "queued")]
    assert acts(desk, serial)[-1] == ("hand_over", "box")
    watch.now = day
    work(desk)
    live = [(one.holder, one.state) for one in cases.get(desk, serial).duties if one.state != "withdrawn"]
    assert live == [("SI Sita", "queued")][:tell]


def test_one_phone_of_both_keeps_what_he_answered_once_a_clock_that_ran_ahead_is_right(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, SITA[0], RAM[1], "hi", since=int(watch.now) + 10 * DAY_S, tell=True)
    runs_ahead_and_is_put_right(desk, watch)
    assert [(one.holder, one.state) for one in cases.get(desk, serial).duties] == [("SI Ram", "queued")]
    assert (len(phones(desk)), commands(desk, "duty_over", DutyOver)) == (1, [])


def test_what_the_post_must_not_have_meanwhile_is_not_given_back(
    desk: Desk, watch: Watch, serial: str
) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", since=int(watch.now) + 10 * DAY_S, tell=True)
    up = Uptime("first", 100.0)
    timekeeping.look(desk, watch.now, lambda: up)
    watch.now += 30 * DAY_S
    timekeeping.look(desk, watch.now, lambda: up)
    work(desk)
    cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, OTHER)
    watch.now -= 30 * DAY_S
    timekeeping.look(desk, watch.now, lambda: up)
    work(desk)
    assert [number for number, _brief in phones(desk)] == ["8", "9"]
