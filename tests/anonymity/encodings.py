"""Forms in which a number or an identifier could lie in other bytes, and a search of whole folders for them.

A form is a byte string of at least five bytes that chance does not make. Digests count by their first eight bytes, so
that a shortened one is found too.
"""

import re
import struct
from base64 import b32encode, b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5, sha1, sha256, sha512
from pathlib import Path

Forms = Mapping[bytes, str]
"""The bytes to look for, each with its name."""
Named = Iterable[tuple[str, bytes]]

COUNTRY = "91"
_LEAST_BYTES = 5
_DIGEST_BYTES = 8
_DEPTH = 3
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{7,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{10,}")
_SCRIPTS = {"Devanagari": "०१२३४५६७८९", "full-width": "０１２３４５６７８９", "Arabic": "٠١٢٣٤٥٦٧٨٩"}
_PREFIXES = ("", "0", "91", "+91", "0091")
_GROUPS = ((5, 5), (3, 3, 4), (4, 3, 3), (2, 4, 4))


@dataclass(frozen=True)
class Finding:
    """A form that was found in a file or in the file's name."""

    path: Path
    form: str


def forms_of_number(number: str) -> Forms:
    """Every form of a telephone number, given in digits with its country code."""
    national = number.removeprefix(COUNTRY)
    forms: dict[bytes, str] = {}
    for prefix in _PREFIXES:
        _add(forms, f"{prefix or 'no prefix'}", _texts(prefix + national))
        _add(forms, f"{prefix or 'no prefix'}", _digests(prefix + national))
    for mark in " -.":
        for group in _GROUPS:
            _add(forms, f"{group} by {mark!r}", _texts(mark.join(_cut(national, group))))
    _add(forms, "as people write it", _digests(f"+91 {national[:5]} {national[5:]}"))
    for name, script in _SCRIPTS.items():
        _add(forms, name, _texts(national.translate(str.maketrans("0123456789", script))))
    _add(forms, "reversed", _texts(national[::-1]))
    for name, digits in (("national", national), ("international", number), ("trunk", "0" + national)):
        _add(forms, name, _packed(digits))
        _add(forms, name, _integers(int(digits)))
    return forms


def forms_of_id(identifier: str) -> Forms:
    """Every form of an identifier such as a business-scoped id ("IN.4711..."), with and without what leads it."""
    bare = identifier.rpartition(".")[2]
    forms: dict[bytes, str] = {}
    for name, text in (("whole", identifier), ("lower case", identifier.lower()), ("bare", bare)):
        _add(forms, name, _texts(text))
        _add(forms, name, _digests(text))
    _add(forms, "reversed", _texts(bare[::-1]))
    if bare.isdecimal():
        _add(forms, "bare", _packed(bare))
        _add(forms, "bare", _integers(int(bare)))
    return forms


def forms_of_text(text: str) -> Forms:
    """Every form of other words: a name, a receipt, a message id."""
    forms: dict[bytes, str] = {}
    _add(forms, "text", _texts(text))
    _add(forms, "text", _digests(text))
    return forms


def find(data: bytes, forms: Forms) -> list[str]:
    """Names of the forms in ``data``, also inside its runs of base64 and hex, and inside such runs of those."""
    seen = layers(data)
    return sorted({name for needle, name in forms.items() if any(needle in layer for layer in seen)})


def layers(data: bytes) -> list[bytes]:
    """The bytes, and what their runs of base64 and hex hold, and such runs of those."""
    return [data, *_decoded(data, _DEPTH)]


def search(folders: Iterable[Path], forms: Forms) -> list[Finding]:
    """Looks into every regular file under ``folders``, whatever it is called, and at its name."""
    needles = without_longer(forms)
    return [
        Finding(path, name)
        for path in files_under(folders)
        for name in dict.fromkeys(find(path.read_bytes(), needles) + find(path.name.encode(), needles))
    ]


def files_under(folders: Iterable[Path]) -> Iterator[Path]:
    """Every regular file under these folders."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def without_longer(forms: Forms) -> Forms:
    """The forms in which no other one lies: where they are not, none is."""
    by_size = sorted(forms, key=len)
    kept: list[bytes] = []
    for needle in by_size:
        if not any(shorter in needle for shorter in kept):
            kept.append(needle)
    return {needle: forms[needle] for needle in kept}


def _add(forms: dict[bytes, str], prefix: str, found: Named) -> None:
    for name, data in found:
        if len(data) >= _LEAST_BYTES:
            forms.setdefault(data, f"{prefix}, {name}")


def _cut(digits: str, sizes: Iterable[int]) -> list[str]:
    parts = []
    for size in sizes:
        parts.append(digits[:size])
        digits = digits[size:]
    return parts


def _texts(text: str) -> Named:
    """One text in the ways that bytes are written as text and text as bytes."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        data = text.encode(encoding)
        yield encoding, data
        yield f"hex of {encoding}", data.hex().encode()
        yield f"HEX of {encoding}", data.hex().upper().encode()
        yield from ((f"{name} of {encoding}", core) for name, core in _base64(data))
    yield "base32", b32encode(text.encode()).rstrip(b"=")
    yield "percent", "".join(f"%{byte:02X}" for byte in text.encode()).encode()
    yield "JSON escapes", "".join(f"\\u{ord(ch):04x}" for ch in text).encode()
    yield "character references", "".join(f"&#{ord(ch)};" for ch in text).encode()
    yield "one digit a byte", bytes(int(ch) for ch in text if ch.isascii() and ch.isdigit())


def _base64(data: bytes) -> Named:
    """What base64 makes of the bytes wherever they begin in a longer value: at each of three offsets."""
    for offset in range(3):
        whole = b64encode(bytes(offset) + data)
        first, last = -(-offset * 8 // 6), (offset + len(data)) * 8 // 6
        core = whole[first:last]
        yield f"base64 at {offset}", core
        yield f"base64url at {offset}", core.replace(b"+", b"-").replace(b"/", b"_")


def _digests(text: str) -> Named:
    for made in (md5, sha1, sha256, sha512):
        start = made(text.encode()).digest()[:_DIGEST_BYTES]
        name = made.__name__.removeprefix("openssl_")
        yield f"{name}", start
        yield f"{name} in hex", start.hex().encode()
        yield f"{name} in HEX", start.hex().upper().encode()


def _packed(digits: str) -> Named:
    """Two digits a byte, as in telephone protocols: high or low half first, padded at either end."""
    padded = {digits} if len(digits) % 2 == 0 else {digits + "f", "0" + digits}
    for even in padded:
        packed = bytes.fromhex(even)
        swapped = bytes(byte >> 4 | (byte & 15) << 4 for byte in packed)
        yield "two digits a byte", packed
        yield "halves swapped", swapped


def _integers(value: int) -> Named:
    for size in (6, 8):
        if value < 256**size:
            yield f"{size}-byte integer, big end first", value.to_bytes(size, "big")
            yield f"{size}-byte integer, little end first", value.to_bytes(size, "little")
    yield "hex integer", f"{value:x}".encode()
    yield "HEX integer", f"{value:X}".encode()
    yield "double, big end first", struct.pack(">d", value)
    yield "double, little end first", struct.pack("<d", value)
    yield "variable-length integer", _varint(value)


def _varint(value: int) -> bytes:
    low = bytearray()
    while value > 127:
        low.append(value & 127 | 128)
        value >>= 7
    return bytes([*low, value])


def _decoded(data: bytes, depth: int) -> list[bytes]:
    """What the runs of base64 and hex in ``data`` hold, each run in a piece of its own, and what runs in those hold."""
    pieces = [piece for run in _RUN.findall(data) for piece in _of_base64(run)]
    pieces += [
        bytes.fromhex(run[shift : len(run) - (len(run) - shift) % 2].decode())
        for run in _HEX.findall(data)
        for shift in (0, 1)
    ]
    if not pieces:
        return []
    layer = b"\n".join(pieces)
    return [layer, *(_decoded(layer, depth - 1) if depth > 1 else [])]


def _of_base64(run: bytes) -> Iterator[bytes]:
    standard = run.replace(b"-", b"+").replace(b"_", b"/")
    for start in range(4):
        part = standard[start:]
        whole = part[: len(part) - (len(part) % 4 == 1)]
        yield b64decode(whole + b"=" * (-len(whole) % 4))
