"""Who wants answers at once, at any hour: known here while the report key is in memory, and written nowhere.

The rows of these answers keep the time at which they would have gone to anybody else, and by it their box hears that
they are over: the box is not told who chose so. On the relay's disk the row of one that went before that time shows it
of its handle, until it is settled; of a person nothing does.
"""

import random
import sqlite3
from collections.abc import Sequence

from relay.downlink import pace as when
from relay.downlink.pace import Pace
from relay.downlink.rows import Keys, name_of
from relay.vault import Vault


class Hurry:
    """The times of answers that wait for people who want them at once."""

    def __init__(self, vault: Vault, keys: Keys, pace: Pace, rng: random.Random) -> None:
        """``vault``: on a connection of the sender's thread; ``keys``: of the answers in memory."""
        self._vault, self._keys, self._pace, self._rng = vault, keys, pace, rng
        self._goes_at: dict[tuple[str, int], float | None] = {}
        self._told_early: set[tuple[str, int]] = set()

    def meet(self, waiting: Sequence[sqlite3.Row], now: float) -> None:
        """Takes notice of the answers that are new in memory, forgets those that are over.

        Raises Unavailable while the epoch store is not there.
        """
        here = {name_of(row): row for row in waiting if name_of(row) in self._keys}
        self._told_early &= here.keys()
        self._goes_at = {name: at for name, at in self._goes_at.items() if name in here}
        for name in sorted(here.keys() - self._goes_at.keys()):
            self._goes_at[name] = self._first_time(here[name], now)

    def goes_at(self, row: sqlite3.Row) -> float:
        """When the answer of a row goes: at the row's own time, unless it is wanted at once."""
        at = self._goes_at.get(name_of(row))
        return float(row["due_at"]) if at is None else at

    def wants_it(self, row: sqlite3.Row) -> bool:
        """Whether the informant of a row's answer chose to be asked at once."""
        return self._goes_at.get(name_of(row)) is not None

    def put_off(self, row: sqlite3.Row, at: float) -> None:
        """The answer of a row goes no sooner than ``at``."""
        self._goes_at[name_of(row)] = at

    def tell_early(self, row: sqlite3.Row) -> None:
        """Anybody else's would go in time, in the place of an earlier one: its box is told as if this had."""
        self._told_early.add(name_of(row))

    def told_early(self) -> frozenset[tuple[str, int]]:
        """The answers of which that is true, and which still wait."""
        return frozenset(self._told_early)

    def _first_time(self, row: sqlite3.Row, now: float) -> float | None:
        # Drawn for everybody: what chance gives to others must not depend on the choice.
        at = min(when.soon(now, self._pace, self._rng), row["due_at"])
        report_key = self._keys.get(name_of(row))
        reachable = self._vault.open(row["handle"], report_key) if report_key else None
        return at if reachable is not None and reachable.at_once else None
