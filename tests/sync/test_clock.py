"""Hours, days and weeks as the product counts them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sync import clock


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_day_begins_at_midnight_in_india() -> None:
    assert clock.day_of(at("2026-11-20T18:30:00")) == clock.day_of(at("2026-11-20T18:29:59")) + 1


def test_a_week_begins_on_monday_in_india() -> None:
    sunday_night, monday = at("2026-11-22T18:29:59"), at("2026-11-22T18:30:00")
    assert clock.week_of(monday) == clock.week_of(sunday_night) + 1
    assert clock.week_of(monday + 6 * clock.DAY_S) == clock.week_of(monday)


@given(st.floats(min_value=0, max_value=4e9))
def test_time_never_runs_backwards(now: float) -> None:
    for count in (clock.hour_of, clock.day_of, clock.week_of):
        assert count(now) <= count(now + 1)


@given(st.floats(min_value=0, max_value=4e9))
def test_a_whole_minute_is_the_one_that_now_lies_in(now: float) -> None:
    minute = clock.whole_minute(now)
    assert minute % 60 == 0
    assert 0 <= now - minute < 60
