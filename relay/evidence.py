"""Photos: fetched from WhatsApp by a worker, cleaned, sealed under a key of their own, and handed to the dialogue."""

import io
import logging
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relay import spool
from relay.events import MediaRef, Sender
from relay.identity import FileResult, IntakeKey, IntakeKeys, Queued
from relay.whatsapp import TooLarge, WhatsApp
from sync import canonical, faults, metadata
from sync.clock import Clock, whole_hour
from sync.db import transaction
from sync.errors import SatarkError, Unreadable
from sync.messages import Manifest
from sync.outbox import Retry
from sync.sealing import files, locks

log = logging.getLogger(__name__)

PHOTO_LIMIT_BYTES = 16 * 1024 * 1024
BACK_OFF_S = 30.0
RESERVE_BYTES, RESERVE_PERCENT = 256 * 1024 * 1024, 2
"""What no photo may take of the disk: reports in words must find room."""
TOOL = "satark.metadata/1"


Room = Callable[[Path], tuple[int, int]]
"""Bytes (in all, free) of the disk a folder lies on."""


def room(folder: Path) -> tuple[int, int]:
    """As the system gives it."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


class NoRoom(SatarkError):
    """The disk is so full that a photo would endanger what is more important."""


@dataclass(frozen=True)
class Wanted:
    """One photo to fetch, as it lies sealed until then."""

    sender: Sender
    media: MediaRef


def queue(conn: sqlite3.Connection, key: IntakeKey, sender: Sender, media: MediaRef) -> int:
    """Notes a photo to fetch, in the caller's transaction; gives the slot the dialogue knows it by."""
    added = conn.execute(
        "insert into fetch(key_day, sealed, due_at) values(?,?,0)",
        (key.day, key.seal(Wanted(sender, media), "fetch")),
    )
    return int(added.lastrowid or 0)


class Fetcher:
    """One worker that fetches; several may run, each with its own connection and its own remainder of slots."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        keys: IntakeKeys,
        client: WhatsApp,
        media: Path,
        clock: Clock,
        retry: Retry,
        rng: random.Random,
        file_wait_s: float,
        share: tuple[int, int] = (0, 1),
        *,
        room: Room = room,
        progress: Callable[[], object] = lambda: None,
    ) -> None:
        """``media``: the folder of sealed files; ``file_wait_s``: as long as the conversation waits for a photo.

        ``share``: (this worker, of how many); ``progress`` is called for each piece that comes.
        """
        self._conn, self._keys, self._client, self._media = conn, keys, client, media
        self._clock, self._retry, self._rng, self._share = clock, retry, rng, share
        self._give_up_s, self._room, self._progress = 2 * file_wait_s, room, progress
        media.mkdir(parents=True, exist_ok=True)

    def step(self) -> bool:
        """Fetches one photo that is due; False when there is none."""
        row = self._conn.execute(
            "select id, key_day, sealed, attempts, tried_at from fetch where due_at<=? and id%?=?"
            " order by due_at, id limit 1",
            (self._clock(), self._share[1], self._share[0]),
        ).fetchone()
        if row is None:
            return False
        wanted = self._wanted(row)
        if wanted is None:
            with transaction(self._conn):
                self._conn.execute("delete from fetch where id=?", (row["id"],))
        else:
            self._fetch(row, wanted)
        return True

    def _wanted(self, row: sqlite3.Row) -> Wanted | None:
        """What to fetch; None when its key is gone, be it that a reboot has put another into its place."""
        key = self._keys.of(row["key_day"])
        try:
            return canonical.loads(Wanted, key.open(row["sealed"], "fetch")) if key else None
        except Unreadable:
            return None

    def _fetch(self, row: sqlite3.Row, wanted: Wanted) -> None:
        try:
            result = FileResult(row["id"], self._take(wanted.media), "")
        except (SatarkError, OSError) as error:  # a disk that is full or ill may be well again
            log.warning("a photo was not taken: %s", type(error).__name__)
            is_over = isinstance(error, SatarkError) and error.permanent
            if not is_over and not self._is_too_late(row):
                self._later(row)
                return
            result = FileResult(row["id"], None, _reason(error))
        faults.at("file-written")
        self._settle(result, wanted.sender)

    def _is_too_late(self, row: sqlite3.Row) -> bool:
        return row["tried_at"] is not None and self._clock() - row["tried_at"] > self._give_up_s

    def _refuse_without_room(self) -> None:
        total_bytes, free_bytes = self._room(self._media)
        if free_bytes < max(RESERVE_BYTES, total_bytes * RESERVE_PERCENT // 100):
            raise NoRoom("the disk is nearly full", hint="Make room on the relay's disk")

    def _take(self, media: MediaRef) -> Manifest:
        self._refuse_without_room()
        received = io.BytesIO()

        def sink(piece: bytes) -> None:
            received.write(piece)
            self._progress()

        self._client.download(self._client.media(media.media_id), sink, PHOTO_LIMIT_BYTES)
        cleaned = metadata.clean(received.getvalue())
        file_id, key = f"{self._rng.getrandbits(128):032x}", self._rng.randbytes(locks.KEY_BYTES)
        sha256_sealed = self._seal(cleaned.data, key, file_id)
        return Manifest(
            file_id=file_id,
            kind="photo",
            mime=cleaned.mime,
            size_bytes=len(cleaned.data),
            sha256_received=cleaned.sha256_before,
            sha256_kept=cleaned.sha256_after,
            sha256_sealed=sha256_sealed,
            key=key,
            dropped=cleaned.dropped,
            tool=TOOL,
        )

    def _seal(self, data: bytes, key: bytes, file_id: str) -> str:
        path = self._media / file_id
        try:
            return self._write(data, key, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def _write(self, data: bytes, key: bytes, path: Path) -> str:
        with path.open("w+b") as target:
            files.seal_file(io.BytesIO(data), len(data), key, target)
            target.flush()
            os.fsync(target.fileno())
            target.seek(0)
            sha256_sealed = locks.digest(target.read()).hex()
        hour = whole_hour(self._clock())
        os.utime(path, (hour, hour))  # the box knows this name: no finer than what it is told
        return sha256_sealed

    def _settle(self, result: FileResult, sender: Sender) -> None:
        with transaction(self._conn):
            gone = self._conn.execute("delete from fetch where id=?", (result.slot,)).rowcount == 0
            if result.manifest is not None:
                self._conn.execute(
                    "insert into evidence_file values(?,null,?,?)",
                    (
                        result.manifest.file_id,
                        files.sealed_size(result.manifest.size_bytes),
                        whole_hour(self._clock()),
                    ),
                )
            if not gone:
                spool.put_result(self._conn, self._keys.newest(), Queued(sender, None, result))

    def _later(self, row: sqlite3.Row) -> None:
        now = self._clock()
        wait_s = min(BACK_OFF_S, self._retry.after(row["attempts"], self._rng))
        with transaction(self._conn):
            self._conn.execute(
                "update fetch set attempts=attempts+1, due_at=?, tried_at=coalesce(tried_at, ?) where id=?",
                (now + wait_s, now, row["id"]),
            )


def _reason(error: Exception) -> str:
    if isinstance(error, metadata.Unsupported):
        return "kind"
    if isinstance(error, metadata.Damaged):
        return "damaged"
    return "size" if isinstance(error, TooLarge | NoRoom) else "gone"
