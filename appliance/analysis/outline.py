"""An outline of a district or range from GeoJSON: checked, thinned out, and made ready to be drawn."""

import json
from dataclasses import dataclass
from math import hypot

from appliance.analysis.mapping import Point, project
from sync.errors import Unreadable

VERTICES_MAX = 20_000
BYTES_MAX = 8_000_000
RINGS_MAX = 500
UP_WEST, UP_SOUTH, UP_EAST, UP_NORTH = 77.0, 23.8, 84.7, 30.5
"""A box around Uttar Pradesh, in degrees: what lies outside is another place, or has latitude and longitude swapped."""
TOLERANCE = 150
"""How far a thinned line may lie from the true one, in units of the map (1.1 m)."""
Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Outline:
    """``path``: data of an SVG path in units of the map; its bounds, west and north first."""

    path: str
    west: int
    north: int
    east: int
    south: int


def read(data: bytes) -> Outline:
    """Reads polygons of a GeoJSON file; raises Unreadable naming what is wrong with it."""
    if len(data) > BYTES_MAX:
        raise Unreadable(f"the file is larger than {BYTES_MAX} bytes", hint="Simplify it first")
    rings = _rings(_parsed(data))
    if not rings or len(rings) > RINGS_MAX:
        raise Unreadable(f"the file has {len(rings)} rings of polygons, wanted: 1 to {RINGS_MAX}")
    if sum(len(ring) for ring in rings) >= VERTICES_MAX:
        raise Unreadable(f"the file has {VERTICES_MAX} vertices or more", hint="Simplify it first")
    return _outline([thinned(tuple(_place(point) for point in _closed(ring))) for ring in rings])


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the file is not JSON") from error


def _rings(node: object) -> list[list[object]]:
    """Every ring of every polygon in a GeoJSON object, whatever it is wrapped in; lines and points are left out."""
    if not isinstance(node, dict):
        raise Unreadable("the file is not GeoJSON")
    kind = node.get("type")
    if kind == "FeatureCollection":
        return [ring for feature in _list(node.get("features")) for ring in _rings(feature)]
    if kind == "Feature":
        return _rings(node["geometry"]) if node.get("geometry") else []
    if kind == "Polygon":
        return [_list(ring) for ring in _list(node.get("coordinates"))]
    if kind == "MultiPolygon":
        polygons = [_list(polygon) for polygon in _list(node.get("coordinates"))]
        return [_list(ring) for polygon in polygons for ring in polygon]
    return []


def _list(node: object) -> list[object]:
    if not isinstance(node, list):
        raise Unreadable("a list of the GeoJSON file is none")
    return node


def _closed(ring: list[object]) -> list[object]:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Unreadable("a ring of a polygon is not closed", hint="Its last point must be its first")
    return ring


def _place(point: object) -> Point:
    pair = point[:2] if isinstance(point, list) else []
    numbers = [float(value) for value in pair if isinstance(value, int | float)]
    if len(numbers) != 2:
        raise Unreadable("a point of the GeoJSON file is not a pair of numbers")
    lon, lat = numbers
    if not (UP_WEST <= lon <= UP_EAST and UP_SOUTH <= lat <= UP_NORTH):
        raise Unreadable(
            "a point lies outside Uttar Pradesh", hint="GeoJSON has the longitude first, then the latitude"
        )
    return project(round(lat * 100_000), round(lon * 100_000))


def thinned(ring: Ring, tolerance: float = TOLERANCE) -> Ring:
    """The ring without the vertices that change its line by less than ``tolerance``; a small one stays as it is."""
    if len(ring) < 9:
        return ring
    kept, spans = {0, len(ring) - 1}, [(0, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        far, at = max(((_distance(ring[i], ring[first], ring[last]), i) for i in range(first + 1, last)),
                      default=(0.0, 0))  # fmt: skip
        if far > tolerance:
            kept.add(at)
            spans += [(first, at), (at, last)]
    return tuple(ring[at] for at in sorted(kept)) if len(kept) > 3 else ring


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the line between two others (to the first, where both are one: a ring)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    x, y = point[0] - start[0], point[1] - start[1]
    length = hypot(dx, dy)
    return abs(dx * y - dy * x) / length if length else hypot(x, y)


def _outline(rings: list[Ring]) -> Outline:
    drawn = ["M" + "L".join(f"{x} {y}" for x, y in ring[:-1]) + "Z" for ring in rings]
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    return Outline("".join(drawn), min(xs), min(ys), max(xs), max(ys))
