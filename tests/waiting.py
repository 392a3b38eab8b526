"""Waiting for a condition instead of sleeping for luck; timing two things beside whatever else runs."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
A = TypeVar("A")

_FIRST_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 0.1


def wait_until(predicate: Callable[[], T], timeout_s: float = 10.0, what: str = "") -> T:
    """Call `predicate` until it gives something true and return that.

    Raises AssertionError naming `what` (or the predicate) after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    pause_s = _FIRST_PAUSE_S
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout_s:g} s: {what or predicate}; last value {value!r}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def in_turn(act: Callable[[A], T], one: A, other: A, rounds: int = 5) -> tuple[list[T], list[T]]:
    """What ``act`` gives for each of two, first one, then the other, and again: a busy moment falls on both.

    The first round is not counted: it pays for what is made once.
    """
    pairs = [(act(one), act(other)) for _ in range(rounds + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
