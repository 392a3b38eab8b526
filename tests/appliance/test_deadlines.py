from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import config, deadlines
from appliance.deadlines import DEFAULTS, NAMES, NORMAL, URGENT
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from sync.errors import ConfigError
from tests.appliance.office import CONFIG

OPERATIONS = Path(__file__).parents[2] / "docs" / "OPERATIONS.md"


def test_the_table_is_the_one_of_the_design() -> None:
    urgent, normal = DEFAULTS[URGENT], DEFAULTS[NORMAL]
    assert (urgent.screen_s, urgent.assign_s, urgent.acknowledge_s) == (900, 1800, 1800)
    assert (normal.screen_s, normal.assign_s, normal.acknowledge_s) == (4 * HOUR_S, 8 * HOUR_S, 4 * HOUR_S)
    assert (urgent.report_s, normal.report_s) == (100 * MINUTE_S, 24 * HOUR_S)
    assert (urgent.co_s, urgent.sp_s, urgent.range_s) == (4 * HOUR_S, 8 * HOUR_S, 24 * HOUR_S)
    assert (normal.co_s, normal.range_s) == (48 * HOUR_S, 7 * DAY_S)
    assert 3 * DAY_S <= normal.sp_s <= 5 * DAY_S
    assert urgent.feedback_s == normal.feedback_s == 14 * DAY_S


def test_the_manual_prints_the_table() -> None:
    rows = [
        f"| {name} | {deadlines.written(getattr(DEFAULTS[URGENT], name + '_s'))}"
        f" | {deadlines.written(getattr(DEFAULTS[NORMAL], name + '_s'))} |"
        for name in NAMES
    ]
    text = OPERATIONS.read_text(encoding="utf-8")
    assert [row for row in rows if row not in text] == []


def test_a_setting_changes_some_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + 'clocks_urgent = "report 90m, co 3h"\n', encoding="utf-8")
    found = config.load(tmp_path).clocks
    assert (found[URGENT].report_s, found[URGENT].co_s) == (90 * MINUTE_S, 3 * HOUR_S)
    assert found[URGENT].sp_s == DEFAULTS[URGENT].sp_s
    assert found[NORMAL] == DEFAULTS[NORMAL]


@pytest.mark.parametrize(
    "text",
    [
        *("report", "report 90", "report 90s", "report -5m", "reports 90m", "report 0m", "sp 900d"),
        *("screen 2h, assign 1h", "co 9h", "report 5h", "range 2h", "report 90m; co 3h", "report ९०m x"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="clocks_urgent"):
        deadlines.read("clocks_urgent", text, DEFAULTS[URGENT])


@given(st.lists(st.integers(1, 365), min_size=len(NAMES), max_size=len(NAMES)).map(sorted))
def test_what_is_written_is_read_back(days: list[int]) -> None:
    order = ("screen", "assign", "acknowledge", "report", "co", "sp", "range", "feedback")
    text = ", ".join(
        f"{name} {deadlines.written(day * DAY_S)}" for name, day in zip(order, days, strict=True)
    )
    found = deadlines.read("x", text, DEFAULTS[NORMAL])
    assert [getattr(found, name + "_s") for name in order] == [day * DAY_S for day in days]


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = deadlines.read("x", text, DEFAULTS[NORMAL])
    except ConfigError:
        return
    assert found == DEFAULTS[NORMAL] or any(name in text for name in NAMES)
