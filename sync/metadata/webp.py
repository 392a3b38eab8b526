"""WebP: the image, its alpha plane and the header that names them; a still image only."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sync.metadata.orientation import essence
from sync.metadata.outcome import Damaged, Filtered, Unsupported

_MAX_PIXELS = 100_000_000
_MAX_CHUNKS = 1_000
_ALPHA, _EXIF, _ANIMATED = 0x10, 0x08, 0x02
_PUBLIC_NAMES = {b"ICCP": "ICCP", b"EXIF": "EXIF", b"XMP ": "XMP", b"VP8X": "VP8X flags"}


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    body: bytes
    is_padding_zero: bool


def is_webp(data: bytes) -> bool:
    """Whether the file starts as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def reduce(data: bytes) -> Filtered:
    """Takes a WebP file, gives it with VP8X (its flags true to what remains), ALPH, VP8 or VP8L, orientation.

    Raises Unsupported (animated, too large) or Damaged.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Damaged("a WebP is cut short")
    chunks = list(_chunks(data, end))
    names = [chunk.name for chunk in chunks]
    if {b"ANIM", b"ANMF"} & set(names):
        raise Unsupported("an animated WebP", hint="send a still picture or a video")
    _check_order(names)
    _check_picture(chunks)
    kept, dropped = _kept(chunks)
    if end != len(data):
        dropped.append("trailer")
    body = b"WEBP" + b"".join(kept)
    return Filtered(struct.pack("<4sI", b"RIFF", len(body)) + body, tuple(dict.fromkeys(dropped)))


def _chunks(data: bytes, end: int) -> Iterator[_Chunk]:
    at = 12
    for _ in range(_MAX_CHUNKS):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        stop = at + 8 + size
        after = stop + size % 2
        if after > end:
            raise Damaged("a WebP has bytes that belong to no chunk")
        yield _Chunk(data[at : at + 4], data[at + 8 : stop], not any(data[stop:after]))
        if after == end:
            return
        at = after
    raise Unsupported("a WebP in too many pieces")


def _check_order(names: list[bytes]) -> None:
    """One picture; an extended header, if any, first; an alpha plane, if any, just before a lossy picture."""
    pictures = [at for at, name in enumerate(names) if name in (b"VP8 ", b"VP8L")]
    alphas = [at for at, name in enumerate(names) if name == b"ALPH"]
    if len(pictures) != 1 or b"VP8X" in names[1:]:
        raise Damaged("a WebP without exactly one picture after its header")
    if names[0] != b"VP8X" and (pictures != [0] or alphas):
        raise Damaged("a WebP whose picture is not where it must be")
    if alphas and (alphas != [pictures[0] - 1] or names[pictures[0]] != b"VP8 "):
        raise Damaged("a WebP whose alpha plane is not where it must be")


def _check_picture(chunks: list[_Chunk]) -> None:
    """The sizes that header, picture and alpha plane tell must be one size, and a sane one."""
    found = {chunk.name: chunk.body for chunk in chunks if chunk.name in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH")}
    width, height = _lossy_size(found[b"VP8 "]) if b"VP8 " in found else _lossless_size(found[b"VP8L"])
    if not width or not height:
        raise Damaged("a WebP without pixels")
    if width * height > _MAX_PIXELS:
        raise Unsupported("a WebP of more than 100 million pixels", hint="send a smaller picture")
    if b"VP8X" in found and _canvas_size(found[b"VP8X"]) != (width, height):
        raise Damaged("a WebP whose header and picture differ in size")
    if b"ALPH" in found:
        _check_alpha(found[b"ALPH"], width * height)


def _lossy_size(body: bytes) -> tuple[int, int]:
    """Width and height of a VP8 key frame. RFC 6386, 9.1."""
    tag = int.from_bytes(body[:3], "little")
    is_key_frame_shown = not tag & 1 and tag >> 1 & 7 <= 3 and tag >> 4 & 1
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a" or not is_key_frame_shown or tag >> 5 > len(body) - 10:
        raise Damaged("the picture of a WebP does not start as it must")
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(body: bytes) -> tuple[int, int]:
    """Width and height of a VP8L picture. RFC 9649, 3.4."""
    bits = int.from_bytes(body[1:5], "little")
    if len(body) < 6 or body[0] != 0x2F or bits >> 29:
        raise Damaged("the picture of a WebP does not start as it must")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas_size(body: bytes) -> tuple[int, int]:
    if len(body) != 10:
        raise Damaged("a WebP header of the wrong size")
    if body[0] & _ANIMATED:
        raise Unsupported("an animated WebP", hint="send a still picture or a video")
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


def _check_alpha(body: bytes, pixels: int) -> None:
    method = body[0] & 3 if body else None
    if method not in (0, 1) or body[0] >> 6 or (method == 0 and len(body) != 1 + pixels):
        raise Damaged("the alpha plane of a WebP does not fit its picture")


def _kept(chunks: list[_Chunk]) -> tuple[list[bytes], list[str]]:
    """What remains of each chunk, packed, and the names of what does not."""
    exif = _orientation(chunks)
    kept, dropped = [], []
    for chunk in chunks:
        body = _kept_body(chunk, exif)
        if chunk.name == b"EXIF":
            exif = b""  # only the first one speaks; the header's flag was settled before
        if body:
            kept.append(_packed(chunk.name, body))
        if body != chunk.body or not body:
            dropped.append(_PUBLIC_NAMES.get(chunk.name, "private chunk"))
        elif not chunk.is_padding_zero:
            dropped.append("padding")
    return kept, dropped


def _orientation(chunks: list[_Chunk]) -> bytes:
    """The minimal Exif block of an extended file; b"" when it is upright. A simple file has no place for one."""
    blocks = [chunk.body for chunk in chunks if chunk.name == b"EXIF" and chunks[0].name == b"VP8X"]
    return essence(blocks[0].removeprefix(b"Exif\0\0")) if blocks else b""


def _kept_body(chunk: _Chunk, exif: bytes) -> bytes:
    if chunk.name == b"VP8X":
        return bytes((chunk.body[0] & _ALPHA | (_EXIF if exif else 0), 0, 0, 0)) + chunk.body[4:]
    if chunk.name == b"EXIF":
        return exif
    return chunk.body if chunk.name in (b"ALPH", b"VP8 ", b"VP8L") else b""


def _packed(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2)
