"""Time as an argument: nothing in the domain asks the machine what time it is."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Gives seconds since the epoch, UTC."""

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400
WEEK_S = 7 * DAY_S
IST_OFFSET_S = 19_800


def hour_of(now: float) -> int:
    """Hours since the epoch: the finest time of a report that leaves the relay."""
    return int(now) // HOUR_S


def whole_hour(now: float) -> int:
    """The beginning of the hour, in seconds: what may be written beside a handle, which the box can name too."""
    return hour_of(now) * HOUR_S


def whole_minute(now: float) -> int:
    """The beginning of the minute, in seconds: what a box writes of arrivals, which end a chain from the phone."""
    return int(now) // MINUTE_S * MINUTE_S


def day_of(now: float) -> int:
    """Days since the epoch, counted in Indian time (a day begins at 00:00 IST)."""
    return (int(now) + IST_OFFSET_S) // DAY_S


def week_of(now: float) -> int:
    """Weeks since the Monday before the epoch, counted in Indian time."""
    return (day_of(now) + 3) // 7
