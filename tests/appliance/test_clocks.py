"""The clock of one case as a value: which limit runs, what a pause keeps, when it goes up."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import clocks
from appliance.cases import STATUSES
from appliance.clocks import LAPS, PAUSES, RUNS_IN, STANDS_MOST_S, Rules, Running, Step
from appliance.deadlines import DEFAULTS, NORMAL, URGENT
from sync.clock import DAY_S, HOUR_S, MINUTE_S

RULES = Rules(DEFAULTS[URGENT])
FINAL = {"closed", "duplicate"}


def run_in(*statuses: str, every_s: int = 600, rules: Rules = RULES) -> Running:
    """Through these statuses, from the arrival at 0, one every ten minutes."""
    run, now = clocks.opened(rules, URGENT, statuses[0], 0), 0
    for before, after in pairwise(statuses):
        now += every_s
        act = "assign" if after == "assigned" else "x"
        run = clocks.followed(run, rules, Step(act, before, after), now)
    return run


def test_every_status_has_its_limit_or_none() -> None:
    assert set(RUNS_IN) | FINAL == set(STATUSES)
    assert not set(RUNS_IN) & FINAL
    assert set(RUNS_IN.values()) == set(LAPS)


def test_screening_and_assigning_count_from_the_arrival() -> None:
    assert run_in("received").due_at == 15 * MINUTE_S
    assert run_in("received", "screened").due_at == 30 * MINUTE_S


def test_acknowledging_and_reporting_count_from_the_assignment() -> None:
    given_at = 1200
    assert run_in("received", "screened", "assigned").due_at == given_at + 30 * MINUTE_S
    taken = run_in("received", "screened", "assigned", "acknowledged", "in_action")
    assert (taken.clock, taken.due_at) == ("report", given_at + 100 * MINUTE_S)


def test_the_informant_counts_from_his_report() -> None:
    way = ("received", "screened", "assigned", "in_action", "reported_back")
    assert run_in(*way, "verified").due_at == 14 * DAY_S
    late = run_in(*way, every_s=5 * DAY_S)
    assert late.due_at == 20 * DAY_S + DAY_S  # heard back on the twentieth day: a day all the same


def test_given_again_it_counts_anew() -> None:
    once = replace(run_in("received", "screened", "assigned"), level=2)
    again = clocks.followed(once, RULES, Step("assign", "in_action", "assigned"), 9000)
    assert (again.since, again.level, again.due_at) == (9000, 0, 9000 + 30 * MINUTE_S)


def test_given_again_to_the_same_post_without_a_report_back_nothing_begins_anew() -> None:
    once = replace(run_in("received", "screened", "assigned", "in_action"), level=2)
    again = clocks.followed(once, RULES, Step("assign", "in_action", "assigned", same_post=True), 9000)
    assert (again.since, again.level, again.due_at) == (once.since, 2, once.since + 30 * MINUTE_S)
    told = clocks.followed(once, RULES, Step("report_back", "in_action", "reported_back"), 9000)
    more = clocks.followed(told, RULES, Step("assign", "reported_back", "assigned", same_post=True), 9500)
    assert (more.since, more.level) == (9500, 0)


def test_what_is_set_aside_waits_for_a_second_person_and_then_for_nobody() -> None:
    aside = run_in("received", "quarantined")
    assert (aside.due_at, aside.step_at) == (15 * MINUTE_S, 4 * HOUR_S)
    spam = clocks.followed(aside, RULES, Step("confirm_spam", "quarantined", "quarantined"), 9000)
    assert (spam.clock, spam.due_at, spam.step_at) == ("", None, None)
    back = clocks.followed(spam, RULES, Step("release", "quarantined", "received"), 9100)
    assert back.due_at == 15 * MINUTE_S


def test_setting_aside_ends_a_pause() -> None:
    still = clocks.paused(run_in("received"), "event", 60)
    aside = clocks.followed(still, RULES, Step("quarantine", "received", "quarantined"), 360)
    assert (aside.pause, aside.due_at) == ("", 15 * MINUTE_S + 300)


def test_setting_aside_and_back_gains_no_time() -> None:
    aside = run_in("received", "quarantined")
    back = clocks.followed(aside, RULES, Step("release", "quarantined", "received"), 9000)
    assert back.due_at == 15 * MINUTE_S


def test_taken_up_again_it_begins_anew() -> None:
    closed = run_in("received", "screened", "closed")
    again = clocks.followed(closed, RULES, Step("reopen", "closed", "screened"), 90 * DAY_S)
    assert (again.begun_at, again.due_at) == (90 * DAY_S, 90 * DAY_S + 30 * MINUTE_S)


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("received", [(2, 4 * HOUR_S), (3, 24 * HOUR_S)]),
        ("assigned", [(1, 4 * HOUR_S), (2, 8 * HOUR_S), (3, 24 * HOUR_S)]),
        ("verified", [(2, 14 * DAY_S), (3, 15 * DAY_S)]),
    ],
)
def test_the_ladder(status: str, steps: list[tuple[int, int]]) -> None:
    run, found = clocks.opened(RULES, URGENT, status, 0), []
    while run.step_at is not None:
        level = clocks.next_level(run, RULES)
        assert level is not None
        found.append((level, run.step_at))
        run = clocks.climbed(run, RULES, level)
    assert found == steps
    assert clocks.next_level(run, RULES) is None


def test_at_a_range_node_nobody_stands_between() -> None:
    rules = Rules(DEFAULTS[NORMAL], is_range=True)
    run = clocks.opened(rules, NORMAL, "assigned", 0)
    assert (run.step_at, clocks.next_level(run, rules)) == (48 * HOUR_S, 3)


def test_a_practice_case_has_a_limit_and_troubles_nobody() -> None:
    run = clocks.opened(Rules(DEFAULTS[NORMAL], is_practice=True), NORMAL, "received", 0)
    assert (run.due_at, run.step_at) == (4 * HOUR_S, None)


def test_a_pause_keeps_what_is_left() -> None:
    run = run_in("received", "screened", "assigned")
    still = clocks.paused(run, "agency", 1800)
    assert (still.due_at, still.left_s, still.step_at) == (None, 1200, None)
    again = clocks.resumed(still, RULES, 1800 + DAY_S)
    assert (again.due_at, again.left_s, again.pause) == (1800 + DAY_S + 1200, None, "")
    assert run.step_at is not None
    assert again.step_at == run.step_at + DAY_S


def test_a_pause_does_not_outlast_its_reason_while_the_box_is_off() -> None:
    still = clocks.paused(run_in("received"), "event", 60)
    assert clocks.resumed(still, RULES, 60 + 30 * DAY_S).due_at == 15 * MINUTE_S + PAUSES["event"] * DAY_S


def test_a_clock_set_back_during_a_pause_lengthens_nothing() -> None:
    still = clocks.paused(run_in("received"), "event", DAY_S)
    assert clocks.resumed(still, RULES, 0).due_at == 15 * MINUTE_S


def test_the_pauses_of_a_lap_add_up_to_a_most() -> None:
    run, now = run_in("assigned"), 0
    for _ in range(20):
        if run.may_stand_s:
            run = clocks.paused(run, "court", now)
        now += 14 * DAY_S
        run = clocks.resumed(run, RULES, now) if run.pause else run
    assert run.due_at == 30 * MINUTE_S + STANDS_MOST_S
    again = clocks.followed(run, RULES, Step("report_back", "in_action", "reported_back"), now)
    assert again.may_stand_s == STANDS_MOST_S


def test_something_urgent_counts_beside_the_limits_of_the_lap() -> None:
    rules = Rules(DEFAULTS[NORMAL])
    run = clocks.opened(rules, NORMAL, "assigned", 0)
    hurried = clocks.hurried(run, rules, HOUR_S)
    assert (hurried.due_at, hurried.step_at) == (HOUR_S + 30 * MINUTE_S, HOUR_S + 4 * HOUR_S)
    late = clocks.hurried(replace(run, level=1), rules, 3 * DAY_S)
    assert (late.due_at, late.step_at) == (4 * HOUR_S, 3 * DAY_S + 8 * HOUR_S)


def test_read_what_came_to_a_case_at_its_end_gives_no_more_time_than_there_was() -> None:
    rules = Rules(DEFAULTS[NORMAL], urgent=replace(DEFAULTS[URGENT], feedback_s=2 * DAY_S))
    for came_at, due_at in ((DAY_S, 3 * DAY_S), (13 * DAY_S, 14 * DAY_S)):
        came = clocks.hurried(clocks.opened(rules, NORMAL, "verified", 0), rules, came_at)
        assert came.due_at == came_at + 15 * MINUTE_S
        read = clocks.calmed(came, rules)
        assert (read.due_at, read.is_urgent) == (due_at, True)


@given(
    pauses=st.lists(st.tuples(st.integers(0, 5 * HOUR_S), st.integers(0, 2 * DAY_S)), max_size=6),
    accepted_while_paused=st.booleans(),
)
def test_only_the_time_of_the_pauses_is_added(
    pauses: list[tuple[int, int]], accepted_while_paused: bool
) -> None:
    run, now, stood = clocks.opened(RULES, URGENT, "assigned", 0), 0, 0
    for worked_s, stood_s in pauses:
        now += worked_s
        run = clocks.paused(run, "agency", now)
        if accepted_while_paused:
            run = clocks.followed(run, RULES, Step("acknowledge", "assigned", "acknowledged"), now)
        now, stood = now + stood_s, stood + stood_s
        assert run.left_s == RULES.limit_s(run.clock) - (now - stood)
        run = clocks.resumed(run, RULES, now)
        assert run.due_at == RULES.limit_s(run.clock) + stood


def test_a_new_lap_ends_a_pause() -> None:
    still = clocks.paused(run_in("received"), "event", 60)
    given = clocks.followed(still, RULES, Step("assign", "screened", "assigned"), 120)
    assert (given.pause, given.left_s, given.due_at) == ("", None, 120 + 30 * MINUTE_S)
