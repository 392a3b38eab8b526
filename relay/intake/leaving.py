"""What a step leaves behind when something was taken back or erased."""

import logging
import sqlite3
from dataclasses import dataclass

log = logging.getLogger(__name__)

CHECKPOINT_WAIT_MS = 200


@dataclass(frozen=True)
class Left:
    """What a step's transaction left without a use, to be removed once it is committed."""

    handles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def empty_log(conn: sqlite3.Connection) -> None:
    """Cuts the write-ahead log, where deleted rows still stand; a reader in the way leaves it to housekeeping."""
    (usual_ms,) = conn.execute("pragma busy_timeout").fetchone()
    conn.execute(f"pragma busy_timeout={CHECKPOINT_WAIT_MS}")
    try:
        (busy, *_) = conn.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        conn.execute(f"pragma busy_timeout={usual_ms}")
    if busy:
        log.info("the database's log was in use; housekeeping empties it")
