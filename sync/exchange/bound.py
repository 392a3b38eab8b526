"""How much that is new a node takes of another in a day: whoever holds one box's keys must not fill the others' disk.

What is over it is not acknowledged, so an honest sender keeps it and brings it again the next day.
"""

from collections import Counter

from sync.clock import day_of

NEW_PER_DAY = 10_000
"""Commands of one sender; a box whose range has 500 reports a day sends some 20 for each of its own at most."""


class DailyBound:
    """Counted in memory: a restart begins anew, which no other node can bring about."""

    def __init__(self) -> None:
        """Nothing was taken yet."""
        self._day, self._taken, self._of_group = 0, Counter[str](), Counter[str]()

    def begin(self, now: float) -> None:
        """A group comes; what was noted of the one before counts only if ``keep`` was called."""
        self._of_group.clear()
        if (today := day_of(now)) != self._day:
            self._day, self._taken = today, Counter()

    def has_room(self, sender: str) -> bool:
        """Whether one more of this sender may be taken today."""
        return self._taken[sender] + self._of_group[sender] < NEW_PER_DAY

    def note(self, sender: str) -> None:
        """One of this sender was taken, in a transaction that may still fail."""
        self._of_group[sender] += 1

    def keep(self) -> None:
        """The group is on the disk."""
        self._taken.update(self._of_group)
        self._of_group.clear()
