"""Where digits may be somebody's phone number, however they are cut; not those of a date, an hour, a place or a sum."""

import re
from collections.abc import Iterator

from sync.identifiers import without_figures

LAST_DIGITS = 10
"""Digits of a phone number without its country code."""
_LINE = re.compile(r"[0-9](?:[\W_]{0,3}[0-9]){9,}")
_PIECE = re.compile(r"[0-9]+")
_FIRST_OF_A_MOBILE = "6789"


def perhaps_phones(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of whole pieces that hold a mobile number from or up to the edge of one, and each piece long enough."""
    for line in _LINE.finditer(without_figures(with_ascii_digits(text))):
        yield from _in_line(line)


def _in_line(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    pieces = [(line.start() + one.start(), line.start() + one.end()) for one in _PIECE.finditer(line[0])]
    owners = [piece for piece in pieces for _ in range(piece[1] - piece[0])]
    digits = "".join(_PIECE.findall(line[0]))
    edge = 0
    for start, end in pieces:
        if end - start >= LAST_DIGITS:
            yield start, end
        for first in (edge, edge + end - start - LAST_DIGITS):
            last = first + LAST_DIGITS - 1
            if first >= 0 and last < len(digits) and digits[first] in _FIRST_OF_A_MOBILE:
                yield owners[first][0], owners[last][1]
        edge += end - start


def with_ascii_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9, each sign in its place."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)
