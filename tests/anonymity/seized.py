"""Disks taken away, and every key that lies on them tried on everything that is locked."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from relay.events import Sender
from relay.vault import Reachable, _row_key
from sync import canonical, frames
from sync.errors import SatarkError, Unreadable
from sync.frames import Chunk
from sync.messages import Contact, Message, Reply, decode
from sync.sealing import envelopes, locks
from sync.sealing.envelopes import Envelope, SealedPart
from sync.sealing.keys import SealingKey, SigningKey
from tests.anonymity.encodings import files_under

SEALING_KEY_BYTES = 96
Find = Callable[[str], SealingKey | None]


class Seized:
    """Folders as they lay on their disks. ``captured``: frames that somebody recorded on the way."""

    def __init__(self, relay: str, folders: Iterable[Path], to: Path, captured: Iterable[bytes] = ()) -> None:
        """Copies ``folders`` to ``to``, as they lie there now. ``relay``: the relay's node id, which is no secret."""
        self.folder, self._relay, self._captured = to, relay, list(captured)
        to.mkdir()
        for folder in folders:
            shutil.copytree(folder, to / folder.name)

    def messages(self, *keys: SealingKey) -> list[Message]:
        """Every message that a key among all this opens, or one of ``keys``."""
        find = envelopes.keys_by_id(*self._sealing_keys(), *keys).get
        return [
            message
            for envelope in self.envelopes()
            for part in envelope.parts
            for message in _opened(envelope, part.name, find)
        ]

    def senders(self) -> list[Sender]:
        """Everybody whom some vault row names to somebody with all this."""
        secrets = self._secrets()
        inside = {m.report_key for m in self.messages() if isinstance(m, Contact | Reply)}
        return [
            found.sender
            for handle, _week, locked, _expires_at in self._rows("vault.db", "vault")
            for report_key in secrets | inside
            for epoch_key in secrets
            for found in _unlocked(report_key, epoch_key, handle, locked)
        ]

    def envelopes(self) -> Iterator[Envelope]:
        """Every envelope: recorded, in an outbox, or still held at the relay."""
        contents = [frames.read(frame) for frame in self._captured]
        yield from (envelopes.read(content) for content in contents if not isinstance(content, Chunk))
        yield from (envelopes.read(value) for value in self._blobs() if value.startswith(envelopes.MAGIC))
        yield from (_held(row, self._relay) for row in self._rows("relay.db", "held"))

    def _secrets(self) -> set[bytes]:
        """Whatever can be a key of 32 bytes, and no key at all."""
        files = {path.read_bytes() for path in files_under([self.folder]) if path.stat().st_size == 32}
        return files | {value for value in self._blobs() if len(value) == locks.KEY_BYTES} | {bytes(32), b""}

    def _sealing_keys(self) -> list[SealingKey]:
        paths = [p for p in files_under([self.folder]) if p.stat().st_size == SEALING_KEY_BYTES]
        return [SealingKey(path.read_bytes()) for path in paths]

    def _blobs(self) -> Iterator[bytes]:
        for path in sorted(self.folder.rglob("*.db")):
            for row in self._rows(path.name, "*"):
                yield from (value for value in row if isinstance(value, bytes))

    def _rows(self, database: str, table: str) -> Iterator[tuple[Any, ...]]:
        for path in sorted(self.folder.rglob(database)):
            with closing(sqlite3.connect(path)) as conn:
                tables = conn.execute("select name from sqlite_master where type='table'").fetchall()
                for (name,) in tables:
                    if table in (name, "*"):
                        yield from conn.execute(f"select * from {name}").fetchall()


def _held(row: tuple[Any, ...], relay: str) -> Envelope:
    """The envelope that a held report will become; only its signature is another."""
    message_id, _handle, recipient, body_key, body, contact_key, contact, _release_at = row
    parts = [SealedPart("body", body_key, body)]
    if contact is not None:
        parts.append(SealedPart("contact", contact_key, contact))
    return envelopes.sign("report", tuple(parts), SigningKey(bytes(32)), relay, recipient, message_id)


def _opened(envelope: Envelope, name: str, find: Find) -> list[Message]:
    try:
        return [decode(envelope.header.purpose, name, envelopes.open_part(envelope, name, find))]
    except SatarkError:
        return []


def _unlocked(report_key: bytes, epoch_key: bytes, handle: str, locked: bytes) -> list[Reachable]:
    try:
        padded = locks.unlock(_row_key(report_key, epoch_key, handle), locked, f"vault:{handle}")
    except Unreadable:
        return []
    return [canonical.loads(Reachable, envelopes.unpad(padded))]
