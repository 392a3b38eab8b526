"""What a page is made of, in millimetres from its upper left corner. The writers (svg, pdf) know only these."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from provisioning.posters.link import Matrix

Point = tuple[float, float]


@dataclass(frozen=True)
class Polygon:
    """A filled outline. ``fill``: "#rrggbb"."""

    points: tuple[Point, ...]
    fill: str


@dataclass(frozen=True)
class Text:
    """One line of text that stands on ``baseline``; ``size`` is the height of an em."""

    text: str
    x: float
    baseline: float
    size: float
    bold: bool
    fill: str


@dataclass(frozen=True)
class Squares:
    """A QR code; ``module`` is the side of one square."""

    matrix: Matrix
    x: float
    y: float
    module: float
    fill: str

    def runs(self) -> Iterator[tuple[float, float, float]]:
        """Dark runs of each row: x, y, width."""
        for number, row in enumerate(self.matrix):
            start = 0
            for end in range(1, len(row) + 1):
                if end == len(row) or row[end] != row[start]:
                    if row[start]:
                        yield (
                            self.x + start * self.module,
                            self.y + number * self.module,
                            (end - start) * self.module,
                        )
                    start = end


Item: TypeAlias = Polygon | Text | Squares


@dataclass(frozen=True)
class Page:
    """One sheet."""

    title: str
    width: float
    height: float
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Box:
    """A place on a page."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, by: float) -> "Box":
        """The same place with a margin inside."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


def panel(box: Box, fill: str, radius: float = 3) -> Polygon:
    """A rectangle with round corners."""
    right, bottom = box.x + box.width - radius, box.y + box.height - radius
    corners = (
        (right, box.y + radius, 270),
        (right, bottom, 0),
        (box.x + radius, bottom, 90),
        (box.x + radius, box.y + radius, 180),
    )
    return Polygon(tuple(point for x, y, start in corners for point in _arc(x, y, radius, start, 90)), fill)


def circle(x: float, y: float, radius: float, fill: str) -> Polygon:
    """A disc about a point."""
    return Polygon(_arc(x, y, radius, 0, 360), fill)


def rectangle(box: Box, fill: str) -> Polygon:
    """Four corners."""
    right, bottom = box.x + box.width, box.y + box.height
    return Polygon(((box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)), fill)


def stroke(points: tuple[Point, ...], width: float, fill: str) -> tuple[Polygon, ...]:
    """A line through points with round ends."""
    joints = tuple(circle(x, y, width / 2, fill) for x, y in points)
    return joints + tuple(_bar(start, end, width, fill) for start, end in pairwise(points))


def _bar(start: Point, end: Point, width: float, fill: str) -> Polygon:
    length = math.dist(start, end)
    across = ((start[1] - end[1]) / length * width / 2, (end[0] - start[0]) / length * width / 2)
    sides = ((start, 1), (end, 1), (end, -1), (start, -1))
    return Polygon(tuple((x + sign * across[0], y + sign * across[1]) for (x, y), sign in sides), fill)


def _arc(x: float, y: float, radius: float, start: int, sweep: int) -> tuple[Point, ...]:
    degrees = range(start, start + sweep + 1, 10)
    return tuple(
        (x + radius * math.cos(math.radians(d)), y + radius * math.sin(math.radians(d))) for d in degrees
    )
