"""Simulated time: the machine's clock, moved forward on request."""

from collections.abc import Callable


class Clock:
    """UTC epoch seconds of the simulated world; `offset_s` is added to the real clock."""

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self.offset_s = 0.0

    def __call__(self) -> float:
        return self._real() + self.offset_s
