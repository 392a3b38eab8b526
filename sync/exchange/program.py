"""What a node's program adds to the exchange, and what the exchange hands to it."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.errors import SatarkError
from sync.messages import Acknowledgement, Message, encode
from sync.outbox import Parcel
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey


@dataclass(frozen=True)
class Opened:
    """One envelope that verified and opened: its parts as messages."""

    sender: str
    envelope: Envelope
    messages: Mapping[str, Message]
    frame: bytes


@dataclass(frozen=True)
class Refused:
    """One frame that did not: why, and (once its signature verified) the envelope to answer."""

    sender: str
    reason: SatarkError
    frame: bytes
    envelope: Envelope | None = None


Handler = Callable[[sqlite3.Connection, Opened, float], None]
"""Stores the effect of one message, in the transaction it is given; raising sets the message aside."""


class Program(Protocol):
    """What a node's program adds to the exchange."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What stores each purpose that this node takes."""

    @property
    def message_key(self) -> SealingKey:
        """What others seal messages to, now."""

    @property
    def contact_key(self) -> bytes:
        """The public key that others seal contact parts to, now; empty where this node takes none."""

    def find_key(self, key_id: str) -> SealingKey | None:
        """The private key of that id, or None."""

    def before(self, opened: Sequence[Opened]) -> None:
        """Writes what must be durable in another file before the group's transaction; must be idempotent."""

    def seal(self, parcel: Parcel, key: PublicSealingKey | None) -> bytes | None:
        """The envelope of a row to send (``key``: the recipient's), or None when it cannot go now."""

    def acknowledged(self, conn: sqlite3.Connection, parcel: Parcel, ack: Acknowledgement) -> None:
        """The receiver's word on a row; drops or keeps it."""

    def greeted(self, conn: sqlite3.Connection, node: str, new_run: bool, new_epoch: bool) -> None:
        """A peer said hello."""

    def checkpoint(self, conn: sqlite3.Connection, recipient: str) -> tuple[int, bytes]:
        """Size and head of the log kept for ``recipient``."""

    def file_came(self, conn: sqlite3.Connection, file_id: str, state: str, now: float) -> None:
        """A file is "here" or came "damaged"."""

    def file_left(self, conn: sqlite3.Connection, file_id: str) -> None:
        """A file is complete at its receiver."""


@dataclass(frozen=True)
class Identity:
    """Who this node is on the wire."""

    node: str
    run: str
    signing: SigningKey


def seal_message(
    identity: Identity, purpose: str, recipient: str, key: PublicSealingKey, message: Message, message_id: str
) -> bytes:
    """One message in one part, sealed and signed."""
    part = envelopes.seal_part(purpose, "message", encode(message), key, identity.node, recipient, message_id)
    return envelopes.sign(purpose, (part,), identity.signing, identity.node, recipient, message_id).to_bytes()


def count(conn: sqlite3.Connection, name: str) -> None:
    """One more of ``name`` in the counters that doctor shows; in the caller's transaction."""
    conn.execute("insert into counter values(?,1) on conflict(name) do update set value=value+1", (name,))
