"""Voice, sound and film: opusenc, lame, id3v2, AtomicParsley, ffmpeg, exiftool, and boxes as phones write them."""

import struct

from tests.telling.made.bench import PLACE, WHEN, Bench, Maker, picture, profile, tone

_SEEN = ("-f", "lavfi", "-i", "testsrc2=s=96x64:d=0.6:r=10")
_SEEN_3GP = ("-f", "lavfi", "-i", "testsrc2=s=176x144:d=0.6:r=10")
AMR_FRAME = b"\x3c" + bytes(range(3, 34))


def _cover(bench: Bench) -> str:
    path = bench.temp("cover.jpg")
    picture(size=(16, 12)).save(path, comment=bench.word().encode(), icc_profile=profile(bench.word()))
    return str(path)


def _tags(bench: Bench, *names: str) -> list[str]:
    return [part for name in names for part in ("-metadata", f"{name}={bench.word()}")]


def voice(bench: Bench) -> None:
    """A voice note by opusenc, with comments and a picture."""
    wav = tone(bench)
    bench.run("opusenc", "--quiet", "--bitrate", "16", "--title", bench.word(), "--artist", bench.word(),
              "--date", bench.word(), "--comment", f"LOCATION={bench.word()}", "--picture", _cover(bench),
              "--padding", "64", wav, bench.path)  # fmt: skip
    bench.append(bench.word().encode())


def voice_of_phone(bench: Bench) -> None:
    """A voice note by ffmpeg, as WhatsApp's own are much like."""
    bench.ffmpeg("-i", tone(bench), "-c:a", "libopus", "-b:a", "16k", "-serial_offset", "77",
                 *_tags(bench, "title", "artist", "GPS"), bench.path)  # fmt: skip


def mp3(bench: Bench) -> None:
    """lame's own note, ID3 of all versions, APE, Lyrics3."""
    bench.run("lame", "--quiet", "-b", "32", "--tt", bench.word(), "--ta", bench.word(), "--tc", bench.word(),
              "--add-id3v2", "--ti", _cover(bench), tone(bench), bench.path)  # fmt: skip
    bench.run("id3v2", "--TOWN", bench.word(), "--TCOP", bench.word(), "--TENC", bench.word(), bench.path)
    old = bench.path.read_bytes()
    value = bench.word().encode()
    item = struct.pack("<II", len(value), 0) + b"Artist\0" + value
    foot = b"APETAGEX" + struct.pack("<IIII8x", 2000, len(item) + 32, 1, 0)
    lyrics = b"LYRICSBEGININD00002" + b"11AUT00009" + bench.word().encode() + b"000048LYRICS200"
    bench.path.write_bytes(old[:-128] + item + foot + lyrics + old[-128:])


def aac(bench: Bench) -> None:
    """AAC with ADTS headers behind ID3, a note at its end."""
    bench.ffmpeg("-i", tone(bench), "-c:a", "aac", "-b:a", "24k", "-write_id3v2", "1",
                 *_tags(bench, "title", "artist", "comment"), bench.path)  # fmt: skip
    bench.append(b"TAG" + bench.word().encode().ljust(125))


def m4a(bench: Bench) -> None:
    """AAC in MP4: iTunes' tags by AtomicParsley, keys and place by exiftool."""
    bench.ffmpeg(
        "-i", tone(bench), "-c:a", "aac", "-b:a", "24k", *_tags(bench, "title", "comment"), bench.path
    )
    bench.run("AtomicParsley", bench.path, "--overWrite", "--artist", bench.word(), "--apID", bench.word(),
              "--encodedBy", bench.word(), "--artwork", _cover(bench))  # fmt: skip
    bench.exiftool(f"-Keys:Author={bench.word()}", "-Keys:GPSCoordinates=25.7464,82.6837,80",
                   f"-XMP:Creator={bench.word()}", f"-QuickTime:CreateDate={WHEN}")  # fmt: skip


def amr(bench: Bench) -> None:
    """AMR with what applications put behind it."""
    bench.path.write_bytes(
        b"#!AMR\n" + AMR_FRAME * 20 + b"TAG" + bench.word().encode() + bench.word().encode("utf-16-be")
    )


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(bench: Bench) -> None:
    """H.264 and AAC; names in every place that ffmpeg, exiftool and cameras know; a clock track; foreign boxes."""
    bench.ffmpeg(*_SEEN, "-i", tone(bench), "-c:v", "libx264", "-c:a", "aac", "-b:a", "24k", "-timecode", "01:02:03:04",
                 *_tags(bench, "title", "artist", "synopsis"), "-metadata:s:v", f"handler_name={bench.word()}",
                 "-metadata:s:a", f"handler_name={bench.word()}", "-metadata:s:a", "language=hin",
                 bench.path)  # fmt: skip
    bench.exiftool(f"-XMP:Creator={bench.word()}", f"-Keys:Make={bench.word()}", f"-Keys:Model={bench.word()}",
                   "-Keys:GPSCoordinates=25.7464,82.6837,80", f"-UserData:Author={bench.word()}",
                   "-UserData:LocationInformation=QZ",
                   f"-ItemList:Comment={bench.word()}", f"-QuickTime:CreateDate={WHEN}", f"-TrackCreateDate={WHEN}",
                   f"-MediaCreateDate={WHEN}", "-Rotation=90")  # fmt: skip
    bench.append(_box(b"beam", bench.word().encode()) + _box(b"uuid", bytes(16) + bench.word().encode()))
    bench.append(_box(b"free", bench.word().encode("utf-16-le")) + _box(b"mdat", bench.word().encode()))


def settings_in_film(bench: Bench) -> None:
    """User data among the coded pictures (SEI), as cameras and encoders write it."""
    said = f"086f3693-b7b3-4f2c-9653-21492feee5b8+{bench.word()}"
    bench.ffmpeg(
        *_SEEN,
        "-c:v",
        "libx264",
        "-bsf:v",
        f"h264_metadata=sei_user_data={said}",
        *_tags(bench, "title"),
        bench.path,
    )


def hevc(bench: Bench) -> None:
    """H.265, whose settings name its encoder."""
    bench.ffmpeg(*_SEEN_3GP, "-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=none",
                 *_tags(bench, "title", "artist"), bench.path)  # fmt: skip
    bench.exiftool(f"-Keys:Software={bench.word()}", *PLACE)


def quicktime(bench: Bench) -> None:
    """A film of an iPhone: brand "qt", keys of Apple's."""
    bench.ffmpeg(*_SEEN, "-i", tone(bench), "-c:v", "libx264", "-c:a", "aac", "-b:a", "24k", "-movflags",
                 "use_metadata_tags",
                 *_tags(bench, "com.apple.quicktime.make", "com.apple.quicktime.model", "com.apple.quicktime.software"),
                 "-metadata", "com.apple.quicktime.location.ISO6709=+25.7464+082.6837/", bench.path)  # fmt: skip
    bench.exiftool(
        f"-XMP:CreatorTool={bench.word()}", f"-UserData:Make={bench.word()}", f"-QuickTime:CreateDate={WHEN}"
    )


def fragments(bench: Bench) -> None:
    """In fragments, with a chapter and a subtitle."""
    words = bench.temp("words.srt")
    words.write_text(f"1\n00:00:00,000 --> 00:00:00,500\n{bench.word()}\n")
    chapters = bench.temp("chapters.txt")
    chapters.write_text(f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle={bench.word()}\n")
    bench.ffmpeg(*_SEEN, "-i", words, "-i", chapters, "-map_chapters", "2", "-c:v", "libx264", "-c:s", "mov_text",
                 *_tags(bench, "title"), "-movflags", "frag_keyframe+empty_moov", bench.path)  # fmt: skip


def chapters(bench: Bench) -> None:
    """With chapters and a subtitle, whole."""
    words = bench.temp("words.srt")
    words.write_text(f"1\n00:00:00,000 --> 00:00:00,500\n{bench.word()}\n")
    marks = bench.temp("chapters.txt")
    marks.write_text(f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle={bench.word()}\n")
    bench.ffmpeg(*_SEEN, "-i", words, "-i", marks, "-map_chapters", "2", "-c:v", "libx264", "-c:s", "mov_text",
                 *_tags(bench, "title"), bench.path)  # fmt: skip


def film_3gp(bench: Bench) -> None:
    """H.263 and AAC in 3GP, with its own kind of tags."""
    bench.ffmpeg(*_SEEN_3GP, "-i", tone(bench), "-c:v", "h263", "-c:a", "aac", "-b:a", "24k",
                 *_tags(bench, "title", "artist", "comment", "album"), bench.path)  # fmt: skip
    bench.exiftool(f"-UserData:Copyright={bench.word()}", f"-XMP:Creator={bench.word()}")


MAKERS: dict[str, Maker] = {
    "voice.ogg": voice, "phone.ogg": voice_of_phone, "song.mp3": mp3, "sound.aac": aac, "sound.m4a": m4a,
    "call.amr": amr,
    "film.mp4": film, "sei.mp4": settings_in_film, "hevc.mp4": hevc, "quicktime.mov": quicktime,
    "fragments.mp4": fragments, "chapters.mp4": chapters, "film.3gp": film_3gp,
}  # fmt: skip
