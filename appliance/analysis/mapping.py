"""Where thanas and outlines lie on a flat map, and how dark a count is drawn."""

from dataclasses import dataclass
from math import cos, radians

MIDDLE_LAT = 25.5
"""Where the projection is true: the middle of the range's districts."""
SHADES = 5
Point = tuple[int, int]
"""East and south of the projection's corner, about 1.1 m each."""
_WEST_E5, _NORTH_E5 = 7_700_000, 3_050_000
_SHRINK = cos(radians(MIDDLE_LAT))


@dataclass(frozen=True)
class Shade:
    """A step of colour: counts from ``low`` to ``high``."""

    low: int
    high: int


def project(lat_e5: int, lon_e5: int) -> Point:
    """Degrees times 100,000 to a place on the map; equal distances are equal, near enough for a district."""
    return round((lon_e5 - _WEST_E5) * _SHRINK), _NORTH_E5 - lat_e5


def shades(highest: int) -> tuple[Shade, ...]:
    """Up to SHADES steps of equal width from 1 to ``highest``; none where nothing is."""
    width = max(-(-highest // SHADES), 1)
    starts = range(1, highest + 1, width)
    return tuple(Shade(low, min(low + width - 1, highest)) for low in starts)


def shade_of(count: int, steps: tuple[Shade, ...]) -> int:
    """0 for nothing, else the number of its step."""
    return next((at for at, step in enumerate(steps, 1) if step.low <= count <= step.high), 0)
