"""Colours of counts."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis.mapping import SHADES, shade_of, shades


@given(highest=st.integers(0, 10_000))
def test_every_count_has_one_step_and_more_is_never_paler(highest: int) -> None:
    steps = shades(highest)
    assert len(steps) <= SHADES
    seen = [shade_of(count, steps) for count in (0, *range(1, highest + 1, max(highest // 50, 1)), highest)]
    assert seen == sorted(seen)
    assert [shade_of(count, steps) for count in (0, 1)] == [0, min(highest, 1)]
    assert [step.low for step in steps[1:]] == [step.high + 1 for step in steps[:-1]]
    assert not steps or (steps[0].low, steps[-1].high) == (1, highest)
