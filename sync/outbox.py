"""Everything that leaves a node: rows written in the transaction that causes them, kept until the receiver's word.

A row is sent again by our own timer until its acknowledgement comes: MQTT repeats only after a reconnect, and a
PUBACK says nothing about the receiver's disk.
"""

import random
import sqlite3
from dataclasses import dataclass

from sync.messages import COMMITTED, QUARANTINED, Acknowledgement

LANE_TEXT, LANE_REPLY, LANE_FILE, LANE_DIGEST = 0, 1, 2, 3
WINDOW = 256
"""Rows on their way to one recipient at a time; a box that comes back after weeks gets the rest as it answers."""

SCHEMA = (
    """
create table outbox(
    message_id text primary key,
    recipient text not null,          -- node
    purpose text not null,            -- of sync.messages.PURPOSES
    lane integer not null,            -- 0 report text, 1 replies and states, 2 files, 3 digests
    content blob not null,            -- what this node's link makes the envelope of
    envelope_hash blob,               -- of a signed report; its acknowledgement must name it
    created_at integer not null,
    due_at real not null,             -- next time to send
    attempts integer not null default 0,
    state text not null default 'due' -- due | acknowledged | quarantined (the last is an alarm)
) strict
""",
    "create index outbox_due on outbox(state, recipient, lane, due_at)",
)
MONTHLY_KEYS = (
    # the recipient's keys that its parts are sealed to, by id; '' where it is sealed when it goes
    "alter table outbox add column sealed_to text not null default ''",
    "create index outbox_sealed_to on outbox(recipient, sealed_to) where sealed_to<>''",
)


@dataclass(frozen=True)
class Parcel:
    """One row: ``content`` is opaque here."""

    message_id: str
    recipient: str
    purpose: str
    lane: int
    content: bytes
    created_at: int
    envelope_hash: bytes | None = None
    attempts: int = 0
    sealed_to: str = ""
    """Ids of the keys that ``content`` is sealed to; empty where it is sealed when it goes."""


@dataclass(frozen=True)
class Retry:
    """The timer of one node: first wait and longest wait, seconds; each drawn within ± a quarter."""

    base_s: float
    cap_s: float

    def after(self, attempts: int, rng: random.Random) -> float:
        """Seconds to wait after attempt number ``attempts`` (0 is the first)."""
        return min(self.cap_s, self.base_s * 2.0 ** min(attempts, 30)) * rng.uniform(0.75, 1.25)


def put(conn: sqlite3.Connection, parcel: Parcel) -> None:
    """Adds a row, due at once; in the caller's transaction. The same message id twice changes nothing."""
    conn.execute(
        "insert into outbox(message_id, recipient, purpose, lane, content, envelope_hash, created_at, due_at,"
        " sealed_to) values(?,?,?,?,?,?,?,?,?) on conflict do nothing",
        (
            parcel.message_id,
            parcel.recipient,
            parcel.purpose,
            parcel.lane,
            parcel.content,
            parcel.envelope_hash,
            parcel.created_at,
            parcel.created_at,
            parcel.sealed_to,
        ),
    )


def due(conn: sqlite3.Connection, now: float, limit: int) -> list[Parcel]:
    """What to send now, most urgent lane first, at most WINDOW rows under way to each recipient."""
    found: list[Parcel] = []
    for (recipient,) in conn.execute("select distinct recipient from outbox where state='due'").fetchall():
        under_way = conn.execute(
            "select count(*) from outbox where state='due' and recipient=? and attempts>0 and due_at>?",
            (recipient, now),
        ).fetchone()[0]
        rows = conn.execute(
            "select message_id, recipient, purpose, lane, content, created_at, envelope_hash, attempts from outbox"
            " where state='due' and recipient=? and due_at<=? order by lane, created_at, rowid limit ?",
            (recipient, now, max(0, min(limit, WINDOW - under_way))),
        )
        found += [Parcel(*row) for row in rows]
    return sorted(found, key=lambda parcel: parcel.lane)[:limit]


def sent(conn: sqlite3.Connection, parcel: Parcel, now: float, retry: Retry, rng: random.Random) -> None:
    """Notes an attempt and sets the time of the next one."""
    conn.execute(
        "update outbox set attempts=attempts+1, due_at=? where message_id=?",
        (now + retry.after(parcel.attempts, rng), parcel.message_id),
    )


def find(conn: sqlite3.Connection, ack: Acknowledgement, sender: str) -> Parcel | None:
    """The waiting row that ``ack`` from ``sender`` speaks of; None when there is none or its hash is another.

    A receiver that had set a message aside takes it after an upgrade, and says so then.
    """
    row = conn.execute(
        "select message_id, recipient, purpose, lane, content, created_at, envelope_hash, attempts from outbox"
        " where message_id=? and recipient=? and (state='due' or (state=? and ?))",
        (ack.message_id, sender, QUARANTINED, ack.result == COMMITTED),
    ).fetchone()
    if row is None or (row["envelope_hash"] is not None and row["envelope_hash"] != ack.envelope_hash):
        return None
    return Parcel(*row)


def keep(
    conn: sqlite3.Connection, message_id: str, state: str, content: bytes, sealed_to: str | None = None
) -> None:
    """Keeps an answered row in another state, with what is left of its content (``sealed_to``: where that changed)."""
    conn.execute(
        "update outbox set state=?, content=?, sealed_to=coalesce(?, sealed_to) where message_id=?",
        (state, content, sealed_to, message_id),
    )


def drop(conn: sqlite3.Connection, message_id: str) -> None:
    """Forgets a row."""
    conn.execute("delete from outbox where message_id=?", (message_id,))


def hurry(conn: sqlite3.Connection, recipient: str, now: float) -> None:
    """The recipient was just heard of: what waits for it is due now."""
    conn.execute(
        "update outbox set due_at=? where state='due' and recipient=? and due_at>?", (now, recipient, now)
    )


def again(conn: sqlite3.Connection, recipient: str, now: float) -> None:
    """The recipient has a new database: what it had acknowledged or set aside is due once more."""
    conn.execute(
        "update outbox set state='due', attempts=0, due_at=?"
        " where state in ('acknowledged', 'quarantined') and recipient=?",
        (now, recipient),
    )


def try_again(conn: sqlite3.Connection, recipient: str, now: float) -> None:
    """The recipient runs anew, perhaps upgraded: what it had set aside is asked about once more."""
    conn.execute(
        "update outbox set state='due', attempts=0, due_at=? where state='quarantined' and recipient=?",
        (now, recipient),
    )


def waiting(conn: sqlite3.Connection) -> tuple[int, int | None]:
    """How many rows wait for an acknowledgement, and when the oldest was written."""
    count, oldest = conn.execute("select count(*), min(created_at) from outbox where state='due'").fetchone()
    return int(count), oldest
