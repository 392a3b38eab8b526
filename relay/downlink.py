"""Answers to informants: typed commands of a box, checked, delayed, sent from memory, forgotten.

On disk lie the handle, the reply's number and its state, and under the epoch key its template until it is spent. The
report key and the number are only in memory: after a restart the box sends its unsettled commands again.
"""

import logging
import random
import sqlite3
from dataclasses import dataclass

from relay import receipts
from relay.epochs import EpochStore
from relay.vault import Reachable, Vault
from relay.whatsapp import OutcomeUnknown, SendError, Text, WhatsApp
from sync import canonical, outbox
from sync.catalogue import Catalogue
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, Clock
from sync.db import transaction
from sync.errors import SatarkError
from sync.exchange import Opened
from sync.messages import PublicState, Reply, Settled, encode
from sync.outbox import Parcel, Retry
from sync.sealing import locks

log = logging.getLogger(__name__)

BUDGET = 10
SETTLED_EACH = 50

Keys = dict[tuple[str, int], bytes]
"""(handle, reply number) → report key, in this process's memory and nowhere else."""


@dataclass(frozen=True)
class Pace:
    """Random wait before an answer goes, seconds; no answers in the quiet hours (IST); how often boxes hear."""

    delay_min_s: float
    delay_max_s: float
    quiet_hours: tuple[int, int] | None
    settled_every_s: float


@dataclass(frozen=True)
class _Words:
    template: str
    parameters: tuple[str, ...]


class Downlink:
    """What the link process takes from boxes for informants."""

    def __init__(
        self, epochs: EpochStore, catalogue: Catalogue, keys: Keys, pace: Pace, rng: random.Random
    ) -> None:
        """``keys`` is shared with the sender of this process."""
        self._epochs, self._catalogue, self._keys, self._pace, self._rng = epochs, catalogue, keys, pace, rng

    def reply(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Takes a command once per (handle, number); raises SatarkError on anything the catalogue does not hold."""
        reply = opened.messages["message"]
        assert isinstance(reply, Reply)
        self._check(reply)
        week, epoch_key = self._epochs.current(now)
        words = canonical.dumps(_Words(reply.template, reply.parameters))
        locked = locks.lock(epoch_key, words, f"reply:{reply.handle}:{reply.reply_no}")
        conn.execute(
            "insert into reply(handle, reply_no, node, locked, week, due_at, state) values(?,?,?,?,?,?,'waiting')"
            " on conflict do nothing",
            (reply.handle, reply.reply_no, opened.sender, locked, week, self._due(now)),
        )
        self._keys[reply.handle, reply.reply_no] = reply.report_key

    def state(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """A state for receipt holders; one we cannot use changes nothing."""
        state = opened.messages["message"]
        assert isinstance(state, PublicState)
        receipts.pushed(conn, state.handle, opened.sender, state.state, state.version, now)

    def _check(self, reply: Reply) -> None:
        template = self._catalogue.template(reply.template)
        if template is None or not 1 <= reply.reply_no <= BUDGET:
            raise SatarkError("an answer outside the catalogue or over its budget")
        template.text("en", reply.parameters)

    def _due(self, now: float) -> float:
        due = now + self._rng.uniform(self._pace.delay_min_s, self._pace.delay_max_s)
        if self._pace.quiet_hours is None:
            return due
        start, end = self._pace.quiet_hours
        quiet_s = (end - start) % 24 * HOUR_S
        into_s = (due + IST_OFFSET_S - start * HOUR_S) % DAY_S
        if into_s >= quiet_s:
            return due
        return due + quiet_s - into_s + self._rng.uniform(self._pace.delay_min_s, self._pace.delay_max_s)


class ReplySender:
    """Sends what is due; a thread of the link process with its own connections."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        vault: Vault,
        epochs: EpochStore,
        client: WhatsApp,
        catalogue: Catalogue,
        keys: Keys,
        pace: Pace,
        clock: Clock,
        retry: Retry,
        rng: random.Random,
    ) -> None:
        """``conn``: of relay.db, this thread's own."""
        self._conn, self._vault, self._epochs, self._client = conn, vault, epochs, client
        self._catalogue, self._keys, self._pace, self._clock = catalogue, keys, pace, clock
        self._retry, self._rng, self._settle_at = retry, rng, 0.0

    def step(self) -> bool:
        """Sends one answer whose key is in memory; False when there is none."""
        now = self._clock()
        self._settle(now)
        rows = self._conn.execute(
            "select * from reply where state in ('waiting', 'sending') and due_at<=? order by due_at", (now,)
        )
        row = next((row for row in rows if (row["handle"], row["reply_no"]) in self._keys), None)
        if row is None:
            return False
        reachable = self._vault.open(row["handle"], self._keys[row["handle"], row["reply_no"]])
        words = self._words(row)
        if reachable is None or words is None:
            self._note(row, "expired")
        else:
            self._send(row, reachable, words)
        return True

    def _words(self, row: sqlite3.Row) -> _Words | None:
        epoch_key = self._epochs.key(row["week"])
        if epoch_key is None:
            return None
        context = f"reply:{row['handle']}:{row['reply_no']}"
        return canonical.loads(_Words, locks.unlock(epoch_key, row["locked"], context))

    def _send(self, row: sqlite3.Row, reachable: Reachable, words: _Words) -> None:
        template = self._catalogue.template(words.template)
        assert template is not None  # checked when it was taken
        self._note(row, "sending")
        try:
            text = template.text(reachable.language, words.parameters)
            self._client.send(reachable.sender, Text(text), f"{self._rng.getrandbits(96):024x}")
        except (SendError, OutcomeUnknown) as error:
            log.warning("an answer was not sent: %s", error.what)
            self._note(row, "expired") if error.permanent else self._later(row)
        else:
            self._note(row, "spent")

    def _note(self, row: sqlite3.Row, state: str) -> None:
        over = state in ("spent", "expired")
        with transaction(self._conn):
            self._conn.execute(
                "update reply set state=?, locked=iif(?, null, locked) where handle=? and reply_no=?",
                (state, over, row["handle"], row["reply_no"]),
            )
        if over:
            self._keys.pop((row["handle"], row["reply_no"]), None)

    def _later(self, row: sqlite3.Row) -> None:
        with transaction(self._conn):
            self._conn.execute(
                "update reply set state='waiting', due_at=? where handle=? and reply_no=?",
                (self._clock() + self._retry.after(3, self._rng), row["handle"], row["reply_no"]),
            )

    def _settle(self, now: float) -> None:
        """Tells each box, in one batch, which of its answers are over: neither when nor how."""
        if now < self._settle_at:
            return
        self._settle_at = now + self._pace.settled_every_s
        with transaction(self._conn):
            rows = self._conn.execute(
                "select * from reply where state in ('spent', 'expired') and settled=0 order by handle limit ?",
                (SETTLED_EACH,),
            ).fetchall()
            for node in sorted({row["node"] for row in rows}):
                items = tuple(f"{r['handle']}/{r['reply_no']}" for r in rows if r["node"] == node)
                message_id = f"{self._rng.getrandbits(128):032x}"
                content = encode(Settled(1, items))
                parcel = Parcel(message_id, node, "settled", outbox.LANE_REPLY, content, int(now))
                outbox.put(self._conn, parcel)
            self._conn.executemany(
                "update reply set settled=1 where handle=? and reply_no=?",
                [(row["handle"], row["reply_no"]) for row in rows],
            )
