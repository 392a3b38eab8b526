"""MP4 and 3GP: the boxes, fields and samples that playing needs, as ffmpeg writes them; the names of all else.

Allowed are boxes by their path, each with a check of its content: times zero, names of handlers the two plain ones, no
language, no compressor's name, codec settings of the codecs we take and nothing behind them. Every byte of ``mdat``
must belong to a sample, and no H.264 or H.265 sample may hold user data (SEI).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.metadata import samples
from sync.metadata.boxes import CONTAINERS, Box, walk
from sync.metadata.codecs import SOUND_CODECS, VIDEO_CODECS, codec_of, is_plain_entry
from sync.metadata.outcome import Damaged, Found, Unsupported
from sync.metadata.samples import Track

_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1", b"mp41", b"mp42", b"3gp4", b"3gp5", b"3gp6", b"3gp7",
           b"3gp8", b"M4A ", b"3g2a", b"qt  "}  # fmt: skip
_HANDLERS = {b"vide": b"VideoHandler\0", b"soun": b"SoundHandler\0"}
_DREF = bytes.fromhex("0000000000000001") + b"\0\0\0\x0curl \0\0\0\1"
# What ffmpeg leaves even when told to write no tag: a list of tags with nothing in it.
_EMPTY_UDTA = (
    struct.pack(">I4sI", 53, b"meta", 0)
    + struct.pack(">I4sII4s4s8xx", 33, b"hdlr", 0, 0, b"mdir", b"appl")
    + struct.pack(">I4s", 8, b"ilst")
)
_UND = 0x55C4
_TABLES = {"stts": 8, "ctts": 8, "stss": 4, "stsc": 12, "stco": 4, "co64": 8, "elst": 12}
# Of all others a player reads one, and a second could hold anything.
_MANY = ("moov/trak", "mdat")
_MOST_EDITS_BYTES, _MOST_GROUPS_BYTES = 8 + 4 * 20, 4096
# Boxes whose presence is told by their own name; all others are "unknown box": their name is four free bytes.
_NAMED = frozenset(
    "udta meta uuid free skip wide iods moof mvex mfra sidx styp pdin XMP_ gmhd tapt load tref pnot PICT nmhd "
    "hmhd sgpd sbgp saio saiz cslg mdat ftyp junk emsg prft subs padb stdp stz2".split()
)


@dataclass
class _Film:
    data: bytes
    names: list[str] = field(default_factory=list)
    tracks: dict[int, Track] = field(default_factory=dict)
    payloads: list[tuple[int, int]] = field(default_factory=list)
    has_fragments: bool = False


def is_film(start: bytes) -> bool:
    """Whether the file starts as MP4, M4A or 3GP do."""
    return start[4:8] == b"ftyp"


def is_3gp(start: bytes) -> bool:
    """Whether it says that it is made for 3GP."""
    return start[8:11] in (b"3gp", b"3g2")


def scan(data: bytes) -> Found:
    """The names of what does not belong; raises Damaged, or Unsupported for a codec we do not take."""
    film = _Film(data)
    met = set[tuple[str, int]]()
    for box in walk(data):
        if (box.path, box.track) in met and box.path not in _MANY:
            film.names.append("mp4/repeated boxes")
        met.add((box.path, box.track))
        if box.track:
            film.tracks.setdefault(box.track, Track())
        _take(box, film)
    kept = _kept(film)
    if len(kept) != len(film.tracks):
        film.names.append("mp4/other tracks")
    if not film.has_fragments:
        film.names += samples.findings(data, kept, film.payloads)
    return Found(_mime(data, kept), tuple(dict.fromkeys(film.names)), next(iter(_user_data_codecs(kept)), ""))


def _user_data_codecs(kept: list[Track]) -> list[str]:
    """How ffmpeg calls the codecs whose samples may hold user data."""
    called = {"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc"}
    return [called[track.codec] for track in kept if track.codec in called]


def _kept(film: _Film) -> list[Track]:
    """The first film and the first sound among the tracks, which is all that is kept."""
    found: dict[str, Track] = {}
    for track in film.tracks.values():
        kind = {b"vide": "video", b"soun": "audio"}.get(track.handler)
        if kind is not None and track.codec:
            found.setdefault(kind, track)
    allowed = {"video": VIDEO_CODECS, "audio": SOUND_CODECS}
    if not found:
        raise Damaged("a film without picture and sound")
    if any(track.codec not in allowed[kind] for kind, track in found.items()):
        raise Unsupported("a film with a rare codec", hint="record it in WhatsApp")
    return list(found.values())


def _mime(data: bytes, kept: list[Track]) -> str:
    has_video = any(track.handler == b"vide" for track in kept)
    is_old = is_3gp(data[:16]) or any(track.codec in ("samr", "sawb", "s263") for track in kept)
    return f"{'video' if has_video else 'audio'}/{'3gpp' if is_old else 'mp4'}"


def _take(box: Box, film: _Film) -> None:
    if box.path in CONTAINERS:
        return
    if box.path == "mdat":
        film.payloads.append((box.start, box.end))
    if box.name in ("moof", "mvex"):
        film.has_fragments = True
    content = film.data[box.start : box.end] if box.path != "mdat" else b""
    _note(box, content, film)
    check = _CHECKS.get(box.path)
    name = check(content) if check else _label(box.name)
    if name:
        film.names.append(name)


def _label(name: str) -> str:
    return f"mp4/{name}" if name in _NAMED else "mp4/unknown box"


def _note(box: Box, content: bytes, film: _Film) -> None:
    """What the samples need to know of a track."""
    track = film.tracks.get(box.track)
    if track is None:
        return
    if box.path == "moov/trak/mdia/hdlr":
        track.handler = content[8:12]
    elif box.path.startswith("moov/trak/mdia/minf/stbl/"):
        track.tables[box.name] = content
        if box.name == "stsd":
            track.codec = codec_of(content)


def _brands(content: bytes) -> str:
    brands = {content[:4]} | {content[at : at + 4] for at in range(8, len(content), 4)}
    return "" if brands <= _BRANDS and content[4:6] == b"\0\0" else "mp4/brands"


def _times(at_v0: int, sizes: tuple[int, int], zeros: tuple[tuple[int, int], ...]) -> Callable[[bytes], str]:
    """Checks a header box: two times, its size by version, and (from, to) places of version 0 that hold nothing."""

    def check(content: bytes) -> str:
        version = content[0] if content else 0
        if version > 1 or len(content) != sizes[version]:
            return "mp4/header size"
        width = 16 if version else 8
        if any(content[4 : 4 + width]):
            return "mp4/times"
        shift = sizes[1] - sizes[0] if version else 0
        return "mp4/reserved" if any(any(content[a + shift : b + shift]) for a, b in zeros) else ""

    return check


def _mdhd(content: bytes) -> str:
    plain = _times(4, (24, 36), ((22, 24),))(content)
    return plain or ("" if int.from_bytes(content[-4:-2], "big") == _UND else "mp4/language")


def _hdlr(content: bytes) -> str:
    kind = content[8:12]
    expected = bytes(8) + kind + bytes(12) + _HANDLERS.get(kind, b"")
    return "" if content == expected else "mp4/handler names"


def _exactly(*allowed: bytes, name: str) -> Callable[[bytes], str]:
    return lambda content: "" if content in allowed else name


def _table(entry_bytes: int) -> Callable[[bytes], str]:
    def check(content: bytes) -> str:
        is_long_list = entry_bytes == 12 and content[:1] == b"\1" and len(content) >= 8
        each = 20 if is_long_list else entry_bytes
        whole = 8 + each * int.from_bytes(content[4:8], "big")
        return "" if len(content) == whole and not any(content[1:4]) else "mp4/table"

    return check


def _sizes(content: bytes) -> str:
    fixed, count = struct.unpack(">II", content[4:12].ljust(8, b"\0"))
    return "" if len(content) == 12 + (0 if fixed else 4 * count) else "mp4/table"


def _edits(content: bytes) -> str:
    return _table(12)(content) if len(content) <= _MOST_EDITS_BYTES else "mp4/table"


def _groups(content: bytes) -> str:
    """Sample groups "roll" are needed for sound to begin rightly."""
    rows = int.from_bytes(content[8:12], "big")
    fits = content[:8] == b"\0\0\0\0roll" and len(content) == 12 + 8 * rows
    return "" if fits and len(content) <= _MOST_GROUPS_BYTES else "mp4/sample groups"


def _group_kinds(content: bytes) -> str:
    """One distance, two bytes, as ffmpeg writes it."""
    expected = b"\1\0\0\0roll" + struct.pack(">II", 2, 1)
    return "" if content[:16] == expected and len(content) == 18 else "mp4/sample groups"


def _entry(content: bytes) -> str:
    return "" if is_plain_entry(content) else "mp4/codec settings"


_STBL = "moov/trak/mdia/minf/stbl"
_CHECKS: dict[str, Callable[[bytes], str]] = {
    "ftyp": _brands,
    "mdat": lambda content: "",
    "free": _exactly(b"", name="mp4/free"),
    "moov/mvhd": _times(4, (100, 112), ((26, 36), (72, 96))),
    "moov/udta": _exactly(_EMPTY_UDTA, name="mp4/udta"),
    "moov/trak/tkhd": _times(4, (84, 96), ((16, 20), (24, 32), (38, 40))),
    "moov/trak/mdia/mdhd": _mdhd,
    "moov/trak/mdia/hdlr": _hdlr,
    "moov/trak/mdia/minf/vmhd": _exactly(b"\0\0\0\1" + bytes(8), name="mp4/vmhd"),
    "moov/trak/mdia/minf/smhd": _exactly(bytes(8), name="mp4/smhd"),
    "moov/trak/mdia/minf/dinf/dref": _exactly(_DREF, name="mp4/dref"),
    "moov/trak/edts/elst": _edits,
    f"{_STBL}/stsd": _entry,
    f"{_STBL}/stsz": _sizes,
    f"{_STBL}/sdtp": lambda content: "" if content[:4] == bytes(4) else "mp4/table",
    f"{_STBL}/sgpd": _group_kinds,
    f"{_STBL}/sbgp": _groups,
    **{f"{_STBL}/{name}": _table(size) for name, size in _TABLES.items() if name != "elst"},
}
