"""The two papers of an enrolment: a node's request to the authority, and the bundle it gets back.

Both are canonical JSON, carried on a stick; neither holds anything private.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from provisioning import storing
from sync import canonical
from sync.directory import DISTRICT, RANGE, RELAY
from sync.errors import ConfigError, SatarkError, TooNew
from sync.sealing.keys import SigningKey, VerifyKey

VERSION = 1
ROLES = (RELAY, DISTRICT, RANGE)
BOXES = (DISTRICT, RANGE)


class Refused(SatarkError):
    """The authority, or the node, does not accept a paper: it is well-formed, and wrong here."""


@dataclass(frozen=True)
class Request:
    """What a node asks to be entered as. ``csr`` and ``lan_csr`` are PEM; ``proof`` is by the node's signing key."""

    v: int
    role: str
    district: str | None
    verify_key: bytes
    body_key: bytes | None
    contact_key: bytes | None
    csr: str
    lan_names: tuple[str, ...]
    lan_csr: str | None
    proof: bytes = b""

    def proven_by(self, key: SigningKey) -> "Request":
        """The same request with the proof that its sender holds the signing key."""
        return replace(self, proof=key.sign("enrolment", self._claim))

    def check_proof(self) -> None:
        """Raises BadSignature unless the sender holds the private half of ``verify_key``."""
        VerifyKey(self.verify_key).verify(self.proof, "enrolment", self._claim)

    @property
    def digits(self) -> str:
        """24 digits in groups of four, read from the node's screen to the authority's."""
        number = int.from_bytes(sha256(self._claim).digest()) % 10**24
        text = f"{number:024d}"
        return " ".join(text[at : at + 4] for at in range(0, 24, 4))

    @property
    def _claim(self) -> bytes:
        return canonical.dumps(replace(self, proof=b""))


@dataclass(frozen=True)
class Bundle:
    """What the authority gives an admitted node: certificates are PEM, ``directory`` is the signed file."""

    v: int
    node_id: str
    role: str
    authority_key: bytes
    directory: bytes
    broker_ca: str
    certificate: str
    lan_ca: str | None
    lan_certificate: str | None
    signature: bytes = b""

    def signed_by(self, key: SigningKey) -> "Bundle":
        """The same bundle under the authority's signature."""
        return replace(self, signature=key.sign("bundle", self._claim))

    def check_signature(self) -> None:
        """Raises BadSignature unless ``authority_key`` signed it."""
        VerifyKey(self.authority_key).verify(self.signature, "bundle", self._claim)

    @property
    def _claim(self) -> bytes:
        return canonical.dumps(replace(self, signature=b""))


def write(path: Path, paper: Request | Bundle) -> Path:
    """Writes a paper to carry; gives its path."""
    return storing.write(path, canonical.dumps(paper))


def read_request(path: Path) -> Request:
    """Reads a request; raises ConfigError, Unreadable or TooNew. Its proof is not checked here."""
    request = canonical.loads(Request, _bytes(path))
    _refuse_newer(request.v, "request")
    return request


def read_bundle(path: Path) -> Bundle:
    """Reads a bundle; raises ConfigError, Unreadable or TooNew. Its signature is not checked here."""
    bundle = canonical.loads(Bundle, _bytes(path))
    _refuse_newer(bundle.v, "bundle")
    return bundle


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is not there") from error


def _refuse_newer(version: int, name: str) -> None:
    if version != VERSION:
        raise TooNew(
            f"{name} of version {version}, this program reads {VERSION}", hint="Upgrade this program"
        )
