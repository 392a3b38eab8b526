"""The map of thanas: those whose point is known where they lie, the others as tiles by circle; never a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask.typing import ResponseReturnValue

from appliance.analysis import mapping
from appliance.analysis.counts import Standing
from appliance.analysis.mapping import Point, Shade
from appliance.desk import Actor
from appliance.figures import outline, reading
from appliance.figures.outline import Imported
from sync.directory import Thana
from webui.access import FIGURES, needs
from webui.figures.frame import Asking, asking_of, page, pages
from webui.figures.labels import Place, Spot, spots
from webui.names import Names
from webui.site import desk, language

SIZE = 560
"""Width and height that the points may take."""
EDGE = 56
COLUMNS = 4
TILE_WIDTH, TILE_HEIGHT, GAP, LABEL = 142, 48, 6, 24


@dataclass(frozen=True)
class Mark:
    """A thana on the map: where its marker or tile stands, how many reports, how dark."""

    code: str
    x: float
    y: float
    count: int
    shade: int


@dataclass(frozen=True)
class Circle:
    """The tiles of one circle of a district ("": not known), below its name."""

    district: str
    name: str
    y: int
    tiles: tuple[Mark, ...]


@dataclass(frozen=True)
class Ground:
    """The part with points: its size, its markers, and how the outline is moved onto it."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    transform: str
    imported: Imported | None


@pages.get("/figures/map")
@needs(FIGURES)
def draw(actor: Actor) -> ResponseReturnValue:
    """Two pictures of one scale of colour, and their table."""
    question = asking_of(actor)
    window = question.asked.window(question.today)
    counts = by_thana(question)
    steps = mapping.shades(max(counts.values(), default=0))
    drawn = ground(question.scope.thanas, counts, steps, outline.current(desk().conn))
    circles = tiles([one for one in question.scope.thanas if place(one) is None], counts, steps)
    return page(
        "map",
        question,
        window=window,
        counts=counts,
        steps=steps,
        ground=drawn,
        spots=_spots(drawn),
        circles=circles,
        tiles_height=_bottom(circles),
        tile=(TILE_WIDTH, TILE_HEIGHT, COLUMNS * (TILE_WIDTH + GAP)),
    )


def _spots(drawn: Ground | None) -> dict[str, Spot]:
    """Where each name is written."""
    if drawn is None:
        return {}
    names = Names(desk(), language())
    places = [Place(one.code, one.x, one.y) for one in drawn.marks]
    return spots(places, {one.code: names.thana(one.code) for one in places}, drawn.width)


def by_thana(question: Asking) -> dict[str, int]:
    """Reports of the window by thana, "" for those that name none."""
    found = reading.standings(desk().conn, question.asked.window(question.today), question.choice, "thana")
    return {str(code): standing.incidents for code, standing in found.items() if standing != Standing()}


def place(thana: Thana) -> Point | None:
    """Where it lies on the map, if that is known."""
    if thana.lat_e5 is None or thana.lon_e5 is None:
        return None
    return mapping.project(thana.lat_e5, thana.lon_e5)


def ground(
    thanas: Sequence[Thana], counts: Mapping[str, int], steps: tuple[Shade, ...], imported: Imported | None
) -> Ground | None:
    """The thanas whose point is known, over the outline if there is one; None where there is nothing to draw."""
    places = {one.code: at for one in thanas if (at := place(one)) is not None}
    if not places:
        return None
    shown = imported.outline if imported else None
    corners = [(shown.west, shown.north), (shown.east, shown.south)] if shown else []
    xs, ys = zip(*places.values(), *corners, strict=True)
    west, north = min(xs), min(ys)
    scale = (SIZE - 2 * EDGE) / max(max(xs) - west, max(ys) - north, 1)
    marks = tuple(
        _mark(code, EDGE + (x - west) * scale, EDGE + (y - north) * scale, counts, steps)
        for code, (x, y) in places.items()
    )
    return Ground(
        round(2 * EDGE + (max(xs) - west) * scale),
        round(2 * EDGE + (max(ys) - north) * scale),
        marks,
        f"translate({EDGE} {EDGE}) scale({scale:.6f}) translate({-west} {-north})",
        imported,
    )


def tiles(thanas: Sequence[Thana], counts: Mapping[str, int], steps: tuple[Shade, ...]) -> tuple[Circle, ...]:
    """Tiles in rows, circle by circle; thanas whose circle is not known come last in their district."""
    ordered = sorted(thanas, key=lambda one: (one.district, one.circle is None, one.circle or "", one.code))
    circles: list[Circle] = []
    for (district, name), group in groupby(ordered, key=lambda one: (one.district, one.circle or "")):
        y = _bottom(circles)
        placed = (
            _mark(one.code, at % COLUMNS * (TILE_WIDTH + GAP), y + LABEL + at // COLUMNS * (TILE_HEIGHT + GAP),
                  counts, steps)
            for at, one in enumerate(group)
        )  # fmt: skip
        circles.append(Circle(district, name, y, tuple(placed)))
    return tuple(circles)


def _bottom(circles: Sequence[Circle]) -> int:
    return int(circles[-1].tiles[-1].y) + TILE_HEIGHT + 2 * GAP if circles else 0


def _mark(code: str, x: float, y: float, counts: Mapping[str, int], steps: tuple[Shade, ...]) -> Mark:
    count = counts.get(code, 0)
    return Mark(code, round(x, 1), round(y, 1), count, mapping.shade_of(count, steps))
