"""Ogg with Opus, as voice notes come: pages, their order and sums, the two header packets.

Allowed: one stream with number 0, as ffmpeg writes it; a comment header with ffmpeg's bare name and no comment; pages
numbered in turn with the right checksum; nothing before, between or behind them.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

from sync.metadata.outcome import Damaged, Found, Unsupported

MIME = "audio/ogg"
_MAGIC = b"OggS"
_PAGE = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_PLAIN_TAGS = b"OpusTags" + struct.pack("<I6sI", 6, b"ffmpeg", 0)
_HEAD_BYTES = 19
_MAX_TAGS_BYTES = 1 << 20
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class _Page:
    flags: int
    serial: int
    number: int
    is_sound: bool
    """Whether its checksum holds."""
    lacing: bytes
    body: bytes


@dataclass
class _Stream:
    """What the walk has met of the one stream we take."""

    serial: int
    pages: int = 0
    headers: list[bytearray] = field(default_factory=lambda: [bytearray()])
    names: list[str] = field(default_factory=list)
    is_over: bool = False


def is_ogg(start: bytes) -> bool:
    """Whether the file starts as an Ogg does."""
    return start.startswith(_MAGIC)


def scan(data: bytes) -> Found:
    """The names of what does not belong; raises Damaged, or Unsupported where the sound is not Opus."""
    stream: _Stream | None = None
    for page in _pages(data):
        if stream is None:
            stream = _Stream(page.serial if page else 0)
        _take(page, stream)
    if stream is None or len(stream.headers) < 3:
        raise Damaged("a voice note without sound")
    _check_headers(stream)
    if not stream.is_over:
        stream.names.append("ogg/no end")
    return Found(MIME, tuple(dict.fromkeys(stream.names)))


def _pages(data: bytes) -> Iterator[_Page | None]:
    """Every page; None where bytes belong to no page."""
    at = 0
    while at < len(data):
        page, end = _page(data, at)
        if page is None:
            yield None
            end = data.find(_MAGIC, at + 1)
            if end < 0:
                return
        else:
            yield page
        at = end


def _page(data: bytes, at: int) -> tuple[_Page | None, int]:
    if len(data) - at < _PAGE.size or data[at : at + 5] != _MAGIC + b"\0":
        return None, at
    _, _, flags, _, serial, number, checksum, count = _PAGE.unpack_from(data, at)
    lacing = data[at + _PAGE.size : at + _PAGE.size + count]
    start = at + _PAGE.size + count
    end = start + sum(lacing)
    if len(lacing) < count or end > len(data):
        return None, at
    without_sum = data[at : at + 22] + bytes(4) + data[at + 26 : end]
    return _Page(flags, serial, number, _checksum(without_sum) == checksum, lacing, data[start:end]), end


def _checksum(data: bytes) -> int:
    """CRC-32 of Ogg: the polynomial of zlib's, the bits of each byte the other way round, no inversions."""
    mirrored = crc32(data.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRRORED), "big")


def _take(page: _Page | None, stream: _Stream) -> None:
    if page is None:
        stream.names.append("ogg/bytes between pages")
    elif page.serial != stream.serial or stream.is_over:
        stream.names.append("ogg/other streams")
    else:
        _take_ours(page, stream)


def _take_ours(page: _Page, stream: _Stream) -> None:
    if page.serial != 0:
        stream.names.append("ogg/serial")
    if page.number != stream.pages:
        stream.names.append("ogg/numbering")
    if not page.is_sound:
        stream.names.append("ogg/checksum")
    if bool(page.flags & _FIRST) != (stream.pages == 0) or page.flags > 7:
        stream.names.append("ogg/flags")
    stream.is_over = bool(page.flags & _LAST)
    stream.pages += 1
    _gather_headers(page, stream)


def _gather_headers(page: _Page, stream: _Stream) -> None:
    """Puts the first two packets together; what follows is sound."""
    at = 0
    for size in page.lacing:
        if len(stream.headers) > 2:
            return
        stream.headers[-1] += page.body[at : at + size]
        if len(stream.headers[-1]) > _MAX_TAGS_BYTES:
            raise Damaged("a voice note with an endless header")
        at += size
        if size < 255:
            stream.headers.append(bytearray())


def _check_headers(stream: _Stream) -> None:
    head, tags = stream.headers[0], stream.headers[1]
    if not head.startswith(b"OpusHead") or len(head) < _HEAD_BYTES:
        raise Unsupported("an Ogg file that is not Opus", hint="record it in WhatsApp")
    if head[18] != 0 or head[8] > 15:
        raise Unsupported("an Opus file with more than two channels")
    if len(head) != _HEAD_BYTES:
        stream.names.append("ogg/header")
    if not tags.startswith(b"OpusTags"):
        raise Damaged("an Opus file without its second header")
    stream.names += _tag_names(bytes(tags))


def _tag_names(tags: bytes) -> list[str]:
    if tags == _PLAIN_TAGS:
        return []
    vendor_bytes = int.from_bytes(tags[8:12], "little")
    count = int.from_bytes(tags[12 + vendor_bytes : 16 + vendor_bytes], "little")
    is_ours = tags[8:18] == _PLAIN_TAGS[8:18]
    return ([] if is_ours else ["ogg/vendor"]) + (["ogg/comments"] if count or is_ours else [])
