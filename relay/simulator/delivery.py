"""How updates are gathered into POSTs: singly or in batches, repeated, shuffled, held back."""

import random
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from relay.simulator.errors import Misuse
from relay.simulator.updates import LAYOUTS, Update, pack
from relay.simulator.webhooks import Job, Poster, to_bytes


class BadMode(Misuse):
    """A way of delivering that does not exist."""


@dataclass(frozen=True)
class Mode:
    """How updates travel.

    batch       updates per POST; fewer wait until as many came or /sim/flush sends them
    duplicate   how many extra times each update is sent
    shuffle     whether order is lost within what is sent at a time
    seed        of shuffling and mixed layouts
    paused      hold everything until /sim/flush or until switched off
    concurrent  POSTs that could go one after another go at once
    layout      where batched updates meet: messages, changes, entries or mixed
    """

    batch: int = 1
    duplicate: int = 0
    shuffle: bool = False
    seed: int = 1
    paused: bool = False
    concurrent: bool = False
    layout: str = "mixed"

    def changed(self, wanted: dict[str, Any]) -> "Mode":
        """With the named values replaced; raises BadMode."""
        known = asdict(self)
        if strange := wanted.keys() - known.keys():
            raise BadMode(f"no such setting: {sorted(strange)}; there are {sorted(known)}")
        for name, value in wanted.items():
            if type(value) is not type(known[name]):
                raise BadMode(f"{name} takes a {type(known[name]).__name__}, not {value!r}")
        mode = replace(self, **wanted)
        if not (1 <= mode.batch <= 1000 and 0 <= mode.duplicate <= 10 and mode.layout in LAYOUTS):
            raise BadMode(f"batch is 1 to 1000, duplicate 0 to 10, layout one of {LAYOUTS}")
        return mode


class Outlet:
    """Where updates leave the simulator."""

    def __init__(self, poster: Poster, seed: int) -> None:
        self.poster = poster
        self.mode = Mode(seed=seed)
        self._rng = random.Random(seed)
        self._held: list[Update] = []
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Updates waiting for their batch or for the end of a pause."""
        return len(self._held)

    def set_mode(self, mode: Mode) -> list[Job]:
        """Deliver as `mode` says from now on; what it no longer holds back is sent."""
        with self._lock:
            self.mode, self._rng = mode, random.Random(mode.seed)
        return [] if mode.paused else self._send(self._take(whole_batches=mode.batch > 1))

    def submit(self, updates: Sequence[Update]) -> list[Job]:
        """Send `updates`, or hold them back if the mode says so."""
        with self._lock:
            self._held.extend(updates)
        return [] if self.mode.paused else self._send(self._take(whole_batches=True))

    def flush(self) -> list[Job]:
        """Send everything held back, in batches of the mode's size."""
        return self._send(self._take(whole_batches=False))

    def send_together(self, updates: Sequence[Update], layout: str, rng: random.Random) -> Job:
        """Send exactly these updates in one POST, whatever the mode."""
        return self.poster.start([to_bytes(pack(updates, layout, rng))])

    def _take(self, whole_batches: bool) -> list[Update]:
        with self._lock:
            count = len(self._held) // self.mode.batch * self.mode.batch if whole_batches else len(self._held)
            taken, self._held = self._held[:count], self._held[count:]
            return taken

    def _send(self, updates: Sequence[Update]) -> list[Job]:
        if not updates:
            return []
        with self._lock:
            bodies = self._bodies(updates)
        if self.mode.concurrent:
            return [self.poster.start([body]) for body in bodies]
        return [self.poster.start(bodies)]

    def _bodies(self, updates: Sequence[Update]) -> list[bytes]:
        mode = self.mode
        every = list(updates) * (1 + mode.duplicate)
        if mode.shuffle:
            self._rng.shuffle(every)
        chunks = [every[start : start + mode.batch] for start in range(0, len(every), mode.batch)]
        return [to_bytes(pack(chunk, mode.layout, self._rng)) for chunk in chunks]


def outcome(jobs: Iterable[Job], timeout_s: float, held: int = 0) -> dict[str, Any]:
    """Wait for `jobs`, `timeout_s` at most, and say how they were answered.

    `answers` lists the HTTP status of each POST that came to its end (None: no answer); `settled` is
    False while retries go on.
    """
    jobs, deadline = list(jobs), time.monotonic() + timeout_s
    for job in jobs:
        job.done.wait(max(0.0, deadline - time.monotonic()))
    return {
        "posts": sum(len(job.bodies) for job in jobs),
        "attempts": sum(job.attempts for job in jobs),
        "answers": [answer for job in jobs for answer in job.answers],
        "settled": all(job.done.is_set() for job in jobs),
        "held": held,
    }
