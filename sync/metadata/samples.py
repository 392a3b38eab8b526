"""The samples of an MP4: where they lie, whether they fill the file's data, and user data inside H.264 and H.265.

Their tables must tell of these samples and no others: a row too many would be room for anything.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sync.metadata.outcome import Damaged

_MAX_SAMPLES = 2_000_000
_USER_DATA = b"\0\0\1\xb2"
# Slices, parameter sets, delimiters. All else is user data, filling, or of a meaning that only its maker knows.
_H264_UNITS = frozenset((*range(1, 6), *range(7, 12)))
_HEVC_UNITS = frozenset((*range(10), *range(16, 22), *range(32, 38)))


@dataclass
class Track:
    """One track: what it is, and the tables that say where its samples are."""

    handler: bytes = b""
    codec: str = ""
    tables: dict[str, bytes] = field(default_factory=dict)


def findings(data: bytes, tracks: list[Track], payloads: list[tuple[int, int]]) -> list[str]:
    """Names of what samples hold, or what lies between them. Raises Damaged where tables contradict the file."""
    spans = [(track, span) for track in tracks for span in _spans(track, len(data))]
    names = [name for track, (start, end) in spans if (name := _inside(data[start:end], track))]
    is_filled = _joined(sorted(span for _, span in spans)) == _joined(sorted(payloads))
    names += [] if is_filled else ["mp4/bytes of no sample"]
    names += [] if all(_tables_fit(track) for track in tracks) else ["mp4/table"]
    return list(dict.fromkeys(names))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes in as few spans as can be; those that overlap count once."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined


def _spans(track: Track, file_bytes: int) -> Iterator[tuple[int, int]]:
    """First byte and the one after the last of every sample."""
    sizes, offsets = iter(_sizes(track)), _offsets(track)
    for offset, count in zip(offsets, _per_chunk(track, len(offsets)), strict=True):
        at = offset
        for _ in range(count):
            size = next(sizes, None)
            if size is None:
                raise Damaged("a film with fewer samples than it says")
            if at + size > file_bytes:
                raise Damaged("a film is cut short")
            yield at, at + size
            at += size


def _sizes(track: Track) -> list[int]:
    table = track.tables.get("stsz", b"")
    if len(table) < 12:
        raise Damaged("a film that does not tell the sizes of its samples")
    fixed, count = struct.unpack(">II", table[4:12])
    if count > _MAX_SAMPLES or (not fixed and len(table) < 12 + 4 * count):
        raise Damaged("a film with more samples than it holds")
    return [fixed] * count if fixed else list(struct.unpack(f">{count}I", table[12 : 12 + 4 * count]))


def _offsets(track: Track) -> list[int]:
    wide = "co64" in track.tables
    table, each = track.tables.get("co64" if wide else "stco", b""), 8 if wide else 4
    count = int.from_bytes(table[4:8], "big")
    if len(table) < 8 + each * count:
        raise Damaged("a film that does not tell where its samples are")
    return list(struct.unpack(f">{count}{'Q' if wide else 'I'}", table[8 : 8 + each * count]))


def _per_chunk(track: Track, chunks: int) -> list[int]:
    """How many samples each chunk holds."""
    table = track.tables.get("stsc", b"")
    runs = int.from_bytes(table[4:8], "big")
    if len(table) < 8 + 12 * runs:
        raise Damaged("a film that does not tell how its samples are grouped")
    entries = [struct.unpack_from(">II", table, 8 + 12 * number) for number in range(runs)]
    counts, total = [0] * chunks, 0
    for number, (first, count) in enumerate(entries):
        after = entries[number + 1][0] if number + 1 < runs else chunks + 1
        for chunk in range(max(first, 1), min(after, chunks + 1)):
            counts[chunk - 1] = count
    for count in counts:
        total += count
        if total > _MAX_SAMPLES:
            raise Damaged("a film with more samples than it holds")
    return counts


def _tables_fit(track: Track) -> bool:
    """Whether each table has a row for each of the samples, or of their chunks, and none beyond."""
    count, chunks = len(_sizes(track)), len(_offsets(track))
    firsts, _, kinds = _rows(track, "stsc", 3)
    keys = [0, *_rows(track, "stss", 1)[0]]
    timed = all(sum(_rows(track, name, 2)[0]) == count for name in ("stts", "ctts") if name in track.tables)
    runs_fit = firsts[:1] in ([1], []) and _rises([*firsts, chunks + 1]) and set(kinds) <= {1}
    return (
        timed
        and runs_fit
        and sum(_per_chunk(track, chunks)) == count
        and _rises([*keys, count + 1])
        and len(track.tables.get("sdtp", bytes(4 + count))) == 4 + count
        and not {"stco", "co64"} <= track.tables.keys()
    )


def _rows(track: Track, name: str, columns: int) -> list[list[int]]:
    """The columns of a table of 32-bit numbers; empty ones where there is none."""
    table = track.tables.get(name, b"")[8:]
    numbers = struct.unpack_from(f">{len(table) // 4}I", table)
    return [list(numbers[column::columns]) for column in range(columns)]


def _rises(numbers: list[int]) -> bool:
    return all(one < next_one for one, next_one in pairwise(numbers))


def _inside(sample: bytes, track: Track) -> str:
    if track.codec == "mp4v":
        return "mp4/user data" if _USER_DATA in sample else ""
    if track.codec not in ("avc1", "avc3", "hvc1", "hev1"):
        return ""
    is_hevc = track.codec in ("hvc1", "hev1")
    at = 0
    while at + 4 < len(sample):
        kind = sample[at + 4] >> 1 & 63 if is_hevc else sample[at + 4] & 31
        if kind not in (_HEVC_UNITS if is_hevc else _H264_UNITS):
            return "mp4/SEI"
        at += 4 + int.from_bytes(sample[at : at + 4], "big")
    return "" if at == len(sample) else "mp4/bytes of no sample"
