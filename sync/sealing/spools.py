"""Evidence files as streams: written without knowing their size beforehand, read at any place.

The ciphertext is that of ``sync/sealing/files.py``, byte for byte of its format; at most a few chunks are ever plain.
"""

import io
import struct
from collections import OrderedDict
from os import SEEK_CUR, SEEK_END, SEEK_SET, urandom
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.errors import Unreadable
from sync.sealing.files import CHUNK_BYTES, HEADER_BYTES, MAGIC, PREFIX_BYTES, TAG_BYTES, padme

CACHED_CHUNKS = 32
"""2 MiB: a reader of a PDF goes back and forth between its objects."""


class SealingWriter(io.RawIOBase):
    """Takes a file piece by piece and writes its ciphertext; ``finish`` pads it and marks its last chunk."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        """``target`` is written from where it stands and stays open."""
        self._target, self._cipher = target, AESGCM(key)
        self._header = MAGIC + urandom(PREFIX_BYTES)
        self._pending, self._counter = bytearray(), 0
        self.size_bytes = 0
        target.write(self._header)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer, as io says
        """Takes all of it; what fills a chunk is sealed, the rest waits in memory."""
        piece = memoryview(data).cast("B")
        self.size_bytes += len(piece)
        self._take(piece)
        return len(piece)

    def finish(self) -> int:
        """Seals what is left, padded; gives the size of the plain file. Nothing may be written afterwards."""
        padding_bytes, zeros = padme(self.size_bytes) - self.size_bytes, memoryview(bytes(CHUNK_BYTES))
        for at in range(0, padding_bytes, CHUNK_BYTES):
            self._take(zeros[: padding_bytes - at])
        self._seal(self._pending, is_last=True)
        self._target.flush()
        return self.size_bytes

    def _take(self, piece: memoryview) -> None:
        """Seals whole chunks where they lie, without a copy, as long as one byte more is there: the last is another."""
        at = min(len(piece), CHUNK_BYTES - len(self._pending)) if self._pending else 0
        self._pending += piece[:at]
        if self._pending and at < len(piece):
            self._seal(self._pending, is_last=False)
            self._pending.clear()
        while len(piece) - at > CHUNK_BYTES:
            self._seal(piece[at : at + CHUNK_BYTES], is_last=False)
            at += CHUNK_BYTES
        self._pending += piece[at:]

    def _seal(self, chunk: bytearray | memoryview, *, is_last: bool) -> None:
        nonce = _nonce(self._header, self._counter, is_last)
        self._target.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._counter += 1


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file, opened chunk by chunk where they are asked for.

    Every read raises Unreadable where the ciphertext is cut, reordered, spliced or altered.
    """

    def __init__(self, source: BinaryIO, key: bytes, size_bytes: int) -> None:
        """``source`` stays open; ``size_bytes`` of the plain file."""
        self._source, self._cipher, self._size_bytes = source, AESGCM(key), size_bytes
        source.seek(0)
        self._header = source.read(HEADER_BYTES)
        if self._header[: len(MAGIC)] != MAGIC or len(self._header) != HEADER_BYTES:
            raise Unreadable("evidence file: not one of ours")
        self._last = max(1, -(-padme(size_bytes) // CHUNK_BYTES)) - 1
        self._at = 0
        self._open_chunks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Goes there, as files do; a place before the beginning is a ValueError."""
        base = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size_bytes}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer, as io says
        """Fills ``buffer`` as far as the file goes; 0 at its end."""
        wanted, filled = max(0, min(len(buffer), self._size_bytes - self._at)), 0
        while filled < wanted:
            counter, within = divmod(self._at, CHUNK_BYTES)
            piece = self._chunk(counter)[within : within + wanted - filled]
            buffer[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._at += len(piece)
        return filled

    def _chunk(self, counter: int) -> bytes:
        if counter in self._open_chunks:
            self._open_chunks.move_to_end(counter)
            return self._open_chunks[counter]
        chunk = self._opened(counter)
        self._open_chunks[counter] = chunk
        if len(self._open_chunks) > CACHED_CHUNKS:
            self._open_chunks.popitem(last=False)
        return chunk

    def _opened(self, counter: int) -> bytes:
        self._source.seek(HEADER_BYTES + counter * (CHUNK_BYTES + TAG_BYTES))
        sealed = self._source.read(CHUNK_BYTES + TAG_BYTES)
        try:
            return self._cipher.decrypt(
                _nonce(self._header, counter, counter == self._last), sealed, self._header
            )
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"evidence file: chunk {counter} does not open") from error


def _nonce(header: bytes, counter: int, is_last: bool) -> bytes:
    return header[len(MAGIC) :] + struct.pack(">IB", counter, is_last)
