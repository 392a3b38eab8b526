"""Whose stop a step sets or lifts: worked out with no transaction open, each takes 60 ms, in which nobody could write.

Which step needs it shows only inside its transaction, so one that does is undone and begun again.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from relay import stops
from relay.epochs import EpochStore
from relay.events import Sender
from sync.db import transaction

Result = TypeVar("Result")


class _NotWorkedOut(Exception):
    """Raised before anything but the transaction has changed."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self.sender = sender


class Persons:
    """Those of the transaction at hand; for one thread."""

    def __init__(self, conn: sqlite3.Connection, epochs: EpochStore) -> None:
        """``conn``: of relay.db, this thread's own."""
        self._conn, self._epochs = conn, epochs
        self._known: dict[Sender, stops.Person] = {}

    def known_in(self, act: Callable[[], Result]) -> Result:
        """Runs ``act`` in a transaction, again where it needs somebody who is not worked out yet."""
        try:
            return self._tried(act)
        finally:
            self._known.clear()

    def _tried(self, act: Callable[[], Result]) -> Result:
        while True:
            try:
                with transaction(self._conn):
                    return act()
            except _NotWorkedOut as missing:
                self._known[missing.sender] = stops.person(self._epochs, missing.sender)

    def stop(self, sender: Sender, now: float) -> None:
        """As ``stops.stop``; inside ``known_in``."""
        stops.stop(self._conn, self._epochs, self._person(sender), now)

    def lift(self, sender: Sender) -> None:
        """As ``stops.lift``; inside ``known_in``."""
        if stops.any_stopped(self._conn):
            stops.lift(self._conn, self._epochs, self._person(sender))

    def move(self, old: Sender, new: Sender, now: float) -> None:
        """Who said stop has said it under his new number too; inside ``known_in``."""
        if stops.any_stopped(self._conn) and stops.is_stopped(self._conn, self._epochs, self._person(old)):
            self.stop(new, now)

    def _person(self, sender: Sender) -> stops.Person:
        if sender not in self._known:
            raise _NotWorkedOut(sender)
        return self._known[sender]
