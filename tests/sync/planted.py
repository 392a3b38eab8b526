"""Files with planted metadata, made by other tools than the cleaner; sealing and opening them; the judges."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF

from sync.metadata import CleanedFile, Sealed, clean_sealed
from sync.sealing.spools import SealedReader, SealingWriter

SECRET = "PLANTED9F3A"
KEY, OTHER_KEY = bytes(32), b"\1" * 32
_VIDEO = "-f lavfi -i testsrc2=s=96x64:d=1"
_SOUND = "-f lavfi -i sine=440:d=1"
_TAGS = (f"-metadata title={SECRET} -metadata artist={SECRET} -metadata comment={SECRET} "
         f"-metadata creation_time=2020-02-02T02:02:02 -metadata:s:a language=hin")  # fmt: skip
# name -> how ffmpeg makes it, what exiftool adds
RECIPES = {
    "voice.ogg": (f"{_SOUND} -c:a libopus {_TAGS}", ""),
    "sound.mp3": (f"{_SOUND} -c:a libmp3lame {_TAGS} -write_id3v1 1", ""),
    "sound.m4a": (f"{_SOUND} -c:a aac {_TAGS}", f"-Artist={SECRET} -GPSCoordinates=25.7,82.6,80"),
    "sound.aac": (f"{_SOUND} -c:a aac {_TAGS} -write_id3v2 1", ""),
    "film.mp4": (f"{_VIDEO} {_SOUND} -c:v libx264 -c:a aac {_TAGS} -metadata:s:v handler_name={SECRET}",
                 f"-XMP:Creator={SECRET} -Keys:Make={SECRET} -Keys:GPSCoordinates=25.7,82.6,80"),
    "hevc.mp4": (f"-f lavfi -i testsrc2=s=176x144:d=1 -c:v libx265 -x265-params log-level=none {_TAGS}", ""),
    "turned.mp4": (f"{_VIDEO} -c:v libx264 {_TAGS}", "-Rotation=90"),
    "film.3gp": (f"-f lavfi -i testsrc2=s=176x144:d=1 {_SOUND} -c:v h263 -c:a aac {_TAGS}", ""),
    "fragments.mp4": (f"{_VIDEO} -c:v libx264 {_TAGS} -movflags frag_keyframe+empty_moov", ""),
    "subtitled.mp4": (f"{_VIDEO} {_SOUND} -i %s -c:v libx264 -c:a aac -c:s mov_text {_TAGS}", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What the cleaner made of a file."""

    data: bytes
    result: CleanedFile


@cache
def played(name: str) -> bytes:
    """A sound or film by its recipe."""
    options, tags = RECIPES[name]
    with TemporaryDirectory() as folder:
        words = Path(folder) / "words.srt"
        words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{SECRET}\n")
        path = Path(folder) / name
        made = options.replace("%s", str(words)).split()
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *made, path], check=True)
        if tags:
            subprocess.run(["exiftool", "-q", "-m", "-overwrite_original", *tags.split(), path], check=True)
        return path.read_bytes()


@cache
def freed(name: str) -> Outcome:
    """The same as the cleaner leaves it."""
    with TemporaryDirectory() as folder:
        return cleaned(played(name), Path(folder))


@cache
def photo() -> bytes:
    """A JPEG with a maker."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        source = "-f lavfi -i testsrc2=size=96x64 -frames:v 1 -pix_fmt yuvj420p -bitexact"
        subprocess.run(["ffmpeg", "-v", "error", *source.split(), path], check=True)
        tags = [f"-Artist={SECRET}", f"-Comment={SECRET}", "-GPSLatitude=25.7", "-GPSLatitudeRef=N"]
        subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, path], check=True)
        return path.read_bytes()


@cache
def document() -> bytes:
    """A PDF with everything that fpdf2 and exiftool can put into one, and bytes behind its end."""
    pdf = FPDF()
    for put in (
        pdf.set_title,
        pdf.set_author,
        pdf.set_creator,
        pdf.set_producer,
        pdf.set_keywords,
        pdf.set_subject,
    ):
        put(SECRET)
    pdf.set_lang("hi-IN")
    pdf.set_xmp_metadata(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{SECRET}</a></x:xmpmeta>")
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.cell(text="what is seen")
    pdf.start_section(SECRET)
    pdf.text_annotation(20, 20, SECRET, title=SECRET)
    pdf.link(10, 10, 20, 20, f"https://example.org/{SECRET}")
    pdf.embed_file(bytes=SECRET.encode() * 3, basename=f"{SECRET}.txt", desc=SECRET)
    pdf.image(BytesIO(photo()), x=20, y=40, w=40)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(bytes(pdf.output()))
        tags = [f"-Keywords={SECRET}", f"-XMP:Creator={SECRET}"]
        subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, path], check=True)
        return path.read_bytes() + SECRET.encode()


def seal(data: bytes, path: Path) -> Sealed:
    """A file as the fetcher leaves it."""
    with path.open("wb") as target:
        writer = SealingWriter(target, KEY)
        writer.write(data)
        writer.finish()
    return Sealed(path, KEY, len(data), hashlib.sha256(data).hexdigest())


def opened(sealed: Sealed) -> bytes:
    """Its plain bytes, which have the hash that it says."""
    with sealed.path.open("rb") as source:
        data = SealedReader(source, sealed.key, sealed.size_bytes).readall() or b""
    assert hashlib.sha256(data).hexdigest() == sealed.sha256
    return data


def cleaned(data: bytes, folder: Path) -> Outcome:
    """Sends it through the cleaner; what it refuses it raises."""
    came = seal(data, folder / "came")
    result = clean_sealed(came, folder / "kept", OTHER_KEY)
    kept = opened(result.kept)
    assert (result.kept is came) == (not result.dropped) == (kept == data)
    assert (folder / "kept").exists() == bool(result.dropped)
    return Outcome(kept, result)


def forms(secret: str) -> list[bytes]:
    """How a text may lie in a file."""
    return [
        secret.encode(),
        secret.encode("utf-16-be"),
        secret.encode("utf-16-le"),
        secret.encode().hex().encode(),
    ]


def exif(data: bytes, name: str, folder: Path) -> dict[str, str]:
    """Everything that exiftool finds, as Group:Tag."""
    path = folder / name
    path.write_bytes(data)
    said = subprocess.run(["exiftool", "-j", "-a", "-u", "-ee", "-G1", path], capture_output=True).stdout
    found: dict[str, str] = json.loads(said)[0]
    return found


def frames(data: bytes, stream: str, folder: Path) -> str:
    """Hash of the decoded pictures (v) or sound (a), by ffmpeg."""
    path = folder / "decoded"
    path.write_bytes(data)
    command = ["ffmpeg", "-v", "quiet", "-i", str(path), "-map", f"0:{stream}:0", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()
