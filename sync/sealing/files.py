"""Evidence files: chunks under one key per file, each openable alone, so that a player can seek.

STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) with AES-256-GCM: nonce = 7 random bytes, 4-byte
counter, 1 byte that marks the last chunk. The header is bound to every chunk. The length is padded by Padmé
(Nikitin et al. 2019), so a ciphertext tells at most 12 % about its size; the true size stands in the manifest.
"""

import struct
from collections.abc import Callable, Iterator
from os import urandom
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.errors import Unreadable

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
MAGIC = b"SMF1"
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + PREFIX_BYTES


def padme(size_bytes: int) -> int:
    """The padded length of a file of ``size_bytes``."""
    if size_bytes < 2:
        return size_bytes
    exponent = size_bytes.bit_length() - 1
    keep = exponent - exponent.bit_length()
    mask = (1 << max(keep, 0)) - 1
    return (size_bytes + mask) & ~mask


def sealed_size(size_bytes: int) -> int:
    """Bytes on disk of the ciphertext of a file of ``size_bytes``."""
    padded = padme(size_bytes)
    chunks = max(1, -(-padded // CHUNK_BYTES))
    return HEADER_BYTES + padded + chunks * TAG_BYTES


def seal_file(source: BinaryIO, size_bytes: int, key: bytes, target: BinaryIO) -> None:
    """Reads ``size_bytes`` from ``source`` and writes its ciphertext to ``target``, chunk by chunk.

    Raises Unreadable when ``source`` ends too early.
    """
    header = MAGIC + urandom(PREFIX_BYTES)
    target.write(header)
    cipher, left, unread = AESGCM(key), padme(size_bytes), size_bytes
    for counter in range(max(1, -(-left // CHUNK_BYTES))):
        want = min(CHUNK_BYTES, left)
        chunk = source.read(min(want, unread))
        if len(chunk) < min(want, unread):
            raise Unreadable("evidence file: shorter than it was said to be")
        unread -= len(chunk)
        chunk = chunk.ljust(want, b"\0")
        left -= want
        target.write(cipher.encrypt(_nonce(header, counter, left == 0), chunk, header))


def open_range(source: BinaryIO, key: bytes, size_bytes: int, start: int, end: int) -> Iterator[bytes]:
    """Plaintext bytes ``start`` to ``end`` (exclusive) of a file of ``size_bytes``, decrypting only their chunks.

    Raises Unreadable when the ciphertext is cut, reordered, spliced or altered in what is asked for.
    """
    header = source.read(HEADER_BYTES)
    if header[:4] != MAGIC or len(header) != HEADER_BYTES:
        raise Unreadable("evidence file: not one of ours")
    padded, cipher = padme(size_bytes), AESGCM(key)
    last = max(1, -(-padded // CHUNK_BYTES)) - 1
    end = min(end, size_bytes)
    for counter in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
        chunk = _open_chunk(source, cipher, header, counter, counter == last)
        first = counter * CHUNK_BYTES
        yield chunk[max(0, start - first) : end - first]


def open_file(source: BinaryIO, key: bytes, size_bytes: int, write: Callable[[bytes], object]) -> None:
    """Decrypts a whole file, checking that nothing follows its last chunk."""
    for chunk in open_range(source, key, size_bytes, 0, size_bytes):
        write(chunk)
    source.seek(0, 2)
    if source.tell() != sealed_size(size_bytes):
        raise Unreadable("evidence file: not of the size its manifest gives")


def _open_chunk(source: BinaryIO, cipher: AESGCM, header: bytes, counter: int, is_last: bool) -> bytes:
    source.seek(HEADER_BYTES + counter * (CHUNK_BYTES + TAG_BYTES))
    try:
        return cipher.decrypt(_nonce(header, counter, is_last), source.read(CHUNK_BYTES + TAG_BYTES), header)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"evidence file: chunk {counter} does not open") from error


def _nonce(header: bytes, counter: int, is_last: bool) -> bytes:
    return header[len(MAGIC) :] + struct.pack(">IB", counter, is_last)
