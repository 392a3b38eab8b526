"""Takes what boxes tell: any order, any number of times, the same result."""

import sqlite3
from pathlib import Path

from appliance.rangenode import migrations
from sync import db
from sync.db import transaction
from sync.messages import Digest


def open_range(path: Path) -> sqlite3.Connection:
    """Opens ``range.db``, bringing it to the newest schema."""
    return db.open_db(path, migrations.RANGE)


def accept(conn: sqlite3.Connection, box: str, digest: Digest, now: float) -> None:
    """Stores one digest of ``box``; its own transaction. A cell keeps the count with the highest number."""
    with transaction(conn):
        conn.execute(
            "insert into box_epoch(box, epoch, first_at) values(?,?,?) on conflict do nothing",
            (box, digest.epoch, int(now)),
        )
        conn.execute("insert or ignore into digest_seen values(?,?,?)", (box, digest.epoch, digest.seq))
        conn.executemany(
            "insert into digest_cell values(?,?,?,?,?,?,?,?,?) on conflict do update"
            " set count=excluded.count, seq=excluded.seq where excluded.seq > seq",
            [
                (box, digest.epoch, c.district, c.thana, c.category, c.week, c.status, c.count, digest.seq)
                for c in digest.cells
            ],
        )


def contact(conn: sqlite3.Connection, box: str, now: float, directory_version: int = 0) -> None:
    """``box`` was heard of; a time or version older than the known one changes nothing."""
    conn.execute(
        "insert into contact values(?,?,?) on conflict do update set"
        " last_contact_at=max(last_contact_at, excluded.last_contact_at),"
        " directory_version=max(directory_version, excluded.directory_version)",
        (box, int(now), directory_version),
    )
