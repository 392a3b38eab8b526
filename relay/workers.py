"""The threads of one relay process: each repeats its step, rests when there was nothing, and ends with the others."""

import logging
import threading
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

REST_S = 0.05


def run(steps: Sequence[Callable[[], bool]], stop: threading.Event) -> None:
    """Runs every step in a thread of its own until ``stop``; re-raises the first error, so the process ends.

    A step gives True when it did something and wants to be called again at once.
    """
    errors: list[BaseException] = []
    threads = [threading.Thread(target=_repeat, args=(step, stop, errors), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=30)
    if errors:
        raise errors[0]


def _repeat(step: Callable[[], bool], stop: threading.Event, errors: list[BaseException]) -> None:
    try:
        while not stop.is_set():
            if not step():
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
