"""Pictures: Pillow, exiftool, ImageMagick, exiv2, the WebP tools, and trailers as phones write them."""

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

from tests.telling.made.bench import PLACE, WHEN, Bench, Maker, picture, profile

_TEXTS = ("Make Model Software ImageDescription Artist Copyright OwnerName SerialNumber LensModel LensSerialNumber "
          "UserComment ImageUniqueID GPSProcessingMethod XPAuthor XMP:Creator XMP:SerialNumber XMP:Title XMP:City "
          "XMP:DocumentID XMP:InstanceID").split()  # fmt: skip
_OF_JPEG = "IPTC:By-line IPTC:City IPTC:Caption-Abstract Photoshop:URL Comment".split()


def _everything(bench: Bench, *more: str, orientation: int = 6) -> None:
    """What exiftool can plant into a picture."""
    texts = [f"-{tag}={bench.word()}" for tag in (*_TEXTS, *more)]
    bench.exiftool(*texts, *PLACE, f"-AllDates={WHEN}", f"-Orientation#={orientation}")


def _thumbnail(bench: Bench) -> None:
    """A small picture inside, with a maker of its own."""
    path = bench.temp("thumb.jpg")
    picture(size=(16, 12)).save(path, comment=bench.word().encode())
    bench.exiftool(f"-ThumbnailImage<={path}")


def baseline(bench: Bench) -> None:
    """Exif with a thumbnail, XMP, IPTC, Photoshop, a profile, a comment, bytes behind the end."""
    picture().save(bench.path, quality=85, icc_profile=profile(bench.word()))
    _everything(bench, *_OF_JPEG)
    _thumbnail(bench)
    bench.append(bench.word().encode("utf-16-le"))


def progressive(bench: Bench) -> None:
    """Progressive; Exif by Pillow."""
    exif = Image.Exif()
    exif[271], exif[272], exif[305], exif[315] = (bench.word() for _ in range(4))
    exif[274] = 8
    picture().save(bench.path, progressive=True, exif=exif, comment=bench.word().encode())


def cmyk(bench: Bench) -> None:
    """Four inks with Adobe's mark, made by Pillow; the rest by exiftool."""
    picture("CMYK").save(bench.path, icc_profile=profile(bench.word(), b"CMYK"))
    _everything(bench, orientation=3)


def grey(bench: Bench) -> None:
    """Restart markers by ImageMagick; Exif, IPTC and XMP by exiv2."""
    source = bench.temp("in.png")
    picture("L").save(source)
    bench.run(
        "convert", source, "-define", "jpeg:restart-interval=2", "-set", "comment", bench.word(), bench.path
    )
    for tag in ("Exif.Image.Artist", "Exif.Photo.UserComment", "Exif.Image.HostComputer", "Iptc.Application2.Byline",
                "Iptc.Application2.Headline", "Xmp.dc.creator", "Xmp.xmp.CreatorTool"):  # fmt: skip
        bench.run("exiv2", f"-Mset {tag} {bench.word()}", bench.path)


def gain_map(bench: Bench) -> None:
    """Two pictures in one file (MPF), as cameras with HDR write it; each with its maker."""
    first, second = Image.Exif(), Image.Exif()
    first[271], first[305], second[271], second[305] = (bench.word() for _ in range(4))
    extra = picture(size=(24, 16))
    extra.encoderinfo = {"exif": second}
    picture().save(bench.path, format="MPO", save_all=True, append_images=[extra], exif=first)
    bench.exiftool(f"-XMP-dc:Creator={bench.word()}", "-Orientation#=6")


def motion(bench: Bench) -> None:
    """A photo with a clip behind it, and the block with names that Samsung puts at the very end."""
    picture().save(bench.path)
    clip = bench.temp("clip.mp4")
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.2:r=10")
    bench.ffmpeg(*source, "-c:v", "libx264", "-metadata", f"title={bench.word()}", clip)
    bench.exiftool("-XMP-GCamera:MotionPhoto=1", f"-XMP:CreatorTool={bench.word()}", f"-Make={bench.word()}")
    bench.append(clip.read_bytes())
    block = struct.pack("<HHI", 0, 0x0A30, 16) + b"MotionPhoto_Data" + bench.word().encode()
    head = struct.pack("<4sIIHHII", b"SEFH", 107, 1, 0, 0x0A30, len(block), len(block))
    bench.append(block + head + struct.pack("<I4s", len(head), b"SEFT"))


def segments(bench: Bench) -> None:
    """Segments of many makers that no tool here writes: extended XMP, FLIR, C2PA, Huawei, a thumbnail in JFXX."""
    inner = BytesIO()
    picture().save(inner, "JPEG")
    data, extra = inner.getvalue(), b""
    digest = bench.word().encode().ljust(32, b"0")
    whole = f"<x>{bench.word()}</x>".encode()
    extended = b"http://ns.adobe.com/xmp/extension/\0" + digest + struct.pack(">II", len(whole), 0) + whole
    w = bench.said
    bodies = [
        (0xE1, extended), (0xE1, b"FLIR\0" + w()), (0xE0, b"JFXX\0\x13\1\1abc" + w()),
        (0xEB, b"JP\0\1\0\0\0\1\0\0\0\x1fjumb" + w()), (0xE7, b"HUAWEI" + w()),
        (0xE4, zlib.compress(w() * 4)), (0xEF, w().hex().encode()),
    ]  # fmt: skip
    for code, body in bodies:
        extra += struct.pack(">BBH", 0xFF, code, len(body) + 2) + body
    bench.path.write_bytes(data[:20] + extra + data[20:])


def texts(bench: Bench) -> None:
    """Every text chunk of PNG, a private one, a profile, a time, Exif; more behind the picture."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", bench.word())
    info.add_text("Comment", bench.word() * 8, zip=True)
    info.add_itxt("Title", bench.word(), lang="hi", tkey=bench.word())
    info.add_itxt("Disclaimer", bench.word() * 8, zip=True)
    info.add(b"prVt", bench.word().encode())
    info.add(b"tIME", bytes.fromhex("07dd030d0d0d0d"))
    info.add(b"prVu", bench.word().encode(), after_idat=True)
    icc = profile(bench.word())
    picture("RGBA").save(bench.path, pnginfo=info, icc_profile=icc, dpi=(301, 301))
    _everything(bench)
    bench.append(bench.word().encode())


def animated(bench: Bench) -> None:
    """An animated PNG: what is kept of it is its still picture."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", bench.word())
    frames = [picture("RGBA").transpose(Image.Transpose.FLIP_TOP_BOTTOM)]
    picture("RGBA").save(bench.path, save_all=True, append_images=frames, duration=50, pnginfo=info)
    bench.exiftool(f"-Artist={bench.word()}", f"-XMP:Creator={bench.word()}")


def palette(bench: Bench) -> None:
    """Few colours, interlaced, by ImageMagick, which adds times and texts of its own."""
    source = bench.temp("in.png")
    picture().save(source)
    bench.run("convert", source, "-colors", "16", "-interlace", "PNG", "-set", "comment", bench.word(),
              "-set", "Artist", bench.word(), "-set", "caption", bench.word(), bench.path)  # fmt: skip


def _webp(bench: Bench, mode: str, **how: bool | int) -> None:
    exif = Image.Exif()
    exif[271], exif[305], exif[274] = bench.word(), bench.word(), 6
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{bench.word()}</a></x:xmpmeta>".encode()
    picture(mode).save(bench.path, icc_profile=profile(bench.word()), exif=exif, xmp=xmp, **how)  # type: ignore[arg-type]  # Pillow takes any option
    bench.exiftool(f"-Artist={bench.word()}", *PLACE)


def lossy_webp(bench: Bench) -> None:
    """Lossy."""
    _webp(bench, "RGB", quality=60)
    bench.append(bench.word().encode())


def lossless_webp(bench: Bench) -> None:
    """Lossless, with alpha."""
    _webp(bench, "RGBA", lossless=True)


def alpha_webp(bench: Bench) -> None:
    """Lossy with an alpha plane, by cwebp; metadata by cwebp and webpmux."""
    source, exif, xmp = bench.temp("in.png"), bench.temp("in.exif"), bench.temp("in.xmp")
    image = picture("RGBA")
    image.putalpha(picture("L"))
    kept = Image.Exif()
    kept[271] = bench.word()
    exif.write_bytes(kept.tobytes())
    image.save(source)
    bench.run("cwebp", "-quiet", "-q", "50", "-metadata", "all", source, "-o", bench.temp("mid.webp"))
    xmp.write_bytes(f"<x>{bench.word()}</x>".encode())
    bench.run("webpmux", "-set", "xmp", xmp, bench.temp("mid.webp"), "-o", bench.temp("more.webp"))
    bench.run("webpmux", "-set", "exif", exif, bench.temp("more.webp"), "-o", bench.path)


def moving_webp(bench: Bench) -> None:
    """An animation, which is refused."""
    extra = [picture().rotate(90)]
    picture().save(
        bench.path, save_all=True, append_images=extra, duration=50, icc_profile=profile(bench.word())
    )
    bench.exiftool(f"-Artist={bench.word()}")


MAKERS: dict[str, Maker] = {
    "baseline.jpg": baseline, "progressive.jpg": progressive, "cmyk.jpg": cmyk, "grey.jpg": grey,
    "gain-map.jpg": gain_map, "motion.jpg": motion, "segments.jpg": segments,
    "texts.png": texts, "animated.png": animated, "palette.png": palette,
    "lossy.webp": lossy_webp, "lossless.webp": lossless_webp, "alpha.webp": alpha_webp, "moving.webp": moving_webp,
}  # fmt: skip
