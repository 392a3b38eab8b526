"""What an officer answered, on its way to the box: sealed to the box at once, signed by the link when it goes.

Until then it lies in the outbox; a note may say more of a case than this relay should keep readable.
"""

import random
import sqlite3
from dataclasses import dataclass

from sync import canonical, exchange, outbox, transfer
from sync.clock import hour_of
from sync.directory import Directory
from sync.errors import ConfigError
from sync.exchange import Identity
from sync.messages import DutyAnswer, Manifest, encode
from sync.outbox import Parcel
from sync.sealing import envelopes, files
from sync.sealing.envelopes import SealedPart

PURPOSE = "duty_answer"


@dataclass(frozen=True)
class _Sealed:
    key: str
    ciphertext: bytes


@dataclass(frozen=True)
class Mail:
    """The way to the boxes. ``me``: this relay's node id."""

    me: str
    directory: Directory
    rng: random.Random

    def put(
        self, conn: sqlite3.Connection, node: str, duty: str, kind: str, now: float, text: str = ""
    ) -> None:
        """Queues an answer for a box, in the caller's transaction."""
        self._put(conn, node, DutyAnswer.of_kind(duty, kind, text, hour_of(now), ()), now)

    def put_photo(
        self, conn: sqlite3.Connection, node: str, duty: str, manifest: Manifest, now: float
    ) -> None:
        """Queues a photo for a box, and its file behind it, in the caller's transaction."""
        answer = DutyAnswer.of_kind(duty, "photo", "", hour_of(now), (manifest,))
        message_id = self._put(conn, node, answer, now)
        file_id, size_bytes = manifest.file_id, files.sealed_size(manifest.size_bytes)
        conn.execute("update evidence_file set message_id=? where file_id=?", (message_id, file_id))
        transfer.offer(conn, file_id, node, message_id, f"media/{file_id}", size_bytes)

    def _put(self, conn: sqlite3.Connection, node: str, answer: DutyAnswer, now: float) -> str:
        key = exchange.keys_of(conn, self.directory.node(node)).body
        if key is None:
            raise ConfigError("there is no sealing key for a box that gives duties")
        message_id = f"{self.rng.getrandbits(128):032x}"
        part = envelopes.seal_part(PURPOSE, "message", encode(answer), key, self.me, node, message_id)
        content = canonical.dumps(_Sealed(part.key, part.ciphertext))
        parcel = Parcel(message_id, node, PURPOSE, outbox.LANE_REPLY, content, int(now), sealed_to=part.key)
        outbox.put(conn, parcel)
        return message_id


def signed(identity: Identity, parcel: Parcel) -> bytes:
    """The envelope of a queued answer."""
    sealed = canonical.loads(_Sealed, parcel.content)
    part = SealedPart("message", sealed.key, sealed.ciphertext)
    node, to = identity.node, parcel.recipient
    return envelopes.sign(PURPOSE, (part,), identity.signing, node, to, parcel.message_id).to_bytes()
