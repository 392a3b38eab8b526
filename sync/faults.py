"""Named fault points: the places at which a test may kill this process.

A program calls ``at("vault-written")`` between two writes whose order matters. Nothing happens unless the node's
configuration arms that name, which only tests do; ``satark doctor`` reports an armed node as broken.
"""

import os
import signal
from collections.abc import Callable

SUBMIT = ("file-written", "vault-written", "report-written", "step-committed", "taken-back")
"""Of the relay: a photo lies sealed, the vault row is written, the report is held, the step is committed, undone."""
RELEASE = (
    *("release-written", "released", "frames-made", "keys-written", "report-stored", "file-here"),
    *("group-committed", "contact-dropped"),
)
"""Relay, line (both ends), box; then the relay again, when the box's acknowledgement is there."""
REPLY = (
    *("answer-ordered", "command-sealing", "command-taken", "offer-written", "answer-sent"),
    *("answer-noted", "answer-over", "settled-written"),
)
"""Box: ordered by staff, about to be sealed; relay: taken, about to be posted, posted, noted, over, told to the box."""
CLOSE = (
    *("case-closed", "state-taken", "key-erased", "keys-log-cut"),
    *("row-expired", "vault-log-cut", "epoch-destroyed", "house-written"),
)
"""Box: closed by staff; relay: told; then what is erased at either end, before and after its log is cut."""
WAY = (*SUBMIT, *RELEASE, *REPLY, *CLOSE)
"""What a report passes from the phone to its end."""
CLIMB = ("escalation-written", "escalated")
"""Of a box's timetable: one case went up a step, before and after that is committed."""
POINTS = (*WAY, *CLIMB)

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
