"""Weeks begin on Monday, months on the first, all in Indian time; like is compared with like."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis import periods
from appliance.analysis.periods import DAY, MONTH, UNITS, WEEK, Period
from sync.clock import DAY_S, IST_OFFSET_S, week_of

EPOCH = date(1970, 1, 1)
DAYS = st.integers(0, 60_000)


def number(day: date) -> int:
    return (day - EPOCH).days


@given(day=DAYS, unit=st.sampled_from(UNITS))
def test_a_day_lies_in_its_period_and_the_periods_join(day: int, unit: str) -> None:
    period = periods.of_day(unit, day)
    assert period.first_day <= day < period.end_day
    assert period.back(1).end_day == period.first_day


@given(day=DAYS)
def test_weeks_begin_on_monday_and_are_those_of_the_clock(day: int) -> None:
    week = periods.of_day(WEEK, day)
    assert (EPOCH + timedelta(days=week.first_day)).weekday() == 0
    assert week.number == week_of(day * DAY_S + DAY_S / 2 - IST_OFFSET_S)


@given(day=DAYS, unit=st.sampled_from((WEEK, MONTH)))
def test_so_far_compares_equal_lengths_unless_the_month_before_was_shorter(day: int, unit: str) -> None:
    now, before = periods.so_far(unit, day)
    assert now.end_day == day + 1
    assert before.end_day <= now.first_day
    assert before.first_day == periods.of_day(unit, day).back(1).first_day
    assert before.days == now.days or (before.days < now.days and before.end_day == now.first_day)


def test_a_month_that_ends() -> None:
    now, before = periods.so_far(MONTH, number(date(2026, 3, 30)))
    assert (now.days, before.days) == (30, 28)
    over, one_before = periods.finished(MONTH, number(date(2026, 1, 5)))
    assert (over.days, one_before.days) == (31, 30)


@pytest.mark.parametrize(("unit", "count"), [(WEEK, 12), (MONTH, 12), (DAY, 7)])
def test_the_latest_end_now_and_as_many_come_before(unit: str, count: int) -> None:
    window = periods.latest(unit, 20_000, count)
    assert window.first_day <= 20_000 < window.end_day
    assert len(window.numbers) == len(window.before().numbers) == count
    assert window.before().end_day == window.first_day
    assert Period(unit, window.last).first_day <= 20_000
