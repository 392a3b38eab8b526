"""What makes a file's name as durable as its content."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Returns once the names in ``folder`` are on the disk: a new file, one renamed, one removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
