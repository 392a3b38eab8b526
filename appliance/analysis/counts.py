"""Plain counts: what became of the reports of a period, how one period differs from another, medians."""

from collections.abc import Mapping
from dataclasses import dataclass

SMALL = 20
"""Below this many in either period no per cent is told: one report more or less would be a headline."""
ACTION = ("fir", "arrest", "seizure", "preventive", "challan", "rescue")
"""Outcomes that mean that something was done."""
DUPLICATE, QUARANTINED = "duplicate", "quarantined"
"""Side states: cases that are no incident of their own."""
RESULTS = ("open", "action", "none", "duplicates", "quarantined")
"""What can have become of a case."""


@dataclass(frozen=True)
class Standing:
    """What became of the cases opened in a period.

    They are still ``open``, or ended with ``action`` or with ``none``; ``duplicates`` tell of the same incident as
    another, ``quarantined`` were set aside. ``answered``: of the first three, those whose informant was written to.
    """

    open: int = 0
    action: int = 0
    none: int = 0
    duplicates: int = 0
    quarantined: int = 0
    answered: int = 0

    @property
    def incidents(self) -> int:
        """What counts as a report on the pages: duplicates and what was set aside do not."""
        return self.open + self.action + self.none

    def __add__(self, other: "Standing") -> "Standing":
        """Both together."""
        return Standing(**{name: value + vars(other)[name] for name, value in vars(self).items()})


@dataclass(frozen=True)
class Change:
    """A count and the one before it. ``percent`` is None where either is too small for one to mean anything."""

    now: int
    before: int

    @property
    def difference(self) -> int:
        """How many more."""
        return self.now - self.before

    @property
    def percent(self) -> int | None:
        """By how much of the one before, rounded; None below SMALL."""
        if min(self.now, self.before) < SMALL:
            return None
        return round(100 * self.difference / self.before)


def median(histogram: Mapping[int, int]) -> int | None:
    """The middle value of counts by value, the lower one of two; None of nothing."""
    middle, seen = (sum(histogram.values()) + 1) // 2, 0
    for value in sorted(histogram):
        seen += histogram[value]
        if seen >= middle > 0:
            return value
    return None
