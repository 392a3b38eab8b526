"""Which way up a picture is: the one fact of an Exif block that we keep, in a block of our own making."""

import struct
from typing import Literal

_UPRIGHT = 1
_TAG = 0x0112
_SHORT = 3
_ENTRY_BYTES = 12


def essence(tiff: bytes) -> bytes:
    """Takes an Exif block (from its byte order mark on); gives 26 bytes with its orientation, or b"" if upright.

    Total: a block that cannot be read says nothing. ``essence(essence(x)) == essence(x)``.
    """
    value = _orientation(tiff)
    if value == _UPRIGHT:
        return b""
    # Big-endian TIFF, directory at 8, one entry, no next directory.
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _TAG, _SHORT, 1, value, 0, 0)


def _orientation(tiff: bytes) -> int:
    if tiff[:4] == b"II*\0":
        return _entry_value(tiff, "<")
    if tiff[:4] == b"MM\0*":
        return _entry_value(tiff, ">")
    return _UPRIGHT


def _entry_value(tiff: bytes, order: Literal["<", ">"]) -> int:
    """The orientation entry of the first directory; upright when it is missing, malformed or out of range."""
    if len(tiff) < 8:
        return _UPRIGHT
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    count = int.from_bytes(tiff[start : start + 2], "little" if order == "<" else "big")
    entries = tiff[start + 2 : start + 2 + count * _ENTRY_BYTES]
    for at in range(0, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        tag, form, _, _, value, _ = struct.unpack_from(order + "6H", entries, at)
        if tag == _TAG:
            return value if form == _SHORT and 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT
