"""Who wrote, as the relay keeps it: sealed under keys that live in RAM, named by tags that die with them.

The intake key is new every day and destroyed after 48 hours; its folder is on tmpfs. The web process only reads it:
it answers WhatsApp "try again" until the intake process has made one.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from relay.events import Event, Sender
from sync import canonical
from sync.clock import day_of
from sync.errors import Unavailable
from sync.messages import Manifest
from sync.sealing import locks

LIVE_DAYS = 2


@dataclass(frozen=True)
class FileResult:
    """What became of one photo: its manifest, or why there is none ("size", "kind", "gone", "damaged", "day")."""

    slot: int
    manifest: Manifest | None
    reason: str


@dataclass(frozen=True)
class Queued:
    """One thing for the conversation to take up: an update of WhatsApp's or the result of a fetch."""

    sender: Sender | None
    event: Event | None
    result: FileResult | None


@dataclass(frozen=True)
class IntakeKey:
    """The key of one day (``clock.day_of``)."""

    day: int
    secret: bytes

    def seal(self, value: object, context: str) -> bytes:
        """Canonical bytes of a dataclass under this key."""
        return locks.lock(self.secret, canonical.dumps(value), f"{context}:{self.day}")

    def open(self, sealed: bytes, context: str) -> bytes:
        """What ``seal`` sealed for the same context."""
        return locks.unlock(self.secret, sealed, f"{context}:{self.day}")

    def person(self, sender: Sender) -> bytes:
        """The person's tag under this key."""
        return locks.tag(self.secret, "person", canonical.dumps(sender))


class IntakeKeys:
    """The keys in the runtime folder."""

    def __init__(self, runtime_dir: Path) -> None:
        """``runtime_dir``: a folder that a reboot empties."""
        self._folder = runtime_dir / "intake"

    def renew(self, now: float) -> IntakeKey:
        """Makes today's key if it is not there and destroys those past their life; the intake process calls it."""
        today = day_of(now)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(today)
        if not path.exists():
            write_secret(path, locks.new_key())
        for old in self._days():
            if old <= today - LIVE_DAYS:
                self._path(old).unlink()
        return self.newest()

    def newest(self) -> IntakeKey:
        """The key to seal under; raises Unavailable while the intake process has made none."""
        days = self._days()
        if not days:
            raise Unavailable("no intake key yet", hint="Start satark relay intake")
        return self._read(days[-1])

    def live(self) -> list[IntakeKey]:
        """Every key that still opens something, newest first."""
        return [key for day in reversed(self._days()) if (key := self.of(day))]

    def of(self, day: int) -> IntakeKey | None:
        """The key of one day, or None when it is gone: what it sealed is lost by design."""
        try:
            return self._read(day)
        except FileNotFoundError:
            return None

    def _days(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("*.key"))

    def _path(self, day: int) -> Path:
        return self._folder / f"{day}.key"

    def _read(self, day: int) -> IntakeKey:
        return IntakeKey(day, self._path(day).read_bytes())


def write_secret(path: Path, secret: bytes) -> None:
    """Writes a key file, whole or not at all; one that is there stays. Its folder decides who may read it.

    Two processes may want the first key of a week at once: both must go on with the same one.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(partial)
    finally:
        partial.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
