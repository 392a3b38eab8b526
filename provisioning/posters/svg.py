"""A page as SVG: letters are outlines, so that it looks the same wherever it is opened."""

from xml.sax.saxutils import escape

from provisioning.posters import fonts
from provisioning.posters.drawing import Item, Page, Polygon, Squares, Text


def write(page: Page) -> bytes:
    """The file; the same page gives the same bytes."""
    width, height = _number(page.width), _number(page.height)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img"'
        f' width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
    )
    white = f'<path fill="#ffffff" d="M0 0H{width}V{height}H0Z"/>'
    lines = [head, f"<title>{escape(page.title)}</title>", *_letters(page.items), white]
    lines += [element for item in page.items for element in _elements(item)]
    return "\n".join([*lines, "</svg>", ""]).encode()


def _letters(items: tuple[Item, ...]) -> list[str]:
    """Every letter form once; the texts only name them."""
    used = sorted(
        {
            (run.font, glyph.name)
            for item in items
            if isinstance(item, Text)
            for run in fonts.runs(item.text, item.bold)
            for glyph in run.glyphs
        }
    )
    forms = [f'<path id="{font}.{name}" d="{fonts.font(font).outline(name)}"/>' for font, name in used]
    return ["<defs>", *forms, "</defs>"]


def _elements(item: Item) -> list[str]:
    match item:
        case Polygon():
            corners = "L".join(f"{_number(x)} {_number(y)}" for x, y in item.points)
            return [f'<path fill="{item.fill}" d="M{corners}Z"/>']
        case Squares():
            side = _number(item.module)
            path = "".join(
                f"M{_number(x)} {_number(y)}h{_number(w)}v{side}h-{_number(w)}z" for x, y, w in item.runs()
            )
            return [f'<path fill="{item.fill}" shape-rendering="crispEdges" d="{path}"/>']
        case Text():
            return [_text(item)]


def _text(item: Text) -> str:
    scale, start, uses = item.size / fonts.EM, 0, []
    for run in fonts.runs(item.text, item.bold):
        uses += [
            f'<use xlink:href="#{run.font}.{glyph.name}" x="{start + glyph.x}" y="{glyph.y}"/>'
            for glyph in run.glyphs
        ]
        start += run.width
    place = f"translate({_number(item.x)} {_number(item.baseline)}) scale({scale:.6f} -{scale:.6f})"
    return f'<g fill="{item.fill}" transform="{place}">{"".join(uses)}</g>'


def _number(millimetres: float) -> str:
    return f"{millimetres:.3f}".rstrip("0").rstrip(".")
