"""What makes a file's name as durable as its content."""

import os
from pathlib import Path


def erase_file(path: Path) -> None:
    """Overwrites a file in place, empties it and removes it, each on the disk before the next.

    Where the disk writes in place nothing of it is left; a flash disk may keep the old block.
    """
    empty_file(path)
    path.unlink()
    sync_folder(path.parent)


def empty_file(path: Path) -> None:
    """The same without removing it, where its folder is not ours."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
        file.truncate(0)
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Returns once the names in ``folder`` are on the disk: a new file, one renamed, one removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
