"""Files made from those of the corpus by chance: bits turned, cut, put together, told wrong lengths, pieces doubled."""

import random
import re
import struct
import zlib
from collections.abc import Callable

from tests.telling.judges import word

STARTS = {
    "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF", "ogg": b"OggS\0\2",
    "mp3": b"\xff\xfb\x10\xc4",
    "aac": b"\xff\xf1\x60\x40", "amr": b"#!AMR\n", "m4a": b"\0\0\0\x18ftypM4A ", "mp4": b"\0\0\0\x18ftypisom",
    "mov": b"\0\0\0\x14ftypqt  ", "3gp": b"\0\0\0\x18ftyp3gp4", "pdf": b"%PDF-1.7\n",
}  # fmt: skip
_LIES = (
    0,
    1,
    2,
    3,
    7,
    8,
    9,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFF0,
    0xFFFFFFFF,
)
_AT_PIECES = {
    "jpg": re.compile(rb"(?=\xff[\xc0-\xcf\xd8-\xef\xfe])"),
    "ogg": re.compile(rb"(?=OggS)"),
    "pdf": re.compile(rb"(?<=endobj)|(?=stream)|(?=/[A-Z])|(?<=\n)"),
    "mp3": re.compile(rb"(?=\xff\xfb)|(?=TAG)|(?=ID3)"),
    "aac": re.compile(rb"(?=\xff\xf1)|(?=ID3)"),
}
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def mutated(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    """One file by chance from ``data``; ``other`` lends its pieces. One to four changes, then often made plausible."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(_CHANGES)(kind, data, other, rng)
    return repaired(kind, data) if rng.random() < 0.6 else data


def crafted(kind: str, corpus: list[bytes], rng: random.Random) -> bytes:
    """A file of this kind put together from pieces of others, and from nonsense."""
    parts = [STARTS[kind]]
    for _ in range(rng.randrange(1, 12)):
        pieces = split(kind, rng.choice(corpus))
        parts.append(rng.choice(pieces) if rng.random() < 0.8 else rng.randbytes(rng.randrange(60)))
    return repaired(kind, b"".join(parts))


def split(kind: str, data: bytes) -> list[bytes]:
    """The pieces that such a file is made of."""
    if kind == "png":
        return _by_length(data, 8, ">", 12)
    if kind == "webp":
        return _by_length(data, 12, "<", 8, name_first=True)
    if kind in ("m4a", "mp4", "mov", "3gp"):
        return _by_length(data, 0, ">", 0)
    pattern = _AT_PIECES.get(kind)
    pieces = pattern.split(data) if pattern else [data[at : at + 32] for at in range(0, len(data), 32)]
    return [piece for piece in pieces if piece] or [data]


def _by_length(data: bytes, at: int, order: str, around: int, *, name_first: bool = False) -> list[bytes]:
    pieces = [data[:at]] if at else []
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(order + "I", data, at + (4 if name_first else 0))
        end = at + max(size + around + (size % 2 if name_first else 0), 8)
        pieces.append(data[at:end])
        at = end
    return [*pieces, data[at:]]


def repaired(kind: str, data: bytes) -> bytes:
    """With checksums and the length of the whole as they must be, so that readers go on."""
    if kind == "png":
        return b"".join(_with_sum(piece) if at else piece for at, piece in enumerate(split(kind, data)))
    if kind == "ogg":
        return b"".join(_with_ogg_sum(piece) for piece in split(kind, data))
    if kind == "webp" and len(data) >= 12:
        return b"RIFF" + struct.pack("<I", len(data) - 8) + data[8:]
    return data


def _with_sum(chunk: bytes) -> bytes:
    if len(chunk) < 12:
        return chunk
    return struct.pack(">I", len(chunk) - 12) + chunk[4:-4] + struct.pack(">I", zlib.crc32(chunk[4:-4]))


def _with_ogg_sum(page: bytes) -> bytes:
    if len(page) < 27:
        return page
    plain = page[:22] + bytes(4) + page[26:]
    mirrored = zlib.crc32(plain.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return page[:22] + mirrored.to_bytes(4, "little").translate(_MIRRORED)[::-1][::-1] + page[26:]


def _flip(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 9)):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _splice(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _lie(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    size = rng.choice((1, 2, 4, 4, 8))
    at, value = rng.randrange(len(data) + 1), rng.choice(_LIES) % (1 << 8 * size)
    return data[:at] + value.to_bytes(size, rng.choice(("big", "little"))) + data[at + size :]


def _remove(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randrange(1, 64) :]


def _double(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    end = at + rng.randrange(1, 200)
    return data[:end] + data[at:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _insert(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return (
        data[:at]
        + rng.choice((word(99).encode(), rng.randbytes(rng.randrange(1, 40)), b"\xff" * 9, bytes(9)))
        + data[at:]
    )


def _pieces(kind: str, data: bytes, other: bytes, rng: random.Random) -> bytes:
    """A piece doubled, removed, moved, or taken from the other."""
    pieces = split(kind, data)
    at, way = rng.randrange(len(pieces)), rng.randrange(4)
    if way == 0:
        pieces.insert(rng.randrange(len(pieces) + 1), pieces[at])
    elif way == 1:
        del pieces[at]
    elif way == 2:
        pieces.insert(rng.randrange(len(pieces)), pieces.pop(at))
    else:
        pieces.insert(at, rng.choice(split(kind, other)))
    return b"".join(pieces)


Change = Callable[[str, bytes, bytes, random.Random], bytes]
_CHANGES: tuple[Change, ...] = (
    _flip,
    _flip,
    _cut,
    _splice,
    _lie,
    _lie,
    _remove,
    _double,
    _insert,
    _pieces,
    _pieces,
    _pieces,
)
