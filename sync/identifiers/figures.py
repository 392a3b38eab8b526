"""Dates, hours, places on the map and sums: digits that are no part of a number that somebody has."""

import re

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:(?:19|20)\d{2}|\d{2})"
_DATES = (
    rf"(?<!\d)(?<!\d{sign}){_DAY}{sign}{_MONTH}(?:{sign}{_YEAR})?(?!{sign}?\d)" for sign in (r"\.", "/", "-")
)
_YEAR_FIRST = rf"(?<!\d)(?:19|20)\d\d(?P<sign>[-/.]){_MONTH}(?P=sign){_DAY}(?!\d)"
_HOUR = r"(?<!\d)(?<!\d[:.])(?:[01]?\d|2[0-3])[:.][0-5]\d(?::[0-5]\d)?(?![:.]?\d)"
_PLACE = r"(?<!\d)(?<!\d\.)[1-3]\d\.\d{3,8}\W{1,3}[6-9]\d\.\d{3,8}(?!\.?\d)"  # in India, by degrees
_SUM = r"(?<!\d)(?<!\d[.,])(?:\d{1,2}(?:,\d\d){0,2},\d{3}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d\d)?(?![.,]?\d)"
_FIGURE = re.compile("|".join((*_DATES, _YEAR_FIRST, _HOUR, _PLACE, _SUM)), re.ASCII)
# Each stands for itself: what goes on with the same sign ("98-12-10-34-56") may be a number cut into pieces.


def without_figures(text: str) -> str:
    """The text, its digits ASCII, with letters for the signs of all of them: every other sign keeps its place."""
    return _FIGURE.sub(lambda match: "x" * len(match[0]), text)
