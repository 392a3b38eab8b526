"""The relay's end of the line: releases reports, drops what was acknowledged, hands commands to the downlink."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay import contacts, receipts
from relay.downlink import Downlink
from relay.duty import answers
from relay.duty.orders import DutyOrders
from relay.release import BATCH, checkpoint, release_due
from sync import exchange, faults, outbox
from sync.clock import DAY_S, Clock
from sync.db import transaction
from sync.errors import SatarkError
from sync.exchange import Exchange, Identity, Opened
from sync.exchange.program import Handler
from sync.link import Arrival, Departure
from sync.messages import Acknowledgement, Message, PublicState, Reply, Settled, decode
from sync.outbox import Parcel
from sync.sealing.keys import PublicSealingKey, SealingKey

_HANDLE = re.compile("[0-9a-f]{32}")


def _of_a_handle(handler: Handler) -> Handler:
    """What a box names is kept even where it names nothing of ours: it must not be longer than a handle."""

    def handle(conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        message = opened.messages["message"]
        assert isinstance(message, Reply | PublicState)
        if not _HANDLE.fullmatch(message.handle):
            raise SatarkError("a command for what is no handle")
        handler(conn, opened, now)

    return handle


class RelayProgram:
    """What the relay adds to the exchange (``sync.exchange.Program``)."""

    def __init__(
        self,
        identity: Identity,
        reply_keys: "ReplyKeys",
        downlink: Downlink,
        orders: DutyOrders | None = None,
    ) -> None:
        """``reply_keys``: born in this process, announced in each hello, never written."""
        self._identity, self._reply_keys = identity, reply_keys
        self.handlers: Mapping[str, Handler] = {
            "reply": _of_a_handle(downlink.reply),
            "state": _of_a_handle(downlink.state),
        }
        if orders is not None:
            self.handlers = {**self.handlers, "duty": orders.duty, "duty_over": orders.over}

    @property
    def message_key(self) -> SealingKey:
        """The key others seal to, today's."""
        return self._reply_keys.newest

    @property
    def contact_key(self) -> bytes:
        """Nobody sends a relay contact parts."""
        return b""

    def find_key(self, key_id: str) -> SealingKey | None:
        """Today's reply key, or the one before it while envelopes sealed to it may be under way."""
        return self._reply_keys.find(key_id)

    def before(self, opened: Sequence[Opened]) -> None:
        """Nothing of the relay's lies in another file."""

    def seal(self, parcel: Parcel, key: PublicSealingKey | None) -> bytes | None:
        """A report was sealed at submit and signed at release; most other messages are sealed now."""
        if parcel.purpose == "report":
            return parcel.content
        if parcel.purpose == answers.PURPOSE:
            return answers.signed(self._identity, parcel)
        if key is None:
            return None
        message: Message = decode(parcel.purpose, "message", parcel.content)
        assert isinstance(message, Settled)
        return exchange.seal_message(
            self._identity, parcel.purpose, parcel.recipient, key, message, parcel.message_id
        )

    def acknowledged(self, conn: sqlite3.Connection, parcel: Parcel, ack: Acknowledgement) -> None:
        """The contact part goes at once; the body stays until a backup at the box must cover it."""
        if parcel.purpose == answers.PURPOSE:  # a restored box gets it again, for as long as a report's body
            outbox.keep(conn, parcel.message_id, "acknowledged", parcel.content)
            return
        if parcel.purpose != "report":
            outbox.drop(conn, parcel.message_id)
            return
        contacts.drop(conn, parcel.message_id, "acknowledged", parcel.content)
        faults.at("contact-dropped")
        receipts.advance(conn, parcel.message_id, "delivered")

    def greeted(self, conn: sqlite3.Connection, node: str, new_run: bool, new_epoch: bool) -> None:
        """The outbox alone decides what is sent again."""

    def checkpoint(self, conn: sqlite3.Connection, recipient: str) -> tuple[int, bytes]:
        """Size and head of the log for ``recipient``."""
        return checkpoint(conn, recipient)

    def file_came(self, conn: sqlite3.Connection, file_id: str, state: str, now: float) -> None:
        """The relay takes no files."""

    def file_left(self, conn: sqlite3.Connection, file_id: str) -> None:
        """Kept as long as its report (``housekeeping``)."""


@dataclass
class ReplyKeys:
    """The relay's reply keys, in memory: today's and the one before."""

    newest: SealingKey
    made_at: float
    life_s: float
    before: SealingKey | None = None

    def renew(self, now: float) -> bool:
        """A new key when today's has lived its day; True when everybody must hear of it."""
        if now - self.made_at < self.life_s:
            return False
        self.before, self.newest, self.made_at = self.newest, SealingKey.generate(), now
        return True

    @property
    def live(self) -> Mapping[str, SealingKey]:
        """The private keys by their ids."""
        keys = [self.newest, *([self.before] if self.before else [])]
        return {key.public.id: key for key in keys}

    def find(self, key_id: str) -> SealingKey | None:
        """The private key of that id, while it lives."""
        return self.live.get(key_id)


class RelayDesk:
    """The desk behind the relay's line: the exchange, and before each sending the release of what is due."""

    def __init__(
        self, exchange_: Exchange, conn: sqlite3.Connection, identity: Identity, keys: ReplyKeys, clock: Clock
    ) -> None:
        """``conn``: of relay.db, the line's own."""
        self._exchange, self._conn, self._identity, self._keys, self._clock = (
            exchange_, conn, identity, keys, clock,
        )  # fmt: skip
        self._forget_at = 0.0

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Frames from boxes."""
        self._exchange.accept(arrivals)

    def outgoing(self, room: int) -> Sequence[Departure]:
        """Frames to boxes."""
        now = self._clock()
        if self._keys.renew(now):
            self._exchange.connected()
        with exchange.storage():
            self._forget(now)
            if release_due(self._conn, self._identity, now) == BATCH:
                return ()  # a hello must not tell which keys we still need before all that is due has gone
        return self._exchange.outgoing(room)

    def _forget(self, now: float) -> None:
        if now >= self._forget_at:
            with transaction(self._conn):
                exchange.forget_seen(self._conn, self._keys.live, now)
            self._forget_at = now + DAY_S

    def connected(self) -> None:
        """The line is up."""
        self._exchange.connected()
