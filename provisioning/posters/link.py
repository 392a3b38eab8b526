"""What the square on a poster holds: WhatsApp's own link to the number, with the first message prefilled.

No domain of ours and no short link lies between, so nobody but WhatsApp learns of a scan, and a citizen can read the
number in the link.
"""

from urllib.parse import quote

import segno

from provisioning.posters.number import Number
from sync.errors import ConfigError

TEXT_MAX_CHARACTERS = 140  # WhatsApp's own limit for what a code may prefill
LINK_MAX_BYTES = 152  # what 49 x 49 modules hold when 15 % of them may be dirty: read from 1 m at this size

Matrix = tuple[tuple[bool, ...], ...]
"""Rows of modules from the top, True is dark; without the quiet zone."""


def link(number: Number, greeting: str, code: str) -> str:
    """The address; ``greeting`` has a place for ``{code}``. Raises ConfigError when a square could not hold it."""
    text = greeting.format(code=code)
    address = f"{host(number)}?text={quote(text, safe='')}"
    if len(text) > TEXT_MAX_CHARACTERS or len(address) > LINK_MAX_BYTES:
        raise ConfigError(
            f"the link of the posters has {len(address)} bytes, its text {len(text)} characters",
            hint=f"At most {LINK_MAX_BYTES} and {TEXT_MAX_CHARACTERS}: shorten the greeting in words.json.",
        )
    return address


def host(number: Number) -> str:
    """The part of the link that people can check with their eyes."""
    return f"https://wa.me/{number.digits}"


def matrix(address: str) -> Matrix:
    """The QR code of an address, at error correction M or better."""
    made = segno.make_qr(address, error="m")
    return tuple(tuple(bool(module) for module in row) for row in made.matrix)
