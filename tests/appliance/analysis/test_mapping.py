"""Colours of counts."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis.mapping import SHADES, shade_of, shades


@given(highest=st.integers(0, 10_000), lowest=st.integers(1, 5))
def test_every_count_has_one_step_and_more_is_never_paler(highest: int, lowest: int) -> None:
    steps = shades(highest, lowest)
    assert len(steps) <= SHADES
    seen = [shade_of(count, steps) for count in (0, *range(1, highest + 1, max(highest // 50, 1)), highest)]
    assert seen == sorted(seen)
    assert all(shade_of(count, steps) == 1 for count in range(1, lowest))
    assert [step.low for step in steps[1:]] == [step.high + 1 for step in steps[:-1]]
    assert not steps or (steps[0].low, steps[-1].high) == (lowest, highest)
