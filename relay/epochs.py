"""Epoch keys: the relay's half of every vault row, one a week, in a store apart from the relay's disk.

Destroying a week's key destroys every row of that week, in old copies of the disk too. The same key makes, by
derivation, the tags of message ids; those derived keys lie in the runtime folder for the web process, which must not
reach the store itself. And those of people who want no answers, which outlive it in the store: from a derived key no
way leads back to the week's rows.
"""

from collections.abc import Callable
from pathlib import Path

from relay.identity import write_secret
from relay.wrapping import Plain, Wrapping
from sync import faults
from sync.clock import week_of
from sync.errors import Unavailable
from sync.folders import erase_file
from sync.sealing import locks

MARKER = "satark-epoch-store"
TAG_WEEKS = 3
GONE = ".gone"
STOP_WEEKS = 14
"""This week and 13 whole ones before: no vault row lives as long."""


class EpochStore:
    """The store: a folder on another volume, or of keys that are wrapped each."""

    def __init__(self, folder: Path, wrapping: Wrapping | None = None) -> None:
        """``folder`` holds a marker that ``initialise`` wrote; whatever needs a key raises Unavailable without it.

        ``wrapping``: how a key lies in its file; as it is without one. To unwrap may take a second, so what was
        unwrapped stays in memory as long as its file is there (see ``forget_destroyed``).
        """
        self._folder, self._wrapping = folder, wrapping or Plain()
        self._opened: dict[str, tuple[bytes, bytes]] = {}

    @classmethod
    def initialise(cls, folder: Path) -> "EpochStore":
        """Marks a folder as the store, once its volume is mounted; a second time changes nothing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MARKER).touch(mode=0o640)
        return cls(folder)

    def current(self, now: float) -> tuple[int, bytes]:
        """This week (``clock.week_of``) and its key, made when it is not there."""
        self.forget_destroyed()
        week = week_of(now)
        return week, self._at(f"{week}.epoch")

    def key(self, week: int) -> bytes | None:
        """The key of one week, or None once it was destroyed."""
        self._refuse_unmarked()
        return self._read(self._folder / f"{week}.epoch")

    def pepper(self) -> bytes:
        """The key of receipt tags."""
        return self._at("receipt.pepper")

    def stop_key(self, now: float) -> bytes:
        """The key that this week's STOP tags are made with."""
        week, secret = self.current(now)
        return self._at(f"{week}.stop", lambda: locks.derive(secret, "stop tags"))

    def stop_keys(self) -> list[bytes]:
        """Every key that a STOP tag which still counts may be made with."""
        self._refuse_unmarked()
        self.forget_destroyed()
        return [key for path in self._folder.glob("*.stop") if (key := self._read(path))]

    def stop_salt(self) -> bytes:
        """What nobody can have worked with before he has this store."""
        return locks.derive(self.pepper(), "stop salt")

    def destroy_unused(self, now: float, used: set[int]) -> None:
        """Destroys the keys of weeks that no row needs and no tag can still be made of."""
        self._refuse_unmarked()
        for path in self._folder.glob(f"*{GONE}"):  # of who died half-way
            erase_file(path)
        for path in self._folder.glob("*.epoch"):
            week = int(path.stem)
            if week not in used and week <= week_of(now) - TAG_WEEKS:
                _destroy(path)
                faults.at("epoch-destroyed")
        for path in self._folder.glob("*.stop"):
            if int(path.stem) <= week_of(now) - STOP_WEEKS:
                _destroy(path)

    def forget_destroyed(self) -> None:
        """Drops from memory what another process destroyed; every process that opens keys does it each minute."""
        for name in list(self._opened):
            if not (self._folder / name).exists():
                self._opened.pop(name, None)

    def publish_tag_keys(self, runtime_dir: Path, now: float) -> None:
        """Derives the tag keys of this week and the two before for the web process, and removes older ones."""
        folder = runtime_dir / "tags"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        current, _ = self.current(now)
        wanted = {week for week in range(current - TAG_WEEKS + 1, current + 1) if self.key(week)}
        for week in wanted:
            path = folder / f"{week}.key"
            if not path.exists():
                write_secret(path, locks.derive(self.key(week) or b"", "message-id tags"))
        for path in folder.glob("*.key"):
            if int(path.stem) not in wanted:
                path.unlink()

    def _at(self, name: str, make: Callable[[], bytes] = locks.new_key) -> bytes:
        self._refuse_unmarked()
        path = self._folder / name
        key = self._read(path)
        while key is None:  # of two processes one was first, and both read what that one wrote
            write_secret(path, self._wrapping.wrap(name, make()))
            key = self._read(path)
        return key

    def _read(self, path: Path) -> bytes | None:
        try:
            blob = path.read_bytes()
        except FileNotFoundError:
            self._opened.pop(path.name, None)
            return None
        known = self._opened.get(path.name)
        if known is None or known[0] != blob:
            known = self._opened[path.name] = (blob, self._wrapping.unwrap(path.name, blob))
        return known[1]

    def _refuse_unmarked(self) -> None:
        # An empty mount point looks like a new store: keys made there would lie on the very disk they protect.
        if not (self._folder / MARKER).exists():
            raise Unavailable(
                "the epoch store is not there",
                hint="Mount its volume; for a new one run satark relay init-epochs",
            )


def _destroy(path: Path) -> None:
    """Under another name first: nobody must take a half-erased key for one."""
    erase_file(path.rename(path.with_name(f"{path.name}{GONE}")))


def shares_device(folder: Path, root: Path) -> bool:
    """Whether a store in ``folder``, which need not be there yet, would lie on the very disk of ``root``."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return device_of(there) == device_of(root)


def device_of(path: Path) -> int:
    """The number of the device that a path lies on."""
    return path.stat().st_dev


def tag_keys(runtime_dir: Path) -> list[tuple[int, bytes]]:
    """(week, key), newest first; raises Unavailable while the intake process has published none."""
    paths = sorted((runtime_dir / "tags").glob("*.key"), key=lambda path: -int(path.stem))
    if not paths:
        raise Unavailable("no tag keys yet", hint="Start satark relay intake")
    return [(int(path.stem), path.read_bytes()) for path in paths]
