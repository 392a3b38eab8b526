"""Group commit: what the threads of a web process bring while one of them writes goes to disk in one transaction.

A commit is one wait for the disk, whatever is in it, so eight POSTs cost little more than one. Each is answered only
after the transaction it was in.
"""

import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from relay.events import Update
from sync.errors import Unavailable

Write = Callable[[list[Update], float], object]
"""Puts updates that came at a time (epoch seconds) on disk in one transaction, or raises and leaves nothing."""

MACHINE_FAULTS = (sqlite3.OperationalError, OSError, Unavailable)
"""A full disk, a locked file, keys that are not there: no fault of any POST."""


class _Post:
    """The updates of one POST, and what became of them."""

    def __init__(self, updates: list[Update]) -> None:
        self.updates, self.is_stored = updates, False
        self.error: Exception | None = None


class Commits:
    """What waits to be written in one process."""

    def __init__(self, write: Write) -> None:
        """``write`` is called by one thread at a time."""
        self._write, self._turn = write, threading.Lock()
        self._waiting: deque[_Post] = deque()

    def put(self, updates: list[Update], now: float) -> None:
        """Returns once these updates are on disk; raises what kept them from it."""
        post = _Post(updates)
        self._waiting.append(post)
        with self._turn:  # whoever has it writes for all that wait by then
            if not post.is_stored and post.error is None:
                # Only we take out; a list swapped for a new one could still get a POST that nobody writes.
                self._settle([self._waiting.popleft() for _ in range(len(self._waiting))], now)
        if not post.is_stored:
            raise post.error or Unavailable("the updates were not written")

    def _settle(self, group: list[_Post], now: float) -> None:
        try:
            self._write([update for post in group for update in post.updates], now)
        except Exception as error:  # noqa: BLE001 - each POST hears of it, in its own thread
            if len(group) == 1 or isinstance(error, MACHINE_FAULTS):
                for post in group:
                    post.error = error
            else:  # one of them cannot be written: the others must not wait for it, nor it for them
                for post in group:
                    self._settle([post], now)
        else:
            for post in group:
                post.is_stored = True


class Turn:
    """The turn to write among the processes that ask for it here, handed on in order by the kernel.

    SQLite's own lock makes whoever finds it taken sleep by guess, and wake to find it taken again. A process that
    dies gives its turn back. For one thread at a time.
    """

    def __init__(self, folder: Path) -> None:
        """``folder``: whatever they share; nothing is written there."""
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> None:
        """Waits for it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        """Gives it on."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
