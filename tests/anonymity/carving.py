"""What can be cut out of a database's files byte by byte: deleted rows, free pages, frames of the write-ahead log.

Nothing here asks SQLite: a page that no query reaches any more is read like every other.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from relay.vault import PADDED_BYTES

KEY_BYTES = 32
LOCKED_BYTES = 12 + PADDED_BYTES + 16
"""Nonce, padded contact and tag of one vault row."""
_LOCKED_TYPE = bytes(divmod(12 + 2 * LOCKED_BYTES, 128))
_VAULT_ROW = re.compile(
    rb"([\x01-\x06])%c%c[\x01-\x06]([0-9a-f]{32})" % (_LOCKED_TYPE[0] | 0x80, _LOCKED_TYPE[1])
)
"""Types of week, locked contact and time, then the handle: what a deletion leaves of a row's beginning."""
_KEY_TYPE = 12 + 2 * KEY_BYTES
"""Serial type of a blob of 32 bytes in a record's header."""
_LONGEST_HEADER = 16
_REACH = 16
"""How far from a handle a key may lie in its row."""
_LEAST_DISTINCT = 18
"""Different byte values among 32; chance gives fewer to one key in a billion, text and zeros give fewer always."""


def is_keylike(value: bytes) -> bool:
    """Whether 32 bytes look drawn by chance."""
    return len(value) == KEY_BYTES and len(set(value)) >= _LEAST_DISTINCT


@lru_cache(maxsize=100)  # one disk is looked at with others several times
def keys_in_records(data: bytes) -> set[bytes]:
    """Blobs of 32 bytes of everything in ``data`` that has the form of a record, reachable or not."""
    found = set()
    at = data.find(_KEY_TYPE)
    while at >= 0:
        found |= {
            key for begin in range(max(0, at - _LONGEST_HEADER), at) for key in _keys_at(data, begin, at)
        }
        at = data.find(_KEY_TYPE, at + 1)
    return found


def keys_beside(data: bytes, handle: str) -> set[bytes]:
    """Every 32 bytes that lie just before or behind ``handle``, also where a deletion has spoilt the header."""
    found = set()
    for match in re.finditer(re.escape(handle.encode()), data):
        begin, end = match.span()
        starts = [*range(end, end + _REACH), *range(begin - KEY_BYTES - _REACH, begin - KEY_BYTES + 1)]
        found |= {data[start : start + KEY_BYTES] for start in starts if start >= 0}
    return {key for key in found if is_keylike(key)}


def vault_rows(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(handle, locked contact) of everything that was a row of the vault, deleted or not."""
    for match in _VAULT_ROW.finditer(data):
        begin = match.end() + _size(match[1][0])
        locked = data[begin : begin + LOCKED_BYTES]
        if len(set(locked)) > LOCKED_BYTES // 3:
            yield match[2].decode(), locked


def _keys_at(data: bytes, begin: int, at: int) -> Iterator[bytes]:
    """The key whose type stands at ``at``, if a record's header begins at ``begin``."""
    header = data[begin : begin + data[begin]]
    if not 1 < len(header) <= _LONGEST_HEADER or begin + len(header) <= at:
        return
    types = list(_varints(header[1:]))
    body = begin + len(header)
    for kind in types:
        size = _size(kind)
        if kind == _KEY_TYPE and is_keylike(data[body : body + size]):
            yield data[body : body + size]
        body += size


def _varints(data: bytes) -> Iterator[int]:
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            yield value
            value = 0


def _size(kind: int) -> int:
    """Bytes that a column of this serial type takes."""
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]
