"""Plain counts, and what is not said of small ones."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis import counts
from appliance.analysis.counts import ACTION, Change, Standing
from appliance.cases import OUTCOMES


@pytest.mark.parametrize(
    ("now", "before", "percent"), [(24, 20, 20), (20, 40, -50), (19, 20, None), (200, 19, None), (0, 0, None)]
)
def test_no_per_cent_is_told_of_small_numbers(now: int, before: int, percent: int | None) -> None:
    assert Change(now, before).percent == percent
    assert Change(now, before).difference == now - before


@given(st.lists(st.integers(0, 50)))
def test_the_median_is_the_lower_middle_value(values: list[int]) -> None:
    histogram = {value: values.count(value) for value in values}
    assert counts.median(histogram) == (statistics.median_low(values) if values else None)


def test_outcomes_that_mean_action_come_first_and_are_all() -> None:
    assert OUTCOMES[: len(ACTION)] == ACTION
    whole = Standing(1, 2, 3, 4, 5, 6) + Standing(open=1)
    assert (whole.incidents, whole.duplicates, whole.answered) == (7, 4, 6)
