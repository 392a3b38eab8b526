"""Identifiers shaped like Meta's. A message id holds the person's number in clear, as the real ones do."""

import base64
import random

BSUID_LONGEST = 128


def new_number(rng: random.Random) -> str:
    """An Indian mobile number out of a small range kept for simulated people."""
    return f"9198765{rng.randrange(100_000):05d}"


def new_bsuid(rng: random.Random) -> str:
    """A business-scoped user id of an Indian user."""
    return f"IN.{rng.randrange(10**15, 10**16)}"


def new_object_id(rng: random.Random) -> str:
    """An id of a media object, digits only."""
    return str(rng.randrange(10**14, 10**15))


def new_wamid(rng: random.Random, person: str, inbound: bool) -> str:
    """A message id for a message from (`inbound`) or to `person`, a number or a business-scoped id."""
    length = 20 if inbound else 18
    unique = f"{rng.getrandbits(4 * length):0{length}X}".encode("ascii")
    kind = b"\x12" if inbound else b"\x11"
    packed = b"\x1c" + _string(person.encode()) + b"\x15\x02\x00" + kind + _string(unique) + b"\x00"
    return "wamid." + base64.b64encode(packed).decode("ascii")


def new_trace_id(rng: random.Random) -> str:
    """What an error answer calls itself."""
    return "A" + base64.urlsafe_b64encode(rng.randbytes(16)).decode("ascii").rstrip("=")


def _string(value: bytes) -> bytes:
    """Thrift's compact string: a marker, the length seven bits at a time, the bytes."""
    length, head = len(value), b""
    while length > 0x7F:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    return b"\x18" + head + bytes([length]) + value
