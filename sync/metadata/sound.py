"""MP3, AAC with ADTS headers, AMR: files that are nothing but frames, and what writers put around them.

Kept are the frames, one after the other: no program is needed for that. Not found here: what an encoder left inside a
coded frame, such as its own name in the padding of an MP3.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sync.metadata.outcome import Damaged

_MPEG1_L3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_L3_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_AMR, _AMR_WB = b"#!AMR\n", b"#!AMR-WB\n"
_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_AMR_WB_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
_LEAST_FRAMES = 2
# Behind the side information, whose size hangs on version and channels; with a checksum before it, two bytes later.
_NOTES = [(4 + side + check, mark) for side in (9, 17, 32) for check in (0, 2) for mark in (b"Xing", b"Info")]
_NOTES += [(36, b"VBRI")]
_FOREIGN = (
    (b"ID3", "ID3"),
    (b"TAG", "ID3v1"),
    (b"APETAGEX", "APE"),
    (b"LYRICSBEGIN", "Lyrics3"),
    (b"3DI", "ID3 footer"),
)

_BETWEEN = "bytes between frames"
_FRAME_OR_BLOCK = re.compile(rb"\xff[\xe0-\xff]|ID3|TAG|APETAGEX|LYRICSBEGIN|3DI")
_NEVER = re.compile(rb"(?!)")
"""AMR has no mark to find its next frame by: what follows a break is no sound any more."""


@dataclass(frozen=True)
class Reduced:
    """The frames alone, and the names of what was around them; ``mime`` is read from the content."""

    mime: str
    data: bytes
    dropped: list[str]


Size = Callable[[bytes, int], int]
"""Bytes of the frame at a place; 0 where none begins."""


def is_tagged(start: bytes) -> bool:
    """Whether a file that starts so may be an MP3, or AAC with ADTS headers, perhaps behind an ID3 block."""
    return start.startswith(b"ID3") or _mp3_size(start, 0) > 0 or _adts_size(start, 0) > 0


def is_amr(start: bytes) -> bool:
    """Whether it starts as AMR does, narrow or wide."""
    return start.startswith((_AMR, _AMR_WB))


def reduce_tagged(data: bytes) -> Reduced:
    """A file that starts with an ID3 block or a frame: MP3 or AAC, by its first frame; raises Damaged."""
    if _adts_size(data, _past_id3(data)):
        return Reduced("audio/aac", *_walk(data, _adts_size))
    frames, names = _walk(data, _mp3_size)
    sound = b"".join(_without_notes(frames))
    return Reduced("audio/mpeg", sound, names + (["mp3/Xing"] if len(sound) != len(frames) else []))


def _without_notes(frames: bytes) -> Iterator[bytes]:
    """All but frames without sound, in which encoders write of themselves; songs put together have several."""
    at = 0
    while at < len(frames):
        length = _mp3_size(frames, at)
        if not any(frames.startswith(mark, at + place) for place, mark in _NOTES):
            yield frames[at : at + length]
        at += length


def reduce_amr(data: bytes) -> Reduced:
    """AMR, narrow or wide; raises Damaged."""
    magic, sizes = (_AMR_WB, _AMR_WB_BYTES) if data.startswith(_AMR_WB) else (_AMR, _AMR_BYTES)

    def size(frames: bytes, at: int) -> int:
        head = frames[at]
        return sizes[head >> 3 & 15] if not head & 0x83 else 0

    frames, names = _walk(data, size, _NEVER, len(magic))
    return Reduced("audio/amr", magic + frames, names)


def _walk(
    data: bytes, size: Size, again: re.Pattern[bytes] = _FRAME_OR_BLOCK, at: int = 0
) -> tuple[bytes, list[str]]:
    """Goes from frame to frame; gives them all, and the names of what lay around them.

    Raises Damaged where there are too few.
    """
    names, kept, count, start = dict[str, None](), list[bytes](), 0, at
    while at < len(data):
        length = size(data, at)
        if length and at + length <= len(data) and not _is_cut(data, at, at + length, size):
            count, at = count + 1, at + length
        else:
            names[next((name for mark, name in _FOREIGN if data.startswith(mark, at)), _BETWEEN)] = None
            kept.append(data[start:at])
            start = at = _past_foreign(data, at, size, again)
    if count < _LEAST_FRAMES:
        raise Damaged("a sound without frames")
    return b"".join([*kept, data[start:at]]), list(names)


def _is_cut(data: bytes, at: int, end: int, size: Size) -> bool:
    """Whether a frame was cut short, so that the block behind it lies within what it says is its own."""
    if end == len(data) or size(data, end):
        return False
    return any(data.find(mark, at + 4, end) >= 0 for mark, _ in _FOREIGN)


def _past_foreign(data: bytes, at: int, size: Size, again: re.Pattern[bytes]) -> int:
    """Where the next block with a name begins, or two frames in a row."""
    if data.startswith(b"ID3", at):
        return max(at + 3, min(len(data), _past_id3(data, at)))
    for found in again.finditer(data, at + 1):
        place = found.start()
        if data[place] != 0xFF:
            return place
        length = size(data, place)
        if length and place + length < len(data) and size(data, place + length):
            return place
    return len(data)


def _past_id3(data: bytes, at: int = 0) -> int:
    if not data.startswith(b"ID3", at) or len(data) < at + 10:
        return at
    size = 0
    for byte in data[at + 6 : at + 10]:
        size = size << 7 | byte & 0x7F
    return at + 10 + size + (10 if data[at + 5] & 0x10 else 0)


def _mp3_size(data: bytes, at: int) -> int:
    head = int.from_bytes(data[at : at + 4], "big")
    version, layer, rate = head >> 19 & 3, head >> 17 & 3, head >> 10 & 3
    kbps_at = head >> 12 & 15
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or rate == 3 or kbps_at in (0, 15):
        return 0
    kbps = (_MPEG1_L3_KBPS if version == 3 else _MPEG2_L3_KBPS)[kbps_at]
    samples_over_8 = 144 if version == 3 else 72
    return samples_over_8 * kbps * 1000 // _RATES_HZ[version][rate] + (head >> 9 & 1)


def _adts_size(data: bytes, at: int) -> int:
    head = int.from_bytes(data[at : at + 7], "big") if at + 7 <= len(data) else 0
    # sync word, layer 0, a sampling rate that exists
    if head >> 44 != 0xFFF or head >> 41 & 3 or head >> 34 & 15 > 12:
        return 0
    size = head >> 13 & 0x1FFF
    return size if size > (7 if head >> 40 & 1 else 9) else 0
