"""JPEG taken apart: segments, the coded data of scans, what a frame header, a scan header and a table say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sync.metadata.outcome import Damaged, Unsupported

SOI, EOI, SOS, DQT, DHT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
APP0, APP1, APP2, APP13, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF
FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; all with Huffman codes
_PROGRESSIVE = 0xC2
# Cameras of today make 200 million; nothing is decoded here, the limit guards those who do.
_MAX_PIXELS = 250_000_000
_MAX_SEGMENTS = 5_000
_RUN = re.compile(rb"\xff+")
# An 0xFF that is neither a stuffed byte nor a restart marker; also one at the very end.
_STOP = re.compile(rb"\xff(?![\x00\xd0-\xd7])")
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")


@dataclass(frozen=True)
class Segment:
    """One marker with its payload; after a start of scan its coded data too. ``end`` is its end in the file."""

    code: int
    body: bytes
    coded: bytes
    is_filled: bool
    end: int


@dataclass(frozen=True)
class Component:
    """One plane of a picture: its sampling factors and the number of its quantisation table."""

    across: int
    down: int
    quantisation: int


@dataclass(frozen=True)
class Frame:
    """What a frame header says; components by their id."""

    is_progressive: bool
    width: int
    height: int
    components: dict[int, Component]


@dataclass(frozen=True)
class Scan:
    """What a scan header says: planes with their (DC, AC) tables, range of coefficients, bits before and after."""

    tables: dict[int, tuple[int, int]]
    first: int
    last: int
    bit_before: int
    bit: int


def segments(data: bytes) -> Iterator[Segment]:
    """Every segment after the start of the image, up to and with its end."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        code_at = _code_at(data, at)
        code, is_filled = data[code_at], code_at - at > 1
        if code == EOI:
            yield Segment(code, b"", b"", is_filled, code_at + 1)
            return
        if code < 0xC0 or 0xD0 <= code <= SOI:
            raise Damaged("a JPEG has a marker where none may be")
        size = int.from_bytes(data[code_at + 1 : code_at + 3], "big")
        end = code_at + 1 + size
        if size < 2 or end > len(data):
            raise Damaged("a JPEG is cut short")
        at = _coded_end(data, end) if code == SOS else end
        yield Segment(code, data[code_at + 3 : end], data[end:at], is_filled, at)
    raise Unsupported("a JPEG in too many pieces")


def _code_at(data: bytes, at: int) -> int:
    """Where the code of the marker at this place stands, past any fill bytes."""
    run = _RUN.match(data, at)
    if run is None or run.end() >= len(data):
        raise Damaged("a JPEG is cut short or has bytes that belong to no segment")
    return run.end()


def _coded_end(data: bytes, at: int) -> int:
    """Where the coded data of a scan ends and the next marker, or its fill bytes, start."""
    stop = _STOP.search(data, at)
    if stop is None:
        raise Damaged("a JPEG is cut short")
    return stop.start()


def frame(code: int, body: bytes) -> Frame:
    """Reads a frame header; raises Damaged or Unsupported."""
    if len(body) < 6 or not 1 <= body[5] <= 4 or len(body) != 6 + 3 * body[5]:
        raise Damaged("a JPEG frame header of the wrong size")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if body[0] != 8 or not height:
        raise Unsupported("a JPEG of a rare kind: not 8 bits deep, or its height not told at the start")
    if not width or width * height > _MAX_PIXELS:
        raise Unsupported("a JPEG without pixels or of more than 250 million", hint="send a smaller picture")
    triples = (body[at : at + 3] for at in range(6, len(body), 3))
    planes = {plane: Component(factors >> 4, factors & 15, table) for plane, factors, table in triples}
    factors_fit = all(1 <= c.across <= 4 and 1 <= c.down <= 4 and c.quantisation < 4 for c in planes.values())
    if len(planes) != body[5] or not factors_fit:
        raise Damaged("a JPEG frame header that contradicts itself")
    return Frame(code == _PROGRESSIVE, width, height, planes)


def scan_header(body: bytes, of: Frame) -> Scan:
    """Reads a scan header of this frame; raises Damaged."""
    count = body[0] if body else 0
    if not 1 <= count <= 4 or len(body) != 4 + 2 * count:
        raise Damaged("a JPEG scan header of the wrong size")
    tables = {body[at]: (body[at + 1] >> 4, body[at + 1] & 15) for at in range(1, 1 + 2 * count, 2)}
    first, last, bits = body[-3:]
    scan = Scan(tables, first, last, bits >> 4, bits & 15)
    if len(tables) != count or not tables.keys() <= of.components.keys() or not _range_fits(scan, of):
        raise Damaged("a JPEG scan header that does not fit its frame")
    return scan


def _range_fits(scan: Scan, of: Frame) -> bool:
    if not of.is_progressive:
        return (scan.first, scan.last, scan.bit_before, scan.bit) == (0, 63, 0, 0)
    if scan.bit > 13 or (scan.bit_before and scan.bit_before != scan.bit + 1):
        return False
    if scan.first == 0:
        return scan.last == 0
    return scan.first <= scan.last <= 63 and len(scan.tables) == 1


def check_restarts(coded: bytes, scan: Scan, of: Frame, interval: int) -> None:
    """Raises Damaged unless restart markers count 0 to 7 in turn and are no more than the picture needs.

    ``interval`` is in coded units; 0 where the file sets none. Some encoders close with one marker too many.
    """
    most = -(-_coded_units(scan, of) // interval) if interval else 0
    for count, marker in enumerate(_RESTART.finditer(coded)):
        if count >= most or marker[1][0] != 0xD0 + count % 8:
            raise Damaged("a JPEG has restart markers out of turn")


def _coded_units(scan: Scan, of: Frame) -> int:
    widest = max(c.across for c in of.components.values())
    tallest = max(c.down for c in of.components.values())
    if len(scan.tables) > 1:
        return -(-of.width // (8 * widest)) * -(-of.height // (8 * tallest))
    plane = of.components[next(iter(scan.tables))]
    return -(-of.width * plane.across // (8 * widest)) * -(-of.height * plane.down // (8 * tallest))


def tables(code: int, body: bytes) -> list[tuple[tuple[int, int], bytes]]:
    """Takes the payload of DQT, DHT or DRI; gives each table in it under (marker, slot). Raises Damaged."""
    if code == DRI:
        if len(body) != 2:
            raise Damaged("a JPEG restart interval of the wrong size")
        return [((code, 0), body)]
    found, at = [], 0
    while at < len(body):
        size = _quantisation_bytes(body[at]) if code == DQT else _huffman_bytes(body[at : at + 17])
        if at + size > len(body):
            raise Damaged("a JPEG table is cut short")
        found.append(((code, body[at] & 0x1F if code == DHT else body[at] & 0x0F), body[at : at + size]))
        at += size
    return found


def _quantisation_bytes(head: int) -> int:
    if head & 0x0F > 3 or head >> 4 > 1:
        raise Damaged("a JPEG quantisation table with an impossible number")
    return 1 + (128 if head >> 4 else 64)


def _huffman_bytes(head: bytes) -> int:
    """Size of a Huffman table by its first 17 bytes; its code lengths must fit the code space."""
    room = 1 << 16
    for length, count in enumerate(head[1:], start=1):
        room -= count << (16 - length)
    if head[0] & 0x0F > 3 or head[0] >> 4 > 1 or room < 0 or sum(head[1:]) > 256:
        raise Damaged("a JPEG Huffman table that is none")
    return 17 + sum(head[1:])
