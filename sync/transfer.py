"""Evidence files on their way: sent in chunks after the report that names them, resumed by a bitmap of what came.

A chunk is not signed; the whole ciphertext is bound by the hash in the sealed manifest, and a receiver takes chunks
only of files that an accepted report has told it to expect.
"""

import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from itertools import islice
from pathlib import Path

from sync import frames
from sync.clock import whole_minute
from sync.folders import sync_folder
from sync.frames import CHUNK_BYTES, Chunk
from sync.messages import FileState
from sync.outbox import Retry

PATIENCE_S = 5.0
"""How long a burst that arrives bit by bit may pause before the rest of it is sent again."""
BURST_CHUNKS = 8
"""Chunks of one file sent before its receiver is heard again: 256 KiB, half a second at 4 Mbit/s."""

SCHEMA = (
    """
create table file_out(
    file_id text primary key,
    recipient text not null,
    message_id text not null,         -- the report that names it; the file follows its acknowledgement
    path text not null,               -- ciphertext, relative to the node's root
    chunk_count integer not null,
    have blob not null,               -- what the receiver says it has
    state text not null,              -- waiting | due | done
    due_at real not null,
    attempts integer not null default 0,
    burst blob not null default x''   -- chunks last sent; the next ones go when these are there
) strict
""",
    """
create table file_in(
    file_id text primary key,
    sender text not null,
    chunk_count integer not null,
    sealed_size_bytes integer not null,
    sha256_sealed text not null,      -- from the manifest
    have blob not null,
    state text not null,              -- coming | here
    tell integer not null default 0   -- 1: the sender is to be told what is here
) strict
""",
)


@dataclass(frozen=True)
class Outgoing:
    """One file to send on: the chunks the receiver lacks, a burst at a time."""

    file_id: str
    recipient: str
    path: str
    chunk_count: int
    have: bytes
    attempts: int

    @property
    def burst(self) -> tuple[int, ...]:
        """Numbers of the chunks of the next burst."""
        missing = (n for n in range(self.chunk_count) if not _bit(self.have, n))
        return tuple(islice(missing, BURST_CHUNKS))

    def chunks(self, root: Path) -> Iterator[Chunk]:
        """The next burst."""
        with (root / self.path).open("rb") as file:
            for number in self.burst:
                file.seek(number * CHUNK_BYTES)
                yield Chunk(self.file_id, number, self.chunk_count, file.read(CHUNK_BYTES))


def offer(
    conn: sqlite3.Connection, file_id: str, recipient: str, message_id: str, path: str, size_bytes: int
) -> None:
    """Queues a sealed file of ``size_bytes`` behind its report; in the caller's transaction."""
    conn.execute(
        "insert into file_out(file_id, recipient, message_id, path, chunk_count, have, state, due_at)"
        " values(?,?,?,?,?,x'','waiting',0) on conflict do nothing",
        (file_id, recipient, message_id, path, frames.chunk_count(size_bytes)),
    )


def report_acknowledged(conn: sqlite3.Connection, message_id: str, now: float) -> None:
    """The report is at the receiver: its files may follow (again from the start for a new database)."""
    conn.execute(
        "update file_out set state='due', have=x'', burst=x'', attempts=0, due_at=? where message_id=?",
        (now, message_id),
    )


def due(conn: sqlite3.Connection, now: float, limit: int) -> list[Outgoing]:
    """Files whose next burst may go."""
    rows = conn.execute(
        "select file_id, recipient, path, chunk_count, have, attempts from file_out"
        " where state='due' and due_at<=? order by due_at limit ?",
        (now, limit),
    )
    return [Outgoing(*row) for row in rows]


def sent(conn: sqlite3.Connection, file: Outgoing, now: float, retry: Retry, rng: random.Random) -> None:
    """Notes a burst; the next goes when the receiver has it, or after the timer."""
    burst = b""
    for number in file.burst:
        burst = _with_bit(burst, number, file.chunk_count)
    conn.execute(
        "update file_out set attempts=attempts+1, due_at=?, burst=? where file_id=?",
        (now + retry.after(file.attempts, rng), burst, file.file_id),
    )


def told(conn: sqlite3.Connection, state: FileState, sender: str, now: float) -> bool:
    """The receiver's word on a file: send the rest, or done. True when it is now complete there.

    That nothing is there also counts after it was complete: the file was spoilt over there since. A receiver on a slow
    line speaks up for every chunk: only the word that the whole burst is there calls for more.
    """
    row = conn.execute(
        "select have, burst, due_at, attempts, state from file_out where file_id=? and recipient=?"
        " and state in ('due', 'done')",
        (state.file_id, sender),
    ).fetchone()
    if row is None or row["state"] == "done":
        if row is not None and not state.complete and not state.have:
            _begin_anew(conn, state.file_id, now)
        return False
    if state.complete:
        conn.execute("update file_out set state='done' where file_id=?", (state.file_id,))
        return True
    have = _union(row["have"], state.have) if state.have else b""  # nothing there: it came damaged
    if have == row["have"]:
        return False
    is_over = not have or _union(have, row["burst"]) == have.ljust(len(row["burst"]), b"\0")
    conn.execute(
        "update file_out set have=?, due_at=?, attempts=? where file_id=?",
        (
            have,
            now if is_over else max(row["due_at"], now + PATIENCE_S),
            0 if is_over else row["attempts"],
            state.file_id,
        ),
    )
    return False


def _begin_anew(conn: sqlite3.Connection, file_id: str, now: float) -> None:
    conn.execute(
        "update file_out set state='due', have=x'', burst=x'', attempts=0, due_at=? where file_id=?",
        (now, file_id),
    )


def expect(
    conn: sqlite3.Connection, file_id: str, sender: str, sealed_size_bytes: int, sha256_sealed: str
) -> None:
    """A report named this file: take its chunks from ``sender``; in the caller's transaction."""
    conn.execute(
        "insert into file_in values(?,?,?,?,?,x'','coming',0) on conflict do nothing",
        (file_id, sender, frames.chunk_count(sealed_size_bytes), sealed_size_bytes, sha256_sealed),
    )


def ask_again(conn: sqlite3.Connection, file_id: str) -> bool:
    """The file that was here is spoilt or gone: its sender is told that nothing is here; in the caller's transaction.

    False for a file that nobody sends.
    """
    return bool(
        conn.execute(
            "update file_in set state='coming', have=x'', tell=1 where file_id=?", (file_id,)
        ).rowcount
    )


class Receiver:
    """Puts chunks where they belong; a file appears under its own name only whole, checked and on disk."""

    def __init__(self, incoming: Path, finished: Path) -> None:
        """``incoming`` and ``finished`` are folders of one file system."""
        self.incoming, self.finished = incoming, finished
        for folder in (incoming, finished):
            folder.mkdir(parents=True, exist_ok=True)

    def take(self, conn: sqlite3.Connection, chunk: Chunk, sender: str) -> str:
        """Stores one chunk, in the caller's transaction. Gives "refused", "coming", "damaged" or "here".

        "damaged": all chunks came but the hash is another; everything is asked for again.
        """
        row = conn.execute(
            "select * from file_in where file_id=? and sender=?", (chunk.file_id, sender)
        ).fetchone()
        if row is None or chunk.count != row["chunk_count"]:
            return "refused"
        conn.execute("update file_in set tell=1 where file_id=?", (chunk.file_id,))
        if row["state"] == "here" or _bit(row["have"], chunk.number):
            return "coming"
        have, state = self._place(chunk, row)
        conn.execute(
            "update file_in set have=?, state=? where file_id=?",
            (have, "here" if state == "here" else "coming", chunk.file_id),
        )
        return state

    def _place(self, chunk: Chunk, row: sqlite3.Row) -> tuple[bytes, str]:
        finished = self.finished / chunk.file_id
        if finished.exists() and _is(finished, row["sealed_size_bytes"], row["sha256_sealed"]):
            return row["have"], "here"  # renamed, then killed before the row said so
        self._write(chunk, row["sealed_size_bytes"])
        have = _with_bit(row["have"], chunk.number, row["chunk_count"])
        if not all(_bit(have, n) for n in range(row["chunk_count"])):
            return have, "coming"
        state = self._finish(chunk.file_id, row["sealed_size_bytes"], row["sha256_sealed"])
        return (have, state) if state == "here" else (b"", state)

    def _write(self, chunk: Chunk, size_bytes: int) -> None:
        path = self.incoming / chunk.file_id
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(chunk.number * CHUNK_BYTES)
            file.write(chunk.data[: size_bytes - chunk.number * CHUNK_BYTES])
            # A bitmap that outlives a power cut while the chunk does not would leave a hole nobody asks for again.
            file.flush()
            os.fdatasync(file.fileno())

    def _finish(self, file_id: str, size_bytes: int, sha256: str) -> str:
        path = self.incoming / file_id
        if not _is(path, size_bytes, sha256):
            path.unlink()
            return "damaged"
        at = whole_minute(path.stat().st_mtime)
        os.utime(path, (at, at))
        path.rename(self.finished / file_id)
        sync_folder(self.finished)
        return "here"


def states_to_tell(conn: sqlite3.Connection, limit: int) -> list[tuple[str, FileState]]:
    """(sender, state) of files whose sender waits for word; asking clears the wish, in the caller's transaction."""
    rows = conn.execute(
        "select file_id, sender, have, state from file_in where tell=1 limit ?", (limit,)
    ).fetchall()
    conn.executemany("update file_in set tell=0 where file_id=?", [(row["file_id"],) for row in rows])
    return [
        (row["sender"], FileState(1, row["file_id"], row["have"], row["state"] == "here")) for row in rows
    ]


def is_whole(path: Path, sha256_sealed: str) -> bool:
    """Whether a file is there and has this hash (hex)."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == sha256_sealed
    except FileNotFoundError:
        return False


def _is(path: Path, size_bytes: int, sha256: str) -> bool:
    return path.stat().st_size == size_bytes and is_whole(path, sha256)


def _bit(bitmap: bytes, number: int) -> bool:
    return number // 8 < len(bitmap) and bool(bitmap[number // 8] >> number % 8 & 1)


def _union(one: bytes, other: bytes) -> bytes:
    size = max(len(one), len(other))
    pairs = zip(one.ljust(size, b"\0"), other.ljust(size, b"\0"), strict=True)
    return bytes(a | b for a, b in pairs)


def _with_bit(bitmap: bytes, number: int, count: int) -> bytes:
    grown = bytearray(bitmap.ljust(-(-count // 8), b"\0"))
    grown[number // 8] |= 1 << number % 8
    return bytes(grown)
