"""Writes files so that a power cut leaves the old one or the new one, and private ones only their owner may read."""

import os
from collections.abc import Callable
from pathlib import Path

from sync.folders import sync_folder

PRIVATE, PUBLIC, FOLDER = 0o600, 0o644, 0o700


def write(path: Path, data: bytes, *, private: bool = False) -> Path:
    """Puts ``data`` at ``path`` in one step; missing folders are made for the owner alone. Gives ``path``."""
    path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    mode = PRIVATE if private else PUBLIC
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
    return path


def keep_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The private file's content; made by ``make`` where there is none. A key that exists is never replaced."""
    if not path.exists():
        write(path, make(), private=True)
    return path.read_bytes()
