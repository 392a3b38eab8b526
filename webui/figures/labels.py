"""Where the names stand on the map of thanas: each beside its marker, over no other name where there is room."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

RADIUS, LETTER, RISE, FALL = 17, 7.5, 12, 4
"""Of a marker; the usual width of a letter, and how far letters go above and below their line."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Spot:
    """Where a name is written; ``side``: "start" to the right of ``x``, "end" to its left, "middle" around it."""

    x: float
    y: float
    side: str


@dataclass(frozen=True)
class Place:
    """A marker that wants a name."""

    code: str
    x: float
    y: float


def spots(places: Sequence[Place], names: Mapping[str, str], width: float) -> dict[str, Spot]:
    """The spot of each name by code, on a ground of that width: the first that covers least of what is there."""
    markers = {one.code: _around(one) for one in places}
    written: dict[str, tuple[Spot, Box]] = {}
    for one in sorted(places, key=lambda one: (one.y, one.x)):
        others = [box for code, box in markers.items() if code != one.code]
        taken = [*others, *(box for _, box in written.values())]
        choices = [(spot, box_of(spot, names[one.code])) for spot in _choices(one)]
        written[one.code] = min(choices, key=lambda choice: _cost(choice[1], taken, width))
    return {code: spot for code, (spot, _) in written.items()}


def box_of(spot: Spot, name: str) -> Box:
    """The room that a name takes there."""
    size = LETTER * sum(unicodedata.category(sign) not in ("Mn", "Cf") for sign in name)
    left = spot.x - {"start": 0.0, "middle": size / 2, "end": size}[spot.side]
    return left, spot.y - RISE, left + size, spot.y + FALL


def overlap(one: Box, other: Box) -> float:
    """How much of both is the same."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _around(place: Place) -> Box:
    return place.x - RADIUS, place.y - RADIUS, place.x + RADIUS, place.y + RADIUS


def _choices(place: Place) -> Iterator[Spot]:
    """Below, above, beside; then askew."""
    yield Spot(place.x, place.y + 32, "middle")
    yield Spot(place.x, place.y - 22, "middle")
    for y in (5, 26, -16, 40, -30):
        away = 21 if abs(y) < RADIUS else 8
        yield Spot(place.x + away, place.y + y, "start")
        yield Spot(place.x - away, place.y + y, "end")


def _cost(box: Box, taken: Sequence[Box], width: float) -> float:
    outside = max(0.0, -box[0]) + max(0.0, box[2] - width)
    return outside * (box[3] - box[1]) + sum(overlap(box, one) for one in taken)
