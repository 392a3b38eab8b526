"""When people of an invented district write, about what and from where: a launch, weeks, festivals, busy thanas."""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import exp, sqrt
from typing import TypeVar

from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, MINUTE_S, day_of

T = TypeVar("T")
CATEGORIES = {
    "liquor": 22,
    "gambling": 14,
    "drugs": 13,
    "mining": 11,
    "heinous": 9,
    "other": 9,
    "overloading": 6,
    "extortion": 5,
    "cattle": 5,
    "women_child": 5,
    "organised": 4,
    "arms": 3,
    "prostitution": 2,
    "human_trafficking": 1,
    "conversion": 1,
}
"""How often people write about each."""
LAUNCH, LAUNCH_DAYS = 2.2, 24.0
"""On the first day so many times more than in a usual week; falling by e in so many days."""
_WEEKDAYS = (1.15, 0.95, 0.95, 0.9, 1.0, 1.1, 1.2)
_HOURS = (2, 1, 1, 1, 1, 2, 3, 5, 7, 7, 6, 5, 4, 4, 4, 5, 6, 7, 9, 11, 12, 10, 7, 4)
_FESTIVALS = (
    # Holi, Diwali, Dussehra, New Year's Eve: days on which people drink, gamble or drive loads to town
    *((date(2025, 3, 14), "liquor"), (date(2026, 3, 4), "liquor"), (date(2027, 3, 22), "liquor")),
    *((date(2025, 10, 20), "gambling"), (date(2026, 11, 8), "gambling"), (date(2027, 10, 29), "gambling")),
    *((date(2025, 10, 2), "heinous"), (date(2026, 10, 20), "heinous"), (date(2027, 10, 9), "heinous")),
    *((date(2025, 12, 31), "liquor"), (date(2026, 12, 31), "liquor"), (date(2027, 12, 31), "liquor")),
)
_AROUND = 4
_MORE, _MORE_OF_ONE = 0.7, 1.6
MANY_A_DAY = 50
_MONSOON = (7, 8, 9)  # rivers are high: no sand is dug


@dataclass(frozen=True)
class Moment:
    """A report to be invented: ``at`` (epoch seconds), its category; ``is_urgent``: it happens now."""

    at: int
    category: str
    is_urgent: bool = False


def moments(rng: random.Random, begin: int, end: int, per_day: float) -> Iterator[Moment]:
    """The reports of the days from ``begin`` to ``end`` (epoch seconds), in order; ``per_day`` in a usual week."""
    first = day_of(begin)
    for day in range(first, day_of(end - 1) + 1):
        on = date(1970, 1, 1).fromordinal(date(1970, 1, 1).toordinal() + day)
        rate = per_day * (1 + (LAUNCH - 1) * exp(-(day - first) / LAUNCH_DAYS)) * _WEEKDAYS[on.weekday()]
        near = _near(on)
        rate *= 1 + _MORE * sum(weight for weight, _ in near)
        start = day * DAY_S - IST_OFFSET_S
        for at in sorted(start + _second(rng) for _ in range(_poisson(rng, rate))):
            if begin <= at < end:
                yield Moment(at, _category(rng, on, near))


def pick(rng: random.Random, of: Sequence[T]) -> T:
    """One of some things, the first most often: how reports lie over thanas."""
    weights = list(accumulate(1 / (rank + 2.5) for rank in range(len(of))))
    return of[bisect(weights, rng.random() * weights[-1])]


def some_category(rng: random.Random) -> str:
    """What people write about on a usual day."""
    return rng.choices(list(CATEGORIES), list(CATEGORIES.values()))[0]


def _near(on: date) -> list[tuple[float, str]]:
    days = ((abs((on - festival).days), category) for festival, category in _FESTIVALS)
    return [(1 - gap / (_AROUND + 1), category) for gap, category in days if gap <= _AROUND]


def _category(rng: random.Random, on: date, near: list[tuple[float, str]]) -> str:
    weights = dict(CATEGORIES)
    for weight, category in near:
        weights[category] = round(weights[category] * (1 + _MORE_OF_ONE * weight))
    if on.month in _MONSOON:
        weights["mining"] = 4
    return rng.choices(list(weights), list(weights.values()))[0]


def _second(rng: random.Random) -> int:
    hour = rng.choices(range(24), _HOURS)[0]
    return hour * HOUR_S + rng.randrange(60) * MINUTE_S


def _poisson(rng: random.Random, rate: float) -> int:
    if rate > MANY_A_DAY:
        return max(0, round(rng.gauss(rate, sqrt(rate))))
    count, left = 0, exp(-rate)
    product = rng.random()
    while product > left:
        count += 1
        product *= rng.random()
    return count
