"""Periods and classes in the language of the page."""

from datetime import date, timedelta

from flask_babel import format_date, lazy_gettext
from flask_babel.speaklater import LazyString

from appliance.analysis.periods import DAY, MONTH, Period, Window

_EPOCH = date(1970, 1, 1)
FLAGS: dict[str, LazyString] = {
    "victim": lazy_gettext("Shows a victim"),
    "child": lazy_gettext("Concerns a child"),
}


def period_short(period: Period) -> str:
    """For an axis: the day it begins with, or the month."""
    return _written(period.first_day, "MMM y" if period.unit == MONTH else "d MMM")


def window_name(window: Window) -> str:
    """From its first day to its last; a single month by its name."""
    if window.unit == MONTH and window.first == window.last:
        return _written(window.first_day, "MMMM y")
    last = _written(window.end_day - 1, "d MMM y")
    if window.days == 1:
        return last
    return f"{_written(window.first_day, 'd MMM' if window.unit == DAY else 'd MMM y')} – {last}"


def iso(day: int) -> str:
    """A day as other programs read it."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def _written(day: int, pattern: str) -> str:
    return str(format_date(_EPOCH + timedelta(days=day), pattern))
