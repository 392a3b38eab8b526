"""What an MP4 says of its codecs: the sample entries we take, without a byte beside what decoding needs."""

import struct
from collections.abc import Callable, Iterator

from sync.metadata.boxes import head, walk
from sync.metadata.outcome import Damaged

VIDEO_CODECS = ("avc1", "avc3", "hvc1", "hev1", "mp4v", "s263")
SOUND_CODECS = ("mp4a", "samr", "sawb", "Opus")
_VIDEO_BYTES, _SOUND_BYTES = 78, 28
_USER_DATA = b"\0\0\1\xb2"
_MOST_ESDS_BYTES = 128
# MPEG-4 video, AAC, its MPEG-2 profiles, MP3; not JPEG, whose pictures have metadata of their own.
_OBJECT_TYPES = (0x20, 0x40, 0x66, 0x67, 0x68, 0x69, 0x6B)
_H264_SEQUENCE, _H264_PICTURE = 7, 8
_HVCC_BYTES = 23
_HEVC_PARAMETERS = (32, 33, 34)


def codec_of(stsd: bytes) -> str:
    """The name of the only sample entry; "" where there are several or none."""
    if stsd[4:8] != b"\0\0\0\1" or len(stsd) < 16:
        return ""
    return stsd[12:16].decode("latin-1")


def is_plain_entry(stsd: bytes) -> bool:
    """Whether a sample description holds one entry of ours with plain fields only."""
    codec = codec_of(stsd)
    try:
        _, start, end = head(stsd, 8, len(stsd))
        entry = stsd[start:end]
        fixed = _VIDEO_BYTES if codec in VIDEO_CODECS else _SOUND_BYTES
        known = codec in VIDEO_CODECS + SOUND_CODECS and end == len(stsd) and not any(stsd[:4])
        fields = _is_plain_video(entry) if codec in VIDEO_CODECS else _is_plain_sound(entry)
        return known and fields and _are_plain_boxes(entry[fixed:])
    except (Damaged, IndexError):
        return False


def _is_plain_video(entry: bytes) -> bool:
    # 6 reserved, reference, 16 reserved, size, resolution, reserved, frames, 32 for a name, depth
    return not any(entry[:6]) and not any(entry[8:24]) and not any(entry[36:40]) and not any(entry[42:74])


def _is_plain_sound(entry: bytes) -> bool:
    return len(entry) >= _SOUND_BYTES and not any(entry[:6]) and not any(entry[8:16])


def _are_plain_boxes(data: bytes) -> bool:
    at, met = 0, set[str]()
    while at < len(data):
        name, start, end = head(data, at, len(data))
        check = _SETTINGS.get(name)
        if check is None or name in met or not check(data[start:end]):
            return False
        met.add(name)
        at = end
    return True


def _avcc(content: bytes) -> bool:
    """Lengths of four bytes, parameter sets of H.264, their high-profile tail, and nothing else."""
    at, kinds = 5, []
    for mask, kind in ((31, _H264_SEQUENCE), (255, _H264_PICTURE)):
        count, at = content[at] & mask, at + 1
        for _ in range(count):
            kinds.append(content[at + 2] & 31 == kind)
            at += 2 + int.from_bytes(content[at : at + 2], "big")
    rest = content[at:]
    if not all(kinds) or content[4] & 3 != 3 or at > len(content):
        return False
    return not rest or (content[1] in (100, 110, 122, 144, 244) and len(rest) == 4 and rest[3] == 0)


def _hvcc(content: bytes) -> bool:
    """Parameter sets of H.265 and nothing else."""
    arrays = list(_hevc_arrays(content))
    whole = _HVCC_BYTES + sum(len(array) for array in arrays) == len(content)
    plain = all(array[0] & 63 in _HEVC_PARAMETERS and _is_all_of(array) for array in arrays)
    return whole and plain and content[21] & 3 == 3


def _is_all_of(array: bytes) -> bool:
    """Whether each unit of a list is of the kind that the list says."""
    at = 3
    while at + 2 < len(array):
        if array[at + 2] >> 1 & 63 != array[0] & 63:
            return False
        at += 2 + int.from_bytes(array[at : at + 2], "big")
    return at == len(array)


def _hevc_arrays(content: bytes) -> Iterator[bytes]:
    """The lists of parameter sets in H.265 settings, each with its head."""
    at = _HVCC_BYTES
    for _ in range(content[_HVCC_BYTES - 1]):
        start, count = at, int.from_bytes(content[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            at += 2 + int.from_bytes(content[at : at + 2], "big")
        yield content[start:at]


def without_hevc_texts(data: bytes) -> bytes:
    """The film with what its H.265 settings hold beside parameter sets made a "free" box, so that no byte moves.

    ffmpeg takes such settings over as they are, and encoders and phones write of themselves there.
    """
    out = bytearray(data)
    for box in walk(data):
        if box.name != "stsd" or codec_of(data[box.start : box.end]) not in ("hvc1", "hev1"):
            continue
        _, start, end = head(data, box.start + 8, box.end)
        at = start + _VIDEO_BYTES
        while at < end:
            name, inner, stop = head(data, at, end)
            if name == "hvcC":
                out[at:stop] = _plain_hvcc(data[at:inner], data[inner:stop])
            at = stop
    return bytes(out)


def _plain_hvcc(before: bytes, content: bytes) -> bytes:
    try:
        kept = [array for array in _hevc_arrays(content) if array[0] & 63 in _HEVC_PARAMETERS]
    except IndexError as error:
        raise Damaged("a film with settings that are cut short") from error
    plain = content[: _HVCC_BYTES - 1] + bytes([len(kept)]) + b"".join(kept)
    room = len(before) + len(content) - 8 - len(plain)
    if room < 8:
        return before + content
    return (
        struct.pack(">I4s", 8 + len(plain), b"hvcC")
        + plain
        + struct.pack(">I4s", room, b"free")
        + bytes(room - 8)
    )


def _esds(content: bytes) -> bool:
    """Settings of AAC or MPEG-4 video: no streams named, a codec that we know, no text, at most 128 bytes."""
    if len(content) > _MOST_ESDS_BYTES or content[:4] != bytes(4) or _USER_DATA in content:
        return False
    at = _inside(content, 4, 3)
    inside = _inside(content, at + 3, 4)
    return content[at + 2] == 0 and content[inside] in _OBJECT_TYPES and content[-1] == 2


def _inside(content: bytes, at: int, tag: int) -> int:
    """Where the content of the descriptor ``tag`` at this place begins."""
    if content[at] != tag:
        raise Damaged("a film with settings out of place")
    at += 1
    while content[at] & 0x80:
        at += 1
    return at + 1


def _is_short(most: int) -> Callable[[bytes], bool]:
    return lambda content: len(content) <= most


_SETTINGS: dict[str, Callable[[bytes], bool]] = {
    "avcC": _avcc,
    "hvcC": _hvcc,
    "esds": _esds,
    "dOps": lambda content: len(content) == 11,
    "damr": lambda content: content[:4] == b"FFMP" and len(content) == 9,
    "d263": lambda content: content[:4] == b"FFMP" and len(content) == 7,
    "pasp": lambda content: len(content) == 8,
    "btrt": lambda content: len(content) == 12,
    "fiel": lambda content: len(content) == 2,
    "colr": lambda content: content[:4] == b"nclx" and len(content) == 11,
    "chan": _is_short(24),
}
