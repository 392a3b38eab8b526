"""Finds and drops what an image file says of its maker.

Kept is an allow-list: what decoding needs, and which way up the picture is. Pixels are never decoded and
coded again, so they stay the same bit for bit; a file with nothing to drop comes back byte for byte.
Colour profiles go too: they carry names, copyright lines and serials of screens and scanners, so a picture
in a wide colour space may look a little paler. So does the pixel density of a PNG.

Not found here: what is hidden in the picture itself, in the bits of its compressed stream (also past the last
block of a JPEG or lossy WebP), or in how its tables betray the camera model. Such a file decodes as before.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sync.metadata import jpeg, png, webp
from sync.metadata.outcome import Damaged, Filtered, Unsupported

__all__ = ["Cleaned", "Damaged", "Unsupported", "clean", "scan"]


@dataclass(frozen=True)
class Cleaned:
    """A file to keep, and what was done to it.

    ``mime`` is read from the content. ``dropped`` holds names from a fixed vocabulary ("APP1/Exif", "tEXt",
    "trailer"), never values. ``changed`` is False exactly when nothing was dropped: ``data`` is the input then.
    The hashes are SHA-256 in hex.
    """

    data: bytes
    mime: str
    changed: bool
    dropped: tuple[str, ...]
    sha256_before: str
    sha256_after: str


@dataclass(frozen=True)
class _Kind:
    """A file format: how to know it, and what reduces it to what decoding needs."""

    mime: str
    is_kind: Callable[[bytes], bool]
    reduce: Callable[[bytes], Filtered]


# Audio, video and PDF join here, each with a module of its own.
_KINDS = (
    _Kind("image/jpeg", jpeg.is_jpeg, jpeg.reduce),
    _Kind("image/png", png.is_png, png.reduce),
    _Kind("image/webp", webp.is_webp, webp.reduce),
)


def clean(data: bytes) -> Cleaned:
    """Takes a whole file, gives it without what tells of its maker.

    Raises Unsupported for a kind we do not take and Damaged for one that cannot be read safely; nothing else,
    whatever the bytes. Cleaning what was cleaned changes nothing.
    """
    kind = _sniff(data)
    filtered = kind.reduce(data)
    changed = filtered.data != data
    before = hashlib.sha256(data).hexdigest()
    after = hashlib.sha256(filtered.data).hexdigest() if changed else before
    return Cleaned(filtered.data, kind.mime, changed, filtered.dropped, before, after)


def scan(data: bytes) -> tuple[str, ...]:
    """The names of what ``clean`` would drop; raises what it raises. Anything but () is an alarm at the box."""
    return _sniff(data).reduce(data).dropped


def _sniff(data: bytes) -> _Kind:
    for kind in _KINDS:
        if kind.is_kind(data):
            return kind
    raise Unsupported("not a JPEG, PNG or WebP image", hint="send it as an ordinary photo")
