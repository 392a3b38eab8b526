"""The offline authority: admits and revokes nodes, issues their certificates, signs the directory.

One folder on a machine that is not on the network, better on an encrypted stick in a safe: whoever holds it can add
a node. Every change raises the directory's version by one; nodes take only higher versions.
"""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from provisioning import directory as seed_tables
from provisioning import storing
from provisioning.authority import certificates, register
from provisioning.authority.certificates import CertificateAuthority
from provisioning.authority.register import ACCEPTED, PREAUTHORISED, REVOKED, Member, Register
from provisioning.papers import BOXES, ROLES, VERSION, Bundle, Refused, Request
from sync import directory, topics
from sync.clock import Clock
from sync.directory import DISTRICT, Directory, District, Node
from sync.errors import ConfigError
from sync.sealing.keys import PublicSealingKey, SigningKey, VerifyKey

SEED = seed_tables.FOLDER


@dataclass(frozen=True)
class BrokerPapers:
    """What a broker needs to know whom to let in; PEM, and a Mosquitto access list."""

    ca: str
    certificate: str
    revocations: str
    access_list: str


class Authority:
    """One authority, kept in ``folder``."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Use ``create`` or ``open``."""
        self.folder, self._clock = folder, clock
        self._key = SigningKey(_private(folder / "directory.key"))
        self._broker_ca = _read_ca(folder, "broker-ca")
        self._lan_ca = _read_ca(folder, "lan-ca")
        self._register = register.load(folder / "nodes.json")

    @staticmethod
    def create(folder: Path, clock: Clock, tables: Path = SEED) -> "Authority":
        """A new authority in an empty folder: its keys, its CAs and a directory of version 1 without nodes.

        The districts.csv and thanas.csv of ``tables`` are copied there, to be corrected; ``publish`` reads them anew.
        """
        if (folder / "directory.key").exists():
            raise Refused(f"{folder} holds an authority already", hint="Choose another folder")
        key = SigningKey.generate()
        _write_ca(folder, "broker-ca", CertificateAuthority.create("Satark Mitra broker CA", clock()))
        _write_ca(
            folder, "lan-ca", CertificateAuthority.create("Satark Mitra LAN CA", clock(), lan_only=True)
        )
        for name in ("districts.csv", "thanas.csv"):
            storing.write(folder / name, (tables / name).read_bytes())
        register.save(folder / "nodes.json", Register())
        storing.write(folder / "authority.pub", key.public.raw.hex().encode())
        storing.write(folder / "directory.key", key.raw, private=True)
        authority = Authority(folder, clock)
        authority.publish()
        return authority

    @staticmethod
    def open(folder: Path, clock: Clock) -> "Authority":
        """An existing one. Finishes a change that a crash cut short; raises ConfigError on a folder gone back."""
        authority = Authority(folder, clock)
        authority._settle()
        return authority

    @property
    def public(self) -> VerifyKey:
        """What nodes check the directory with."""
        return self._key.public

    @property
    def directory(self) -> Directory:
        """The directory as it was last signed."""
        return directory.load(self.directory_file, self.public)

    @property
    def directory_file(self) -> Path:
        """The signed directory, to carry to the nodes."""
        return self.folder / "directory.json"

    @property
    def nodes(self) -> tuple[Member, ...]:
        """Every node that ever asked, with its state."""
        return self._register.nodes

    @property
    def lan_ca(self) -> str:
        """What the office's browsers are told to trust, PEM."""
        return self._lan_ca.certificate_pem

    def preauthorise(self, request: Request) -> Member:
        """Checks a request and enters its node, or gives the one that made it before; issues nothing."""
        self._check(request)
        known = self._register.known(request)
        if known:
            return known
        self._register.refuse_second(request)
        member = Member(
            id=self._new_id(),
            role=request.role,
            district=request.district,
            state=PREAUTHORISED,
            verify_key=request.verify_key,
            body_key=request.body_key,
            contact_key=request.contact_key,
            lan_names=request.lan_names,
            serials=(),
        )
        self._save(self._register.with_member(member))
        return member

    def admit(self, request: Request) -> Bundle:
        """Lets a node in, or renews its certificates: gives the bundle to carry back. Raises Refused."""
        member = self.preauthorise(request)
        certificate = self._broker_ca.client(request.csr, member.id, self._clock())
        lan = self._lan_ca.lan(request.lan_csr, request.lan_names, self._clock()) if request.lan_csr else None
        serials = (*member.serials, f"{certificates.facts(certificate).serial:x}")
        is_new = member.state != ACCEPTED
        accepted = replace(member, state=ACCEPTED, serials=serials, lan_names=request.lan_names)
        changed = self._register.with_member(accepted)
        if is_new:
            self._publish(changed)
        else:
            self._save(changed)
        bundle = Bundle(
            v=VERSION,
            node_id=member.id,
            role=member.role,
            authority_key=self.public.raw,
            directory=self.directory_file.read_bytes(),
            broker_ca=self._broker_ca.certificate_pem,
            certificate=certificate,
            lan_ca=self.lan_ca if lan else None,
            lan_certificate=lan,
        )
        return bundle.signed_by(self._key)

    def revoke(self, node_id: str) -> None:
        """Shuts a node out for good. The broker must get the new list and access list, and be restarted.

        A reload is not enough: an open connection of the revoked node would go on.
        """
        member = self._register.member(node_id)
        if member.state == REVOKED:
            return
        gone = self._register.with_member(replace(member, state=REVOKED))
        self._publish(replace(gone, crl_number=gone.crl_number + 1))

    def publish(self, *, after: int = 0) -> Directory:
        """Signs the directory anew with the next version, higher than ``after`` too (an older copy's way back)."""
        self._publish(self._register, after)
        return self.directory

    def certify_broker(self, csr_pem: str, names: tuple[str, ...]) -> BrokerPapers:
        """What a broker reachable under ``names`` needs; raises Refused without one."""
        if not names:
            raise Refused("the broker's certificate needs a name", hint="Give the host names nodes will dial")
        certificate = self._broker_ca.server(csr_pem, names, self._clock())
        return BrokerPapers(
            self._broker_ca.certificate_pem, certificate, self.revocations(), self.access_list()
        )

    def revocations(self) -> str:
        """The list of revoked certificates for the broker, PEM."""
        return self._broker_ca.revocations(self._register.revoked_serials(), self._register.crl_number)

    def access_list(self) -> str:
        """The broker's access list: the accepted nodes and nobody else."""
        return topics.access_list(member.id for member in self._register.accepted())

    def _check(self, request: Request) -> None:
        request.check_proof()
        if request.role not in ROLES:
            raise Refused(f"role {request.role!r} is none of {', '.join(ROLES)}")
        codes = {district.code for district in seed_tables.load(self.folder).districts}
        if (request.role == DISTRICT) != (request.district is not None):
            raise Refused("a district's box, and nothing else, names its district")
        if request.district is not None and request.district not in codes:
            raise Refused(f"district {request.district!r} is none of {', '.join(sorted(codes))}")
        sealing = [key for key in (request.body_key, request.contact_key) if key is not None]
        if len(sealing) != (2 if request.role in BOXES else 0):
            raise Refused("a box has a body key and a contact key, a relay has neither")
        for raw in sealing:
            PublicSealingKey(raw)

    def _new_id(self) -> str:
        taken = {member.id for member in self._register.nodes}
        return next(node_id for node_id in iter(_random_id, None) if node_id not in taken)

    def _settle(self) -> None:
        written = (
            directory.load(self.directory_file, self.public).version if self.directory_file.exists() else 0
        )
        if written > self._register.directory_version:
            raise ConfigError(
                f"nodes.json knows directory version {self._register.directory_version}, directory.json has {written}",
                hint="This folder was put together from copies of different days: use the newest whole one",
            )
        if written < self._register.directory_version:
            self._write_directory()

    def _publish(self, changed: Register, after: int = 0) -> None:
        """One write decides a change; what follows from it is done again at the next ``open`` after a crash."""
        version = max(changed.directory_version, after) + 1
        self._save(replace(changed, directory_version=version))
        self._write_directory()

    def _write_directory(self) -> None:
        tables = seed_tables.load(self.folder)
        members = sorted(self._register.accepted(), key=lambda member: member.id)
        boxes = {member.district: member.id for member in members if member.role == DISTRICT}
        signed = Directory(
            v=1,
            version=self._register.directory_version,
            districts=tuple(_with_box(district, boxes) for district in tables.districts),
            thanas=tables.thanas,
            nodes=tuple(_node(member) for member in members),
        )
        storing.write(self.folder / "crl.pem", self.revocations().encode())
        storing.write(self.directory_file, directory.sign(signed, self._key))

    def _save(self, changed: Register) -> None:
        register.save(self.folder / "nodes.json", changed)
        self._register = changed


def _with_box(district: District, boxes: dict[str | None, str]) -> District:
    return replace(district, node=boxes.get(district.code, ""))


def _node(member: Member) -> Node:
    return Node(
        member.id, member.role, member.district, member.verify_key, member.body_key, member.contact_key
    )


def _random_id() -> str:
    return f"n{secrets.token_hex(4)}"


def _private(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} is not there", hint="Make an authority first: satark authority init"
        ) from error


def _read_ca(folder: Path, name: str) -> CertificateAuthority:
    certificate = _private(folder / f"{name}.pem").decode()
    return CertificateAuthority(certificate, _private(folder / f"{name}.key"))


def _write_ca(folder: Path, name: str, ca: CertificateAuthority) -> None:
    storing.write(folder / f"{name}.pem", ca.certificate_pem.encode())
    storing.write(folder / f"{name}.key", ca.key_pem, private=True)
