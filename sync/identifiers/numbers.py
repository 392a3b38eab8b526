"""Identifiers made of digits: phones and Aadhaar numbers, however they are cut into pieces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from sync.identifiers.kinds import AADHAAR, PHONE, Found
from sync.identifiers.shadow import Shadow

REGION = "IN"
_PIECES = re.compile(r"\+?[0-9]+(?:[ .\-_–()]{1,3}[0-9]+)*")
_PIECE = re.compile(r"[0-9]+")
_MASKED = re.compile(r"(?<![A-Za-z0-9])(?:[Xx*•]{4}[ -]?){2}([0-9]{4})(?![0-9])")
_NAMED = re.compile(r"(?:आधार|आधर|a{1,4}dh?a{1,4}r|uidai|uid)\D{0,25}$", re.IGNORECASE)
_NAMED_SIGNS = 40
"""The longest that _NAMED can match: it never looks at more, else each number would cost the whole text before it."""
_ROUND = re.compile(r"(?<![0-9])[0-9][0-9oO]{9}(?![A-Za-z0-9])")
AADHAAR_DIGITS = 12
_FEWEST, _MOST = 10, 15
_STD_AND_NUMBER = ((3, 8), (4, 7), (5, 6))

# Verhoeff's dihedral check (J. Verhoeff, Error Detecting Decimal Codes, 1969), which Aadhaar numbers end with.
_TIMES = tuple(
    tuple((a + b) % 5 + 5 * (b > 4) if a < 5 else (a - b) % 5 + 5 * (b <= 4) for b in range(10))
    for a in range(10)
)
_SHIFT = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


@dataclass(frozen=True)
class _Stretch:
    """Digits that may be one number: pieces of the shadow, and whether a plus stands before them."""

    start: int
    end: int
    digits: str
    sizes: tuple[int, ...]
    has_plus: bool


def is_aadhaar(digits: str) -> bool:
    """Whether twelve digits end with the right check digit and begin as Aadhaar numbers do."""
    if len(digits) != AADHAAR_DIGITS or digits[0] in "01":
        return False
    check = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _SHIFT[value]
        check = _TIMES[check][value]
    return check == 0


def masked_aadhaars(text: Shadow) -> Iterator[Found]:
    """Aadhaar numbers of which only the end can be read."""
    for match in _MASKED.finditer(text.text):
        yield Found(AADHAAR, *text.span(*match.span()), match[1])


def round_zeros(text: Shadow) -> Shadow:
    """With 0 for the letter O inside ten signs that are digits otherwise."""
    return text.replaced(
        [
            (at, at + 1, "0")
            for match in _ROUND.finditer(text.text)
            for at in _letters(match)
            if _is_mostly_digits(match)
        ]
    )


def _letters(match: re.Match[str]) -> list[int]:
    return [at for at in range(match.start(), match.end()) if match.string[at] in "oO"]


def _is_mostly_digits(match: re.Match[str]) -> bool:
    return sum(sign.isdigit() for sign in match[0]) > len(match[0]) // 2


def phones_and_aadhaars(text: Shadow) -> Iterator[Found]:
    """Whole numbers in any spacing: from each piece of digits on, the first stretch that is one."""
    for group in _PIECES.finditer(text.text):
        pieces = [(piece.start(), piece.end()) for piece in _PIECE.finditer(text.text, *group.span())]
        at = 0
        while at < len(pieces):
            found = _first(text, pieces, at)
            if found is None:
                at += 1
                continue
            taken, one = found
            yield one
            at = taken + 1


def _first(text: Shadow, pieces: list[tuple[int, int]], at: int) -> tuple[int, Found] | None:
    """(the last piece it takes, the number) that begins at piece ``at``."""
    digits = ""
    for last in range(at, len(pieces)):
        digits += text.text[slice(*pieces[last])]
        if len(digits) > _MOST:
            return None
        if len(digits) >= _FEWEST and (found := _read(text, _stretch(text, pieces[at : last + 1], digits))):
            return last, found
    return None


def _stretch(text: Shadow, taken: list[tuple[int, int]], digits: str) -> _Stretch:
    has_plus = text.text[taken[0][0] - 1 : taken[0][0]] == "+"
    sizes = tuple(end - start for start, end in taken)
    return _Stretch(taken[0][0] - has_plus, taken[-1][1], digits, sizes, has_plus)


def _read(text: Shadow, stretch: _Stretch) -> Found | None:
    if _is_called_aadhaar(text, stretch) or (
        stretch.sizes in ((12,), (4, 4, 4)) and is_aadhaar(stretch.digits)
    ):
        return Found(AADHAAR, *text.span(stretch.start, stretch.end), stretch.digits)
    value = _phone(stretch)
    if value is None:
        return None
    start = stretch.start
    if text.text[start - 1 : start] == "(" and ")" in text.text[start : stretch.end]:
        start -= 1
    return Found(PHONE, *text.span(start, stretch.end), value)


def _is_called_aadhaar(text: Shadow, stretch: _Stretch) -> bool:
    if len(stretch.digits) != AADHAAR_DIGITS:
        return False
    before = text.text[max(0, stretch.start - _NAMED_SIGNS) : stretch.start]
    return _NAMED.search(before) is not None


def _phone(stretch: _Stretch) -> str | None:
    """The number with its country code, where the digits can be one that somebody has."""
    digits = stretch.digits.removeprefix("00") if stretch.digits.startswith("00") else stretch.digits
    international = stretch.has_plus or digits != stretch.digits
    if not international and not _looks_indian(digits):
        return None
    if not international and len(digits) == 12:  # 91 and ten more
        international = True
    try:
        number = phonenumbers.parse(f"+{digits}" if international else digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    is_sure = _is_mobile(digits) or international or stretch.sizes in _STD_AND_NUMBER
    known = phonenumbers.is_possible_number(number) if is_sure else phonenumbers.is_valid_number(number)
    return f"{number.country_code}{number.national_number}" if known else None


def _is_mobile(digits: str) -> bool:
    return re.fullmatch("(?:0|91)?[6-9][0-9]{9}", digits) is not None


def _looks_indian(digits: str) -> bool:
    """Ten digits of a mobile with or without 0 or 91, or a landline with the 0 of its STD code."""
    return _is_mobile(digits) or re.fullmatch("0[1-8][0-9]{8,9}", digits) is not None
