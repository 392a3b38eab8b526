"""How long the office may take: one table per class of category, which a box's configuration may change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise

from sync.clock import DAY_S, HOUR_S, MINUTE_S
from sync.errors import ConfigError

URGENT, NORMAL = "urgent", "normal"
LONGEST_S = 365 * DAY_S
_UNITS = {"m": MINUTE_S, "h": HOUR_S, "d": DAY_S}
_ENTRY = re.compile(r"(\w+) +(\d{1,6}) ?([mhd])")


@dataclass(frozen=True)
class Limits:
    """Of one class. The first five end a step of the work; the last three say when and to whom it goes up, not done.

    ``screen_s`` and ``assign_s`` count from the arrival, ``acknowledge_s`` and ``report_s`` from the assignment.
    """

    screen_s: int
    assign_s: int
    acknowledge_s: int
    report_s: int
    feedback_s: int
    co_s: int
    sp_s: int
    range_s: int


Table = Mapping[str, Limits]
"""Limits by class."""

DEFAULTS: Table = {
    URGENT: Limits(
        screen_s=15 * MINUTE_S,
        assign_s=30 * MINUTE_S,
        acknowledge_s=30 * MINUTE_S,
        report_s=100 * MINUTE_S,
        feedback_s=14 * DAY_S,
        co_s=4 * HOUR_S,
        sp_s=8 * HOUR_S,
        range_s=24 * HOUR_S,
    ),
    NORMAL: Limits(
        screen_s=4 * HOUR_S,
        assign_s=8 * HOUR_S,
        acknowledge_s=4 * HOUR_S,
        report_s=24 * HOUR_S,
        feedback_s=14 * DAY_S,
        co_s=48 * HOUR_S,
        sp_s=4 * DAY_S,
        range_s=7 * DAY_S,
    ),
}
NAMES = tuple(field.name.removesuffix("_s") for field in fields(Limits))
_NOT_AFTER = (("screen", "assign", "co"), ("acknowledge", "report", "co", "sp", "range"))


def read(setting: str, text: str, base: Limits) -> Limits:
    """``base`` with what ``text`` changes: "report 90m, co 3h, feedback 10d"; raises ConfigError naming ``setting``."""
    changes: dict[str, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        found = _ENTRY.fullmatch(entry)
        if found is None or found[1] not in NAMES:
            raise ConfigError(
                f"{setting}: {entry!r}, wanted: one of {', '.join(NAMES)}, then such as 90m, 3h, 2d"
            )
        changes[found[1] + "_s"] = int(found[2]) * _UNITS[found[3]]
    limits = replace(base, **changes)
    _check(setting, limits)
    return limits


def written(seconds: int) -> str:
    """A limit as it is set: in the largest unit up to two days that it is whole in ("100m", "24h", "4d")."""
    unit = next(u for u in ("d", "h", "m") if seconds % _UNITS[u] == 0 and (u != "d" or seconds > 2 * DAY_S))
    return f"{seconds // _UNITS[unit]}{unit}"


def _check(setting: str, limits: Limits) -> None:
    if not all(MINUTE_S <= value <= LONGEST_S for value in vars(limits).values()):
        raise ConfigError(f"{setting}: wanted: each from 1m to {LONGEST_S // DAY_S}d")
    for order in _NOT_AFTER:
        for earlier, later in pairwise(order):
            if getattr(limits, f"{earlier}_s") > getattr(limits, f"{later}_s"):
                raise ConfigError(f"{setting}: {earlier} is longer than {later}")
