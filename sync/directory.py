"""The directory: districts, thanas, nodes and their public keys, signed by the offline authority.

Every node holds one and takes a newer one only when the authority signed it and its version is higher.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sync import canonical
from sync.errors import ConfigError, UnknownNode
from sync.sealing.keys import PublicSealingKey, SigningKey, VerifyKey

RELAY, DISTRICT, RANGE = "relay", "district", "range"


@dataclass(frozen=True)
class Thana:
    """A police station. ``circle`` and the point may be missing; ``confirmed`` is False for seed data.

    ``lat_e5``, ``lon_e5``: degrees times 100,000.
    """

    code: str
    district: str
    circle: str | None
    name_en: str
    name_hi: str
    lat_e5: int | None
    lon_e5: int | None
    confirmed: bool


@dataclass(frozen=True)
class District:
    """A district under an SP; ``node`` is its box."""

    code: str
    name_en: str
    name_hi: str
    node: str


@dataclass(frozen=True)
class Node:
    """A relay, box or range node. The relay has no sealing keys here: it announces one in each hello."""

    id: str
    role: str
    district: str | None
    verify_key: bytes
    body_key: bytes | None
    contact_key: bytes | None

    @cached_property
    def verify(self) -> VerifyKey:
        """Checks what this node signs."""
        return VerifyKey(self.verify_key)

    @cached_property
    def body(self) -> PublicSealingKey | None:
        """Seals report bodies and messages to this node."""
        return PublicSealingKey(self.body_key) if self.body_key else None

    @cached_property
    def contact(self) -> PublicSealingKey | None:
        """Seals contact parts to this node."""
        return PublicSealingKey(self.contact_key) if self.contact_key else None


@dataclass(frozen=True)
class Directory:
    """What all nodes agree on."""

    v: int
    version: int
    districts: tuple[District, ...]
    thanas: tuple[Thana, ...]
    nodes: tuple[Node, ...]

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _thanas(self) -> dict[str, Thana]:
        return {thana.code: thana for thana in self.thanas}

    def node(self, node_id: str) -> Node:
        """The node of that id; raises UnknownNode."""
        if node_id not in self._nodes:
            raise UnknownNode("a node that is not in this directory")
        return self._nodes[node_id]

    def of_role(self, role: str) -> tuple[Node, ...]:
        """All nodes of one role."""
        return tuple(node for node in self.nodes if node.role == role)

    def box_of(self, district: str) -> Node | None:
        """The box of a district, or None where it has none."""
        return next((self._nodes.get(d.node) for d in self.districts if d.code == district), None)

    def district(self, code: str) -> District | None:
        """The district of that code, or None."""
        return next((d for d in self.districts if d.code == code), None)

    def thana(self, code: str) -> Thana | None:
        """The thana of that code, or None."""
        return self._thanas.get(code)

    def thanas_of(self, district: str) -> tuple[Thana, ...]:
        """The thanas of a district, in the order of their codes."""
        return tuple(thana for thana in self.thanas if thana.district == district)


@dataclass(frozen=True)
class Signed:
    """A directory as it lies on disk."""

    directory: Directory
    signature: bytes


def sign(directory: Directory, authority: SigningKey) -> bytes:
    """The file that nodes take; only the authority has the key."""
    return canonical.dumps(Signed(directory, authority.sign("directory", canonical.dumps(directory))))


def load(path: Path, authority: VerifyKey, at_least: int = 0) -> Directory:
    """Reads and checks a directory file; raises ConfigError, BadSignature or Unreadable."""
    try:
        signed = canonical.loads(Signed, path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is not there", hint="Enrol this node first: satark node enrol") from error
    authority.verify(signed.signature, "directory", canonical.dumps(signed.directory))
    if signed.directory.version < at_least:
        raise ConfigError(
            f"{path}: version {signed.directory.version} is older than {at_least}, which this node has seen"
        )
    return signed.directory
