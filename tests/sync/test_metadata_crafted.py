"""Files made so that something is left in them: what no player reads, in the very places that players look at."""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.metadata import Unsupported, film, sound
from sync.metadata.boxes import Box, walk
from sync.metadata.codecs import is_plain_entry
from sync.metadata.samples import Track, findings
from tests.sync import planted
from tests.sync.planted import SECRET, cleaned
from tests.sync.test_metadata_pdf import PICTURE, one_page, rewritten, stream

pytestmark = pytest.mark.slow  # each starts children

S = SECRET.encode()
PADDED = S + b"." * (-len(S) % 24)
TOOLS = pytest.mark.needs("ffmpeg", "exiftool")
STBL = "moov/trak/mdia/minf/stbl"


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def table(name: bytes, row_bytes: int, rows: bytes = PADDED) -> bytes:
    return box(name, struct.pack(">II", 0, len(rows) // row_bytes) + rows)


def moved(data: bytes, number: int, by: int) -> bytes:
    """The chunk offsets of a film whose data moves."""
    return struct.pack(">I", int.from_bytes(data[number : number + 4], "big") + by)


def with_box(data: bytes, path: str, track: int, extra: bytes) -> bytes:
    """A film with one more box at the end of another, all sizes and places as they must be."""
    place = next(b for b in walk(data) if (b.path, b.track) == (path, track))
    out = bytearray(data)
    for found in walk(data):
        is_around = f"{path}/".startswith(f"{found.path}/") and found.track in (0, track)
        if is_around:
            out[found.start - 8 : found.start - 4] = moved(data, found.start - 8, len(extra))
        if found.name == "stco":
            for at in range(found.start + 8, found.end, 4):
                out[at : at + 4] = moved(data, at, len(extra))
    return bytes(out[: place.end]) + extra + bytes(out[place.end :])


EXTRA = {
    "times twice": (STBL, 2, table(b"stts", 8), "mp4/repeated boxes"),
    "more times than samples": (STBL, 2, table(b"ctts", 8), "mp4/table"),
    "key pictures that are none": (STBL, 2, table(b"stss", 4), "mp4/table"),
    "kinds of no sample": (STBL, 2, box(b"sdtp", bytes(4) + PADDED), "mp4/table"),
    "groups twice": (STBL, 2, box(b"sgpd", bytes(4) + b"roll" + PADDED), "mp4/sample groups"),
    "edits twice": ("moov/trak/edts", 1, table(b"elst", 12), "mp4/repeated boxes"),
    "a second head": ("moov", 0, box(b"mvhd", bytes(36) + PADDED.ljust(64, b"\0")), "mp4/repeated boxes"),
    "a second list of tracks": ("moov/trak", 1, box(b"mdia", b""), "mp4/repeated boxes"),
}  # fmt: skip


@TOOLS
@pytest.mark.parametrize("name", EXTRA)
def test_a_table_that_no_player_needs_is_found_and_goes(name: str, tmp_path: Path) -> None:
    path, track, extra, told = EXTRA[name]
    crafted = with_box(planted.freed("film.mp4").data, path, track, extra)
    assert told in film.scan(crafted).dropped
    clean = cleaned(crafted, tmp_path).data
    assert S not in clean and film.scan(clean).dropped == ()


def retold(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A film with another content of the same size in its first box of this name."""
    found: Box = next(b for b in walk(data) if b.name == name)
    content = change(data[found.start : found.end])
    assert len(content) == found.end - found.start
    return data[: found.start] + content + data[found.end :]


@TOOLS
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("stts", lambda content: content[:11] + b"\x63" + content[12:]),
        ("stss", lambda content: content[:8] + S[:4]),
        ("stsc", lambda content: content[:-4] + S[:4]),
    ],
)
def test_a_row_that_tells_of_no_sample_is_found(name: str, change: Callable[[bytes], bytes]) -> None:
    clean = planted.freed("film.mp4").data
    assert "mp4/table" in film.scan(retold(clean, name, change)).dropped


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), [("film.mp4", 24), ("film.mp4", 12), ("film.mp4", 0)])
def test_units_of_a_makers_own_meaning_go(name: str, kind: int, tmp_path: Path) -> None:
    dirty = planted.played(name)
    at = dirty.index(b"x264 - core") - 20
    at = dirty.rindex(b"\x06\x05", 0, at + 4)
    crafted = dirty[:at] + bytes([kind]) + dirty[at + 1 :]
    assert "mp4/SEI" in film.scan(crafted).dropped
    assert b"x264 - core" not in cleaned(crafted, tmp_path).data


@pytest.mark.parametrize(
    ("codec", "head", "is_found"),
    [("avc1", b"\x65\0", False), ("avc1", b"\x06\0", True), ("avc1", b"\x1f\0", True), ("avc1", b"\x0c\0", True),
     ("hvc1", b"\x26\1", False), ("hvc1", b"\x4e\1", True), ("hvc1", b"\x7c\1", True), ("hvc1", b"\x4c\1", True)],
)  # fmt: skip
def test_only_units_that_draw_are_taken(codec: str, head: bytes, is_found: bool) -> None:
    sample = struct.pack(">I", len(head) + len(S)) + head + S
    tables = {
        "stsz": struct.pack(">III", 0, len(sample), 1),
        "stsc": struct.pack(">IIIII", 0, 1, 1, 1, 1),
        "stco": struct.pack(">III", 0, 1, 0),
        "stts": struct.pack(">IIII", 0, 1, 1, 1),
    }
    track = Track(b"vide", codec, tables)
    assert findings(sample, [track], [(0, len(sample))]) == (["mp4/SEI"] if is_found else [])


def settings(name: str) -> Iterator[tuple[bytes, bytes]]:
    """The codec settings of a clean film, and what in them names the unit that holds them."""
    data = planted.freed(name).data
    found: Box = next(b for b in walk(data) if b.name == "stsd")
    yield data[found.start : found.end], data


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings_name", "change"),
    [
        ("film.mp4", b"avcC", lambda c: c[:4] + b"\xfd" + c[5:]),
        ("film.mp4", b"avcC", lambda c: c[:8] + b"\x06" + c[9:]),
        ("hevc.mp4", b"hvcC", lambda c: c[:21] + bytes([c[21] & ~3 | 1]) + c[22:]),
        ("hevc.mp4", b"hvcC", lambda c: c[:28] + b"\x4e" + c[29:]),
    ],
)
def test_parameter_sets_that_are_none_are_found(
    name: str, settings_name: bytes, change: Callable[[bytes], bytes]
) -> None:
    ((stsd, _),) = settings(name)
    at = stsd.index(settings_name) + 4
    size = int.from_bytes(stsd[at - 8 : at - 4], "big") - 8
    crafted = stsd[:at] + change(stsd[at : at + size]) + stsd[at + size :]
    assert is_plain_entry(stsd) and len(crafted) == len(stsd) and not is_plain_entry(crafted)


@TOOLS
def test_settings_that_come_twice_are_found() -> None:
    ((stsd, _),) = settings("film.mp4")
    size = int.from_bytes(stsd[8:12], "big")
    once, twice = (n * box(b"btrt", S[:8] + bytes(4)) for n in (0, 2))
    grown = stsd[:8] + struct.pack(">I", size + len(twice)) + stsd[12:] + twice
    assert is_plain_entry(stsd + once) and not is_plain_entry(grown)


@TOOLS
@pytest.mark.parametrize("place", ["first", "second", "middle"])
def test_no_frame_of_an_mp3_in_which_its_encoder_writes_of_itself_is_left(place: str) -> None:
    dirty, clean = planted.played("sound.mp3"), planted.freed("sound.mp3").data
    mark = dirty.index(b"Info") - 36 if b"Info" in dirty else dirty.index(b"Xing") - 36
    mark = dirty.rindex(b"\xff\xfb", 0, mark + 40)
    note = dirty[mark : dirty.index(b"\xff\xfb", mark + 4)]
    assert b"Lav" in note
    half = clean.index(b"\xff\xfb", len(clean) // 2)
    crafted = {
        "first": note + clean,
        "second": note + note + clean,
        "middle": clean[:half] + note + clean[half:],
    }
    reduced = sound.reduce_tagged(crafted[place])
    assert (reduced.data, reduced.dropped) == (clean, ["mp3/Xing"])
    assert sound.reduce_tagged(clean).dropped == []


DRAWN = b"/XObject << /I 6 0 R >>"


@TOOLS
@pytest.mark.parametrize("called", [b"/DCT", b"[/DCT]", b"[/Fl /DCT]", b"/Crypt", b"/JPXDecode", b"/Maker"])
def test_a_picture_packed_under_another_name_is_refused_unseen(called: bytes) -> None:
    with pytest.raises(Unsupported, match="rare kind"):
        rewritten(one_page(stream(planted.photo(), PICTURE + called), resources=DRAWN))


@pytest.mark.parametrize(
    "data",
    [
        one_page(stream(S, b"/N 3"), resources=b"/ColorSpace << /C [/ICCBased 6 0 R 0] >>"),
        one_page(stream(S, b"/Type /Metadata /Subtype /XML"), resources=DRAWN),
        one_page(stream(S, b"/Subtype /XML"), resources=b"/Properties << /M 6 0 R >>"),
        one_page(stream(zlib.compress(S), b"/Type /EmbeddedFile /Filter /FlateDecode"), resources=DRAWN),
        one_page(stream(S, b"/Type /Metadata"), page=b"/Group << /S /Transparency /K [6 0 R] >>"),
    ],
    ids=["long profile", "XMP as a picture", "XMP as a property", "attachment as a picture", "XMP in a list"],
)
def test_what_no_page_shows_goes_wherever_it_is_put(data: bytes) -> None:
    clean, names = rewritten(data)
    assert S not in clean and zlib.compress(S) not in clean and names
    assert rewritten(clean)[0] == clean
