"""Named fault points: the places at which a test may kill this process.

A program calls ``at("vault-written")`` between two writes whose order matters. Nothing happens unless the node's
configuration arms that name, which only tests do; ``satark doctor`` reports an armed node as broken.
"""

import os
import signal
from collections.abc import Callable

_armed: dict[str, Callable[[], None]] = {}


def at(point: str) -> None:
    """Passes the fault point ``point``; runs what was armed for it, which as a rule does not return."""
    if action := _armed.get(point):
        action()


def arm(point: str, action: Callable[[], None] | None = None) -> None:
    """Arms one point with ``action`` (default: SIGKILL to this process, as a power cut would end it)."""
    _armed[point] = action or _kill


def disarm() -> None:
    """Forgets every armed point."""
    _armed.clear()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
