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

LARGEST_BATCH = 1000
LARGEST_BODY_BYTES = 3_000_000


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
    delay_s     each POST sets out at a random moment within so many seconds
    """

    batch: int = 1
    duplicate: int = 0
    shuffle: bool = False
    seed: int = 1
    paused: bool = False
    concurrent: bool = False
    layout: str = "mixed"
    delay_s: float = 0.0

    def changed(self, wanted: dict[str, Any]) -> "Mode":
        """With the named values replaced; raises BadMode."""
        known = asdict(self)
        if strange := wanted.keys() - known.keys():
            raise BadMode(f"no such setting: {sorted(strange)}; there are {sorted(known)}")
        for name, value in wanted.items():
            number = name == "delay_s" and type(value) is int
            if type(value) is not type(known[name]) and not number:
                raise BadMode(f"{name} takes a {type(known[name]).__name__}, not {value!r}")
        mode = replace(self, **wanted)
        if not (1 <= mode.batch <= LARGEST_BATCH and 0 <= mode.duplicate <= 10 and mode.layout in LAYOUTS):
            raise BadMode(f"batch is 1 to {LARGEST_BATCH}, duplicate 0 to 10, layout one of {LAYOUTS}")
        if not 0 <= mode.delay_s <= 3600:
            raise BadMode("delay_s is 0 to 3600")
        return mode


@dataclass(frozen=True)
class Packing:
    """How a crowd's updates travel: `batch` per POST, `lanes` POSTs at once, the rest as in Mode."""

    batch: int = LARGEST_BATCH
    lanes: int = 1
    repeat: int = 0
    shuffle: bool = False
    seed: int = 1
    layout: str = "mixed"


class Outlet:
    """Where updates leave the simulator."""

    def __init__(self, poster: Poster, seed: int) -> None:
        self.poster = poster
        self.mode = Mode(seed=seed)
        self._rng = random.Random(seed)
        self._held: list[Update] = []
        self._scheduled = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Updates waiting for their batch or for the end of a pause."""
        return len(self._held)

    @property
    def scheduled(self) -> int:
        """Updates whose time has not come."""
        return self._scheduled

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

    def submit_later(self, delay_s: float, updates: Sequence[Update]) -> None:
        """Do so in `delay_s` seconds."""
        with self._lock:
            self._scheduled += len(updates)

        def due() -> None:
            with self._lock:
                self._scheduled -= len(updates)
            self.submit(updates)

        self.poster.schedule.after(delay_s, due)

    def flush(self) -> list[Job]:
        """Send everything held back, in batches of the mode's size."""
        return self._send(self._take(whole_batches=False))

    def send_packed(self, updates: Sequence[Update], packing: Packing) -> list[Job]:
        """Send exactly these updates, packed as asked, whatever the mode; `packing.lanes` jobs at once."""
        rng = random.Random(packing.seed)
        every = list(updates) * (1 + packing.repeat)
        if packing.shuffle:
            rng.shuffle(every)
        bodies = _bodies(every, packing.batch, packing.layout, rng)
        lanes = [bodies[start :: packing.lanes] for start in range(packing.lanes)]
        return [self.poster.start(lane) for lane in lanes if lane]

    def _take(self, whole_batches: bool) -> list[Update]:
        with self._lock:
            count = len(self._held) // self.mode.batch * self.mode.batch if whole_batches else len(self._held)
            taken, self._held = self._held[:count], self._held[count:]
            return taken

    def _send(self, updates: Sequence[Update]) -> list[Job]:
        if not updates:
            return []
        mode = self.mode
        with self._lock:
            every = list(updates) * (1 + mode.duplicate)
            if mode.shuffle:
                self._rng.shuffle(every)
            bodies = _bodies(every, mode.batch, mode.layout, self._rng)
            delays_s = [self._rng.uniform(0, mode.delay_s) for _ in bodies]
        if mode.concurrent:
            return [
                self.poster.start([body], delay_s) for body, delay_s in zip(bodies, delays_s, strict=True)
            ]
        return [self.poster.start(bodies, delays_s[0])]


def _bodies(updates: Sequence[Update], batch: int, layout: str, rng: random.Random) -> list[bytes]:
    """POST bodies of at most `batch` updates and LARGEST_BODY_BYTES, in the order of `updates`."""
    chunks = [updates[start : start + batch] for start in range(0, len(updates), batch)]
    return [body for chunk in chunks for body in _within_size(chunk, layout, rng)]


def _within_size(updates: Sequence[Update], layout: str, rng: random.Random) -> list[bytes]:
    body = to_bytes(pack(updates, layout, rng))
    if len(body) <= LARGEST_BODY_BYTES or len(updates) == 1:
        return [body]
    middle = len(updates) // 2
    return _within_size(updates[:middle], layout, rng) + _within_size(updates[middle:], layout, rng)


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
