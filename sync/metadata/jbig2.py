"""JBIG2 inside a PDF: the segments that decoding needs; remarks of an encoder and what lies behind the last go."""

import struct

# Dictionaries, text, patterns, halftones, regions, the page, ends of stripes, tables, colours.
_KINDS = frozenset((0, 4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48, 50, 53, 54))
_ENDS = frozenset((49, 51))
_REMARK = 62
_UNKNOWN = 0xFFFFFFFF


def reduce(data: bytes) -> bytes:
    """The same picture or globals; total, and cleaning twice is cleaning once."""
    kept, at = [], 0
    while at < len(data):
        kind, start, size = _head(data, at)
        if kind not in _KINDS | _ENDS | {_REMARK}:
            break  # behind the last segment
        if size == _UNKNOWN or start + size > len(data):
            kept.append(data[at:])  # it ends where the stream does
            break
        if kind in _KINDS:
            kept.append(data[at : start + size])
        at = start + size
    return b"".join(kept)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind, place and size of the content of a segment; kind -1 where none begins."""
    if at + 11 > len(data):
        return -1, at, 0
    number, flags, referred = struct.unpack_from(">IBB", data, at)
    count, place = referred >> 5, at + 6
    if count == 7:
        count = int.from_bytes(data[at + 5 : at + 9], "big") & 0x1FFFFFFF
        place = at + 9 + (count + 8) // 8
    place += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
    place += 4 if flags & 0x40 else 1
    if place + 4 > len(data):
        return -1, at, 0
    return flags & 63, place + 4, int.from_bytes(data[place : place + 4], "big")
