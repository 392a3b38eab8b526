"""Keys that the web process reads for every POST, read anew only when their folder has changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from relay.identity import IntakeKey, IntakeKeys
from sync.clock import Clock

T = TypeVar("T")

SETTLED_S = 1.0
"""A folder's time stamp moves in steps of some milliseconds: two changes may share one, a second apart they do not."""


class Remembered(Generic[T]):
    """What was found in a folder of key files. A process to which nobody posts keeps it until the next POST."""

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
        if self._found is None or self._found[0] != changed_ns:
            value = self._read()
            settled = self._clock() - changed_ns / 1e9 > SETTLED_S
            self._found = (changed_ns, value) if settled else None
            return value
        return self._found[1]


class RememberedKeys(IntakeKeys):
    """The intake keys of a process that only seals."""

    def __init__(self, runtime_dir: Path, clock: Clock) -> None:
        """``runtime_dir``: as of IntakeKeys."""
        super().__init__(runtime_dir)
        self._remembered = Remembered(runtime_dir / "intake", super().newest, clock)

    def newest(self) -> IntakeKey:
        """The key to seal under; raises Unavailable while the intake process has made none."""
        return self._remembered()
