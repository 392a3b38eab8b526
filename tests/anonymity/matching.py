"""Matchers: who knows when each phone last wrote and when each report came, and guesses which is whose.

All know the rule (undo window, longest wait, hour in the body) and what their own reports taught them of the wait. Each
gives for every report, in the order in which they came, the phone he takes it for.
"""

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sync.clock import hour_of
from tests.anonymity.timeline import Seen

BINS = 12
SWEEPS, BURN = 1200, 200
SLACK_S = 2.0
HARDLY = -30.0
"""Log-likelihood of what the hour in the body speaks against."""
REACH = 24
"""How far apart in the order of coming two reports may lie that the chain tries to exchange."""


@dataclass(frozen=True)
class Known:
    """What the adversary has learned of the rule by reports of his own.

    The shortest and the longest wait and how often each in between (over ``BINS`` parts); by how many hours the hour in
    the body differs from that of the message.
    """

    least_s: float
    most_s: float
    density: tuple[float, ...]
    hours_off: frozenset[int]

    def log_likelihood(self, wait_s: float) -> float:
        """Of a wait that can be."""
        span = max(self.most_s - self.least_s, 1e-9)
        part = min(BINS - 1, max(0, int((wait_s - self.least_s) / span * BINS)))
        return math.log(self.density[part])


def taught(days: Sequence[Sequence[Seen]], undo_s: float, jitter_s: float) -> Known:
    """What the rule says, and days of which he knows the truth (perhaps none) teach beside it."""
    waits = [seen.arrived_at - seen.told_at for day in days for seen in day]
    least, most = min([undo_s, *waits]), max([undo_s + jitter_s, *waits])
    span = max(most - least, 1e-9)
    counts = [1.0 + len(waits) / BINS] * BINS  # the rule, that all are equal, counts as much as what was seen
    for wait in waits:
        counts[min(BINS - 1, int((wait - least) / span * BINS))] += 1
    hours_off = {seen.hour - hour_of(seen.told_at) for day in days for seen in day}
    return Known(least, most, tuple(count / sum(counts) for count in counts), frozenset(hours_off or {0}))


class Evidence:
    """One day as the adversary has it: phones by the second of their last message, reports as they came."""

    def __init__(self, day: Sequence[Seen], known: Known) -> None:
        self.known = known
        self.told = sorted(seen.told_at for seen in day)
        self.came = [seen.arrived_at for seen in day]
        self.hours = [seen.hour for seen in day]
        rank = {
            seen.phone: at for at, seen in enumerate(sorted(day, key=lambda seen: (seen.told_at, seen.phone)))
        }
        self.truth = [rank[seen.phone] for seen in day]

    def weight(self, report: int, phone: int) -> float:
        """Log-likelihood that ``phone``, one of the candidates, sent ``report``."""
        off = self.hours[report] - hour_of(self.told[phone])
        told = 0.0 if off in self.known.hours_off else HARDLY
        return told + self.known.log_likelihood(self.came[report] - self.told[phone])

    @cached_property
    def candidates(self) -> list[list[int]]:
        """For each report the phones whose wait is one that can be."""
        known, found = self.known, []
        for came in self.came:
            first = bisect_left(self.told, came - known.most_s - SLACK_S)
            found.append(list(range(first, bisect_right(self.told, came - known.least_s + SLACK_S))))
        return found

    @cached_property
    def likely(self) -> list[list[int]]:
        """Of these the ones that the hour in the body does not rule out."""
        weights = [
            [(self.weight(r, phone), phone) for phone in found] for r, found in enumerate(self.candidates)
        ]
        return [[phone for weight, phone in found if weight > HARDLY] or [found[0][1]] for found in weights]


Guess = list[int]
Matcher = Callable[[Evidence, random.Random], Guess]


def latest(evidence: Evidence, _: random.Random) -> Guess:
    """The nearest in time: the phone that wrote last before the report could come."""
    return [found[-1] for found in evidence.likely]


def earliest(evidence: Evidence, _: random.Random) -> Guess:
    """The phone that waited longest."""
    return [found[0] for found in evidence.likely]


def likeliest(evidence: Evidence, _: random.Random) -> Guess:
    """Each report by itself: the phone whose wait is the most usual, nearest to the middle among equals."""
    middle = (evidence.known.least_s + evidence.known.most_s) / 2

    def merit(report: int, phone: int) -> tuple[float, float]:
        wait = evidence.came[report] - evidence.told[phone]
        return evidence.weight(report, phone), -abs(wait - middle)

    return [max(found, key=lambda p: merit(report, p)) for report, found in enumerate(evidence.likely)]


def in_order(evidence: Evidence, _: random.Random) -> Guess:
    """First told, first come."""
    return list(range(len(evidence.came)))


def in_order_where_possible(evidence: Evidence, _: random.Random) -> Guess:
    """First come, first told among those that can have sent it and are not given away."""
    free, guess = set(range(len(evidence.told))), []
    for found in evidence.likely:
        phone = next((one for one in found if one in free), found[0])
        free.discard(phone)
        guess.append(phone)
    return guess


def assigned(evidence: Evidence, _: random.Random) -> Guess:
    """The whole day at once: the assignment that is likeliest together."""
    return _cheapest([_costs(evidence, report) for report in range(len(evidence.came))], len(evidence.told))


def _costs(evidence: Evidence, report: int) -> dict[int, float]:
    return {phone: -evidence.weight(report, phone) for phone in evidence.candidates[report]}


def _cheapest(costs: Sequence[Mapping[int, float]], width: int) -> Guess:
    """The Hungarian method over sparse rows: adds one row after the other by a cheapest alternating path."""
    row_of: dict[int, int] = {}
    row_price, column_price = [0.0] * len(costs), [0.0] * width
    for row in range(len(costs)):
        _add_row(costs, row, row_of, row_price, column_price)
    column_of = {row: column for column, row in row_of.items()}
    return [column_of[row] for row in range(len(costs))]


def _add_row(
    costs: Sequence[Mapping[int, float]],
    first: int,
    row_of: dict[int, int],
    row_price: list[float],
    column_price: list[float],
) -> None:
    best: dict[int, tuple[float, int]] = {}  # open columns: way to them, and the row it comes from
    closed: dict[int, tuple[float, int]] = {}
    row, way = first, 0.0
    while True:
        for column, cost in costs[row].items():
            reached = way + cost - row_price[row] - column_price[column]
            if column not in closed and reached < best.get(column, (math.inf, 0))[0]:
                best[column] = (reached, row)
        column = min(best, key=lambda one: best[one][0])
        way = best[column][0]
        closed[column] = best.pop(column)
        if column not in row_of:
            break
        row = row_of[column]
    for done, (reached, _) in closed.items():
        if done in row_of:
            row_price[row_of[done]] += way - reached
        column_price[done] -= way - reached
    row_price[first] += way
    columns = {row: done for done, row in row_of.items()}
    while True:
        row = closed[column][1]
        row_of[column] = row
        if row == first:
            return
        column = columns[row]


def marginal(evidence: Evidence, rng: random.Random) -> Guess:
    """The Bayes-optimal guess for each report: its likeliest phone over all assignments of the day.

    They are drawn by a chain of exchanges (Metropolis) that begins with a possible assignment.
    """
    holds = in_order_where_possible(evidence, rng)
    if len(set(holds)) < len(holds):
        holds = assigned(evidence, rng)  # a first choice that cannot be completed is no beginning
    weights = [_weights(evidence, report) for report in range(len(holds))]
    counts: list[dict[int, int]] = [{} for _ in holds]
    for sweep in range(SWEEPS):
        _sweep(holds, weights, rng)
        if sweep >= BURN:
            for count, phone in zip(counts, holds, strict=True):
                count[phone] = count.get(phone, 0) + 1
    return [max(count, key=lambda phone: count[phone]) for count in counts]


def _weights(evidence: Evidence, report: int) -> dict[int, float]:
    return {phone: math.exp(evidence.weight(report, phone)) for phone in evidence.candidates[report]}


def _sweep(holds: Guess, weights: Sequence[Mapping[int, float]], rng: random.Random) -> None:
    count, chance = len(holds), rng.random
    for one in range(count):
        other = one + 1 + int(chance() * REACH)
        if other >= count:
            continue
        mine, theirs = holds[one], holds[other]
        swapped = weights[one].get(theirs, 0.0) * weights[other].get(mine, 0.0)
        if swapped and chance() * weights[one][mine] * weights[other][theirs] < swapped:
            holds[one], holds[other] = theirs, mine


MATCHERS: Mapping[str, Matcher] = {
    "nearest in time": latest,
    "longest wait": earliest,
    "likeliest by itself": likeliest,
    "in order": in_order,
    "in order where possible": in_order_where_possible,
    "best assignment": assigned,
    "likeliest over all assignments": marginal,
}


@dataclass(frozen=True)
class Score:
    """Over some days.

    ``hits``: of each matcher, by day; ``by_chance``: to be expected of who draws among the reports whose windows
    overlap; ``crowd``: how many those are on average.
    """

    reports: int
    hits: Mapping[str, tuple[int, ...]]
    by_chance: tuple[float, ...]
    crowd: float

    @property
    def rate(self) -> float:
        """Share of all reports that the best matcher gets right."""
        return sum(self.hits[self.best]) / self.reports

    @property
    def chance(self) -> float:
        """The same for who draws."""
        return sum(self.by_chance) / self.reports

    @property
    def best(self) -> str:
        """The matcher with the most hits."""
        return max(self.hits, key=lambda name: sum(self.hits[name]))

    @property
    def ratio(self) -> float:
        """The best one's hits against chance."""
        return sum(self.hits[self.best]) / sum(self.by_chance)

    def ratio_of(self, name: str) -> float:
        """One matcher's hits against chance."""
        return sum(self.hits[name]) / sum(self.by_chance)

    def interval(self, rng: random.Random, draws: int = 2000) -> tuple[float, float]:
        """95 % of the best one's ratio, by drawing days anew."""
        pairs = list(zip(self.hits[self.best], self.by_chance, strict=True))
        ratios = sorted(_ratio(rng.choices(pairs, k=len(pairs))) for _ in range(draws))
        return ratios[draws // 40], ratios[-draws // 40]


def _ratio(pairs: Sequence[tuple[int, float]]) -> float:
    return sum(hit for hit, _ in pairs) / sum(chance for _, chance in pairs)


def score(
    days: Sequence[Sequence[Seen]], known: Known, undo_s: float, jitter_s: float, rng: random.Random
) -> Score:
    """Lets every matcher guess every day. ``undo_s`` and ``jitter_s`` say which windows overlap."""
    hits: dict[str, list[int]] = {name: [] for name in MATCHERS}
    chances, crowds = list[float](), list[int]()
    for day in days:
        evidence = Evidence(day, known)
        for name, matcher in MATCHERS.items():
            guess = matcher(evidence, rng)
            hits[name].append(sum(a == b for a, b in zip(guess, evidence.truth, strict=True)))
        overlapping = [_overlapping(evidence, came, undo_s, jitter_s) for came in evidence.came]
        crowds += overlapping
        chances.append(sum(1 / count for count in overlapping))
    reports = sum(len(day) for day in days)
    kept = {name: tuple(found) for name, found in hits.items()}
    return Score(reports, kept, tuple(chances), sum(crowds) / reports)


def _overlapping(evidence: Evidence, came: float, undo_s: float, jitter_s: float) -> int:
    """How many phones' windows (undo, then the longest wait) hold the moment a report came."""
    first = bisect_left(evidence.told, came - undo_s - jitter_s)
    return max(1, bisect_right(evidence.told, came - undo_s) - first)
