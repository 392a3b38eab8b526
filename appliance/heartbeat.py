"""Says that long work goes on: systemd ends a service of which it has heard nothing for a minute.

What counts cases or follows chains at a million of them takes minutes in one statement, on the thread that would say
so. SQLite itself asks now and then whether to go on, and that is when it is said.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

STEPS = 10_000
"""SQLite asks after so many of its instructions, those of short statements added up: some hundred times a second."""
EVERY_S = 5.0


@dataclass
class Heartbeat:
    """Tells ``progress`` every few seconds; ``is_over`` from the time on when it had a statement ended.

    Once ``is_stopped`` is true, each statement is ended.
    """

    progress: Callable[[], object]
    longest_s: float
    counter: Callable[[], float]
    is_stopped: Callable[[], bool]
    is_over: bool = False

    def __post_init__(self) -> None:
        self._began = self._told = self.counter()

    def beat(self) -> int:
        """For SQLite: 1 ends the statement. For its length it happens once; who still goes on is told of no more."""
        if self.is_stopped():
            return 1
        now = self.counter()
        if self.is_over:
            return 0
        self.is_over = now - self._began >= self.longest_s
        if now - self._told >= EVERY_S and not self.is_over:
            self._told = now
            self.progress()
        return int(self.is_over)


@contextmanager
def heard(
    conn: sqlite3.Connection,
    progress: Callable[[], object],
    longest_s: float,
    counter: Callable[[], float],
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Heartbeat]:
    """While work on ``conn`` goes on, ``progress`` is called. After ``longest_s`` its statement is ended.

    Then that raises sqlite3.OperationalError, and so does every statement once ``is_stopped`` is true. ``counter``:
    seconds that nobody can set, as ``time.monotonic``.
    """
    heart = Heartbeat(progress, longest_s, counter, is_stopped)
    conn.set_progress_handler(heart.beat, STEPS)
    try:
        yield heart
    finally:
        conn.set_progress_handler(None, 0)
