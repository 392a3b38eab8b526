"""Answers to informants: typed commands of a box, checked, delayed, sent from memory, forgotten.

On disk lie the handle, the reply's number and its state, and under the epoch key its template until it is spent. The
report key and the number are only in memory: after a restart the box sends its unsettled commands again.

WhatsApp may take an answer and refuse it later, in a status. Until then it is ``sent``, and which answer hides behind
the opaque id of a status is known in memory only. What perhaps went is never sent again: rather none than two.
"""

import logging
import random
import sqlite3
from dataclasses import dataclass

from relay import receipts
from relay.epochs import EpochStore
from relay.vault import Reachable, Vault
from relay.whatsapp import GraphError, OutcomeUnknown, SendError, Template, Text, WhatsApp
from sync import canonical, outbox
from sync.catalogue import Catalogue
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, Clock, week_of
from sync.db import transaction
from sync.errors import ConfigError, SatarkError, Unavailable, Unreadable
from sync.exchange import Opened
from sync.messages import PublicState, Reply, Settled, encode
from sync.outbox import Parcel, Retry
from sync.sealing import locks

log = logging.getLogger(__name__)

BUDGET = 10
SETTLED_EACH = 50
SILENT_TRIES = 48
"""How often an answer is tried again, an hour apart, when its informant must write first."""

STATUS_WAIT_S = 600.0
"""How long WhatsApp has to say that it refuses an answer after all."""

Keys = dict[tuple[str, int], bytes]
"""(handle, reply number) → report key, in this process's memory and nowhere else."""


@dataclass(frozen=True)
class Pace:
    """Random wait before an answer goes, seconds; no answers in the quiet hours (IST); how often boxes hear.

    ``status_wait_s``: how long an answer that went waits for a status; ``apart_s``: least time between two of a handle.
    """

    delay_min_s: float
    delay_max_s: float
    quiet_hours: tuple[int, int] | None
    settled_every_s: float
    status_wait_s: float = STATUS_WAIT_S
    apart_s: float = HOUR_S


@dataclass(frozen=True)
class _Words:
    template: str
    parameters: tuple[str, ...]


class Downlink:
    """What the link process takes from boxes for informants."""

    def __init__(
        self,
        epochs: EpochStore,
        vault: Vault,
        catalogue: Catalogue,
        keys: Keys,
        pace: Pace,
        rng: random.Random,
    ) -> None:
        """``vault``: on a connection of the line's thread; ``keys`` is shared with the sender of this process."""
        self._epochs, self._vault, self._catalogue = epochs, vault, catalogue
        self._keys, self._pace, self._rng = keys, pace, rng

    def reply(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Takes a command once per (handle, number), so at most BUDGET of a handle.

        Raises SatarkError on anything the catalogue does not hold, and Unavailable while the epoch store is not there.
        """
        reply = opened.messages["message"]
        assert isinstance(reply, Reply)
        self._check(reply)
        if not self._vault.has(reply.handle):
            self._expire(conn, reply, opened.sender, now)
            return
        week, epoch_key = self._epochs.current(now)
        words = canonical.dumps(_Words(reply.template, reply.parameters))
        locked = locks.lock(epoch_key, words, f"reply:{reply.handle}:{reply.reply_no}")
        conn.execute(
            "insert into reply(handle, reply_no, node, locked, week, due_at, state) values(?,?,?,?,?,?,'waiting')"
            " on conflict do nothing",
            (reply.handle, reply.reply_no, opened.sender, locked, week, self._due(now)),
        )
        if _is_waiting(conn, reply):  # a repeated command must not bring a key back that was forgotten
            self._keys[reply.handle, reply.reply_no] = reply.report_key

    def state(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """A state for receipt holders; one we cannot use changes nothing."""
        state = opened.messages["message"]
        assert isinstance(state, PublicState)
        receipts.pushed(conn, state.handle, opened.sender, state.state, state.version, now)

    def _expire(self, conn: sqlite3.Connection, reply: Reply, node: str, now: float) -> None:
        """Nobody can be answered (any more): the command is over, and nothing of what it says is kept.

        Its box hears no sooner than of one that is sent.
        """
        conn.execute(
            "insert into reply(handle, reply_no, node, week, due_at, state) values(?,?,?,?,?,'expired')"
            " on conflict do update set state='expired', locked=null where state in ('waiting', 'sending')",
            (reply.handle, reply.reply_no, node, week_of(now), self._due(now)),
        )
        self._keys.pop((reply.handle, reply.reply_no), None)

    def _check(self, reply: Reply) -> None:
        template = self._catalogue.template(reply.template)
        if template is None or not 1 <= reply.reply_no <= BUDGET:
            raise SatarkError("an answer outside the catalogue or over its budget")
        template.text("en", reply.parameters)

    def _due(self, now: float) -> float:
        return _after_quiet(now + _wait_s(self._pace, self._rng), self._pace, self._rng)


def _is_waiting(conn: sqlite3.Connection, reply: Reply) -> bool:
    row = conn.execute(
        "select 1 from reply where handle=? and reply_no=? and state in ('waiting', 'sending')",
        (reply.handle, reply.reply_no),
    ).fetchone()
    return row is not None


def _wait_s(pace: Pace, rng: random.Random) -> float:
    return rng.uniform(pace.delay_min_s, pace.delay_max_s)


def _after_quiet(at: float, pace: Pace, rng: random.Random) -> float:
    """``at``, or some time after the quiet hours it falls into."""
    if pace.quiet_hours is None:
        return at
    start, end = pace.quiet_hours
    quiet_s = (end - start) % 24 * HOUR_S
    into_s = (at + IST_OFFSET_S - start * HOUR_S) % DAY_S
    return at if into_s >= quiet_s else at + quiet_s - into_s + _wait_s(pace, rng)


@dataclass(frozen=True)
class _Awaited:
    """The name of an answer in WhatsApp's statuses, and when no more of them is waited for."""

    opaque: str
    until: float


class ReplySender:
    """Sends what is due; a thread of the link process with its own connections.

    An answer that WhatsApp took, or perhaps took (a timeout, a gateway's 5xx), is not sent again unless a status says
    that it failed: rather none than two. Without such a status it is spent, after a restart at once.
    """

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
        update_template: str,
    ) -> None:
        """``conn``: of relay.db, this thread's own; ``update_template``: as in ``RelayConfig``."""
        self._conn, self._vault, self._epochs, self._client = conn, vault, epochs, client
        self._catalogue, self._keys, self._pace, self._clock = catalogue, keys, pace, clock
        self._retry, self._rng, self._settle_at = retry, rng, 0.0
        self._update_template = update_template
        self._awaited: dict[tuple[str, int], _Awaited] = {}

    def step(self) -> bool:
        """Sends one answer whose key is in memory; False when there is none."""
        now = self._clock()
        self._settle(now)
        self._hear(now)
        # All of them: a read left open would make this connection's next write fail once another process has written.
        rows = self._conn.execute(
            "select * from reply where state in ('waiting', 'sending') and due_at<=? order by due_at", (now,)
        ).fetchall()
        row = next((row for row in rows if (row["handle"], row["reply_no"]) in self._keys), None)
        if row is None:
            return False
        later = _after_quiet(now, self._pace, self._rng)
        if later > now:  # it was due by day, but this process or WhatsApp was away
            self._later(row, later)
            return True
        try:
            reachable = self._vault.open(row["handle"], self._keys[row["handle"], row["reply_no"]])
            words = self._words(row)
        except Unavailable as error:
            log.error("an answer must wait: %s", error)
            self._later(row, now + self._retry.after(3, self._rng))
            return True
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
        try:
            return canonical.loads(_Words, locks.unlock(epoch_key, row["locked"], context))
        except Unreadable:
            return None

    def _send(self, row: sqlite3.Row, reachable: Reachable, words: _Words) -> None:
        self._note(row, "sending")
        opaque = f"{self._rng.getrandbits(96):024x}"
        try:
            text = self._text(reachable.language, words)
            self._client.send(reachable.sender, Text(text), opaque)
        except OutcomeUnknown as error:
            log.warning("an answer may have been sent, and is not sent again: %s", error.what)
            self._await(row, opaque)
        except SatarkError as error:
            log.warning("an answer was not sent: %s", error.what)
            self._not_sent(row, reachable, error)
        else:
            self._await(row, opaque)

    def _await(self, row: sqlite3.Row, opaque: str) -> None:
        """It went, as far as we know: a status may still say otherwise, and the handle's others keep their distance."""
        now = self._clock()
        self._awaited[row["handle"], row["reply_no"]] = _Awaited(opaque, now + self._pace.status_wait_s)
        # Late by chance, and no time beside what went: a row must not tell when the phone got its answer.
        next_at = now + self._pace.apart_s + _wait_s(self._pace, self._rng)
        with transaction(self._conn):
            self._conn.execute(
                "update reply set state='sent', due_at=0 where handle=? and reply_no=?",
                (row["handle"], row["reply_no"]),
            )
            self._conn.execute(
                "update reply set due_at=max(due_at, ?) where handle=? and state in ('waiting', 'sending')",
                (next_at, row["handle"]),
            )

    def _hear(self, now: float) -> None:
        """Ends the wait of answers that went: by a status that says they failed, by time, or by a restart."""
        rows = self._conn.execute("select * from reply where state='sent'").fetchall()
        if not rows:
            return
        failed = dict(self._conn.execute("select opaque, error_code from failed_send").fetchall())
        for row in rows:
            awaited = self._awaited.get((row["handle"], row["reply_no"]))
            if awaited is not None and awaited.opaque in failed:
                self._refused(row, awaited.opaque, failed[awaited.opaque])
            elif awaited is None or now >= awaited.until:
                self._note(row, "spent")

    def _refused(self, row: sqlite3.Row, opaque: str, code: int) -> None:
        """WhatsApp took it and says now that it did not go: as if it had refused at once."""
        error, name = SendError(code, 400), (row["handle"], row["reply_no"])
        log.warning("an answer did not arrive: %s", error.what)
        with transaction(self._conn):
            self._conn.execute("delete from failed_send where opaque=?", (opaque,))
        del self._awaited[name]
        try:
            reachable = self._vault.open(row["handle"], self._keys[name]) if name in self._keys else None
        except Unavailable:
            self._later(row, self._clock() + self._retry.after(3, self._rng))
            return
        if reachable is None:
            self._note(row, "expired")
        else:
            self._not_sent(row, reachable, error)

    def _not_sent(self, row: sqlite3.Row, reachable: Reachable, error: SatarkError) -> None:
        if isinstance(error, GraphError) and error.window_closed:
            self._wait_for_word(row, reachable)
        elif error.permanent:
            self._note(row, "expired")
        else:
            self._later(row, self._clock() + self._retry.after(3, self._rng))

    def _wait_for_word(self, row: sqlite3.Row, reachable: Reachable) -> None:
        """Words of ours reach the informant only after his own: one template asks for them, then we look hourly."""
        is_asked = self._is_asked(row["handle"]) or self._ask(row, reachable)
        if not is_asked or row["tries"] >= SILENT_TRIES:
            self._note(row, "expired")
            return
        self._later(row, self._clock() + HOUR_S)
        self._count(row, "tries", row["tries"] + 1)

    def _is_asked(self, handle: str) -> bool:
        """Whether a template went for any answer to this person that still waits: one asks for all of them."""
        row = self._conn.execute(
            "select 1 from reply where handle=? and templates>0 and state in ('waiting', 'sending', 'sent')",
            (handle,),
        ).fetchone()
        return row is not None

    def _ask(self, row: sqlite3.Row, reachable: Reachable) -> bool:
        """Sends the template, at most once; False when WhatsApp will never take it."""
        self._count(row, "templates", 1)
        template = Template(self._update_template, reachable.language)
        try:
            self._client.send(reachable.sender, template, f"{self._rng.getrandbits(96):024x}")
        except OutcomeUnknown:
            pass  # perhaps it went: rather none than two
        except SatarkError as error:
            log.error("alarm: the template %s was not sent: %s", self._update_template, error)
            self._count(row, "templates", 0)
            return not error.permanent
        return True

    def _count(self, row: sqlite3.Row, column: str, value: int) -> None:
        with transaction(self._conn):
            self._conn.execute(
                f"update reply set {column}=? where handle=? and reply_no=?",
                (value, row["handle"], row["reply_no"]),
            )

    def _text(self, language: str, words: _Words) -> str:
        template = self._catalogue.template(words.template)
        if template is None:  # it was there when the command came: a newer catalogue dropped it
            raise ConfigError("an answer's template is no longer in the catalogue")
        return template.text(language, words.parameters)

    def _note(self, row: sqlite3.Row, state: str) -> None:
        over = state in ("spent", "expired")
        with transaction(self._conn):
            self._conn.execute(
                # Beside the handle it would tell when the phone got its answer.
                "update reply set state=?, locked=iif(?, null, locked), due_at=iif(?, 0, due_at),"
                " templates=iif(?, 0, templates), tries=iif(?, 0, tries) where handle=? and reply_no=?",
                (state, over, over, over, over, row["handle"], row["reply_no"]),
            )
        if over:
            self._keys.pop((row["handle"], row["reply_no"]), None)
            self._awaited.pop((row["handle"], row["reply_no"]), None)

    def _later(self, row: sqlite3.Row, due_at: float) -> None:
        with transaction(self._conn):
            self._conn.execute(
                "update reply set state='waiting', due_at=? where handle=? and reply_no=?",
                (due_at, row["handle"], row["reply_no"]),
            )

    def _settle(self, now: float) -> None:
        """Tells each box, in one batch, which of its answers are over: neither when nor how."""
        if now < self._settle_at:
            return
        self._settle_at = now + self._pace.settled_every_s
        with transaction(self._conn):
            rows = self._conn.execute(
                "select handle, reply_no, node from reply where state in ('spent', 'expired') and settled=0"
                " and due_at<=? order by handle, reply_no",
                (now,),
            ).fetchall()
            for node in sorted({row["node"] for row in rows}):
                items = [f"{row['handle']}/{row['reply_no']}" for row in rows if row["node"] == node]
                for start in range(0, len(items), SETTLED_EACH):
                    self._tell(node, tuple(items[start : start + SETTLED_EACH]), now)
            self._conn.executemany(
                "update reply set settled=1 where handle=? and reply_no=?",
                [(row["handle"], row["reply_no"]) for row in rows],
            )

    def _tell(self, node: str, items: tuple[str, ...], now: float) -> None:
        message_id = f"{self._rng.getrandbits(128):032x}"
        content = encode(Settled(1, items))
        outbox.put(self._conn, Parcel(message_id, node, "settled", outbox.LANE_REPLY, content, int(now)))
