"""The box's end of the line: the only process that holds private keys and opens ``keys.db``.

Report keys go to ``keys.db`` first, then one transaction of ``box.db`` stores reports, notes and acknowledgements. A
crash between the two leaves a key without a report; the report comes again and finds its key.
"""

import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from appliance import cases, duties, evidence, inbox, outgoing, replies, reports
from appliance import digest as digests
from appliance.desk import Desk, open_desk, open_keys
from appliance.keyring import KeyRing
from appliance.public_state import CLOSED
from appliance.rangenode import accept as range_accept
from sync import canonical, exchange, faults, outbox, transfer, watchdog
from sync.clock import Clock
from sync.db import transaction
from sync.directory import DISTRICT, RANGE, RELAY
from sync.errors import NotForUs
from sync.exchange import Exchange, Identity, Opened
from sync.exchange.program import Handler, count
from sync.link import Departure, Link
from sync.messages import (
    Acknowledgement,
    Contact,
    Digest,
    Duty,
    DutyAnswer,
    DutyOver,
    FirstDigest,
    Manifest,
    Message,
    PublicState,
    Reply,
    ReportBody,
    Settled,
    decode,
)
from sync.outbox import Parcel, Retry
from sync.sealing import files, locks
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey

KEYS_EVERY_S = 3600.0


class BoxProgram:
    """What a box or range node adds to the exchange (``sync.exchange.Program``)."""

    def __init__(self, desk: Desk, keys_conn: sqlite3.Connection, identity: Identity, ring: KeyRing) -> None:
        """``ring``: this node's private sealing keys."""
        self._desk, self._keys_conn, self._identity, self._ring = desk, keys_conn, identity, ring
        self.handlers: Mapping[str, Handler] = {
            "report": self._report,
            "settled": self._settled,
            "duty_answer": self._duty_answer,
        }

    @property
    def message_key(self) -> SealingKey:
        """The body key of this month's pair: other messages are sealed to it too."""
        return self._ring.newest.body

    @property
    def contact_key(self) -> bytes:
        """The public half of this month's contact key."""
        return self._ring.newest.contact.public.raw

    def find_key(self, key_id: str) -> SealingKey | None:
        """The private key of that id, this month's or one that is still needed."""
        return self._ring.find(key_id)

    def before(self, opened: Sequence[Opened]) -> None:
        """Keeps the report keys of a group, durably, before its reports."""
        contacts = [
            one.messages["contact"] for one in opened if "contact" in one.messages and self._is(one, RELAY)
        ]
        if not contacts:
            return
        with transaction(self._keys_conn):
            for contact in contacts:
                assert isinstance(contact, Contact)
                inbox.add_key(self._keys_conn, contact)
        faults.at("keys-written")

    def seal(self, parcel: Parcel, key: PublicSealingKey | None) -> bytes | None:
        """Seals a command at the moment it goes; a reply gets its report key here and nowhere else.

        A reply whose key is gone is settled as lost, in the transaction of the exchange, whose database is the desk's.
        """
        message = self._message(parcel)
        if key is None or message is None or self._must_wait(message):
            return None
        return exchange.seal_message(
            self._identity, parcel.purpose, parcel.recipient, key, message, parcel.message_id
        )

    def acknowledged(self, conn: sqlite3.Connection, parcel: Parcel, ack: Acknowledgement) -> None:
        """A command took effect over there."""
        if parcel.purpose == "reply":
            replies.accepted(conn, parcel.message_id)
        elif parcel.purpose == "duty":
            duties.sent(self._desk, parcel.message_id)
        outbox.drop(conn, parcel.message_id)

    def greeted(self, conn: sqlite3.Connection, node: str, new_run: bool, new_epoch: bool) -> None:
        """A relay that started anew has forgotten the keys of what it had accepted."""
        if new_run and node == outgoing.relay_of(self._desk):
            replies.requeue_unsettled(self._desk, self._desk.clock())
        if new_epoch and self._desk.directory.node(node).role == RANGE:
            digests.resend_all(conn)

    def checkpoint(self, conn: sqlite3.Connection, recipient: str) -> tuple[int, bytes]:
        """A box keeps no log for others."""
        return 0, b""

    def file_came(self, conn: sqlite3.Connection, file_id: str, state: str, now: float) -> None:
        """An evidence file is here, or must come again."""
        faults.at("file-here")
        if state == "here":
            evidence.arrived(conn, file_id, now)

    def file_left(self, conn: sqlite3.Connection, file_id: str) -> None:
        """A box sends no files."""

    def _report(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        body = opened.messages["body"]
        assert isinstance(body, ReportBody)
        self._only_from(RELAY, opened)
        has_key = inbox.find_key(self._keys_conn, body.handle) is not None
        reports.add(self._desk, body, opened.envelope.header.id, now, has_key)
        cases.added(self._desk, body.handle, now)
        self._expect(conn, opened.sender, body.evidence)
        faults.at("report-stored")

    def _settled(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        message = opened.messages["message"]
        assert isinstance(message, Settled)
        self._only_from(RELAY, opened)
        replies.settled(conn, message.items)

    def _duty_answer(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        answer = opened.messages["message"]
        assert isinstance(answer, DutyAnswer)
        self._only_from(RELAY, opened)
        if not cases.officer_answered(self._desk, answer, now):
            count(conn, "late_duty_answer")
            return
        self._expect(conn, opened.sender, answer.evidence)

    def _expect(self, conn: sqlite3.Connection, sender: str, evidence_files: Sequence[Manifest]) -> None:
        for manifest in evidence_files:
            size_bytes = files.sealed_size(manifest.size_bytes)
            transfer.expect(conn, manifest.file_id, sender, size_bytes, manifest.sha256_sealed)

    def _only_from(self, role: str, opened: Opened) -> None:
        """Another box is a node in good standing too, but it must not put a report or a digest into this one."""
        if not self._is(opened, role):
            raise NotForUs(f"a {opened.envelope.header.purpose} came from a node that is no {role}")

    def _is(self, opened: Opened, role: str) -> bool:
        return self._desk.directory.node(opened.sender).role == role

    def _must_wait(self, message: Message) -> bool:
        """A closing ends the way back at the relay: answers ordered before it go first, however often they are lost."""
        if not isinstance(message, PublicState) or message.state != CLOSED:
            return False
        return replies.is_under_way(self._desk.conn, message.handle)

    def _message(self, parcel: Parcel) -> Message | None:
        plain = locks.unlock(self._desk.field_key, parcel.content, f"outbox:{parcel.message_id}")
        if parcel.purpose == "state":
            return canonical.loads(PublicState, plain)
        if parcel.purpose == "digest":
            return decode("digest", "message", plain)  # before an upgrade, one of an older version
        if parcel.purpose == "duty":
            return canonical.loads(Duty, plain)
        if parcel.purpose == "duty_over":
            return canonical.loads(DutyOver, plain)
        command = canonical.loads(replies.Command, plain)
        report_key = inbox.find_key(self._keys_conn, command.handle)
        if report_key is None:  # erased after closing, or never come: there is no way back to this informant
            replies.lost(self._desk.conn, parcel.message_id)
            return None
        faults.at("command-sealing")
        return Reply(1, command.handle, report_key, command.reply_no, command.template, command.parameters)


class RangeProgram(BoxProgram):
    """A range node is a box that also takes the digests of boxes."""

    def __init__(
        self,
        desk: Desk,
        keys_conn: sqlite3.Connection,
        identity: Identity,
        ring: KeyRing,
        range_conn: sqlite3.Connection,
    ) -> None:
        """``range_conn``: of range.db."""
        super().__init__(desk, keys_conn, identity, ring)
        self._range_conn = range_conn
        self.handlers = {**self.handlers, "digest": self._digest}

    def greeted(self, conn: sqlite3.Connection, node: str, new_run: bool, new_epoch: bool) -> None:
        """Notes who was heard of, beside what every box does; boxes greet every minute."""
        super().greeted(conn, node, new_run, new_epoch)
        if self._desk.directory.node(node).role == DISTRICT:
            range_accept.contact(self._range_conn, node, self._desk.clock())

    def _digest(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        told = opened.messages["message"]
        assert isinstance(told, Digest | FirstDigest)
        digest = told.now() if isinstance(told, FirstDigest) else told
        possible = range_accept.possible(self._desk, opened.sender, digest, now)
        lost = len(digest.cells + digest.tallies) - len(possible.cells + possible.tallies)
        for _ in range(lost):
            count(conn, "odd_cell")
        range_accept.accept(self._range_conn, opened.sender, possible, now)


class BoxDesk:
    """The desk behind the box's line: the exchange, and every hour the keys that are due, to be made or erased."""

    def __init__(
        self,
        line: Exchange,
        desk: Desk,
        keys_conn: sqlite3.Connection,
        ring: KeyRing,
        monotonic: Callable[[], float],
    ) -> None:
        """``monotonic`` paces the work on keys; what is due is decided by the desk's clock."""
        self.accept, self.connected = line.accept, line.connected
        self._line, self._desk, self._keys_conn, self._ring = line, desk, keys_conn, ring
        self._monotonic, self._keys_at = monotonic, monotonic()

    def outgoing(self, room: int) -> Sequence[Departure]:
        """Frames to other nodes."""
        if self._monotonic() >= self._keys_at:
            with exchange.storage():
                self._tend_keys(self._desk.clock())
            self._keys_at = self._monotonic() + KEYS_EVERY_S
        return self._line.outgoing(room)

    def _tend_keys(self, now: float) -> None:
        conn, listed, config = self._desk.conn, self._desk.directory, self._desk.config
        inbox.erase_due(self._keys_conn, conn, now)
        if self._ring.renew(now, config.key_change_s):
            self._line.connected()
        relays = [node.id for node in listed.of_role(RELAY)]
        named = [key.id] if (key := listed.node(config.node_id).body) else []
        self._ring.erase_due(conn, relays, named, now, config.key_keep_s)
        with transaction(conn):
            # "": seen before rows named their key; sealed to the pair of the enrolment
            exchange.forget_seen(conn, {*self._ring.live, ""}, now)


def run_link(root: Path, stop: threading.Event, environ: Mapping[str, str], clock: Clock = time.time) -> None:
    """The line of the box under ``root``, until ``stop``; raises when it can make no progress."""
    desk = open_desk(root, clock)
    if desk.config.fault_point:
        faults.arm(desk.config.fault_point)
    link = make_link(desk, lambda: watchdog.notify("WATCHDOG=1", environ))
    watchdog.notify("READY=1", environ)
    link.run(stop)


def make_link(desk: Desk, progress: Callable[[], object] = lambda: None) -> Link:
    """Puts the line of a box together."""
    config, keys_conn = desk.config, open_keys(desk.config)
    keys = config.root / "keys"
    identity = Identity(config.node_id, secrets.token_hex(8), SigningKey((keys / "signing.key").read_bytes()))
    ring = KeyRing(keys, desk.clock())
    program = _program(desk, keys_conn, identity, ring)
    line = Exchange(
        identity,
        desk.directory,
        _peers(desk),
        desk.conn,
        program,
        desk.clock,
        random.SystemRandom(),
        Retry(config.retry_base_s, config.retry_cap_s),
        config.hello_every_s,
        config.root,
        transfer.Receiver(config.root / "incoming", config.evidence_folder),
    )
    box_desk = BoxDesk(line, desk, keys_conn, ring, time.monotonic)
    return Link(config.node_id, config.broker, box_desk, time.monotonic, progress=progress)


def _program(desk: Desk, keys_conn: sqlite3.Connection, identity: Identity, ring: KeyRing) -> BoxProgram:
    if desk.config.role != RANGE:
        return BoxProgram(desk, keys_conn, identity, ring)
    range_conn = range_accept.open_range(desk.config.range_db)
    return RangeProgram(desk, keys_conn, identity, ring, range_conn)


def _peers(desk: Desk) -> list[str]:
    """A box talks to the relay and to its range; the range to everybody."""
    mine = desk.config.node_id
    nodes = [node for node in desk.directory.nodes if node.id != mine]
    return [node.id for node in nodes if desk.config.role == RANGE or node.role != DISTRICT]
