"""JPEG, PNG and WebP: told apart, and reduced in memory to what decoding needs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sync.metadata import jpeg, png, webp
from sync.metadata.outcome import Filtered, Unsupported

MAX_BYTES = 32 * 1024 * 1024
"""What is ever held in memory of a picture."""


@dataclass(frozen=True)
class Cleaned:
    """A picture to keep, and what was done to it.

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
    """A picture format: how to know it, and what reduces it to what decoding needs."""

    mime: str
    is_kind: Callable[[bytes], bool]
    reduce: Callable[[bytes], Filtered]


_KINDS = (
    _Kind("image/jpeg", jpeg.is_jpeg, jpeg.reduce),
    _Kind("image/png", png.is_png, png.reduce),
    _Kind("image/webp", webp.is_webp, webp.reduce),
)


def is_picture(start: bytes) -> bool:
    """Whether a file that starts so (16 bytes or more) is a picture we take."""
    return any(kind.is_kind(start) for kind in _KINDS)


def clean(data: bytes) -> Cleaned:
    """Takes a whole picture, gives it without what tells of its maker.

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
