"""Keys that the web process reads for every POST, read anew only when their folder has changed."""

import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from relay.identity import IntakeKey, IntakeKeys
from sync.clock import Clock

T = TypeVar("T")

SETTLED_S = 1.0
"""A folder's time stamp moves in steps of some milliseconds: two changes may share one, a second apart they do not."""


LOOK_EVERY_S = 60.0
"""How long a process to which nobody posts may hold a key that was destroyed."""


class Remembered(Generic[T]):
    """What was found in a folder of key files."""

    def __init__(self, folder: Path, read: Callable[[], T], clock: Clock) -> None:
        """``read`` finds it, and raises when it is not there."""
        self._folder, self._read, self._clock = folder, read, clock
        self._found: tuple[int, T] | None = None

    def __call__(self) -> T:
        """What is there now."""
        try:
            changed_ns = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return self._read()
        found = self._found  # another thread may let go of it meanwhile
        if found is None or found[0] != changed_ns:
            value = self._read()
            settled = self._clock() - changed_ns / 1e9 > SETTLED_S
            self._found = (changed_ns, value) if settled else None
            return value
        return found[1]

    def look(self) -> None:
        """Lets go of what was found when its folder has changed since; from any thread."""
        found = self._found
        try:
            has_changed = found is not None and self._folder.stat().st_mtime_ns != found[0]
        except OSError:
            has_changed = True
        if has_changed:
            self._found = None


class RememberedKeys(IntakeKeys):
    """The intake keys of a process that only seals."""

    def __init__(self, runtime_dir: Path, clock: Clock) -> None:
        """``runtime_dir``: as of IntakeKeys."""
        super().__init__(runtime_dir)
        self.remembered = Remembered(runtime_dir / "intake", super().newest, clock)

    def newest(self) -> IntakeKey:
        """The key to seal under; raises Unavailable while the intake process has made none."""
        return self.remembered()


def look_often(*remembered: Remembered[Any], rest: Callable[[float], object] = time.sleep) -> None:
    """Has a thread of its own let go of destroyed keys, also while nobody posts; it ends when none is in use."""
    known = [weakref.ref(one) for one in remembered]
    threading.Thread(target=_look, args=(known, rest), daemon=True).start()


def _look(known: list["weakref.ref[Remembered[Any]]"], rest: Callable[[float], object]) -> None:
    while any(one() is not None for one in known):
        for one in known:
            if (living := one()) is not None:
                living.look()
            del living
        rest(LOOK_EVERY_S)
