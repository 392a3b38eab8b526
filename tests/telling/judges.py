"""Who looks for what was planted: a search of every byte in many codings, exiftool, and the decoders of others."""

import base64
import binascii
import json
import re
import subprocess
import zlib
from collections.abc import Iterator
from hashlib import md5
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

WHEN = re.compile(r"2013[:-]0?3[:-]13")
"""The planted time, as exiftool says it."""
_WORD = re.compile(rb"QZPLANT(\d\d)", re.I)
_HEX = re.compile(rb"[0-9A-Fa-f](?:[\r\n\t ]*[0-9A-Fa-f]){17,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_ESCAPED = re.compile(rb"\\([0-7]{3})|#([0-9A-Fa-f]{2})|%([0-9A-Fa-f]{2})|&#(\d{2,3});")
_ZLIB = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x01\x5e\x9c\xda\x1b\x09\x3f]|\x1f\x8b\x08")
_ASCII85 = re.compile(rb"[!-uz\s]{10,}~>")
_MOST_OPENED_BYTES = 4 << 20
_DEEP = 3
# What exiftool may still say: facts of the file on this disk, of its format, and how to hold the picture.
_GROUPS_OF_DISK = ("System", "ExifTool", "SourceFile", "File", "Composite")
_FACTS = re.compile(
    r"(JFIF|IFD0|RIFF|PNG|PDF|MPEG|AAC|Opus|Vorbis|QuickTime|Track\d+|Adobe|APP14|AVC|HEVC|APE):"
    r"(JFIFVersion|ResolutionUnit|[XY]Resolution|Orientation|Image(Width|Height|Size)|BitDepth|ColorType|Compression|"
    r"Filter|Interlace|Gamma|SRGBRendering|VP8Version|(Horizontal|Vertical)Scale|AlphaIsUsed|WebP_Flags|"
    r"PDFVersion|Linearized|PageCount|MPEGAudioVersion|AudioLayer|AudioBitrate|SampleRate|ChannelMode|MSStereo|"
    r"IntensityStereo|CopyrightFlag|OriginalMedia|Emphasis|ProfileType|Channels|OpusVersion|AudioChannels|OutputGain|"
    r"MajorBrand|MinorVersion|CompatibleBrands|MediaData(Size|Offset)|MovieHeaderVersion|CreateDate|ModifyDate|"
    r"TimeScale|Duration|Preferred(Rate|Volume)|MatrixStructure|NextTrackID|TrackHeaderVersion|Track\w+|MediaHeader\w+|"
    r"Media(CreateDate|ModifyDate|TimeScale|Duration|LanguageCode)|Handler(Type|Class|Description|VendorID)|"
    r"GraphicsMode|OpColor|CompressorID|SourceImage(Width|Height)|CompressorName|PixelAspectRatio|VideoFrameRate|"
    r"Balance|Audio(Format|BitsPerSample|SampleRate)|Color\w+|VideoFullRangeFlag|MatrixCoefficients|TransferChar\w+|"
    r"(Preview|Poster|Selection|Current)\w+|BufferSize|MaxBitrate|AverageBitrate|DCTEncodeVersion|APP14Flags\d|"
    r"(TimeToSample|CompositionTimeToSample|SyncSample)(Table)?|Sample(Sizes|ToChunk|ToGroup|GroupDescription)|ChunkOffset|"
    r"AVCConfiguration|VideoFieldOrder|IdependentAndDisposableSamples|MediaData|Free|Unknown_(esds|btrt|edts|hvcC|d263)|"
    r"EmbeddedImage(Width|Height|Filter|ColorSpace)?|Alpha(Filtering|Compression|Preprocessing)|"
    r"Palette|Transparency|BackgroundColor|SignificantBits|(White|Red|Green|Blue)\w+|CleanAperture\w*|ExifByteOrder)"
)


def word(number: int) -> str:
    """The planted word of this number, 1 to 99."""
    return f"QZPLANT{number:02d}"


def found(data: bytes) -> frozenset[int]:
    """The numbers of the planted words anywhere in these bytes, in any coding this judge knows."""
    return frozenset(int(number) for view in _views(data, _DEEP) for number in _WORD.findall(view))


def _views(data: bytes, deep: int) -> Iterator[bytes]:
    """The bytes as they are, and what becomes of them when they are read in other ways."""
    yield data
    yield data.replace(b"\0", b"")  # UTF-16 and UTF-32, either way round
    if deep == 0:
        return
    for inner in (*_decoded(data), *_inflated(data)):
        yield from _views(inner, deep - 1)


def _decoded(data: bytes) -> Iterator[bytes]:
    if _ESCAPED.search(data):
        yield _ESCAPED.sub(_unescaped, data)
    for match in _HEX.finditer(data):
        digits = re.sub(rb"\s", b"", match[0])
        yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
        yield bytes.fromhex(digits[1 : 1 + (len(digits) - 1) // 2 * 2].decode())
    for match in _BASE64.finditer(data):
        plain = match[0].translate(bytes.maketrans(b"-_", b"+/"))
        for skip in range(4):
            piece = plain[skip:]
            piece = piece[:-1] if len(piece) % 4 == 1 else piece
            yield base64.b64decode(piece + b"=" * (-len(piece) % 4))
    for match in _ASCII85.finditer(data):
        for line in re.finditer(rb"^", match[0], re.M):  # it begins with some line, none knows which
            try:
                yield base64.a85decode(match[0][line.start() : -2])
            except (ValueError, binascii.Error):
                continue


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, name, percent, entity = match.groups()
    if octal:
        return bytes([int(octal, 8) & 255])
    return bytes([int(entity) & 255]) if entity else bytes.fromhex((name or percent).decode())


def _inflated(data: bytes) -> Iterator[bytes]:
    """Whatever may begin to be packed, unpacked as far as it goes."""
    for match in _ZLIB.finditer(data):
        inflater = zlib.decompressobj(47)  # zlib and gzip
        try:
            opened = inflater.decompress(data[match.start() :], _MOST_OPENED_BYTES)
        except zlib.error:
            continue
        if len(opened) > 6:
            yield opened


def told(data: bytes, name: str, folder: Path) -> frozenset[str]:
    """What exiftool finds that is no fact of the format: places, times, names, programs, unknown things."""
    path = folder / name
    path.write_bytes(data)
    said = subprocess.run(["exiftool", "-j", "-a", "-u", "-ee3", "-G1", path], capture_output=True).stdout
    tags: dict[str, object] = json.loads(said)[0]
    return frozenset(tag for tag, value in tags.items() if _tells(tag, str(value)))


def _tells(tag: str, value: str) -> bool:
    if tag.partition(":")[0] in ("System", "ExifTool", "SourceFile"):
        return False
    if _WORD.search(value.encode()) or WHEN.search(value) or "GPS" in tag:
        return True
    if (tag, value) == ("Vorbis:Vendor", "ffmpeg"):
        return False
    return tag.partition(":")[0] not in _GROUPS_OF_DISK and not _FACTS.fullmatch(tag)


def decoded(data: bytes, name: str) -> tuple[str, ...]:
    """Hashes of what is seen and heard, as other programs decode it: per page of a PDF, per stream of all else."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        if name.endswith(".png"):  # an animated one is its first picture; ffmpeg reads few of those
            return (md5(Image.open(BytesIO(data)).convert("RGBA").tobytes()).hexdigest(),)
        return _pages(path) if name.endswith(".pdf") else tuple(_streams(path))


def _pages(path: Path) -> tuple[str, ...]:
    subprocess.run(["pdftoppm", "-r", "72", path, path.parent / "page"], check=True, capture_output=True)
    return tuple(md5(page.read_bytes()).hexdigest() for page in sorted(path.parent.glob("page*.ppm")))


def _streams(path: Path) -> Iterator[str]:
    # Not what an AMR player makes of bytes behind the last frame.
    only = ("-frames:a", "20") if path.suffix == ".amr" else ()
    for stream in ("V:0", "a:0"):
        command = ["ffmpeg", "-v", "quiet", "-i", str(path), "-map", f"0:{stream}", *only, "-f", "md5", "-"]
        done = subprocess.run(command, capture_output=True)
        if done.returncode == 0:
            yield done.stdout.decode().strip()
