"""The few pictures on a poster, for those who do not read: made of polygons, in the box they are given."""

from provisioning.posters.drawing import Box, Item, Point, Polygon, circle, panel, rectangle, stroke

INK, PAPER, LIGHT, GOLD = "#123c3a", "#ffffff", "#e4f0ed", "#ffc861"


class _Frame:
    """Coordinates from 0 to 100 inside a square."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.unit = min(box.width, box.height) / 100

    def at(self, x: float, y: float) -> Point:
        return self.box.x + x * self.unit, self.box.y + y * self.unit

    def part(self, x: float, y: float, width: float, height: float) -> Box:
        left, top = self.at(x, y)
        return Box(left, top, width * self.unit, height * self.unit)

    def line(self, width: float, fill: str, *points: Point) -> tuple[Polygon, ...]:
        return stroke(tuple(self.at(*point) for point in points), width * self.unit, fill)


def scanning(box: Box) -> tuple[Item, ...]:
    """A phone that looks at a square code."""
    f = _Frame(box)
    phone = (panel(f.part(24, 2, 52, 96), INK, 7 * f.unit), rectangle(f.part(29, 13, 42, 70), PAPER))
    corners = (
        ((34, 34), (34, 25), (43, 25)),
        ((57, 25), (66, 25), (66, 34)),
        ((34, 58), (34, 67), (43, 67)),
        ((57, 67), (66, 67), (66, 58)),
    )
    finders = ((40, 31), (53, 31), (40, 54))
    squares = tuple(rectangle(f.part(x, y, 8, 8), INK) for x, y in finders)
    dots = tuple(rectangle(f.part(x, y, 4, 4), INK) for x, y in ((50, 45), (56, 50), (53, 57), (42, 44)))
    edges = tuple(bar for corner in corners for bar in f.line(2.5, "#0c6459", *corner))
    return (*phone, *edges, *squares, *dots, circle(*f.at(50, 90.5), 3.2 * f.unit, PAPER))


def telling(box: Box) -> tuple[Item, ...]:
    """Two speech bubbles: lines of writing in one, a microphone in the other."""
    f = _Frame(box)
    bubble = (
        panel(f.part(2, 6, 68, 44), "#0c6459", 9 * f.unit),
        Polygon((f.at(12, 46), f.at(12, 62), f.at(28, 46)), "#0c6459"),
        *f.line(5, PAPER, (14, 20), (58, 20)),
        *f.line(5, PAPER, (14, 33), (44, 33)),
    )
    answer = (
        panel(f.part(34, 54, 64, 38), INK, 9 * f.unit),
        Polygon((f.at(90, 86), f.at(90, 100), f.at(74, 91)), INK),
        *f.line(11, PAPER, (66, 63), (66, 71)),
        *f.line(3.5, PAPER, (56, 71), (59, 77), (66, 80), (73, 77), (76, 71)),
        *f.line(3.5, PAPER, (66, 80), (66, 86)),
    )
    return (*bubble, *answer)


def receipt(box: Box) -> tuple[Item, ...]:
    """A slip of paper with a number and a tick."""
    f = _Frame(box)
    teeth = tuple(
        f.at(x, 86 if number % 2 else 96) for number, x in enumerate((82, 74, 66, 58, 50, 42, 34, 26, 18))
    )
    slip = Polygon((f.at(18, 4), f.at(82, 4), *teeth), INK)
    lines = (*f.line(5, PAPER, (30, 20), (70, 20)), *f.line(5, PAPER, (30, 34), (54, 34)))
    return (slip, *lines, *f.line(8, GOLD, (33, 60), (45, 71), (68, 47)))


def shield(box: Box) -> tuple[Item, ...]:
    """The product's mark, on a dark ground."""
    f = _Frame(box)
    outer = (
        (50, 2),
        (90, 17),
        (90, 48),
        (82, 70),
        (68, 86),
        (50, 97),
        (32, 86),
        (18, 70),
        (10, 48),
        (10, 17),
    )
    inner = tuple((50 + (x - 50) * 0.8, 49 + (y - 49) * 0.8) for x, y in outer)
    return (
        Polygon(tuple(f.at(*point) for point in outer), PAPER),
        Polygon(tuple(f.at(*point) for point in inner), INK),
        *f.line(9, GOLD, (32, 50), (46, 63), (70, 36)),
    )
