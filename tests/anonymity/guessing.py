"""Somebody with the table of STOP and the epoch store, who tries numbers one after the other."""

import time
from collections.abc import Iterable

from relay.epochs import EpochStore
from relay.events import Sender
from sync import canonical
from sync.sealing import locks

PATIENCE_S = 1.5
"""Of a processor; without a cost of their own, LIST takes a small part of it."""
LIST = 5_000


def list_with(number: str) -> list[str]:
    """Numbers that he holds likely; the one of somebody who said stop comes last."""
    return [*(f"9170{n:08d}" for n in range(LIST)), number]


def guess(tags: set[bytes], epochs: EpochStore, numbers: Iterable[str]) -> str | None:
    """The number of a person in the table, where his patience was enough to come to it."""
    keys, salt, began = epochs.stop_keys(), epochs.stop_salt(), time.thread_time()
    for number in numbers:
        if time.thread_time() - began > PATIENCE_S:
            return None
        slow = locks.slow(canonical.dumps(Sender("", number)), salt)
        if any(locks.tag(key, "stop", slow) in tags for key in keys):
            return number
    return None
