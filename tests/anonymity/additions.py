"""Whoever adds says of two arrivals that they are one person's: the phones that wrote in both slots are few."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from relay.slots import Pace
from sync.clock import DAY_S, HOUR_S
from tests.anonymity.pushes import STEP_S
from tests.anonymity.timeline import Seen, times

ANSWER_MIDDLE_S, ANSWER_SPREAD = HOUR_S, 1.0
"""After how long people answer a question (log-normal): a guess, no measurement."""
Crowds = Mapping[float, set[int]]


def crowds(told_at: Iterable[tuple[int, float]], pace: Pace) -> Crowds:
    """Who wrote, by the moment at which what he told goes."""
    found: defaultdict[float, set[int]] = defaultdict(set)
    for phone, at in told_at:
        found[pace.release_at(at)].add(phone)
    return found


def added_once(
    rng: random.Random, pace: Pace, users: int, reports: int, adders: int, days: int
) -> tuple[float, float]:
    """How often he is right who draws among the phones that fit: of a report alone, and once it was added to.

    ``reports`` of ``users`` phones write on a day, and ``adders`` of them again on the next, each with what he adds.
    """
    alone, together = list[float](), list[float]()
    for _ in range(days):
        first = rng.sample(range(users), reports)
        adding = first[:adders]
        others = [phone for phone in rng.sample(range(users), reports) if phone not in adding]
        second = [*adding, *others[: reports - adders]]
        told = [
            dict(zip(rng.sample(who, reports), times(rng, reports, day * DAY_S), strict=True))
            for day, who in enumerate((first, second))
        ]
        seen = [crowds(day.items(), pace) for day in told]
        for phone in adding:
            one, other = (crowd[pace.release_at(day[phone])] for crowd, day in zip(seen, told, strict=True))
            alone.append(1 / len(one))
            together.append(1 / len(one & other))
    return sum(alone) / len(alone), sum(together) / len(together)


def answered_by_adding(
    day: Sequence[Seen], rng: random.Random, pace: Pace, least_s: float, most_s: float
) -> float:
    """The same of who asks a question and sees an addition come: phones that rang in time and wrote in its slot.

    ``day``: when each question was ordered and when the phone rang, from ``least_s`` to ``most_s`` after it; all who
    were asked answer.
    """
    wrote = {
        seen.phone: seen.arrived_at + ANSWER_MIDDLE_S * rng.lognormvariate(0, ANSWER_SPREAD) for seen in day
    }
    slots, right = crowds(wrote.items(), pace), 0.0
    for asked in day:
        rang = {seen.phone for seen in day if least_s <= seen.arrived_at - asked.told_at <= most_s + STEP_S}
        right += 1 / len(rang & slots[pace.release_at(wrote[asked.phone])])
    return right / len(day)
