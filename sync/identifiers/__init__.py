"""Finds in words what leads to a person or a vehicle: phones, Aadhaar, PAN, e-mail, UPI, registration marks.

As people of these districts type them: digits of any script, cut anywhere, as keycaps or in words, Hindi names of
Latin letters. What it must find, and what it must leave alone, stands in ``tests/sync/corpus/identifiers.jsonl``.
"""

from collections.abc import Callable, Iterator

from sync.identifiers.figures import without_figures
from sync.identifiers.kinds import AADHAAR, EMAIL, PAN, PHONE, UPI, VEHICLE, Found
from sync.identifiers.names import emails, pans, upi_ids, vehicles
from sync.identifiers.numbers import masked_aadhaars, phones_and_aadhaars, round_zeros
from sync.identifiers.shadow import Shadow, shadow
from sync.identifiers.spoken import digits_in_words, letters_in_words

__all__ = ["AADHAAR", "EMAIL", "PAN", "PHONE", "UPI", "VEHICLE", "Found", "find", "without_figures"]

Finder = Callable[[Shadow], Iterator[Found]]


def find(text: str) -> tuple[Found, ...]:
    """Every identifier in ``text``, by place; none lies inside another. Takes any text, never raises."""
    plain = shadow(text)
    round_ = _without_figures(round_zeros(plain))
    spoken = digits_in_words(round_)
    searches: tuple[tuple[Finder, Shadow], ...] = (
        (emails, plain),
        (upi_ids, plain),
        (vehicles, letters_in_words(plain)),
        (pans, plain),
        (masked_aadhaars, plain),
        (phones_and_aadhaars, round_),
        *(((phones_and_aadhaars, spoken),) if spoken.text != round_.text else ()),
    )
    kept, taken = (
        list[Found](),
        bytearray(len(text)),
    )  # signs of what is found, so that no two need be compared
    for finder, where in searches:
        new = [one for one in finder(where) if 1 not in taken[one.start : one.end]]
        for one in new:
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
        kept += new
    return tuple(sorted(kept, key=lambda one: one.start))


def _without_figures(plain: Shadow) -> Shadow:
    return Shadow(without_figures(plain.text), plain.spans)
