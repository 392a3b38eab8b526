"""QR codes inside a page."""

import segno
from markupsafe import Markup

SCALE = 5


def svg(text: str) -> Markup:
    """An svg element that shows ``text``; it has no style of its own, which the pages' policy forbids."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=SCALE, light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno out of numbers
