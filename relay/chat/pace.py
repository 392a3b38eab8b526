"""How fast one person may be written to, and how long to wait when it was too fast. In memory only."""

from collections.abc import Callable
from dataclasses import dataclass

BURST = 45
EACH_S = 6.0
MANY_BUCKETS = 10_000
"""At as many, and whenever they have doubled, the full ones are dropped: a full bucket says nothing."""

_WAIT_BASE = 4.0
_LONGEST_WAIT_S = 1024.0
_SHORTEST_WAIT_S = 1e-3  # less could be lost in adding it to a time, and be waited for again and again


@dataclass(frozen=True)
class _Bucket:
    tokens: float
    at: float

    def tokens_at(self, now: float) -> float:
        return min(BURST, self.tokens + max(0.0, now - self.at) / EACH_S)


class Buckets:
    """One for each person (a tag): BURST at once, then one message per EACH_S seconds.

    The threads of a process share them; no two ever write to one person at a time.
    """

    def __init__(self) -> None:
        """Nobody is known."""
        self._buckets: dict[bytes, _Bucket] = {}
        self._most = MANY_BUCKETS

    def wait_s(self, person: bytes, now: float, lately: Callable[[], int]) -> float:
        """Seconds until the next message may go; ``lately``: how many went in an earlier run, as if just now."""
        bucket = self._buckets.get(person)
        if bucket is None:
            bucket = self._buckets[person] = _Bucket(max(0.0, BURST - lately()), now)
        wait_s = (1 - bucket.tokens_at(now)) * EACH_S
        return wait_s if wait_s > _SHORTEST_WAIT_S else 0.0

    def spend(self, person: bytes, now: float) -> None:
        """A message goes."""
        bucket = self._buckets.get(person, _Bucket(BURST, now))
        self._buckets[person] = _Bucket(bucket.tokens_at(now) - 1, now)
        if len(self._buckets) > self._most:
            self._drop_full(now)

    def _drop_full(self, now: float) -> None:
        for person, bucket in list(self._buckets.items()):  # a copy: other threads go on meanwhile
            if bucket.tokens_at(now) >= BURST:
                self._buckets.pop(person, None)
        self._most = max(MANY_BUCKETS, 2 * len(self._buckets))


def after_too_fast_s(refusals: int) -> float:
    """Seconds to wait when WhatsApp says "too many to this person", after so many earlier refusals: 4^X."""
    return min(_LONGEST_WAIT_S, _WAIT_BASE ** min(refusals, 10))
