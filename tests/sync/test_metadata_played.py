"""Voice, sound and film: what they say of their maker goes, what is heard and seen stays; all else is refused."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.metadata import Damaged, Unsupported, film, ogg, scan_sealed, sound
from tests.sync import planted
from tests.sync.planted import RECIPES, SECRET, cleaned, exif, forms, frames, opened

pytestmark = pytest.mark.slow  # each starts children

TOOLS = pytest.mark.needs("ffmpeg", "exiftool")
AMR = b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 10
EXPECTED = {
    "voice.ogg": {"ogg/vendor", "ogg/comments", "ogg/serial"},
    "sound.mp3": {"ID3", "ID3v1", "mp3/Xing"},
    "sound.m4a": {"mp4/udta", "mp4/times"},
    "sound.aac": {"ID3"},
    "film.mp4": {"mp4/udta", "mp4/times", "mp4/handler names", "mp4/SEI", "mp4/uuid"},
    "film.3gp": {"mp4/udta", "mp4/times"},
    "turned.mp4": {"mp4/udta", "mp4/times"},
    "hevc.mp4": {"mp4/udta", "mp4/codec settings"},
    "fragments.mp4": {"mp4/moof", "mp4/mvex", "mp4/udta"},
    "subtitled.mp4": {"mp4/other tracks", "mp4/udta"},
}
MIMES = {
    "voice.ogg": "audio/ogg",
    "sound.mp3": "audio/mpeg",
    "sound.m4a": "audio/mp4",
    "sound.aac": "audio/aac",
    "film.mp4": "video/mp4",
    "film.3gp": "video/3gpp",
    "turned.mp4": "video/mp4",
    "hevc.mp4": "video/mp4",
    "fragments.mp4": "video/mp4",
    "subtitled.mp4": "video/mp4",
}
# Everything exiftool may still say is a fact of the format, or of the file on this disk.
TELLING = ("artist", "author", "title", "comment", "gps", "make", "software", "creator", "encoder")


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_nothing_planted_is_left(name: str, tmp_path: Path) -> None:
    dirty = planted.played(name)
    assert any(form in dirty for form in forms(SECRET))
    outcome = planted.freed(name)
    assert outcome.result.mime == MIMES[name]
    assert EXPECTED[name] <= set(outcome.result.dropped)
    assert outcome.result.tool.startswith("ffmpeg ") == (name not in ("sound.mp3", "sound.aac"))
    assert not any(form in outcome.data for form in [*forms(SECRET), b"x264 - core", b"x265 ("])
    told = exif(outcome.data, name, tmp_path)
    assert not [tag for tag in told if any(word in tag.lower() for word in TELLING)], told
    assert SECRET not in str(told) and "2020" not in str(told)


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_what_was_cleaned_is_clean_and_stays_as_it_is(name: str, tmp_path: Path) -> None:
    clean = planted.freed(name).data
    again = cleaned(clean, tmp_path)
    assert (again.result.dropped, again.data) == ((), clean)
    assert scan_sealed(again.result.kept) == ()


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("voice.ogg", "a"),
        ("sound.m4a", "a"),
        ("film.mp4", "a"),
        ("film.mp4", "v"),
        ("film.3gp", "v"),
        ("hevc.mp4", "v"),
    ],
)
def test_what_is_seen_and_heard_stays_the_same(name: str, stream: str, tmp_path: Path) -> None:
    dirty = planted.played(name)
    assert frames(planted.freed(name).data, stream, tmp_path) == frames(dirty, stream, tmp_path)


@TOOLS
@pytest.mark.slow
def test_which_way_up_a_film_is_stays(tmp_path: Path) -> None:
    assert exif(planted.freed("turned.mp4").data, "turned.mp4", tmp_path)["Composite:Rotation"] == 90  # type: ignore[comparison-overlap]  # exiftool gives numbers too


def test_amr_is_freed_of_what_is_put_around_it(tmp_path: Path) -> None:
    outcome = cleaned(AMR + b"TAG" + SECRET.encode(), tmp_path)
    assert (outcome.data, outcome.result.mime) == (AMR, "audio/amr")
    assert cleaned(AMR, tmp_path).result.dropped == ()


@TOOLS
@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("voice.ogg", lambda data: data + b"OggS" + SECRET.encode(), "ogg/bytes between pages"),
        ("voice.ogg", lambda data: data + data, "ogg/other streams"),
        (
            "film.mp4",
            lambda data: data + struct.pack(">I4s", 19, b"beam") + SECRET.encode(),
            "mp4/unknown box",
        ),
        (
            "film.mp4",
            lambda data: data + struct.pack(">I4s", 19, b"mdat") + SECRET.encode(),
            "mp4/bytes of no sample",
        ),
        ("film.mp4", lambda data: data.replace(b"VideoHandler", SECRET.encode() + b"!"), "mp4/handler names"),
        ("sound.aac", lambda data: data + b"APETAGEX" + SECRET.encode(), "APE"),
        ("sound.mp3", lambda data: data[:418] + SECRET.encode() + data[418:], "bytes between frames"),
    ],
)
def test_what_is_put_into_a_clean_file_is_found_by_name(
    name: str, change: Callable[[bytes], bytes], told: str, tmp_path: Path
) -> None:
    changed = change(planted.freed(name).data)
    assert SECRET.encode() in changed or told == "ogg/other streams"
    came = planted.seal(changed, tmp_path / "scanned")
    assert told in scan_sealed(came)
    assert SECRET.encode() not in cleaned(changed, tmp_path).data


@TOOLS
def test_the_picture_of_an_album_goes(tmp_path: Path) -> None:
    source, cover = tmp_path / "in.mp3", tmp_path / "cover.jpg"
    source.write_bytes(planted.played("sound.mp3"))
    cover.write_bytes(planted.photo())
    command = f"ffmpeg -v error -y -i {source} -i {cover} -map 0 -map 1 -c copy {tmp_path}/out.mp3"
    subprocess.run(command.split(), check=True)
    dirty = (tmp_path / "out.mp3").read_bytes()
    assert b"Exif" in dirty
    assert b"Exif" not in cleaned(dirty, tmp_path).data


@pytest.mark.needs("ffmpeg")
@pytest.mark.parametrize(
    ("error", "data"),
    [
        (Unsupported, b"RIFF\4\0\0\0WAVEfmt "),
        (Unsupported, b"\x1aE\xdf\xa3webm"),
        (Unsupported, b"GIF89a"),
        (Unsupported, b"PK\3\4" + bytes(60)),
        (Unsupported, b""),
        (Unsupported, bytes(10)),
        (Damaged, b"OggS"),
        (Damaged, b"ID3\4\0\0\0\0\0\0" + bytes(100)),
        (Damaged, b"#!AMR\n"),
        (Damaged, b"\0\0\0\x18ftypmp42" + bytes(12)),
        (Damaged, b"\0\0\0\x18ftypmp42" + bytes(12) + b"\xff\xff\xff\xffmoov"),
    ],
)
def test_what_is_no_sound_or_film_of_ours_is_refused(
    error: type[Exception], data: bytes, tmp_path: Path
) -> None:
    with pytest.raises(error):
        cleaned(data, tmp_path)
    assert not (tmp_path / "kept").exists()


@pytest.mark.needs("ffmpeg")
@pytest.mark.slow
def test_an_ogg_of_another_codec_and_a_film_of_a_rare_one_are_refused(tmp_path: Path) -> None:
    for name, options in (
        ("a.ogg", "-f lavfi -i sine=440:d=1 -c:a flac"),
        ("a.mp4", "-f lavfi -i testsrc2=s=96x64:d=1 -c:v mjpeg"),
    ):
        command = ["ffmpeg", "-v", "quiet", "-y", *options.split(), str(tmp_path / name)]
        subprocess.run(command, check=True)
        with pytest.raises(Unsupported):
            cleaned((tmp_path / name).read_bytes(), tmp_path)


SCANS: list[tuple[str, Callable[[bytes], object]]] = [
    ("voice.ogg", ogg.scan),
    ("sound.mp3", sound.reduce_tagged),
    ("sound.aac", sound.reduce_tagged),
    ("film.mp4", film.scan),
    ("film.3gp", film.scan),
    ("fragments.mp4", film.scan),
]


@TOOLS
@pytest.mark.slow
@given(
    st.sampled_from(SCANS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8), st.integers(0, 400)), min_size=1, max_size=5),
)
def test_mutated_files_are_read_to_their_end_or_refused(
    kind: tuple[str, Callable[[bytes], object]], edits: list[tuple[float, bytes, int]]
) -> None:
    name, scan = kind
    data = planted.played(name)
    for place, new, cut in edits:
        at = int(place * len(data))
        data = data[:at] + new + data[at + cut :]
    try:
        scan(data)
    except (Damaged, Unsupported):
        return


@given(
    st.sampled_from(
        [b"OggS", b"#!AMR\n", b"\0\0\0\x18ftypisom", b"ID3", b"\xff\xfb\x90\0", b"\xff\xf1\x50\x80"]
    ),
    st.binary(max_size=600),
)
def test_arbitrary_bytes_are_read_to_their_end_or_refused(start: bytes, rest: bytes) -> None:
    scan = film.scan if b"ftyp" in start else ogg.scan if start == b"OggS" else sound.reduce_tagged
    try:
        (sound.reduce_amr if start.startswith(b"#!") else scan)(start + rest)
    except (Damaged, Unsupported):
        return


@pytest.mark.slow
@pytest.mark.parametrize("filling", [b"\xff", b"\0", b"ID3", b"\xff\xfb", b"TAG", b"OggS\0"])
def test_sixteen_megabytes_of_nonsense_end_in_time(filling: bytes) -> None:
    data = b"\xff\xfb\x90\0" + filling * (4 * 1024 * 1024 // len(filling))
    for scan in (sound.reduce_tagged, lambda nonsense: ogg.scan(b"OggS" + nonsense)):
        with pytest.raises((Damaged, Unsupported)):
            scan(data)


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize("name", ["voice.ogg", "film.mp4", "sound.mp3"])
def test_a_file_cut_short_is_refused_or_comes_out_clean(name: str, tmp_path: Path) -> None:
    data = planted.played(name)
    for share in (0.2, 0.7, 0.99):
        try:
            outcome = cleaned(data[: int(len(data) * share)], tmp_path)
        except (Damaged, Unsupported):
            continue
        assert SECRET.encode() not in opened(outcome.result.kept)
