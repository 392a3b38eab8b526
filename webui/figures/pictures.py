"""Where the marks of a picture stand, in its own units: pure geometry, no words."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 26, 30
TICKS = 5
_GAP = 0.26
"""Part of a group's room that stays free."""


@dataclass(frozen=True)
class Bar:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Group:
    """The bars of one period: its own, and that of the period it is held against (None: there is none)."""

    middle: float
    now: Bar
    before: Bar | None


@dataclass(frozen=True)
class Tick:
    """A line of the scale."""

    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    """A picture of paired bars."""

    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def chart(pairs: Sequence[tuple[int, int | None]]) -> Chart:
    """Pairs of counts, oldest first, as bars over one scale that begins at 0."""
    step = scale_step(max((count for pair in pairs for count in pair if count is not None), default=0))
    top = step * TICKS
    room = (WIDTH - LEFT - RIGHT) / max(len(pairs), 1)
    groups = tuple(_group(LEFT + at * room, room, pair, top) for at, pair in enumerate(pairs))
    ticks = tuple(Tick(_y(step * at, top), step * at) for at in range(TICKS + 1))
    return Chart(groups, ticks)


def scale_step(highest: int) -> int:
    """The distance of two lines of a scale of TICKS that reaches ``highest``: 1, 2 or 5 with zeros."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * TICKS >= highest:
                return step
        power *= 10


def _group(x: float, room: float, pair: tuple[int, int | None], top: int) -> Group:
    now, before = pair
    width = room * (1 - _GAP) / 2
    start = x + room * _GAP / 2
    earlier = None if before is None else _bar(start, width, before, top)
    return Group(round(x + room / 2, 1), _bar(start + width, width, now, top), earlier)


def _bar(x: float, width: float, count: int, top: int) -> Bar:
    y = _y(count, top)
    return Bar(round(x, 1), y, round(width, 1), round(HEIGHT - BOTTOM - y, 1))


def _y(count: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - count * (HEIGHT - BOTTOM - TOP) / top, 1)
