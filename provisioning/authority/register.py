"""The authority's own list of nodes, ``nodes.json``: who asked, who was let in, who was shut out."""

from dataclasses import dataclass, replace
from pathlib import Path

from provisioning import storing
from provisioning.papers import Refused, Request
from sync import canonical
from sync.directory import DISTRICT, RANGE
from sync.errors import ConfigError

PREAUTHORISED, ACCEPTED, REVOKED = "preauthorised", "accepted", "revoked"
VERSION = 1


@dataclass(frozen=True)
class Member:
    """One node as the authority knows it; ``serials`` (hex) of every broker certificate it ever had."""

    id: str
    role: str
    district: str | None
    state: str
    verify_key: bytes
    body_key: bytes | None
    contact_key: bytes | None
    lan_names: tuple[str, ...]
    serials: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """All nodes ever, with the numbers that only rise: of the revocation list and of the directory."""

    v: int = VERSION
    directory_version: int = 0
    crl_number: int = 1
    nodes: tuple[Member, ...] = ()

    def member(self, node_id: str) -> Member:
        """The node of that id; raises Refused."""
        found = next((m for m in self.nodes if m.id == node_id), None)
        if found is None:
            raise Refused(f"the authority knows no node {node_id!r}")
        return found

    def accepted(self) -> tuple[Member, ...]:
        """The nodes that are in."""
        return tuple(m for m in self.nodes if m.state == ACCEPTED)

    def revoked_serials(self) -> tuple[int, ...]:
        """Serial numbers that the broker must refuse."""
        return tuple(int(serial, 16) for m in self.nodes if m.state == REVOKED for serial in m.serials)

    def with_member(self, member: Member) -> "Register":
        """The register with ``member`` added, or put in the place of the one with its id."""
        others = tuple(m for m in self.nodes if m.id != member.id)
        return replace(self, nodes=(*others, member))

    def known(self, request: Request) -> Member | None:
        """The node that made this request before (then it is a renewal), or None.

        Raises Refused when its keys are those of a revoked node, or of one with another role, district or key.
        """
        same = next((m for m in self.nodes if m.verify_key == request.verify_key), None)
        if same is None:
            return None
        if same.state == REVOKED:
            raise Refused(
                f"these keys are of {same.id}, which was revoked", hint="Make new keys in an empty folder"
            )
        if _identity(same) != _identity(request):
            raise Refused(f"{same.id} has this signing key with another role, district or sealing key")
        return same

    def refuse_second(self, request: Request) -> None:
        """Raises Refused where the district has a box already, or the range its node."""
        if request.role not in (DISTRICT, RANGE):
            return
        for member in self.nodes:
            if (member.role, member.district) == (request.role, request.district) and member.state != REVOKED:
                raise Refused(f"{member.id} holds this place already", hint=f"Revoke {member.id} first")


def load(path: Path) -> Register:
    """Reads the register; raises ConfigError or Unreadable."""
    try:
        return canonical.loads(Register, path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} is not there", hint="Make an authority first: satark authority init"
        ) from error


def save(path: Path, register: Register) -> None:
    """Writes the register in one step."""
    storing.write(path, canonical.dumps(register), private=True)


def _identity(of: Member | Request) -> tuple[object, ...]:
    return of.role, of.district, of.body_key, of.contact_key
