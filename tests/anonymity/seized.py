"""Disks taken away, and every key that lies on them tried on everything that is locked."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from relay.epochs import EpochStore
from relay.events import Sender
from relay.identity import IntakeKey
from relay.vault import _read, _row_key
from sync import frames
from sync.errors import SatarkError, Unreadable
from sync.frames import Chunk
from sync.messages import Contact, Message, Reply, decode
from sync.sealing import envelopes, locks
from sync.sealing.envelopes import Envelope, SealedPart
from sync.sealing.keys import SealingKey, SigningKey
from tests.anonymity import carving
from tests.anonymity.encodings import files_under
from tests.anonymity.guessing import guess

SEALING_KEY_BYTES = 96
_SQLITE = b"SQLite format 3\0"
KEY_FILE_BYTES = 128
"""A file that small may be a key, or several one behind the other."""
MOST_PAIRS = 250_000
SEALED_CHATS = (
    *(("event", "event"), ("draft", "draft"), ("sent_draft", "sent draft"), ("chat_out", "chat")),
    ("fetch", "fetch"),
)
"""Tables whose rows lie under an intake key, and what they are sealed for."""
Find = Callable[[str], SealingKey | None]


class Seized:
    """Folders as they lay on their disks. ``captured``: frames that somebody recorded on the way."""

    def __init__(self, relay: str, folders: Iterable[Path], to: Path, captured: Iterable[bytes] = ()) -> None:
        """Copies ``folders`` to ``to``, as they lie there now. ``relay``: the relay's node id, which is no secret."""
        self.folder, self._relay, self._captured = to, relay, list(captured)
        to.mkdir()
        for folder in folders:
            shutil.copytree(folder, to / folder.name)
        # Before any query: SQLite empties a write-ahead log that it finds.
        self._raw = {path: path.read_bytes() for path in files_under([to]) if ".db" in path.name}

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
        """Everybody whom some vault row, deleted ones too, names to somebody with all this."""
        secrets, files = self._secrets(), self._key_files() | {bytes(32), b""}
        inside = {m.report_key for m in self.messages() if isinstance(m, Contact | Reply)}
        found = []
        for handle, locked in self.vault_rows():
            beside = {key for raw in self._raw.values() for key in carving.keys_beside(raw, handle)}
            pairs = _pairs(secrets | inside | beside, secrets, files | inside | beside)
            named = (_sender(report_key, epoch_key, handle, locked) for report_key, epoch_key in pairs)
            found += [sender for sender in named if sender is not None]
        return list(dict.fromkeys(found))

    def stopped(self, store: str, numbers: Iterable[str]) -> str | None:
        """Somebody who said stop, where trying ``numbers`` with the epoch store of that folder comes to him."""
        tags = {row[0] for row in self._rows("relay.db", "stop")}
        return guess(tags, EpochStore(self.folder / store), numbers)

    def vault_rows(self) -> list[tuple[str, bytes]]:
        """(handle, locked contact): rows, and what of deleted rows can be cut out of pages and logs."""
        live = [(row[0], row[2]) for row in self._rows("vault.db", "vault")]
        raw = [data for path, data in self._raw.items() if path.name.startswith("vault.db")]
        return list(dict.fromkeys([*live, *(row for data in raw for row in carving.vault_rows(data))]))

    def chats(self) -> list[bytes]:
        """Every piece of a conversation that a key among all this opens."""
        keys = sorted(self._secrets())
        rows = [(row, context) for table, context in SEALED_CHATS for row in self._dicts("relay.db", table)]
        opened = (_chat(key, row, context) for row, context in rows for key in keys)
        return [piece for piece in opened if piece is not None]

    def envelopes(self) -> Iterator[Envelope]:
        """Every envelope: recorded, in an outbox, or still held at the relay."""
        contents = [frames.read(frame) for frame in self._captured]
        yield from (envelopes.read(content) for content in contents if not isinstance(content, Chunk))
        yield from (envelopes.read(value) for value in self._blobs() if value.startswith(envelopes.MAGIC))
        yield from (_held(row, self._relay) for row in self._rows("relay.db", "held"))

    def _secrets(self) -> set[bytes]:
        """Whatever can be a key of 32 bytes, and no key at all."""
        return self._key_files() | self._carved | {bytes(32), b""}

    def _key_files(self) -> set[bytes]:
        """Small files, cut into pieces of 32 bytes."""
        small = [p.read_bytes() for p in files_under([self.folder]) if p.stat().st_size <= KEY_FILE_BYTES]
        pieces = {value[at : at + 32] for value in small for at in range(0, len(value), 32)}
        return {piece for piece in pieces if len(piece) == locks.KEY_BYTES}

    @cached_property
    def _carved(self) -> set[bytes]:
        """What rows hold, and what lies in databases where no row is any more."""
        found = {value for value in self._blobs() if len(value) == locks.KEY_BYTES}
        return found.union(*(carving.keys_in_records(raw) for raw in self._raw.values()))

    def _sealing_keys(self) -> list[SealingKey]:
        paths = [p for p in files_under([self.folder]) if p.stat().st_size == SEALING_KEY_BYTES]
        return [SealingKey(path.read_bytes()) for path in paths]

    def _blobs(self) -> Iterator[bytes]:
        rows = (row for rows in self._tables.values() for row in rows)
        return (value for row in rows for value in row if isinstance(value, bytes))

    def _rows(self, database: str, table: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._dicts(database, table)]

    def _dicts(self, database: str, table: str) -> list[sqlite3.Row]:
        tables = self._tables.items()
        return [row for (d, t), rows in tables if d == database and table in (t, "*") for row in rows]

    @cached_property
    def _tables(self) -> dict[tuple[str, str], list[sqlite3.Row]]:
        """Every row by (database, table), of all nodes."""
        found: dict[tuple[str, str], list[sqlite3.Row]] = {}
        for path in sorted(self.folder.rglob("*.db")):
            if not self._raw[path].startswith(
                _SQLITE
            ):  # a broker's store has that ending too, and is no database
                continue
            with closing(sqlite3.connect(path)) as conn:
                conn.row_factory = sqlite3.Row
                names = conn.execute("select name from sqlite_master where type='table'").fetchall()
                for (name,) in names:
                    found.setdefault((path.name, name), []).extend(conn.execute(f"select * from {name}"))
        return found


def _pairs(
    report_keys: set[bytes], epoch_keys: set[bytes], likely: set[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Of all there are; of millions, which only tags and hashes of a busy relay make, those with a likely key in them.

    Likely is what lies in a key file, in an opened message or beside the row's handle.
    """
    is_many = len(report_keys) * len(epoch_keys) > MOST_PAIRS
    for report_key in sorted(report_keys):
        few = is_many and report_key not in likely
        yield from (
            (report_key, epoch_key) for epoch_key in sorted(likely & epoch_keys if few else epoch_keys)
        )


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


def _chat(key: bytes, row: sqlite3.Row, context: str) -> bytes | None:
    if len(key) != locks.KEY_BYTES or not row["sealed"]:
        return None
    try:
        return IntakeKey(row["key_day"], key).open(row["sealed"], context)
    except Unreadable:
        return None


@lru_cache(maxsize=2_000_000)
def _sender(report_key: bytes, epoch_key: bytes, handle: str, locked: bytes) -> Sender | None:
    """Whom a row names under two keys. Remembered: one disk after another is tried with much the same keys."""
    try:
        padded = locks.unlock(_row_key(report_key, epoch_key, handle), locked, f"vault:{handle}")
    except Unreadable:
        return None
    return _read(envelopes.unpad(padded)).sender
