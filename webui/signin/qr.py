"""QR codes inside a page."""

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """An svg element that shows ``text``; its size is the style sheet's, a style of its own the policy would forbid."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, light="#fff", svgclass="qr")
    return Markup(drawn)  # noqa: S704 - drawn by segno out of numbers
