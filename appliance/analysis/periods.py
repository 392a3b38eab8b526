"""Weeks (Monday to Sunday) and months in Indian time, and which part of one is compared with which of the one before.

Days are numbers as ``sync.clock.day_of`` gives them, weeks as ``week_of``; a month is year * 12 + month - 1.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK, MONTH = "day", "week", "month"
UNITS = (DAY, WEEK, MONTH)
_EPOCH = date(1970, 1, 1)
_MONDAY_DAYS = 3
"""From the Monday before the epoch to the epoch."""


@dataclass(frozen=True)
class Period:
    """One day, week or month."""

    unit: str
    number: int

    @property
    def first_day(self) -> int:
        """The day it begins with."""
        if self.unit == DAY:
            return self.number
        if self.unit == WEEK:
            return self.number * 7 - _MONDAY_DAYS
        return (date(self.number // 12, self.number % 12 + 1, 1) - _EPOCH).days

    @property
    def end_day(self) -> int:
        """The day after its last."""
        return self.back(-1).first_day

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.end_day - self.first_day

    def back(self, count: int) -> "Period":
        """The period ``count`` before it."""
        return Period(self.unit, self.number - count)


@dataclass(frozen=True)
class Window:
    """Some periods of one unit, from the first to the last."""

    unit: str
    first: int
    last: int

    @property
    def first_day(self) -> int:
        """The day it begins with."""
        return Period(self.unit, self.first).first_day

    @property
    def end_day(self) -> int:
        """The day after its last."""
        return Period(self.unit, self.last).end_day

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.end_day - self.first_day

    @property
    def numbers(self) -> range:
        """The periods of it."""
        return range(self.first, self.last + 1)

    def before(self) -> "Window":
        """As many periods, just before it."""
        length = self.last - self.first + 1
        return Window(self.unit, self.first - length, self.first - 1)


def of_day(unit: str, day: int) -> Period:
    """The period of that unit that a day lies in."""
    if unit == DAY:
        return Period(DAY, day)
    if unit == WEEK:
        return Period(WEEK, (day + _MONDAY_DAYS) // 7)
    on = _EPOCH + timedelta(days=day)
    return Period(MONTH, on.year * 12 + on.month - 1)


def whole(period: Period) -> Window:
    """All of a period."""
    return Window(period.unit, period.number, period.number)


def latest(unit: str, today: int, count: int) -> Window:
    """The last ``count`` periods with the one that ``today`` lies in."""
    now = of_day(unit, today)
    return Window(unit, now.number - count + 1, now.number)


def so_far(unit: str, today: int) -> tuple[Window, Window]:
    """The days of this period up to today, and the same days of the one before.

    A month that is longer than the one before is compared with all of that one: the windows then differ in length.
    """
    now = of_day(unit, today)
    before = now.back(1)
    elapsed = min(today + 1 - now.first_day, before.days)
    return (
        Window(DAY, now.first_day, today),
        Window(DAY, before.first_day, before.first_day + elapsed - 1),
    )


def finished(unit: str, today: int) -> tuple[Window, Window]:
    """The last period that is over, and the one before it."""
    over = of_day(unit, today).back(1)
    return whole(over), whole(over.back(1))
