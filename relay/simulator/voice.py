"""Browsers record voice as Opus in WebM, WhatsApp sends it as Opus in Ogg: the packets are put into the other wrapping.

Nothing is decoded. WebM after RFC 9559, Ogg after RFC 3533, Opus in Ogg after RFC 7845.
"""

import struct
from collections.abc import Iterator

RATE_HZ = 48_000
_SERIAL = 0x53494D31
_ENTERED = {
    0x18538067,
    0x1F43B675,
    0x1654AE6B,
    0xAE,
    0xA0,
}  # Segment, Cluster, Tracks, TrackEntry, BlockGroup
_EBML, _CODEC_PRIVATE = 0x1A45DFA3, 0x63A2
_BLOCKS = {0xA3, 0xA1}
_LACING = 0x06
_LONGEST_PACKET = 255 * 255 - 1


class NotOpus(ValueError):
    """These bytes are not a WebM file with one Opus track without lacing."""


def ogg_of(webm: bytes) -> bytes:
    """The same recording as an Ogg file, one packet per page. Raises NotOpus."""
    head, packets = _opened(webm)
    tags = b"OpusTags" + struct.pack("<I", 9) + b"simulator" + struct.pack("<I", 0)
    pages = [_page(head, 0, 0, first=True), _page(tags, 0, 1)]
    (preskip,) = struct.unpack_from("<H", head, 10)
    position = int(preskip)
    for number, packet in enumerate(packets, start=2):
        position += duration(packet)
        pages.append(_page(packet, position, number, last=number == len(packets) + 1))
    return b"".join(pages)


def duration(packet: bytes) -> int:
    """Samples at 48 kHz in one Opus packet, told by its first bytes (RFC 6716, section 3.1)."""
    kind, coding = packet[0] >> 3, packet[0] & 3
    if kind < 12:
        frame = (480, 960, 1920, 2880)[kind & 3]
    elif kind < 16:
        frame = (480, 960)[kind & 1]
    else:
        frame = (120, 240, 480, 960)[kind & 3]
    frames = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[coding]
    return frame * frames


def _opened(webm: bytes) -> tuple[bytes, list[bytes]]:
    """The OpusHead and the packets."""
    if int.from_bytes(webm[:4]) != _EBML:
        raise NotOpus("it does not begin as WebM does")
    head, packets = b"", []
    for name, body in _elements(webm):
        if name == _CODEC_PRIVATE:
            head = body
        elif name in _BLOCKS:
            packets.append(_packet(body))
    if not head.startswith(b"OpusHead") or len(head) < 19 or not packets:
        raise NotOpus("it holds no Opus")
    return head, packets


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every element that holds no others, in order. Those that do are entered: their length may be unknown."""
    place = 0
    while place < len(data):
        name, place = _number(data, place, keep_marker=True)
        size, place = _number(data, place, keep_marker=False)
        if name in _ENTERED:
            continue
        yield name, data[place : place + size]
        place += size


def _number(data: bytes, place: int, keep_marker: bool) -> tuple[int, int]:
    first = data[place] if place < len(data) else 0
    length = 9 - first.bit_length()
    if not first or length > 8 or place + length > len(data):
        raise NotOpus("it is cut off or damaged")
    value = int.from_bytes(data[place : place + length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), place + length


def _packet(block: bytes) -> bytes:
    """Of a block: track number, two bytes of time, flags, the packet."""
    _, place = _number(block, 0, keep_marker=False)
    if len(block) <= place + 3 or block[place + 2] & _LACING or len(block) - place - 3 > _LONGEST_PACKET:
        raise NotOpus("a block is empty, laced or too long")
    return block[place + 3 :]


def _page(packet: bytes, position: int, number: int, first: bool = False, last: bool = False) -> bytes:
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    flags = 2 * first + 4 * last
    fixed = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, _SERIAL, number, 0)
    page = fixed + bytes([len(lacing)]) + lacing + packet
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    register = 0
    for each in page:
        register = (register << 8 & 0xFFFFFFFF) ^ _TABLE[register >> 24 ^ each]
    return register


def _table_entry(byte: int) -> int:
    register = byte << 24
    for _ in range(8):
        register = (register << 1 ^ (0x04C11DB7 if register & 0x80000000 else 0)) & 0xFFFFFFFF
    return register


_TABLE = tuple(_table_entry(byte) for byte in range(256))
