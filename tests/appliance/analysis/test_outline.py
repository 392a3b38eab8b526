"""An outline is checked, thinned out and drawn; whatever else comes is refused with a reason."""

import json
from contextlib import suppress
from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis import mapping, outline
from appliance.analysis.outline import TOLERANCE, read, thinned
from sync.errors import Unreadable

SQUARE = [[82.2, 25.4], [83.0, 25.4], [83.0, 26.2], [82.2, 26.2], [82.2, 25.4]]


def geojson(*rings: object, kind: str = "Polygon") -> bytes:
    return json.dumps({"type": "Feature", "geometry": {"type": kind, "coordinates": rings}}).encode()


def circle(vertices: int) -> list[list[float]]:
    turns = [2 * pi * i / vertices for i in range(vertices)]
    ring = [[82.6 + sin(turn) / 3, 25.7 + cos(turn) / 3] for turn in turns]
    return [*ring, ring[0]]


def test_a_square_becomes_a_path_whose_north_is_up() -> None:
    found = read(geojson(SQUARE))
    assert found.path.count("L") == 3 and found.path.endswith("Z")
    assert (found.west, found.south) == mapping.project(2_540_000, 8_220_000)
    assert (found.east, found.north) == mapping.project(2_620_000, 8_300_000)
    assert found.north < found.south


def test_collections_and_many_polygons_are_read() -> None:
    feature = json.loads(geojson([SQUARE], [SQUARE], kind="MultiPolygon"))
    data = {"type": "FeatureCollection", "features": [feature, {"type": "Feature", "geometry": None}]}
    assert read(json.dumps(data).encode()).path.count("M") == 2


def test_a_fine_line_is_thinned_out() -> None:
    assert 20 < read(geojson(circle(5000))).path.count("L") < 200


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not GeoJSON"),
        (b'{"type": "Point", "coordinates": [82, 25]}', "0 rings"),
        (geojson(SQUARE[:-1]), "not closed"),
        (geojson([[25.4, 82.2], [25.4, 83], [26, 83], [25.4, 82.2]]), "outside Uttar Pradesh"),
        (geojson([["a", 1]] * 4), "pair of numbers"),
        (geojson([[float("nan"), 25.0]] * 4), "outside Uttar Pradesh|not closed"),
        (geojson("abc"), "a list"),
        (geojson(circle(20_000)), "vertices"),
        (geojson(*[SQUARE] * 501), "501 rings"),
        (b" " * (outline.BYTES_MAX + 1), "larger"),
    ],
)
def test_what_is_no_outline_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from(["Polygon", "Feature", "x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "geometry", "coordinates", "features"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused(data: object) -> None:
    with suppress(Unreadable):
        assert read(json.dumps(data).encode()).path


POINTS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=3, max_size=60)


@given(POINTS)
def test_no_vertex_that_matters_is_lost(points: list[tuple[int, int]]) -> None:
    ring = (*points, points[0])
    kept = thinned(ring)
    assert kept[0] == kept[-1] == ring[0] and set(kept) <= set(ring)
    for at in range(len(kept) - 1):
        first, last = ring.index(kept[at]), len(ring) - 1 - ring[::-1].index(kept[at + 1])
        between = ring[first + 1 : last]
        assert (
            len(kept) == len(ring)
            or not between
            or min(outline._distance(point, kept[at], kept[at + 1]) for point in between) <= TOLERANCE
        )
