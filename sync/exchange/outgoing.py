"""Frames that go: greetings, acknowledgements, outbox rows by lane, chunks of files."""

import logging
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sync import faults, frames, outbox, transfer
from sync.clock import Clock
from sync.db import transaction
from sync.directory import Directory
from sync.errors import SatarkError
from sync.exchange import peers
from sync.exchange.program import Identity, Program, count, seal_message
from sync.link import Departure
from sync.messages import QUARANTINED, Acknowledgement, Acknowledgements, Hello, Message
from sync.outbox import Parcel, Retry
from sync.sealing.keys import PublicSealingKey

log = logging.getLogger(__name__)

ACKNOWLEDGEMENTS_EACH = 40
"""How many fit one frame with room to spare."""


class Outgoing:
    """The sending half of an exchange."""

    def __init__(
        self,
        identity: Identity,
        directory: Directory,
        conn: sqlite3.Connection,
        program: Program,
        clock: Clock,
        rng: random.Random,
        retry: Retry,
        greet_every_s: float,
        greet_at: dict[str, float],
        root: Path,
    ) -> None:
        """``root``: the node's folder, where files to send lie; ``greet_at``: when to greet each peer next."""
        self._me, self._directory, self._conn, self._program = identity, directory, conn, program
        self._clock, self._rng, self._retry, self._root = clock, rng, retry, root
        self._greet_every_s, self._greet_at = greet_every_s, greet_at

    @property
    def _epoch(self) -> str:
        # Read anew each time: a restored database may be given a new name while this process runs.
        return str(self._conn.execute("select epoch from node_epoch").fetchone()[0])

    def outgoing(self, room: int) -> Sequence[Departure]:
        """Greetings, acknowledgements, rows by lane, then chunks of files, as far as there is room."""
        now = self._clock()
        if not self._has_work(now):
            return []
        departures: list[Departure] = []
        with transaction(self._conn):
            departures += self._hellos(now)
            departures += self._owed()
            departures += self._parcels(now, room)
            departures += self._file_states()
            departures += self._chunks(now, room - len(departures))
        faults.at("frames-made")
        return departures

    def _has_work(self, now: float) -> bool:
        """Reading is cheap and takes no lock; a write transaction for nothing would cost a flush each round."""
        if any(now >= at for at in self._greet_at.values()):
            return True
        return bool(
            self._conn.execute(
                "select exists(select 1 from acknowledge) or exists(select 1 from file_in where tell=1)"
                " or exists(select 1 from outbox where state='due' and due_at<=?)"
                " or exists(select 1 from file_out where state='due' and due_at<=?)",
                (now, now),
            ).fetchone()[0]
        )

    def _hellos(self, now: float) -> list[Departure]:
        departures = []
        for peer in [peer for peer, at in self._greet_at.items() if now >= at]:
            self._greet_at[peer] = now + self._greet_every_s
            if self._reads_first_hellos_only(peer):
                departures += self._message("hello", peer, self._hello(peer, now).first())
            departures += self._message("hello", peer, self._hello(peer, now))
        return departures

    def _reads_first_hellos_only(self, peer: str) -> bool:
        """It may have been upgraded since it spoke: it gets both."""
        row = self._conn.execute("select sealed_to from peer where node=?", (peer,)).fetchone()
        return row is not None and row["sealed_to"] is None

    def _hello(self, peer: str, now: float) -> Hello:
        size, head = self._program.checkpoint(self._conn, peer)
        return Hello(
            2,
            self._me.run,
            self._next_issue(now),
            self._epoch,
            self._directory.version,
            self._program.message_key.public.raw,
            size,
            head,
            b"" if peers.uses(self._conn, peer, self._program.contact_key) else self._program.contact_key,
            peers.sealed_to(self._conn, self._directory.node(peer)),
        )

    def _next_issue(self, now: float) -> int:
        # Milliseconds, and never twice the same, so that a clock set back does not make our hellos old.
        row = self._conn.execute("select value from counter where name='hello_issued'").fetchone()
        issue = max(int(now * 1000), (row[0] if row else 0) + 1)
        self._conn.execute("insert or replace into counter values('hello_issued', ?)", (issue,))
        return issue

    def _owed(self) -> list[Departure]:
        departures: list[Departure] = []
        rows = self._conn.execute("select * from acknowledge order by id").fetchall()
        for recipient in sorted({row["recipient"] for row in rows}):
            mine = [row for row in rows if row["recipient"] == recipient]
            for start in range(0, len(mine), ACKNOWLEDGEMENTS_EACH):
                departures += self._acknowledge(recipient, mine[start : start + ACKNOWLEDGEMENTS_EACH])
        if rows:
            self._conn.execute("delete from acknowledge where id<=?", (rows[-1]["id"],))
        return departures

    def _acknowledge(self, recipient: str, rows: Sequence[sqlite3.Row]) -> list[Departure]:
        items = tuple(
            Acknowledgement(
                row["message_id"], row["envelope_hash"], row["log_index"], self._epoch, row["result"]
            )
            for row in rows
        )
        return self._message("acknowledgement", recipient, Acknowledgements(1, items))

    def _parcels(self, now: float, room: int) -> list[Departure]:
        departures = []
        for parcel in outbox.due(self._conn, now, room):
            outbox.sent(self._conn, parcel, now, self._retry, self._rng)
            frame = self._frame(parcel)
            if frame is not None:
                departures.append(Departure(parcel.recipient, frame))
        return departures

    def _frame(self, parcel: Parcel) -> bytes | None:
        """None when it cannot go now; what can never go is kept, counted and no longer tried."""
        try:
            envelope = self._program.seal(parcel, self._key_of(parcel.recipient))
            return None if envelope is None else frames.of_envelope(envelope)
        except SatarkError as error:
            if not error.permanent:
                return None
            log.warning("a %s cannot be sent: %s", parcel.purpose, type(error).__name__)
            outbox.keep(self._conn, parcel.message_id, QUARANTINED, parcel.content)
            count(self._conn, "unsendable")
            return None

    def _file_states(self) -> list[Departure]:
        departures: list[Departure] = []
        for sender, state in transfer.states_to_tell(self._conn, 100):
            departures += self._message("file", sender, replace(state, epoch=self._epoch))
        return departures

    def _chunks(self, now: float, room: int) -> list[Departure]:
        departures = []
        for file in transfer.due(self._conn, now, max(0, room // transfer.BURST_CHUNKS)):
            transfer.sent(self._conn, file, now, self._retry, self._rng)
            try:
                chunks = list(file.chunks(self._root))
            except FileNotFoundError:  # the other files must leave
                count(self._conn, "file_gone")
                continue
            departures += [Departure(file.recipient, frames.of_chunk(chunk)) for chunk in chunks]
        return departures

    def _message(self, purpose: str, recipient: str, message: Message) -> list[Departure]:
        """Seals a message that needs no acknowledgement; none while the recipient's key is not known."""
        key = self._key_of(recipient)
        if key is None:
            return []
        sealed = seal_message(
            self._me, purpose, recipient, key, message, f"{self._rng.getrandbits(128):032x}"
        )
        return [Departure(recipient, frames.of_envelope(sealed))]

    def _key_of(self, node: str) -> PublicSealingKey | None:
        row = self._conn.execute("select message_key from peer where node=?", (node,)).fetchone()
        return PublicSealingKey(row[0]) if row else self._directory.node(node).body
