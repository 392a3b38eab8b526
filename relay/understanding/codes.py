"""The digits of a receipt in words: sixteen with a check digit, or nearly so, however they are cut."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relay.understanding.phones import with_ascii_digits
from sync.identifiers import without_figures

DIGITS = 16
OF_A_PHONE = 10
"""Digits in a piece that is a phone number: with a PIN code or an amount behind it, it is no receipt."""
CUT_PHONES = ((5, 5), (3, 3, 4), (3, 4, 3), (4, 3, 3))
"""Pieces in which people write one."""
LINE = re.compile(r"[0-9]+(?:[\W_]{1,3}[0-9]+)*")  # in line with others or across lines
_PIECE = re.compile(r"[0-9]+")
_RUN = range(14, 19)
"""Digits in one piece that may be meant for a receipt."""
_SURE_RUN = range(15, 18)
"""Digits in one piece that are a receipt where they are called so: one wrong, missing or too many."""
_GROUP, _ODD_GROUP = 4, range(2, 6)
_OF_EIGHT = ([8, 8], [7, 8], [8, 9])
_MOST_OF_A_GROUP = 8
_AROUND = "*_~\"'()[]"


@dataclass(frozen=True)
class Code:
    """Where in a text the digits stand; ``is_right``: they pass the check."""

    start: int
    end: int
    digits: str
    is_right: bool


def find(text: str) -> Code | None:
    """The receipt that a text names: a right one in even groups, or what may be meant for one, or one cut anyhow."""
    taken = list(_stretches(without_figures(with_ascii_digits(text))))
    right = dict.fromkeys(one for one in taken if _is_grouped(one.sizes) and is_right("".join(one.pieces)))
    meant = [one for one in taken if is_nearly(one.sizes)]
    meant.sort(key=lambda one: (one not in right, abs(sum(one.sizes) - DIGITS)))
    best = next(iter([*meant, *right]), None)
    return None if best is None else _code(best, text, is_right=best in right)


def nearly(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text with ASCII digits stretches stand that are nearly receipts, and no account of 14 digits."""
    near = (one for one in _stretches(text) if is_nearly(one.sizes))
    return ((one.start, one.end) for one in near if len(one.sizes) > 1 or one.sizes[0] in _SURE_RUN)


def is_right(digits: str) -> bool:
    """Whether they are as many as a receipt has and pass its check (Luhn, ISO/IEC 7812-1)."""
    return len(digits) == DIGITS and luhn(digits) % 10 == 0


def is_nearly(sizes: tuple[int, ...]) -> bool:
    """Whether pieces of these sizes may be meant for a receipt: one long, or even groups but for one."""
    if len(sizes) == 1:
        return sizes[0] in _RUN
    odd = [size for size in sizes if size != _GROUP]
    is_cut = len(sizes) * _GROUP == DIGITS and (not odd or (len(odd) == 1 and odd[0] in _ODD_GROUP))
    return is_cut or sorted(sizes) in _OF_EIGHT or (sum(sizes) == DIGITS and set(sizes) == {4, 8})


def cut(line: re.Match[str]) -> list[tuple[str, int]]:
    """Each piece of the digits in line, and where in the text it begins."""
    return [(one[0], line.start() + one.start()) for one in _PIECE.finditer(line[0])]


def luhn(digits: str) -> int:
    """The sum that ends in 0 where the check digit is right."""
    doubled = (int(d) * (2 if at % 2 == len(digits) % 2 else 1) for at, d in enumerate(digits))
    return sum(d - 9 if d > 9 else d for d in doubled)


@dataclass(frozen=True)
class _Stretch:
    start: int
    end: int
    pieces: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.pieces))


def _stretches(text: str) -> Iterator[_Stretch]:
    """Whole pieces in line that together have about as many digits as a receipt."""
    for line in LINE.finditer(text):
        found = cut(line)
        for first, (_, start) in enumerate(found):
            taken = tuple[str, ...]()
            for piece, begins in found[first : first + _RUN[-1]]:
                taken = (*taken, piece)
                if sum(map(len, taken)) in _RUN:
                    yield _Stretch(start, begins + len(piece), taken)
                elif sum(map(len, taken)) > _RUN[-1]:
                    break


def _is_grouped(sizes: tuple[int, ...]) -> bool:
    """Whether pieces of these sizes are one number: one long, or groups of which none and no few are a phone's."""
    phones = (sizes[at : at + len(way)] == way for way in CUT_PHONES for at in range(len(sizes)))
    return len(sizes) == 1 or (max(sizes) <= _MOST_OF_A_GROUP and not any(phones))


def _code(stretch: _Stretch, text: str, *, is_right: bool) -> Code:
    """With the signs that are put around it: the bot's own messages show it in bold."""
    start, end = stretch.start, stretch.end
    while start and end < len(text) and text[start - 1] in _AROUND and text[end] in _AROUND:
        start, end = start - 1, end + 1
    return Code(start, end, "".join(stretch.pieces), is_right)
