"""One MQTT payload: a whole envelope padded to 4 KiB steps, or one chunk of a sealed evidence file.

What the broker can measure is therefore one of few sizes.
"""

import struct
from dataclasses import dataclass

from sync.errors import Unreadable

STEP_BYTES = 4096
FRAME_MAX_BYTES = 120 * 1024
CHUNK_BYTES = 32 * 1024 - 64
_ENVELOPE, _CHUNK = b"E", b"C"
_CHUNK_HEAD = struct.Struct(">16sIII")


@dataclass(frozen=True)
class Chunk:
    """Piece ``number`` of ``count`` of the ciphertext of one evidence file."""

    file_id: str
    number: int
    count: int
    data: bytes


def of_envelope(envelope: bytes) -> bytes:
    """A frame that carries one envelope; raises Unreadable when it is too large for one frame."""
    framed = _ENVELOPE + struct.pack(">I", len(envelope)) + envelope
    framed += b"\0" * (-len(framed) % STEP_BYTES)
    if len(framed) > FRAME_MAX_BYTES:
        raise Unreadable(
            f"an envelope of {len(envelope)} bytes does not fit one frame", hint="Send less text"
        )
    return framed


def of_chunk(chunk: Chunk) -> bytes:
    """A frame that carries one chunk; the last one of a file is padded to the full size."""
    head = _CHUNK_HEAD.pack(bytes.fromhex(chunk.file_id), chunk.number, chunk.count, len(chunk.data))
    framed = _CHUNK + head + chunk.data.ljust(CHUNK_BYTES, b"\0")
    return framed + b"\0" * (-len(framed) % STEP_BYTES)


def read(frame: bytes) -> bytes | Chunk:
    """The envelope's bytes, or the chunk; raises Unreadable."""
    if len(frame) < 5 or len(frame) % STEP_BYTES or len(frame) > FRAME_MAX_BYTES:
        raise Unreadable(f"a frame of {len(frame)} bytes is none of ours")
    if frame[:1] == _ENVELOPE:
        size = int(struct.unpack_from(">I", frame, 1)[0])
        if size > len(frame) - 5 or frame[5 + size :].strip(b"\0"):
            raise Unreadable("frame: its length or its padding is wrong")
        return frame[5 : 5 + size]
    if frame[:1] == _CHUNK:
        return _read_chunk(frame)
    raise Unreadable("frame: of no kind we know")


def _read_chunk(frame: bytes) -> Chunk:
    file_id, number, count, size = _CHUNK_HEAD.unpack_from(frame, 1)
    start = 1 + _CHUNK_HEAD.size
    if size > CHUNK_BYTES or number >= count or start + size > len(frame):
        raise Unreadable("frame: a chunk with wrong numbers")
    return Chunk(file_id.hex(), number, count, frame[start : start + size])


def chunk_count(sealed_size_bytes: int) -> int:
    """Frames that a ciphertext of this size takes."""
    return max(1, -(-sealed_size_bytes // CHUNK_BYTES))
