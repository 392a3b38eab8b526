"""``python pragmas.py SCRIPT ARGS...``: runs a script unchanged, its SQLite connections in WAL with synchronous=FULL.

What a careful author of the script would have set.
"""

import runpy
import sqlite3
import sys
from typing import Any

_connect = sqlite3.connect


def connect(*args: Any, **options: Any) -> Any:
    """``sqlite3.connect`` and the two pragmas."""
    conn = _connect(*args, **options)
    conn.execute("pragma journal_mode=WAL")
    conn.execute("pragma synchronous=FULL")
    return conn


if __name__ == "__main__":
    sqlite3.connect = connect  # that is the point: the script stays as it is
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
