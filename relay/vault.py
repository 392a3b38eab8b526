"""The vault: how to reach the informant of a report, readable only with the box's report key and our epoch key.

``vault.db`` is never backed up. A row without its report key is noise, and so is one whose week's key was destroyed.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from relay.epochs import EpochStore
from relay.events import Sender
from sync import canonical, faults
from sync.clock import DAY_S, whole_hour
from sync.db import transaction, write_anew
from sync.errors import Unreadable
from sync.sealing import envelopes, locks

LIFE_S = 90 * DAY_S
CLOSED_LIFE_S = 7 * DAY_S
"""How long a row outlives the closing of its report at most, while an answer waits."""
PADDED_BYTES = 512
"""A number and the longest business-scoped id look alike."""


@dataclass(frozen=True)
class Reachable:
    """Whom to answer, in which language, whether at once and at any hour, and which node alone may answer.

    ``first``: the handle of the report that this one adds to, under which answers to both are counted; "" for itself.
    Rows of earlier versions have none of the last three: by day, ``node`` "" (not known here), counted by itself.
    """

    sender: Sender
    language: str
    at_once: bool = False
    node: str = ""
    first: str = ""


class Vault:
    """The rows of one relay."""

    def __init__(self, conn: sqlite3.Connection, epochs: EpochStore) -> None:
        """``conn``: of vault.db."""
        self._conn, self._epochs = conn, epochs

    def keep(
        self,
        handle: str,
        report_key: bytes,
        sender: Sender,
        language: str,
        now: float,
        *,
        at_once: bool = False,
        node: str = "",
        first: str = "",
    ) -> None:
        """Writes one row, in its own transaction: an orphan of a crash is noise and expires.

        ``at_once``, ``node``, ``first``: as in ``Reachable``.
        """
        week, epoch_key = self._epochs.current(now)
        reachable = Reachable(sender, language, at_once, node, first)
        padded = envelopes.pad(canonical.dumps(reachable), PADDED_BYTES)
        locked = locks.lock(_row_key(report_key, epoch_key, handle), padded, f"vault:{handle}")
        with transaction(self._conn):
            self._conn.execute(
                "insert into vault values(?,?,?,?)", (handle, week, locked, whole_hour(now + LIFE_S))
            )

    def open(self, handle: str, report_key: bytes) -> Reachable | None:
        """Whom to answer; None when the row or its epoch key is gone or the report key is another."""
        row = self._conn.execute("select week, locked from vault where handle=?", (handle,)).fetchone()
        epoch_key = self._epochs.key(row["week"]) if row else None
        if epoch_key is None:
            return None
        try:
            padded = locks.unlock(_row_key(report_key, epoch_key, handle), row["locked"], f"vault:{handle}")
        except Unreadable:
            return None
        return _read(envelopes.unpad(padded))

    def forget(self, handle: str) -> None:
        """Removes a row, if there is one, from the log of the database as well."""
        with transaction(self._conn):
            self._conn.execute("delete from vault where handle=?", (handle,))
        self._empty_log()

    def has(self, handle: str) -> bool:
        """Whether there is a row of that handle, whatever opens it."""
        return self._conn.execute("select 1 from vault where handle=?", (handle,)).fetchone() is not None

    def expire(self, now: float, over: Sequence[str] = ()) -> None:
        """Removes rows past their life and those of handles in ``over``; then destroys epoch keys nothing needs."""
        with transaction(self._conn):
            self._conn.executemany("delete from vault where handle=?", [(handle,) for handle in over])
            self._conn.execute("delete from vault where expires_at<=?", (now,))
        faults.at("row-expired")
        self._empty_log()
        faults.at("vault-log-cut")
        used = {row[0] for row in self._conn.execute("select distinct week from vault")}
        self._epochs.destroy_unused(now, used)

    def write_anew(self, slot: int) -> None:
        """Once per slot: as ``sync.db.write_anew``."""
        write_anew(self._conn, slot)
        self._empty_log()

    def _empty_log(self) -> None:
        # secure_delete empties pages; their earlier contents stay in the write-ahead log until it is cut.
        self._conn.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()


def _read(data: bytes) -> Reachable:
    """A row's content, also of an earlier version; nobody but us could lock it."""
    raw = json.loads(data)
    return canonical.build(Reachable, {"at_once": False, "node": "", "first": ""} | raw)


def _row_key(report_key: bytes, epoch_key: bytes, handle: str) -> bytes:
    return locks.derive(report_key + epoch_key, "contact", bytes.fromhex(handle))
