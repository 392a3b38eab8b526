"""The fonts of a PDF: what is inside the file loses its names; what is not must keep the name it is looked up by."""

import re
from collections.abc import Iterator
from hashlib import sha256

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from sync.metadata import font_files, pdf_keys

_KINDS = (
    Name.Type1,
    Name.MMType1,
    Name.TrueType,
    Name.Type3,
    Name.Type0,
    Name.CIDFontType0,
    Name.CIDFontType2,
)
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
_NAMES, _INSIDE, _MAPS = "names of fonts", "texts in fonts", "remarks in maps to text"
# Readers treat a font that is called so in ways of its own, even where it is inside.
_SPECIAL = re.compile(r"symbol|dingbat", re.I)
_PLAIN = re.compile(r"/AAAAAA\+F[0-9a-f]{8}")


def is_font(item: Dictionary) -> bool:
    """Whether a dictionary is a font, or the head of one in several parts."""
    return any(item.get("/Subtype") == kind for kind in _KINDS)


def reduce(font: Dictionary) -> Iterator[str]:
    """Drops from one font what drawing does not need; gives the names of what went."""
    descriptor = _descriptor(font)
    has_program = isinstance(descriptor, Dictionary) and any(
        isinstance(descriptor.get(key), Stream) for key in _PROGRAMS
    )
    if has_program and isinstance(descriptor, Dictionary):
        renamed = [_rename(font, "/BaseFont"), _rename(descriptor, "/FontName")]
        if any(renamed):
            yield _NAMES
        reduced = [_reduce_program(descriptor, key) for key in _PROGRAMS]
        if any(reduced):
            yield _INSIDE
    if _reduce_map(font):
        yield _MAPS
    if _plain_collection(font.get("/CIDSystemInfo")):
        yield _NAMES


def _descriptor(font: Dictionary) -> Object | None:
    """Of the font itself, or of the only part it has."""
    parts = font.get("/DescendantFonts")
    if isinstance(parts, Array) and len(parts) > 0 and isinstance(parts[0], Dictionary):
        return parts[0].get("/FontDescriptor")
    return font.get("/FontDescriptor")


def _rename(item: Dictionary, key: str) -> bool:
    name = item.get(key)
    if not isinstance(name, Name) or _SPECIAL.search(str(name)) or _PLAIN.fullmatch(str(name)):
        return False
    item[key] = Name(f"/AAAAAA+F{sha256(str(name).encode()).hexdigest()[:8]}")
    return True


def _reduce_program(descriptor: Dictionary, key: str) -> bool:
    program = descriptor.get(key)
    if not isinstance(program, Stream):
        return False
    data = program.read_bytes()
    if font_files.is_sfnt(data):
        reduced = font_files.reduce_sfnt(data)
    elif key == "/FontFile":
        clear_bytes = program.get("/Length1", 0)
        reduced = font_files.reduce_type1(data, clear_bytes if isinstance(clear_bytes, int) else 0)
    else:
        reduced = font_files.reduce_cff(data) if key == "/FontFile3" else data
    if reduced == data:
        return False
    program.write(reduced)
    if key == "/FontFile2":
        program["/Length1"] = len(reduced)
    return True


def _reduce_map(font: Dictionary) -> bool:
    found = font.get("/ToUnicode")
    if not isinstance(found, Stream):
        return False
    data = found.read_bytes()
    reduced = font_files.reduce_map(data)
    if not reduced:
        del font["/ToUnicode"]
    elif reduced != data:
        found.write(reduced)
    return reduced != data


def _plain_collection(info: object) -> bool:
    """Names of character collections are Adobe's, or say nothing."""
    if not isinstance(info, Dictionary):
        return False
    odd = False
    for key, plain in (("/Registry", "Adobe"), ("/Ordering", "Identity")):
        if key in info and str(info[key]) not in pdf_keys.COLLECTIONS:
            info[key], odd = String(plain), True
    return odd
