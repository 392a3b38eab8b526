"""What the line says when this node's disk or database does not serve it just now."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sync.errors import Unavailable


@contextmanager
def storage() -> Iterator[None]:
    """A full disk or a locked database within it ends as Unavailable: ``sync.link`` keeps the group and tries again."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise Unavailable(
            f"this node's storage does not serve: {type(error).__name__} ({error})",
            hint="Is its disk full, or its database held by another program?",
        ) from error
