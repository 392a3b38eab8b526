"""How often what an earlier process left was taken: it may be why that process was killed."""

import sqlite3
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

from sync.db import transaction
from sync.errors import Unavailable

MOST_TAKES = 3
MACHINE_FAULTS = (sqlite3.OperationalError, OSError, Unavailable)
"""A full disk, a locked file, a store that is away: no fault of the item, which is taken again after a restart."""

Name = TypeVar("Name", bound=Hashable)


class Takes(Generic[Name]):
    """Of the things of one kind; what came since the start is not counted, also under a name that is given again."""

    def __init__(
        self, conn: sqlite3.Connection, left: set[Name], count: Callable[[sqlite3.Connection, Name, int], int]
    ) -> None:
        """``left``: what waits at the start; ``count`` adds to a thing's takes and gives how many were before."""
        self._conn, self._left, self._count = conn, left, count

    def kills(self, name: Name) -> bool:
        """Whether it is not to be taken once more; counted, in a transaction of its own, before it is taken."""
        if name not in self._left:
            return False
        with transaction(self._conn):
            return self._count(self._conn, name, 1) >= MOST_TAKES

    def forgive(self, name: Name) -> None:
        """A step that ended by a fault of the machine is none that was killed."""
        if name in self._left:
            with suppress(*MACHINE_FAULTS), transaction(self._conn):
                self._count(self._conn, name, -1)

    def done(self, name: Name) -> None:
        """It was taken or set aside."""
        self._left.discard(name)
