"""What relay, box and range node do alike at the end of a line: check, open, store once, acknowledge, send, greet.

The program behind it gives keys, handlers and a sealer (``Program``). Every effect of a message, the note that it was
seen and its acknowledgement are one transaction; a message that cannot be taken is set aside and the line goes on.
"""

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sync import transfer
from sync.clock import Clock
from sync.directory import Directory
from sync.exchange.incoming import Incoming
from sync.exchange.outgoing import Outgoing
from sync.exchange.peers import Announced, forget_seen, in_use, keys_of
from sync.exchange.program import Identity, Opened, Program, seal_message
from sync.exchange.schema import MONTHLY_KEYS, SCHEMA, SEEN_BY_SENDER
from sync.exchange.storage import storage
from sync.link import Arrival, Departure
from sync.outbox import Retry

__all__ = [
    "MONTHLY_KEYS",
    "SCHEMA",
    "SEEN_BY_SENDER",
    "Announced",
    "Exchange",
    "Identity",
    "Opened",
    "Program",
    "clock_gap_s",
    "forget_seen",
    "in_use",
    "keys_of",
    "last_contact",
    "new_epoch",
    "seal_message",
    "storage",
]


class Exchange:
    """The desk behind a ``sync.link.Link``; raises Unavailable while its disk or its database does not serve."""

    def __init__(
        self,
        identity: Identity,
        directory: Directory,
        peers: Sequence[str],
        conn: sqlite3.Connection,
        program: Program,
        clock: Clock,
        rng: random.Random,
        retry: Retry,
        greet_every_s: float,
        root: Path,
        receiver: transfer.Receiver | None = None,
    ) -> None:
        """``peers``: nodes this one talks to. ``root``: the node's folder. ``receiver``: where files go, if any."""
        self._has_looked_back = False
        self._greet_at = dict.fromkeys(peers, 0.0)
        self._incoming = Incoming(identity.node, directory, conn, program, clock, receiver, self._greet_at)
        self._outgoing = Outgoing(
            identity, directory, conn, program, clock, rng, retry, greet_every_s, self._greet_at, root
        )

    def connected(self) -> None:
        """Greets everybody at the next round; the first time, tries once more what an older version set aside."""
        if not self._has_looked_back:
            with storage():
                self._incoming.look_back()
            self._has_looked_back = True
        for peer in self._greet_at:
            self._greet_at[peer] = 0.0

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Makes a group of frames durable, each once."""
        with storage():
            self._incoming.accept(arrivals)

    def outgoing(self, room: int) -> Sequence[Departure]:
        """What to send now, at most about ``room`` frames."""
        with storage():
            return self._outgoing.outgoing(room)


def new_epoch(conn: sqlite3.Connection) -> str:
    """Gives a restored database a new name, which this returns: the others then send again what it had acknowledged.

    In the caller's transaction.
    """
    row = conn.execute("update node_epoch set epoch=lower(hex(randomblob(8))) returning epoch").fetchone()
    return str(row[0])


def last_contact(conn: sqlite3.Connection, node: str) -> int | None:
    """When a newer hello of ``node`` than the one before last came; None when none ever did.

    Whatever else it sends can be replayed by whoever holds the line.
    """
    row = conn.execute("select last_contact_at from peer where node=?", (node,)).fetchone()
    return None if row is None else int(row[0])


def clock_gap_s(conn: sqlite3.Connection, node: str) -> int | None:
    """By how many seconds our clock was ahead of ``node``'s when it was last heard of; None when it never was.

    A minute more or less says nothing: a greeting is that old before the next one comes.
    """
    row = conn.execute("select last_contact_at, issued_at from peer where node=?", (node,)).fetchone()
    return None if row is None else int(row["last_contact_at"] - row["issued_at"] / 1000)
