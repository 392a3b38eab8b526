"""When an answer may go: late by chance, by day, one a day for each handle."""

import random
from dataclasses import dataclass

from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, day_of

STATUS_WAIT_S = 600.0
"""How long WhatsApp has to say that it refuses an answer after all."""
AT_ONCE_S = 600.0
"""How long an answer waits at most for who wants them at once."""


@dataclass(frozen=True)
class Pace:
    """Random wait before an answer goes, seconds; no answers in the quiet hours (IST); how often boxes hear.

    ``status_wait_s``: how long an answer that went waits for a status; ``one_a_day``: for each handle, by the Indian
    calendar; ``at_once_s``: the longest wait for who wants answers at once, at any hour.
    """

    delay_min_s: float
    delay_max_s: float
    quiet_hours: tuple[int, int] | None
    settled_every_s: float
    status_wait_s: float = STATUS_WAIT_S
    one_a_day: bool = True
    at_once_s: float = AT_ONCE_S


def wait_s(pace: Pace, rng: random.Random) -> float:
    """A wait by chance."""
    return rng.uniform(pace.delay_min_s, pace.delay_max_s)


def after_quiet(at: float, pace: Pace, rng: random.Random) -> float:
    """``at``, or some time after the quiet hours it falls into."""
    if pace.quiet_hours is None:
        return at
    start, end = pace.quiet_hours
    quiet_s = (end - start) % 24 * HOUR_S
    into_s = (at + IST_OFFSET_S - start * HOUR_S) % DAY_S
    return at if into_s >= quiet_s else at + quiet_s - into_s + wait_s(pace, rng)


def soon(after: float, pace: Pace, rng: random.Random) -> float:
    """Some time just ``after``, at any hour."""
    return after + rng.uniform(0, pace.at_once_s)


def midnight_after(now: float) -> float:
    """The beginning of tomorrow (IST)."""
    return (day_of(now) + 1) * DAY_S - IST_OFFSET_S


def next_day(now: float, pace: Pace, rng: random.Random) -> float:
    """Some time tomorrow (IST), after the quiet hours."""
    return after_quiet(midnight_after(now) + wait_s(pace, rng), pace, rng)
