"""The sealed message between two nodes: HPKE (RFC 9180) per part, one Ed25519 signature over the header.

``docs/PROTOCOL.md`` tells the format; ``tests/vectors/`` holds it as files.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync import canonical
from sync.errors import NotForUs, StaleKey, TooNew, Unreadable
from sync.sealing.keys import SUITE, PublicSealingKey, SealingKey, SigningKey, VerifyKey

VERSION = 1
MAGIC = b"SME1"
SIGNATURE_BYTES = 64
ID_MAX_CHARS = 64
"""An acknowledgement repeats the id, forty to a frame; SQLite holds the index in 63 bits."""
PART_BLOCK_BYTES = {"body": 4096, "contact": 256, "message": 512}
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True)
class PartHeader:
    """Which key a part is sealed to, and the SHA-256 (hex) of its ciphertext."""

    name: str
    key: str
    sha256: str


@dataclass(frozen=True)
class Header:
    """What anybody on the way may read of an envelope. ``index`` is the log index of a report, else None."""

    v: int
    suite: str
    purpose: str
    sender: str
    recipient: str
    id: str
    index: int | None
    parts: tuple[PartHeader, ...]


@dataclass(frozen=True)
class SealedPart:
    """One part's ciphertext, with the key it is sealed to."""

    name: str
    key: str
    ciphertext: bytes


@dataclass(frozen=True)
class Envelope:
    """A signed header and those of its parts that are still here."""

    header: Header
    signature: bytes
    parts: tuple[SealedPart, ...]

    @cached_property
    def hash(self) -> bytes:
        """H(envelope): over header and signature only, so it holds after a part was dropped."""
        return sha256(canonical.dumps(self.header) + self.signature).digest()

    def to_bytes(self) -> bytes:
        """Magic, header, signature and parts, each with its length."""
        chunks = [canonical.dumps(self.header), self.signature]
        for part in self.parts:
            chunks += [part.name.encode(), part.ciphertext]
        return MAGIC + b"".join(struct.pack(">I", len(chunk)) + chunk for chunk in chunks)

    def without(self, name: str) -> "Envelope":
        """The same envelope after part ``name`` was dropped."""
        return replace(self, parts=tuple(part for part in self.parts if part.name != name))


def seal_part(
    purpose: str,
    name: str,
    message: bytes,
    key: PublicSealingKey,
    sender: str,
    recipient: str,
    message_id: str,
) -> SealedPart:
    """Pads and seals one part; needs neither the log index nor the other parts, so it can come before release.

    Raises Unreadable when ``key`` has the right length but is no key.
    """
    info = _info(purpose, name, key.id, sender, recipient, message_id)
    padded = pad(message, PART_BLOCK_BYTES[name])
    try:
        return SealedPart(name, key.id, _HPKE.encrypt(padded, key.hpke, info))
    except ValueError as error:
        raise Unreadable(f"key {key.id} is none that can be sealed to") from error


def sign(
    purpose: str,
    parts: tuple[SealedPart, ...],
    signing: SigningKey,
    sender: str,
    recipient: str,
    message_id: str,
    index: int | None = None,
) -> Envelope:
    """Makes the header over sealed parts and signs it."""
    heads = tuple(PartHeader(p.name, p.key, sha256(p.ciphertext).hexdigest()) for p in parts)
    header = Header(VERSION, SUITE, purpose, sender, recipient, message_id, index, heads)
    return Envelope(header, signing.sign("envelope", canonical.dumps(header)), parts)


def read(data: bytes) -> Envelope:
    """Parses an envelope without trusting it; raises Unreadable or TooNew."""
    chunks = _split(data)
    if len(chunks) < 2 or len(chunks) % 2 or len(chunks[1]) != SIGNATURE_BYTES:
        raise Unreadable("envelope: cut short or not one of ours")
    version = canonical.version_of(chunks[0])
    if version > VERSION:
        raise TooNew(f"envelope of version {version}, this node reads {VERSION}", hint="Upgrade this node")
    header = canonical.loads(Header, chunks[0])
    if header.v != VERSION or header.suite != SUITE:
        raise Unreadable("envelope: suite or form not ours")
    if not 0 < len(header.id) <= ID_MAX_CHARS or not 0 <= (header.index or 0) < 2**63:
        raise Unreadable("envelope: its id or index is none of ours")
    keys = {head.name: head.key for head in header.parts}
    names = [_ascii(name) for name in chunks[2::2]]
    if len(set(names)) != len(names) or not set(names) <= set(keys) or len(keys) != len(header.parts):
        raise Unreadable("envelope: its parts are not those its header names")
    parts = tuple(SealedPart(n, keys[n], c) for n, c in zip(names, chunks[3::2], strict=True))
    return Envelope(header, chunks[1], parts)


def verify(envelope: Envelope, key: VerifyKey, sender: str, recipient: str) -> None:
    """Checks who sent it to whom, the signature, and each part against its hash in the header."""
    header = envelope.header
    if header.recipient != recipient or header.sender != sender:
        raise NotForUs(
            f"an envelope from {header.sender} to {header.recipient} came here by {sender}'s topic"
        )
    key.verify(envelope.signature, "envelope", canonical.dumps(header))
    hashes = {head.name: head.sha256 for head in header.parts}
    for part in envelope.parts:
        if sha256(part.ciphertext).hexdigest() != hashes[part.name]:
            raise Unreadable(f"envelope: part {part.name} was altered")


def open_part(envelope: Envelope, name: str, find_key: Callable[[str], SealingKey | None]) -> bytes:
    """Opens one part with the key it names; raises StaleKey when that key is not here, Unreadable when altered."""
    part = next((p for p in envelope.parts if p.name == name), None)
    if part is None:
        raise Unreadable(f"envelope: part {name} is not there")
    key = find_key(part.key)
    if key is None:
        raise StaleKey(f"envelope: part {name} is sealed to key {part.key}, which is not here")
    header = envelope.header
    info = _info(header.purpose, name, part.key, header.sender, header.recipient, header.id)
    try:
        return unpad(_HPKE.decrypt(part.ciphertext, key.hpke, info))
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"envelope: part {name} does not open") from error


def keys_by_id(*keys: SealingKey) -> Mapping[str, SealingKey]:
    """A lookup for ``open_part``."""
    return {key.public.id: key for key in keys}


def pad(message: bytes, block: int) -> bytes:
    """Length, message, zeros up to a multiple of ``block`` bytes."""
    padded = struct.pack(">I", len(message)) + message
    return padded + b"\0" * (-len(padded) % block)


def unpad(padded: bytes) -> bytes:
    """The message inside ``pad``'s result; raises Unreadable when the length or the zeros are wrong."""
    if len(padded) < 4:
        raise Unreadable("padding: cut short")
    end = 4 + int(struct.unpack(">I", padded[:4])[0])
    if end > len(padded) or padded[end:].strip(b"\0"):
        raise Unreadable("padding: not ours")
    return padded[4:end]


def _info(purpose: str, part: str, key: str, sender: str, recipient: str, message_id: str) -> bytes:
    return canonical.dumps(["satark/1", purpose, part, key, VERSION, SUITE, sender, recipient, message_id])


def _split(data: bytes) -> list[bytes]:
    if data[:4] != MAGIC:
        raise Unreadable("envelope: not one of ours")
    chunks, at = [], 4
    while at < len(data):
        if at + 4 > len(data):
            raise Unreadable("envelope: cut short")
        size = int(struct.unpack_from(">I", data, at)[0])
        if at + 4 + size > len(data):
            raise Unreadable("envelope: cut short")
        chunks.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return chunks


def _ascii(name: bytes) -> str:
    if not name.isascii():
        raise Unreadable("envelope: a part's name is not ASCII")
    return name.decode()
