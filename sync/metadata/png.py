"""PNG: the chunks that decoding needs; a still image only, its picture stream measured to the last byte."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.metadata.orientation import essence
from sync.metadata.outcome import Damaged, Filtered, Unsupported

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_PIXELS = 100_000_000
# Encoders cut a picture into pieces of 4 KiB or more; a file of empty chunks would cost minutes.
_MAX_CHUNKS = 100_000
_INFLATE_BYTES = 1 << 18
# Names we may repeat; a maker's private chunk name would tell the maker.
_PUBLIC_NAMES = frozenset(
    b"PLTE tRNS gAMA cHRM sRGB sBIT bKGD eXIf pHYs tEXt zTXt iTXt iCCP tIME hIST sPLT oFFs sCAL pCAL sTER "
    b"cICP mDCV cLLI dSIG acTL fcTL fdAT".split()
)
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_BEFORE_PALETTE = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
_SIGNIFICANT_BITS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
_TRANSPARENCY = {0: 2, 2: 6}
_BACKGROUND = {0: 2, 2: 6, 3: 1, 4: 2, 6: 6}
# Adam7: first column, first row, column step, row step of each pass.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    body: bytes
    end: int


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    def raw_bytes(self) -> int:
        """Size of the picture stream once inflated: every row of every pass with its filter byte."""
        passes = _PASSES if self.interlaced else ((0, 0, 1, 1),)
        return sum(self._pass_bytes(*each) for each in passes)

    def _pass_bytes(self, column: int, row: int, column_step: int, row_step: int) -> int:
        columns = max(0, -((column - self.width) // column_step))
        rows = max(0, -((row - self.height) // row_step))
        bits = columns * self.depth * _SAMPLES[self.colour]
        return rows * (1 + (bits + 7) // 8) if columns else 0


@dataclass
class _State:
    """What the walk has met so far, and how many bytes of the picture stream are still to come."""

    header: _Header
    picture_bytes: int
    met: set[bytes] = field(default_factory=set)
    last: bytes = b""
    palette_entries: int = 0


def is_png(data: bytes) -> bool:
    """Whether the file starts as a PNG does."""
    return data.startswith(_SIGNATURE)


def reduce(data: bytes) -> Filtered:
    """Takes a PNG file, gives it with IHDR, PLTE, tRNS, gAMA, cHRM, sRGB, sBIT, bKGD, IDAT, IEND, orientation.

    Raises Unsupported (too large, unknown critical chunk) or Damaged.
    """
    chunks = list(_chunks(data))
    header = _header(chunks[0])
    stream = b"".join(chunk.body for chunk in chunks if chunk.name == b"IDAT")
    state = _State(header, _picture_bytes(header, stream))
    out, dropped = [_SIGNATURE], []
    for chunk in chunks:
        kept = _kept(chunk, state)
        if kept or chunk.name == b"IEND":
            out.append(_packed(chunk.name, kept))
        if kept != chunk.body or not (kept or chunk.name == b"IEND"):
            dropped.append(_label(chunk.name))
        state.met.add(chunk.name)
        state.last = chunk.name
    if chunks[-1].end != len(data):
        dropped.append("trailer")
    return Filtered(b"".join(out), tuple(dict.fromkeys(dropped)))


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Every chunk up to IEND, its checksum verified."""
    at = len(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(data) or not name.isalpha():
            raise Damaged("a PNG is cut short or has bytes that belong to no chunk")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Damaged("a PNG chunk does not match its checksum")
        yield _Chunk(name, data[at + 8 : end - 4], end)
        if name == b"IEND":
            return
        at = end
    raise Unsupported("a PNG in too many pieces")


def _header(chunk: _Chunk) -> _Header:
    if chunk.name == b"CgBI":
        raise Unsupported("a PNG of an application's own inside, not the public format")
    if chunk.name != b"IHDR" or len(chunk.body) != 13:
        raise Damaged("a PNG does not start with its header")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", chunk.body)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise Damaged("a PNG header says what no PNG can be")
    if not width or not height:
        raise Damaged("a PNG without pixels")
    if width * height > _MAX_PIXELS:
        raise Unsupported("a PNG of more than 100 million pixels", hint="send a smaller picture")
    return _Header(width, height, depth, colour, bool(interlace))


def _kept(chunk: _Chunk, state: _State) -> bytes:
    """What remains of a chunk; b"" where nothing may."""
    if chunk.name in (b"IHDR", b"IEND"):
        return _frame(chunk, state)
    if chunk.name == b"IDAT":
        return _picture(chunk, state)
    if chunk.name == b"PLTE":
        return _palette(chunk, state)
    if chunk.name == b"eXIf":
        return b"" if b"eXIf" in state.met else essence(chunk.body)
    if chunk.name[:1].isupper():
        raise Unsupported("a PNG with a chunk that decoding needs and we do not know")
    return chunk.body if _is_needed(chunk, state) else b""


def _frame(chunk: _Chunk, state: _State) -> bytes:
    if chunk.name == b"IEND" and (chunk.body or (state.header.colour == 3 and not state.palette_entries)):
        raise Damaged("a PNG with data in its end chunk, or without its palette")
    if chunk.name == b"IHDR" and b"IHDR" in state.met:
        raise Damaged("a PNG with two headers")
    return chunk.body


def _picture(chunk: _Chunk, state: _State) -> bytes:
    if b"IDAT" in state.met and state.last != b"IDAT":
        raise Damaged("the picture data of a PNG is interrupted")
    kept = chunk.body[: state.picture_bytes]
    state.picture_bytes -= len(kept)
    return kept


def _palette(chunk: _Chunk, state: _State) -> bytes:
    """The palette of an indexed picture; to others it is a suggestion, which decoding does not need."""
    if state.header.colour != 3:
        return b""
    entries, odd = divmod(len(chunk.body), 3)
    if state.met & {b"PLTE", b"IDAT"} or odd or not 1 <= entries <= 1 << state.header.depth:
        raise Damaged("a PNG palette of the wrong size or in the wrong place")
    state.palette_entries = entries
    return chunk.body


def _is_needed(chunk: _Chunk, state: _State) -> bool:
    """Whether this is the one chunk of an allowed name, in its place and of its size."""
    size, colour = len(chunk.body), state.header.colour
    if chunk.name in state.met or b"IDAT" in state.met:
        return False
    if chunk.name in _BEFORE_PALETTE:
        return b"PLTE" not in state.met and size == _BEFORE_PALETTE[chunk.name]
    if chunk.name == b"sBIT":
        return b"PLTE" not in state.met and size == _SIGNIFICANT_BITS[colour]
    if chunk.name == b"bKGD":
        return size == _BACKGROUND[colour] and (colour != 3 or state.palette_entries > 0)
    if chunk.name == b"tRNS":
        return 1 <= size <= state.palette_entries if colour == 3 else size == _TRANSPARENCY.get(colour)
    return False


def _picture_bytes(header: _Header, stream: bytes) -> int:
    """How many bytes of the picture stream belong to it; inflates in bounded steps and keeps nothing."""
    expected, produced, used = header.raw_bytes(), 0, 0
    try:
        for made, position in _inflated(stream):
            used = position
            produced += made
            if produced > expected:
                raise Damaged("a PNG holds more data than its picture")
    except zlib.error:
        raise Damaged("the picture data of a PNG cannot be inflated") from None
    if produced != expected:
        raise Damaged("a PNG holds less data than its picture")
    return used


def _inflated(stream: bytes) -> Iterator[tuple[int, int]]:
    """Pairs of bytes made in one step and stream bytes used so far; ends at the end of the zlib stream."""
    inflater = zlib.decompressobj()
    for start in range(0, len(stream), _INFLATE_BYTES):
        feed = stream[start : start + _INFLATE_BYTES]
        end = start + len(feed)
        while feed and not inflater.eof:
            made = len(inflater.decompress(feed, _INFLATE_BYTES))
            feed = inflater.unconsumed_tail
            yield made, end - len(inflater.unused_data)
        if inflater.eof:
            return
    raise Damaged("the picture data of a PNG is cut short")


def _label(name: bytes) -> str:
    if name == b"IDAT":
        return "IDAT surplus"
    return name.decode("ascii") if name in _PUBLIC_NAMES else "private chunk"


def _packed(name: bytes, body: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(body)), name, body, struct.pack(">I", zlib.crc32(name + body))))
