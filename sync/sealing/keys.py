"""Key pairs of a node: X-Wing (ML-KEM-768 + X25519) to seal to it, Ed25519 for what it signs."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from sync.errors import BadSignature, Unreadable

SUITE = "X-Wing/HKDF-SHA256/AES-256-GCM"
_MLKEM_PUBLIC_BYTES, _MLKEM_SEED_BYTES, _X25519_BYTES = 1184, 64, 32


def key_id(public: bytes) -> str:
    """The name of a public sealing key: 16 hex digits of SHA-256 over suite and key."""
    return sha256(SUITE.encode() + b"\0" + public).hexdigest()[:16]


@dataclass(frozen=True)
class PublicSealingKey:
    """What others seal to: 1,184 bytes of ML-KEM-768 and 32 of X25519."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _MLKEM_PUBLIC_BYTES + _X25519_BYTES:
            raise Unreadable(f"a public sealing key has 1216 bytes, found {len(self.raw)}")

    @cached_property
    def id(self) -> str:
        """The key's name on the wire."""
        return key_id(self.raw)

    @cached_property
    def hpke(self) -> MLKEM768X25519PublicKey:
        """The key as the library takes it."""
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC_BYTES:]),
        )


@dataclass(frozen=True)
class SealingKey:
    """The private half: a 64-byte ML-KEM seed and 32 bytes of X25519."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _MLKEM_SEED_BYTES + _X25519_BYTES:
            raise Unreadable(f"a private sealing key has 96 bytes, found {len(self.raw)}")

    @staticmethod
    def generate() -> "SealingKey":
        """A new key from the system's randomness."""
        x25519 = X25519PrivateKey.generate().private_bytes_raw()
        return SealingKey(MLKEM768PrivateKey.generate().private_bytes_raw() + x25519)

    @cached_property
    def hpke(self) -> MLKEM768X25519PrivateKey:
        """The key as the library takes it."""
        mlkem, x25519 = self._halves
        return MLKEM768X25519PrivateKey(mlkem, x25519)

    @cached_property
    def public(self) -> PublicSealingKey:
        """The half to give away."""
        mlkem, x25519 = self._halves
        return PublicSealingKey(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @property
    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.raw[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(self.raw[_MLKEM_SEED_BYTES:]),
        )


@dataclass(frozen=True)
class VerifyKey:
    """An Ed25519 public key, 32 bytes."""

    raw: bytes

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        try:
            return Ed25519PublicKey.from_public_bytes(self.raw)
        except ValueError as error:
            raise Unreadable(f"a verify key has 32 bytes, found {len(self.raw)}") from error

    def verify(self, signature: bytes, purpose: str, message: bytes) -> None:
        """Raises BadSignature unless ``signature`` is this key's over ``message`` made for ``purpose``."""
        try:
            self._key.verify(signature, _domain(purpose) + message)
        except InvalidSignature as error:
            raise BadSignature(f"the signature on this {purpose} does not verify") from error


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 private key, 32 bytes."""

    raw: bytes

    @staticmethod
    def generate() -> "SigningKey":
        """A new key from the system's randomness."""
        return SigningKey(Ed25519PrivateKey.generate().private_bytes_raw())

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.raw)

    @cached_property
    def public(self) -> VerifyKey:
        """The half to give away."""
        return VerifyKey(self._key.public_key().public_bytes_raw())

    def sign(self, purpose: str, message: bytes) -> bytes:
        """64 bytes; a signature made for one purpose never verifies for another."""
        return self._key.sign(_domain(purpose) + message)


def _domain(purpose: str) -> bytes:
    return b"satark/1 " + purpose.encode() + b"\0"
