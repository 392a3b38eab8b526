"""The threads of one relay process: each repeats its step, rests when there was nothing, and ends with the others."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

log = logging.getLogger(__name__)

REST_S = 0.05
STUCK_S = 60.0


class Pulse:
    """When each worker of a process last came back, by its number."""

    def __init__(self, workers: int, monotonic: Callable[[], float]) -> None:
        """``workers``: how many; each has until STUCK_S from now to come back the first time."""
        self._monotonic = monotonic
        self._last = [monotonic()] * workers

    def beat(self, worker: int) -> None:
        """It made progress."""
        self._last[worker] = self._monotonic()

    def is_steady(self) -> bool:
        """Whether none of them is stuck."""
        return self._monotonic() - min(self._last) < STUCK_S


def run(
    steps: Sequence[Callable[[], bool]],
    stop: threading.Event,
    progress: Callable[[int], object] = lambda worker: None,
) -> None:
    """Runs every step in a thread of its own until ``stop``; re-raises the first error, so the process ends.

    A step gives True when it did something and wants to be called again at once. ``progress`` is called with its
    number each time it comes back.
    """
    errors: list[BaseException] = []
    threads = [
        threading.Thread(target=_repeat, args=(step, stop, errors, partial(progress, number)), daemon=True)
        for number, step in enumerate(steps)
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=30)
    if errors:
        raise errors[0]


def _repeat(
    step: Callable[[], bool],
    stop: threading.Event,
    errors: list[BaseException],
    progress: Callable[[], object],
) -> None:
    try:
        while not stop.is_set():
            did_something = step()
            progress()
            if not did_something:
                stop.wait(REST_S)
    except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process with it
        errors.append(error)
        stop.set()


def every(period_s: float, act: Callable[[], object], monotonic: Callable[[], float]) -> Callable[[], bool]:
    """A step that acts once per period and otherwise rests; acts at its first call."""
    next_at = [float("-inf")]

    def step() -> bool:
        if monotonic() >= next_at[0]:
            act()
            next_at[0] = monotonic() + period_s
        return False

    return step
