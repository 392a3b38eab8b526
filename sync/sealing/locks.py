"""Keys for what lies at rest, and tags: AES-256-GCM, HKDF-SHA256, HMAC-SHA256."""

import hmac
from hashlib import sha256
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sync.errors import Unreadable

KEY_BYTES = 32
_NONCE_BYTES = 12
_SLOW_N, _SLOW_R = 2**14, 8
"""scrypt (RFC 7914): 16 MiB and about 60 ms of a processor for one value."""


def new_key() -> bytes:
    """32 bytes from the system's randomness."""
    return urandom(KEY_BYTES)


def lock(key: bytes, message: bytes, context: str) -> bytes:
    """Encrypts ``message`` under ``key``; opens only with the same ``context`` (where it is stored, and of what)."""
    nonce = urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, message, context.encode())


def unlock(key: bytes, locked: bytes, context: str) -> bytes:
    """Opens what ``lock`` made; raises Unreadable on another key, another context or altered bytes."""
    try:
        return AESGCM(key).decrypt(locked[:_NONCE_BYTES], locked[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"{context.split(':')[0]}: does not open under this key") from error


def derive(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """A 32-byte key for one purpose out of one secret (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, b"satark/1 " + purpose.encode()).derive(secret)


def tag(key: bytes, purpose: str, value: bytes) -> bytes:
    """A keyed, 32-byte name of ``value`` that says nothing without the key."""
    return hmac.digest(key, b"satark/1 " + purpose.encode() + b"\0" + value, "sha256")


def slow(value: bytes, salt: bytes) -> bytes:
    """32 bytes that only stand for ``value``; to try another value costs 16 MiB and some 60 ms, also with the salt."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=_SLOW_N, r=_SLOW_R, p=1).derive(value)


def digest(data: bytes) -> bytes:
    """SHA-256."""
    return sha256(data).digest()
