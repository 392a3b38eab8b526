"""The queue of files still at WhatsApp, and the workers that empty it; every row ends in exactly one result."""

import logging
import random
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from relay import drafts, spool
from relay.allowance import Allowance, Limits, OverAllowance
from relay.events import MediaRef, Sender
from relay.evidence.kinds import DOCUMENT, PHOTO
from relay.evidence.taking import NoRoom, Progress, Room, Taker, room
from relay.identity import FileResult, IntakeKey, IntakeKeys, Queued
from relay.whatsapp import Damaged, TooLarge, WhatsApp
from sync import canonical, faults, metadata
from sync.clock import DAY_S, HOUR_S, Clock, whole_hour
from sync.db import transaction
from sync.errors import SatarkError, Unreadable
from sync.messages import Manifest
from sync.outbox import Retry
from sync.sealing import files

log = logging.getLogger(__name__)

BACK_OFF_S = 30.0
LATE_BACK_OFF_S = 120.0
"""Once nobody waits at the phone any more: WhatsApp takes many failed requests in an hour amiss."""
KEPT_AT_WHATSAPP_S = 7 * DAY_S - HOUR_S
MOST_WRONG = 4
"""How often a file may come with other bytes than announced before it counts as damaged."""


@dataclass(frozen=True)
class Wanted:
    """One file to fetch, as it lies sealed until then; ``kind`` as it was announced."""

    sender: Sender
    media: MediaRef
    kind: str


def queue(
    conn: sqlite3.Connection, key: IntakeKey, sender: Sender, media: MediaRef, kind: str = PHOTO
) -> int:
    """Notes a file to fetch, in the caller's transaction; gives the slot the dialogue knows it by.

    ``kind``: of ``kind_of``; it decides how large the file may be.
    """
    added = conn.execute(
        "insert into fetch(key_day, sealed, due_at) values(?,?,0)",
        (key.day, key.seal(Wanted(sender, media, kind), "fetch")),
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
        progress: Progress = lambda: None,
        allowance: Allowance | None = None,
    ) -> None:
        """``media``: the folder of sealed files; ``file_wait_s``: as long as the conversation waits for a file.

        ``share``: (this worker, of how many); ``progress`` is called for each piece that comes, and while a file is
        cleaned. ``allowance``: of all workers of this process; None for one of its own.
        """
        self._conn, self._keys, self._client = conn, keys, client
        self._clock, self._retry, self._rng, self._share = clock, retry, rng, share
        self._give_up_s = 2 * file_wait_s
        self._allowance = allowance or Allowance(Limits(), clock)
        self._taker = Taker(client, media, clock, rng, room, progress)
        media.mkdir(parents=True, exist_ok=True)

    def step(self) -> bool:
        """Fetches one file that is due; False when there is none."""
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
            claims = partial(self._allowance.claim, wanted.sender, wanted.kind == DOCUMENT)
            result = FileResult(row["id"], self._taker.take(wanted.media, wanted.kind, claims), "")
        except (SatarkError, OSError) as error:  # a disk that is full or ill may be well again
            log.warning("a file was not taken: %s", type(error).__name__)
            if not self._is_over(error, row, wanted):
                self._later(row)
                return
            result = FileResult(row["id"], None, _reason(error))
        faults.at("file-written")
        self._settle(result, wanted.sender)
        if result.reason != "gone":
            self._forget_at_whatsapp(wanted)

    def _is_over(self, error: Exception, row: sqlite3.Row, wanted: Wanted) -> bool:
        """Whether another try is in vain: for good, too often, or so late that nobody waits for it."""
        if isinstance(error, SatarkError) and error.permanent:
            return True
        if isinstance(error, Damaged) and row["attempts"] + 1 >= MOST_WRONG:
            return True
        if row["tried_at"] is None:
            return False
        is_awaited = self._is_awaited(row["id"], wanted.sender)
        give_up_s = KEPT_AT_WHATSAPP_S if is_awaited else self._give_up_s
        return bool(self._clock() - row["tried_at"] > give_up_s)

    def _is_awaited(self, slot: int, sender: Sender) -> bool:
        """Whether a conversation that is not sent yet still wants this file: it may come late."""
        try:
            draft = drafts.find(self._conn, self._keys, sender)
        except Unreadable:
            return False
        return draft is not None and any(s.number == slot and s.waiting for s in draft.state.slots)

    def _forget_at_whatsapp(self, wanted: Wanted) -> None:
        """Asks WhatsApp once to delete its copy; where it does not, the copy dies by itself."""
        try:
            self._client.delete_media(wanted.media.media_id)
        except SatarkError as error:
            log.info("WhatsApp keeps its copy of a file for now: %s", type(error).__name__)

    def _settle(self, result: FileResult, sender: Sender) -> None:
        with transaction(self._conn):
            gone = self._conn.execute("delete from fetch where id=?", (result.slot,)).rowcount == 0
            if result.manifest is not None:
                self._keep(result.manifest)
            if not gone:
                spool.put_result(self._conn, self._keys.newest(), Queued(sender, None, result))

    def _keep(self, manifest: Manifest) -> None:
        row = (manifest.file_id, files.sealed_size(manifest.size_bytes), whole_hour(self._clock()))
        self._conn.execute("insert into evidence_file values(?,null,?,?)", row)

    def _later(self, row: sqlite3.Row) -> None:
        now = self._clock()
        is_late = row["tried_at"] is not None and now - row["tried_at"] > self._give_up_s
        most_s = LATE_BACK_OFF_S if is_late else BACK_OFF_S
        wait_s = most_s if is_late else min(most_s, self._retry.after(row["attempts"], self._rng))
        with transaction(self._conn):
            self._conn.execute(
                "update fetch set attempts=attempts+1, due_at=?, tried_at=coalesce(tried_at, ?) where id=?",
                (now + wait_s, now, row["id"]),
            )


def _reason(error: Exception) -> str:
    if isinstance(error, metadata.Unsupported):
        return "kind"
    if isinstance(error, OverAllowance):
        return "day"
    if isinstance(error, metadata.Damaged | Damaged):
        return "damaged"
    return "size" if isinstance(error, TooLarge | NoRoom) else "gone"
