"""New databases for tests: made by every migration once a run, then copied."""

import tempfile
from functools import cache
from pathlib import Path

from sqlite_utils import Migrations

from sync import db


def prepare(path: Path, migrations: Migrations) -> None:
    """Lays an empty database of the newest schema at ``path``, unless there is one; the product opens it as ever."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty(path.name, migrations))


@cache
def _empty(name: str, migrations: Migrations) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        conn = db.open_db(path, migrations)
        conn.execute("pragma wal_checkpoint(truncate)")
        conn.close()
        return path.read_bytes()
