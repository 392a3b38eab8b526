"""Keys of other nodes and of our own, as their signed hellos tell: whom to seal to, and which old key may go.

A node announces its newest keys in each hello; the directory's are for a node that has not been heard yet.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from sync.clock import WEEK_S
from sync.directory import Node
from sync.messages import FirstHello, Hello
from sync.sealing.keys import PublicSealingKey, key_id

KEEP_SEEN_S = 14 * WEEK_S
"""A command is sealed anew each time it goes, to keys we did not have when it first came: longer than any may wait."""


@dataclass(frozen=True)
class Announced:
    """What to seal to a node with; None where it has no such key, or has not told it yet."""

    body: PublicSealingKey | None
    contact: PublicSealingKey | None


def note(
    conn: sqlite3.Connection, node: str, hello: Hello | FirstHello, before: sqlite3.Row | None, now: float
) -> None:
    """Keeps what a node's newest hello says; ``before``: its row until now. In the caller's transaction."""
    listed = " ".join(sorted(hello.sealed_to)) if isinstance(hello, Hello) else None
    is_same = before is not None and (before["sealed_to"], before["epoch"]) == (listed, hello.epoch)
    conn.execute(
        "insert or replace into peer(node, run, epoch, message_key, issued_at, directory_version, log_size, log_head,"
        " last_contact_at, contact_key, sealed_to, listed_since) values(?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(node, hello.run, hello.epoch, hello.message_key, hello.issued_at, hello.directory_version),
            *(hello.log_size, hello.log_head, int(now)),
            _contact_key(hello, before),
            listed,
            before["listed_since"] if is_same and before is not None else hello.issued_at,
        ),
    )


def _contact_key(hello: Hello | FirstHello, before: sqlite3.Row | None) -> bytes:
    """A hello without one leaves what its sender told before."""
    given = hello.contact_key if isinstance(hello, Hello) else b""
    return given or (bytes(before["contact_key"]) if before is not None else b"")


def keys_of(conn: sqlite3.Connection, node: Node) -> Announced:
    """The newest keys of a node; what is sealed to them belongs in the same write transaction, as its row does."""
    row = conn.execute("select message_key, contact_key from peer where node=?", (node.id,)).fetchone()
    if row is None:
        return Announced(node.body, node.contact)
    contact = PublicSealingKey(row["contact_key"]) if row["contact_key"] else node.contact
    return Announced(PublicSealingKey(row["message_key"]), contact)


def sealed_to(conn: sqlite3.Connection, node: Node) -> tuple[str, ...]:
    """Ids of a node's keys that we seal to now, or have sealed something to that our outbox still holds."""
    now = keys_of(conn, node)
    rows = conn.execute(
        "select distinct sealed_to from outbox where recipient=? and sealed_to<>''", (node.id,)
    ).fetchall()
    before = {key for row in rows for key in row["sealed_to"].split()}
    return tuple(sorted(before | {key.id for key in (now.body, now.contact) if key is not None}))


def uses(conn: sqlite3.Connection, node: str, public: bytes) -> bool:
    """Whether a node's last hello names our key ``public``: it need not be sent again, every minute, at 1.6 KB."""
    row = conn.execute("select sealed_to from peer where node=?", (node,)).fetchone()
    return row is not None and key_id(public) in (row["sealed_to"] or "").split()


def in_use(conn: sqlite3.Connection, node: str, for_s: float) -> frozenset[str] | None:
    """Ids of our keys that a node says it seals to or has sealed something to.

    None until its hellos have said the same for ``for_s`` seconds by its own clock: what it held back when it first
    heard of a new key has long gone into its outbox then.
    """
    row = conn.execute(
        "select sealed_to, issued_at - listed_since as since_ms from peer where node=?", (node,)
    ).fetchone()
    if row is None or row["sealed_to"] is None or row["since_ms"] < for_s * 1000:
        return None
    return frozenset(row["sealed_to"].split())


def forget_seen(conn: sqlite3.Connection, live: Collection[str], now: float) -> int:
    """Forgets the ids of messages that no key of ours (``live``: their ids) opens any more; gives how many.

    In the caller's transaction. What lies in quarantine keeps its id: it may still be taken.
    """
    marks = ",".join("?" * len(live))
    gone = conn.execute(
        f"delete from seen where result='committed' and at<=? and key not in ({marks})",
        (now - KEEP_SEEN_S, *live),
    )
    return gone.rowcount
