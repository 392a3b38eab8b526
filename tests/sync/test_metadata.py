"""What an image says of its maker goes; what decoding needs stays; every other file is refused."""

import hashlib
import json
import struct
import subprocess
import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.metadata import Damaged, Unsupported, clean, scan

# Small pictures by encoders of others: JPEG progressive, and with restart markers; WebP lossy, lossless, extended.
PROGRESSIVE = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j"
    "q62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKT/wgARCAAQABgDASIAAhEBAxEB/8QAGAAAAgMAAAAAAAAAAAAAAAAAAAQBAgP/xAAVAQEBAAAAAAAAAAAAAAAAAAAC"
    "A//aAAwDAQACEAMQAAABnRG5LouVr//EABoQAAICAwAAAAAAAAAAAAAAAAABAhESITL/2gAIAQEAAQUCyFsaqNkSPX//xAAaEQAB"
    "BQEAAAAAAAAAAAAAAAAAAQIDERIh/9oACAEDAQE/AWx0pvPD/8QAGBEAAgMAAAAAAAAAAAAAAAAAAAEREiH/2gAIAQIBAT8BS2Sp"
    "/8QAFxAAAwEAAAAAAAAAAAAAAAAAABARUf/aAAgBAQAGPwJVYU//xAAZEAADAQEBAAAAAAAAAAAAAAAAARFBIYH/2gAIAQEAAT8h"
    "Q84WB3lN0JEo/9oADAMBAAIAAwAAABB/3//EABgRAAIDAAAAAAAAAAAAAAAAAAAhMWFx/9oACAEDAQE/EEkWaj//xAAXEQADAQAA"
    "AAAAAAAAAAAAAAAAESFB/9oACAECAQE/EHhOM//EAB0QAAMAAgIDAAAAAAAAAAAAAAABESExQVFhkbH/2gAIAQEAAT8QyJbN9+1E"
    "ppUikibwMvTvIlVUfZ//2Q=="
)
RESTARTS = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACAWGBwYFCAcGhwkIiAmMFA0MCwsMGJGSjpQdGZ6eHJmcG6AkLicgIiuim5woNqirr7E"
    "ztDOfJri8uDI8LjKzsb/2wBDASIkJDAqMF40NF7GhHCExsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbG"
    "xsbGxsbGxsb/wAARCAAYACgDASIAAhEBAxEB/8QAGQABAAMBAQAAAAAAAAAAAAAAAAIDBAEF/8QAJxAAAQIEBAYDAAAAAAAAAAAA"
    "AQARAgMSEwQUImEhIzEyQYEVUXH/xAAXAQADAQAAAAAAAAAAAAAAAAACAwQA/8QAHREAAgIDAQEBAAAAAAAAAAAAAQIAAxEhMRIi"
    "Mv/dAAQAAf/aAAwDAQACEQMRAD8AsE1gpCbD1MTLFW/ldv08KKt0lgT+eyRafPZ//9DTDzhy9bfamJRcAwsdljw+MtiLQz7q/wCQ"
    "pY2qvayIfOCNzV1vjIGp/9HVPhtSn3RQzGfFmi35qd0RBAun0ZUtioMOZ//S86skcF3nHt6IiFTiVtUpn//TzYbSIsz6dXi0e0gf"
    "pRE5d7jWc1/A5P/UlIaCZUCiIqyoPYDH0cmf/9k="
)
LOSSY = b64decode(
    "UklGRsIAAABXRUJQVlA4ILYAAACwBQCdASooABgAP5m+1WO5LyomqrgKAyAzCWwAnTLHAI/HYf4EnG9ixrpOxnLaKUgAJTZ5rQAA"
    "+v+Z6LmP6WOyUs9bxAfFIfUs7/L+CL4onZtZL6+IugAr3r+wk0Xa4eE6EYpPWI4ZF48Uhn/HWi177jm717ZxqBteGIz5nnpTGoMM"
    "hLj7C9sK0tvRm2Xb8WLHrxlyT06Dm4Ae+i5GmbLK0q71wU6WO0Glx1oWGb+mdx96soIAAA=="
)
LOSSLESS = b64decode(
    "UklGRigBAABXRUJQVlA4TBsBAAAvB8ABAP/hNgAAsont2do864zclmv0QXZOmlIbd7AJADAJ7s7rFWjBRw2y0cgtwBQ3tgEAJLG7"
    "u1292298wBlw7O6Y/1iL7DdcNdvryTHwQ0J8soZcQK83MSzknvT+CRg8W/Z7cYgUlEiR5Hg1/yKAgAZvOhASDix04oH9B+YNuLPA"
    "uaLgayx+N4RE+BuHp/mJrhkCDLKMAfFNP03aafpHnz39fJJflwgOCe6evG6GD7h17sfga5V2qr6H6CrTWm33WURlXkD1iiOS/twg"
    "v1Pke8uuHy2yjhCnIlZR5sAgAACi0Wzbtm1E9D/SLC/Kqj6SHwCXudujGEaG8WyCEEL76Wox3PG/hxMJ0vXem5co2rK3VZBZxjR0"
    "TVUAAA=="
)
ALPHA = b64decode(
    "UklGRpoAAABXRUJQVlA4WAoAAAAQAAAADwAACwAAQUxQSDUAAAARH6CgbRs21Xb8/omIsPaHgraNnPvF6yD8KrQnURLH7DeIiP6H"
    "gvNlcMWbfoNO/otI1xlJDABWUDggPgAAALABAJ0BKhAADAAJAKwlsAJ0ARQPugAA3GaOLaQXj5SjJOdRfL/dbHznZ2czllwEhukf"
    "2ChGOQ6INMccAAAA"
)

SECRET = "PLANTED9F3A"
# Everything exiftool may still say: facts of the file on disk, of the format, and how to hold the picture.
HARMLESS_TAGS = (
    "SourceFile ExifToolVersion FileType FileTypeExtension MIMEType ImageWidth ImageHeight ImageSize Megapixels "
    "BitDepth ColorType Compression Filter Interlace Gamma SRGBRendering JFIFVersion ResolutionUnit XResolution "
    "YResolution EncodingProcess BitsPerSample ColorComponents YCbCrSubSampling VP8Version HorizontalScale "
    "VerticalScale AlphaIsUsed WebP_Flags ExifByteOrder Orientation"
)
TEXT_TAGS = (
    "Make Model Artist Software ImageDescription SerialNumber UserComment Comment GPSProcessingMethod IPTC:By-line "
    "XMP:Creator XMP:SerialNumber XMP:Title"
)
PLACE = "-GPSLatitude=25.7464 -GPSLatitudeRef=N -GPSLongitude=82.6837 -GPSLongitudeRef=E -Orientation#=6"
MINIMAL_EXIF = bytes.fromhex("4d4d002a 00000008 0001 0112 0003 00000001 00060000 00000000")


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    *before: bytes, rows: bytes = b"\0abc" * 3, after: bytes = b"", size: tuple[int, int] = (3, 3)
) -> bytes:
    """A grey PNG with these chunks before its picture, and these bytes behind the compressed picture."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    picture = png_chunk(b"IDAT", zlib.compress(rows) + after)
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + picture + png_chunk(b"IEND", b"")


def segment(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body


def with_segment(code: int, body: bytes, into: bytes = RESTARTS) -> bytes:
    """The JPEG with one more segment right after its JFIF mark."""
    return into[:20] + segment(code, body) + into[20:]


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    packed = b"".join(
        struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2) for name, body in chunks
    )
    return struct.pack("<4sI4s", b"RIFF", len(packed) + 4, b"WEBP") + packed


def extended(*chunks: tuple[bytes, bytes], flags: int = 0) -> bytes:
    """LOSSY with an extended header before it and these chunks behind it."""
    header = bytes((flags, 0, 0, 0)) + (39).to_bytes(3, "little") + (23).to_bytes(3, "little")
    return webp((b"VP8X", header), (b"VP8 ", LOSSY[20:]), *chunks)


CLEAN = [PROGRESSIVE, RESTARTS, LOSSY, LOSSLESS, ALPHA, png()]


def made_by_ffmpeg(path: Path, *options: str) -> bytes:
    source = ["-f", "lavfi", "-i", "testsrc2=size=96x64", "-frames:v", "1", "-bitexact"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *options, path], check=True)
    return path.read_bytes()


def pixels(data: bytes) -> str:
    """Hash of the decoded picture, by ffmpeg."""
    command = ["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgba", "-"]
    raw = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    assert raw
    return hashlib.sha256(raw).hexdigest()


def exif_tags(path: Path) -> dict[str, str]:
    """Everything that exiftool finds, as Group:Tag."""
    out = subprocess.run(["exiftool", "-j", "-a", "-u", "-G1", path], capture_output=True, check=True).stdout
    found: dict[str, str] = json.loads(out)[0]
    return found


def plant(path: Path) -> None:
    """Writes maker, serial, place, author, XMP, profile and (JPEG) thumbnail and Photoshop data into the file."""
    profile, thumbnail = path.with_suffix(".icc"), path.with_suffix(".thumb")
    profile.write_bytes(
        struct.pack(">I8x12s12x4s88sI12s", 144, b"mntrRGB XYZ ", b"acsp", b"", 0, SECRET.encode())
    )
    thumbnail.write_bytes(with_segment(0xFE, SECRET.encode()))
    texts = [f"-{tag}={SECRET}" for tag in TEXT_TAGS.split()]
    files = [f"-ICC_Profile<={profile}", f"-ThumbnailImage<={thumbnail}"]
    subprocess.run(
        ["exiftool", "-q", "-m", "-overwrite_original", *texts, *PLACE.split(), *files, path], check=True
    )


@pytest.mark.slow
@pytest.mark.needs("ffmpeg", "exiftool")
@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.jpg", [], {"APP1/Exif", "APP1/XMP", "APP2/ICC", "APP13/Photoshop", "COM", "trailer"}),
        ("a.png", [], {"eXIf", "iTXt", "iCCP", "tEXt", "zTXt", "pHYs", "trailer"}),
        ("a.webp", [], {"EXIF", "XMP", "ICCP", "VP8X flags", "trailer"}),
        ("b.webp", ["-lossless", "1", "-pix_fmt", "bgra"], {"EXIF", "XMP", "ICCP", "VP8X flags", "trailer"}),
    ],
)
def test_what_exiftool_planted_it_finds_no_more(
    tmp_path: Path, name: str, options: list[str], expected: set[str]
) -> None:
    path = tmp_path / name
    made_by_ffmpeg(path, *options)
    plant(path)
    planted = path.read_bytes() + SECRET.encode()
    assert SECRET.encode() in planted
    assert "25 deg" in str(exif_tags(path))
    result = clean(planted)
    path.write_bytes(result.data)
    assert set(result.dropped) == expected == set(scan(planted))
    tags = {key: value for key, value in exif_tags(path).items() if not key.startswith("System:")}
    assert {key.split(":")[-1] for key in tags} <= set(HARMLESS_TAGS.split())
    assert tags["IFD0:Orientation"] == "Rotate 90 CW"
    assert all(SECRET.encode(coding) not in result.data for coding in ("ascii", "utf-16-le", "utf-16-be"))
    assert pixels(result.data) == pixels(planted)


@pytest.mark.slow
@pytest.mark.needs("ffmpeg")
@pytest.mark.parametrize("original", CLEAN)
def test_a_small_picture_still_decodes_to_the_same_pixels(original: bytes) -> None:
    assert pixels(clean(original + b"tail").data) == pixels(original)


@pytest.mark.parametrize("data", CLEAN)
def test_a_clean_file_comes_back_byte_for_byte(data: bytes) -> None:
    result = clean(data)
    assert result.data == data
    assert (result.changed, result.dropped, scan(data)) == (False, (), ())
    assert result.sha256_before == result.sha256_after == hashlib.sha256(data).hexdigest()


def test_the_kind_is_read_from_the_content_and_both_hashes_are_given() -> None:
    dirty = png(png_chunk(b"tEXt", b"Author\0" + SECRET.encode()))
    result = clean(dirty)
    assert [clean(data).mime for data in (RESTARTS, dirty, ALPHA)] == [
        "image/jpeg",
        "image/png",
        "image/webp",
    ]
    assert result.sha256_before == hashlib.sha256(dirty).hexdigest()
    assert result.sha256_after == hashlib.sha256(result.data).hexdigest() == hashlib.sha256(png()).hexdigest()


DROPPED: list[tuple[bytes, bytes, str]] = [
    *((data, data + SECRET.encode(), "trailer") for data in CLEAN),
    (RESTARTS, RESTARTS + PROGRESSIVE, "trailer"),
    (RESTARTS, with_segment(0xFE, SECRET.encode()), "COM"),
    (RESTARTS, with_segment(0xEC, SECRET.encode()), "APP12"),
    (RESTARTS, with_segment(0xE0, b"JFXX\0\x10" + PROGRESSIVE), "APP0/JFXX"),
    (RESTARTS, with_segment(0xE0, RESTARTS[6:20]), "APP0/JFIF"),
    (RESTARTS, with_segment(0xE2, b"MPF\0" + SECRET.encode()), "APP2/MPF"),
    (RESTARTS, with_segment(0xE1, b"Exif\0\0" + MINIMAL_EXIF.replace(b"\0\6", b"\0\1")), "APP1/Exif"),
    (RESTARTS, with_segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xf0"), "APP1/Exif"),
    (RESTARTS, b"\xff\xd8" + segment(0xE0, RESTARTS[6:18] + b"\1\1abc") + RESTARTS[20:], "APP0/JFIF"),
    (RESTARTS, with_segment(0xDB, b"\3" + SECRET.encode().ljust(64)), "unused tables"),
    (RESTARTS, with_segment(0xDD, b"\x41\x42"), "unused tables"),
    (RESTARTS, RESTARTS[:20] + b"\xff\xff" + RESTARTS[20:], "fill bytes"),
    (PROGRESSIVE, PROGRESSIVE.replace(b"\xff\xda", b"\xff\xff\xff\xda"), "fill bytes"),
    (PROGRESSIVE, PROGRESSIVE.replace(b"\xff\xda", segment(0xFE, b"x") + b"\xff\xda"), "COM"),
    (PROGRESSIVE, PROGRESSIVE[:-2] + segment(0xC4, b"\0" * 17) + b"\xff\xd9", "unused tables"),
    (png(), png(png_chunk(b"caNv", b"x" * 16)), "private chunk"),
    (png(), png(png_chunk(b"acTL", bytes(8))), "acTL"),
    (png(), png(png_chunk(b"pHYs", bytes(9))), "pHYs"),
    (png(), png(png_chunk(b"gAMA", bytes(5))), "gAMA"),
    (png(), png(png_chunk(b"PLTE", bytes(6))), "PLTE"),
    (png(), png(after=SECRET.encode()), "IDAT surplus"),
    (extended(), extended((b"XMP ", b"odd"), flags=4), "XMP"),
    (extended(), extended((b"ABCD", b"even")), "private chunk"),
    (extended(), extended(flags=0xEC), "VP8X flags"),
    (ALPHA, ALPHA[:30] + ALPHA[30:].replace(b"\0VP8 ", b"\1VP8 "), "padding"),
]


@pytest.mark.parametrize(("pure", "dirty", "name"), DROPPED)
def test_what_decoding_does_not_need_is_dropped_and_named(pure: bytes, dirty: bytes, name: str) -> None:
    assert dirty != pure
    assert clean(dirty).data == pure
    assert name in scan(dirty)
    assert SECRET not in str(scan(dirty))


@pytest.mark.parametrize(
    "data",
    [
        with_segment(0xE1, b"Exif\0\0" + MINIMAL_EXIF),
        with_segment(0xEE, b"Adobe\0d\0\0\0\0\1"),
        png(png_chunk(b"eXIf", MINIMAL_EXIF)),
        png(png_chunk(b"gAMA", bytes(4)), png_chunk(b"sRGB", b"\0"), png_chunk(b"tRNS", b"\0a")),
        png(rows=b"\0" * 262_144, size=(1023, 256)),
        extended((b"EXIF", MINIMAL_EXIF), flags=8),
    ],
)
def test_orientation_and_what_colour_needs_stay(data: bytes) -> None:
    assert clean(data).data == data


def test_orientation_is_read_in_either_byte_order_and_written_in_ours() -> None:
    little = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x112, 3, 1, 6, 0, 0) + SECRET.encode()
    assert clean(with_segment(0xE1, b"Exif\0\0" + little)).data == with_segment(
        0xE1, b"Exif\0\0" + MINIMAL_EXIF
    )
    assert clean(png(png_chunk(b"eXIf", little))).data == png(png_chunk(b"eXIf", MINIMAL_EXIF))
    dirty = extended((b"EXIF", b"Exif\0\0" + little + b"!"), (b"EXIF", little), flags=8)
    assert clean(dirty).data == extended((b"EXIF", MINIMAL_EXIF), flags=8)


SCAN = RESTARTS[RESTARTS.index(b"\xff\xda") : -2]
MARK = segment(0xEE, b"Adobe" + bytes(7))
ALPHA_OF_FOUR = b"ALPH\5\0\0\0\0abcd\0VP8 "
DAMAGED: list[tuple[str, bytes]] = [
    ("JPEG is cut short or has bytes that belong to no segment", RESTARTS[:20] + b"garbage" + RESTARTS[20:]),
    ("JPEG is cut short", RESTARTS[:-2]),
    ("JPEG with a scan out of turn", RESTARTS[:-2] + SCAN + b"\xff\xd9"),
    ("JPEG has restart markers out of turn", RESTARTS.replace(b"\xff\xd1", b"\xff\xd3")),
    ("JPEG has restart markers out of turn", RESTARTS[:-2] + b"\xff\xd5\xff\xd6\xff\xd7" * 3 + b"\xff\xd9"),
    ("JPEG whose picture data comes before its frame", RESTARTS[:20] + SCAN + RESTARTS[20:]),
    ("JPEG table is cut short", with_segment(0xDB, b"\0abc")),
    ("JPEG Huffman table that is none", with_segment(0xC4, b"\0\3" + bytes(18))),
    ("JPEG has a marker where none may be", RESTARTS.replace(b"\xff\xd1", b"\xff\xff\xd1")),
    ("JPEG has a marker where none may be", RESTARTS[:20] + b"\xff\xd8" + RESTARTS[20:]),
    ("JPEG without picture data", RESTARTS[:20] + b"\xff\xd9"),
    ("JPEG with two Adobe marks", RESTARTS[:20] + MARK + MARK + RESTARTS[20:]),
    ("PNG holds more data than its picture", png(rows=b"\0abc" * 4)),
    ("PNG holds more data than its picture", png(rows=bytes(50_000_000))),
    ("PNG holds less data than its picture", png(rows=b"\0abc" * 2)),
    ("PNG chunk does not match its checksum", png(png_chunk(b"tEXt", b"a\0b")).replace(b"a\0b", b"a\0c")),
    ("picture data of a PNG is interrupted", png(png_chunk(b"IDAT", b"") + png_chunk(b"tEXt", b"a\0b"))),
    ("PNG with two headers", png(png()[8:33])),
    ("PNG is cut short", png()[:-12]),
    ("PNG without pixels", png(size=(0, 3))),
    ("WebP is cut short", LOSSY[:4] + b"\xff\xff\xff\xff" + LOSSY[8:]),
    ("WebP without exactly one picture", webp((b"VP8 ", LOSSY[20:]), (b"VP8 ", LOSSY[20:]))),
    ("WebP without exactly one picture", webp((b"XMP ", b"x"))),
    ("header and picture differ in size", extended().replace(b"\x27\0\0\x17", b"\x27\0\0\x18")),
    (
        "alpha plane of a WebP does not fit",
        extended().replace(b"VP8 ", ALPHA_OF_FOUR).replace(b"RIFF\xd4", b"RIFF\xe2"),
    ),
]
RARE = RESTARTS.replace(b"\xff\xc0", b"\xff\xc9")
HEIGHTLESS = RESTARTS.replace(b"\xff\xc0\0\x11\x08\0\x18", b"\xff\xc0\0\x11\x08\0\0")
UNSUPPORTED: list[tuple[str, bytes]] = [
    *(
        ("not a JPEG, PNG or WebP", data)
        for data in (b"", b"GIF89a", b"%PDF-1.7", b"\xff\xd8", b"RIFF\4\0\0\0WAVE")
    ),
    ("lossless, arithmetic or hierarchical", RARE),
    ("lossless, arithmetic or hierarchical", with_segment(0xCC, b"\0\0")),
    ("height not told", HEIGHTLESS),
    ("JPEG in too many pieces", RESTARTS[:20] + segment(0xFE, b"") * 9999 + RESTARTS[20:]),
    ("chunk that decoding needs and we do not know", png(png_chunk(b"ABcd", b""))),
    ("not the public format", png()[:8] + png_chunk(b"CgBI", b"1234") + png()[8:]),
    ("more than 100 million pixels", png(size=(10_001, 10_000))),
    ("animated WebP", extended((b"ANMF", bytes(24)))),
    ("animated WebP", extended(flags=2)),
]


@pytest.mark.parametrize(("why", "data"), DAMAGED)
def test_a_file_that_cannot_be_read_safely_is_damaged(why: str, data: bytes) -> None:
    with pytest.raises(Damaged, match=why) as caught:
        clean(data)
    assert caught.value.permanent


@pytest.mark.parametrize(("why", "data"), UNSUPPORTED)
def test_a_kind_we_do_not_take_is_unsupported(why: str, data: bytes) -> None:
    with pytest.raises(Unsupported, match=why) as caught:
        clean(data)
    assert caught.value.permanent


def settle(data: bytes) -> None:
    """The whole promise for any bytes: a refusal, or a file not much larger that cleaning leaves alone."""
    try:
        result = clean(data)
    except (Damaged, Unsupported):
        return
    assert result.changed == bool(result.dropped) == (result.data != data)
    assert len(result.data) <= len(data) + 100
    assert not clean(result.data).changed


@given(st.sampled_from([b"", b"\xff\xd8\xff", png()[:33], LOSSY[:16]]), st.binary(max_size=400))
def test_arbitrary_bytes_are_settled(start: bytes, rest: bytes) -> None:
    settle(start + rest)


RICH = [
    *CLEAN,
    *(dirty for _, dirty, _ in DROPPED),
    with_segment(0xE1, b"Exif\0\0" + MINIMAL_EXIF + SECRET.encode()),
    extended((b"EXIF", MINIMAL_EXIF + b"!!"), flags=8),
]


@given(
    st.sampled_from(RICH),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 4)), max_size=4),
)
def test_mutated_files_are_settled(data: bytes, edits: list[tuple[float, bytes, int]]) -> None:
    for place, new, cut in edits:
        at = int(place * len(data))
        data = data[:at] + new + data[at + cut :]
    settle(data)


@pytest.mark.parametrize("data", CLEAN)
def test_a_picture_cut_short_anywhere_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises((Damaged, Unsupported)):
            clean(data[:end])
