"""JPEG: the tables, headers and coded data that decoding needs, and the two marks that tell how colour is meant."""

import struct
from dataclasses import dataclass, field

import sync.metadata.jpeg_segments as part
from sync.metadata.orientation import essence
from sync.metadata.outcome import Damaged, Filtered, Unsupported

_EXIF = b"Exif\0\0"
_JFIF_BYTES, _ADOBE_BYTES = 14, 12
# Marker, start, least size, name. Names we may repeat; other marks would tell the maker.
_MARKS = (
    (part.APP0, b"JFIF\0", _JFIF_BYTES, "JFIF"),
    (part.APP0, b"JFXX\0", 0, "JFXX"),
    (part.APP1, b"Exif\0", len(_EXIF), "Exif"),
    (part.APP1, b"http://ns.adobe.com/", 0, "XMP"),
    (part.APP2, b"ICC_PROFILE\0", 0, "ICC"),
    (part.APP2, b"MPF\0", 0, "MPF"),
    (part.APP13, b"Photoshop 3.0\0", 0, "Photoshop"),
    (part.APP14, b"Adobe", _ADOBE_BYTES, "Adobe"),
)


@dataclass
class _Table:
    """A DQT or DHT table or a restart interval, and whether any scan needs it."""

    content: bytes
    is_used: bool = False


@dataclass(frozen=True)
class _Tables:
    """A segment of tables; which of them stay is known at the end only."""

    code: int
    tables: list[_Table]

    def remaining(self) -> bytes:
        """The tables that a scan used, as they stood; known once every scan was seen."""
        return b"".join(table.content for table in self.tables if table.is_used)


@dataclass
class _Picture:
    """What the walk has met so far."""

    out: list[bytes | _Tables] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    frame: part.Frame | None = None
    tables: dict[tuple[int, int], _Table] = field(default_factory=dict)
    # (component, coefficient) -> lowest bit coded so far
    coded_bits: dict[tuple[int, int], int] = field(default_factory=dict)


def is_jpeg(data: bytes) -> bool:
    """Whether the file starts as a JPEG does."""
    return data.startswith(b"\xff\xd8\xff")


def reduce(data: bytes) -> Filtered:
    """Takes a JPEG file, gives it with frame, scans, the tables they use, JFIF and Adobe marks, orientation.

    Baseline, extended and progressive files with Huffman codes, 8 bits deep; thumbnails and whatever follows the
    end of the image (second pictures, clips) go. Raises Unsupported or Damaged.
    """
    picture = _Picture()
    for segment in part.segments(data):
        if segment.is_filled:
            picture.dropped.append("fill bytes")
        _take(segment, picture)
        if segment.code == part.EOI and segment.end != len(data):
            picture.dropped.append("trailer")
    pieces = [_settled(piece, picture.dropped) for piece in picture.out]
    return Filtered(b"\xff\xd8" + b"".join(pieces) + b"\xff\xd9", tuple(dict.fromkeys(picture.dropped)))


def _take(segment: part.Segment, picture: _Picture) -> None:
    """Settles one segment: into the output, onto the list of what was dropped, or a refusal."""
    if segment.code in (part.DQT, part.DHT, part.DRI):
        _take_tables(segment, picture)
    elif segment.code in part.FRAMES:
        _take_frame(segment, picture)
    elif segment.code == part.SOS:
        _take_scan(segment, picture)
    elif segment.code == part.COM or part.APP0 <= segment.code <= part.APP15:
        _take_application(segment, picture)
    elif segment.code != part.EOI:
        raise Unsupported("a JPEG of a rare kind: lossless, arithmetic or hierarchical")
    elif not picture.coded_bits:
        raise Damaged("a JPEG without picture data")


def _take_tables(segment: part.Segment, picture: _Picture) -> None:
    found = [(key, _Table(content)) for key, content in part.tables(segment.code, segment.body)]
    picture.tables.update(found)
    picture.out.append(_Tables(segment.code, [table for _, table in found]))


def _take_frame(segment: part.Segment, picture: _Picture) -> None:
    if picture.frame is not None:
        raise Damaged("a JPEG with two frames")
    picture.frame = part.frame(segment.code, segment.body)
    picture.out.append(_packed(segment.code, segment.body))


def _take_scan(segment: part.Segment, picture: _Picture) -> None:
    if picture.frame is None:
        raise Damaged("a JPEG whose picture data comes before its frame")
    scan = part.scan_header(segment.body, picture.frame)
    _note_progress(scan, picture.coded_bits)
    needed = [(part.DRI, 0)]
    for plane, (dc, ac) in scan.tables.items():
        quantisation = picture.frame.components[plane].quantisation
        needed += [(part.DQT, quantisation), (part.DHT, dc), (part.DHT, 0x10 | ac)]
    for key in needed:
        if key in picture.tables:
            picture.tables[key].is_used = True
    restart = picture.tables.get((part.DRI, 0))
    interval = int.from_bytes(restart.content, "big") if restart else 0
    part.check_restarts(segment.coded, scan, picture.frame, interval)
    picture.out += [_packed(segment.code, segment.body), segment.coded]


def _note_progress(scan: part.Scan, coded_bits: dict[tuple[int, int], int]) -> None:
    """A scan that codes again what was coded would cover another picture up: each bit comes once, in order."""
    for plane in scan.tables:
        for coefficient in range(scan.first, scan.last + 1):
            before = coded_bits.get((plane, coefficient))
            if before != (scan.bit_before or None):
                raise Damaged("a JPEG with a scan out of turn")
            coded_bits[plane, coefficient] = scan.bit


def _take_application(segment: part.Segment, picture: _Picture) -> None:
    name = _mark(segment)
    kept = b"" if picture.coded_bits else _kept_mark(name, segment.body, picture)
    if kept != segment.body or not kept:
        picture.dropped.append(_label(segment.code, name))
    if kept:
        picture.out.append(_packed(segment.code, kept))
    picture.marks.add(name)


def _mark(segment: part.Segment) -> str:
    for code, start, least, name in _MARKS:
        if segment.code == code and segment.body.startswith(start) and len(segment.body) >= least:
            return name
    return ""


def _kept_mark(name: str, body: bytes, picture: _Picture) -> bytes:
    """What remains of an application segment before the first scan; b"" for most."""
    if name == "Adobe":
        if name in picture.marks:
            raise Damaged("a JPEG with two Adobe marks")  # decoders disagree which of them rules the colours
        return body[:_ADOBE_BYTES]
    if name in picture.marks:
        return b""
    if name == "JFIF":
        return body[: _JFIF_BYTES - 2] + b"\0\0"
    minimal = essence(body[len(_EXIF) :]) if name == "Exif" else b""
    return _EXIF + minimal if minimal else b""


def _label(code: int, name: str) -> str:
    if code == part.COM:
        return "COM"
    return f"APP{code - part.APP0}" + (f"/{name}" if name else "")


def _settled(piece: bytes | _Tables, dropped: list[str]) -> bytes:
    if isinstance(piece, bytes):
        return piece
    remaining = piece.remaining()
    if not all(table.is_used for table in piece.tables) or not remaining:
        dropped.append("unused tables")
    return _packed(piece.code, remaining) if remaining else b""


def _packed(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body
