"""Enrolment on the node: makes every private key here, asks the authority, and installs only what fits those keys.

Nothing private ever leaves the node's root folder. A key that exists is kept, so the same two steps renew a node.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning import papers, storing
from provisioning.authority import certificates
from provisioning.authority import lan_names as allowed_names
from provisioning.papers import BOXES, Bundle, Refused, Request
from relay.config import SECRETS
from sync import config, directory
from sync.config import SECRETS_FOLDER, Settings
from sync.directory import RELAY, Directory
from sync.errors import ConfigError, SatarkError, Unreadable
from sync.sealing import locks
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey, VerifyKey

Setting = str | int | float | bool
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class NodeKeys:
    """The keys an enrolment is about; ``body`` and ``contact``, of boxes only, are public halves."""

    signing: SigningKey
    tls_pem: bytes
    lan_pem: bytes | None
    body: PublicSealingKey | None
    contact: PublicSealingKey | None

    @staticmethod
    def keep_or_make(root: Path, role: str) -> "NodeKeys":
        """The node's keys, each made where there is none. Boxes get their field key and web key too."""
        keys = root / "keys"
        signing = storing.keep_or_make(keys / "signing.key", lambda: SigningKey.generate().raw)
        tls = storing.keep_or_make(root / "tls" / "key.pem", certificates.new_key)
        if role not in BOXES:
            return NodeKeys(SigningKey(signing), tls, None, None, None)
        body, contact = _sealing_key(root, "body"), _sealing_key(root, "contact")
        for name in ("field.key", "web.key"):
            storing.keep_or_make(keys / name, locks.new_key)
        lan = storing.keep_or_make(root / "tls" / "lan.key", certificates.new_key)
        return NodeKeys(SigningKey(signing), tls, lan, body, contact)


def request(root: Path, role: str, district: str | None, lan_names: Sequence[str] = ()) -> Path:
    """Makes the node's keys and ``request.json`` for the authority; gives its path. Raises Refused on bad LAN names."""
    if role in BOXES:
        allowed_names.refuse_public(lan_names)
    root.mkdir(mode=storing.FOLDER, parents=True, exist_ok=True)
    keys = NodeKeys.keep_or_make(root, role)
    unproven = Request(
        v=papers.VERSION,
        role=role,
        district=district,
        verify_key=keys.signing.public.raw,
        body_key=keys.body.raw if keys.body else None,
        contact_key=keys.contact.raw if keys.contact else None,
        csr=certificates.signing_request(keys.tls_pem, "node"),
        lan_names=tuple(lan_names) if role in BOXES else (),
        lan_csr=certificates.signing_request(keys.lan_pem, "box") if keys.lan_pem else None,
    )
    return papers.write(root / "request.json", unproven.proven_by(keys.signing))


def enrol(
    root: Path, bundle_path: Path, settings: Mapping[str, Setting], authority: VerifyKey | None = None
) -> Directory:
    """Checks a bundle against this node's own keys and installs it; gives the directory.

    ``settings`` go to config.toml beside what it holds already; a relay's secrets among them to files of their own.
    ``authority``: the key read from the authority's screen; without it the first bundle is believed, later ones must
    be of the same authority. Raises Refused, BadSignature or ConfigError, and changes nothing then.
    """
    asked, bundle = papers.read_request(root / "request.json"), papers.read_bundle(bundle_path)
    expected = authority or pinned_authority(root)
    if expected is not None and expected.raw != bundle.authority_key:
        raise Refused(
            "this bundle is of another authority", hint="Ask the authority that this node belongs to"
        )
    bundle.check_signature()
    _check_certificates(root, asked, bundle)
    listed = _take(root, bundle.directory, VerifyKey(bundle.authority_key), _installed_version(root))
    _check_entry(asked, bundle, listed)
    _install(root, bundle, _config(root, asked, bundle, settings))
    return listed


def update_directory(root: Path, file: Path) -> Directory:
    """Takes a newer directory, or finds that it is installed already; gives the directory that this node now has.

    Raises ConfigError on an older one, or another of the same version; BadSignature unless it is our authority's.
    """
    authority, installed = _belonging(root), load_directory(root)
    if not file.exists():
        raise ConfigError(f"{file} is not there")
    taken = _take(root, file.read_bytes(), authority, installed.version)
    if taken.version > installed.version:
        _incoming(root).replace(root / "directory.json")
        return taken
    _incoming(root).unlink()
    if taken != installed:
        raise ConfigError(
            f"{file} is another directory of version {taken.version} than this node has",
            hint=f"At the authority: satark authority directory --after {taken.version}",
        )
    return installed


def move_secrets(root: Path) -> list[str]:
    """Takes a relay's secrets out of its config.toml, each into ``secrets/<name>``; gives their names.

    Those files come first: a power cut between leaves the settings as they were, and the same call goes on.
    """
    path = root / "config.toml"
    settings = config.read(path)
    settings.text("role", one_of=(RELAY,))
    inside = [name for name in SECRETS if name in settings.values]
    if inside:
        kept = _without_secrets(root, settings)
        storing.write(path, to_toml(kept).encode(), private=True)
    return inside


def load_directory(root: Path) -> Directory:
    """The directory this node has; raises ConfigError before its enrolment, BadSignature on an altered one."""
    return directory.load(root / "directory.json", _belonging(root))


def own_verify_key(root: Path) -> bytes:
    """The public half of this node's signing key; raises ConfigError before its enrolment."""
    path = root / "keys" / "signing.key"
    if not path.exists():
        raise ConfigError(f"{path} is not there", hint="Enrol this node first: satark node request")
    return SigningKey(path.read_bytes()).public.raw


def pinned_authority(root: Path) -> VerifyKey | None:
    """The authority this node belongs to, or None before its first enrolment."""
    path = root / "authority.pub"
    return verify_key(path.read_text(encoding="ascii")) if path.exists() else None


def verify_key(text: str) -> VerifyKey:
    """The key that an authority shows as 64 hex digits; raises Unreadable."""
    try:
        return VerifyKey(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise Unreadable("an authority's key is 64 hex digits") from error


def to_toml(values: Mapping[str, Setting]) -> str:
    """A flat TOML file, one line per value; raises ConfigError on a key that TOML would not take."""
    for key in values:
        if not _BARE_KEY.fullmatch(key):
            raise ConfigError(f"{key!r} is no name of a setting")
    return "".join(f"{key} = {_toml_value(value)}\n" for key, value in values.items())


def _toml_value(value: Setting) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string is a TOML string, but for DEL, which JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _sealing_key(root: Path, part: str) -> PublicSealingKey:
    """The public half of the first pair; once its box has erased the private one, the directory alone knows it."""
    private = storing.keep_or_make(root / "keys" / f"{part}.key", lambda: SealingKey.generate().raw)
    if private:
        return SealingKey(private).public
    mine = own_verify_key(root)
    node = next((node for node in load_directory(root).nodes if node.verify_key == mine), None)
    public = node and (node.body if part == "body" else node.contact)
    if not public:
        raise ConfigError(f"the directory does not name the {part} key of this node")
    return public


def _check_certificates(root: Path, asked: Request, bundle: Bundle) -> None:
    _check_certificate(bundle.certificate, bundle.broker_ca, root / "tls" / "key.pem", "broker")
    found = certificates.facts(bundle.certificate).common_name
    if found != bundle.node_id:
        raise Refused(f"the certificate names {found}, the bundle {bundle.node_id}")
    if (asked.lan_csr is None) != (bundle.lan_certificate is None):
        raise Refused("the bundle's LAN certificate is missing, or was not asked for")
    if bundle.lan_certificate:
        _check_certificate(bundle.lan_certificate, bundle.lan_ca or "", root / "tls" / "lan.key", "LAN")


def _check_certificate(pem: str, ca_pem: str, key: Path, name: str) -> None:
    if certificates.facts(pem).public_key != certificates.public_key_of(key.read_bytes()):
        raise Refused(
            f"the {name} certificate is for another key than this node's", hint="Is it another node's bundle?"
        )
    if not certificates.is_issued_by(pem, ca_pem):
        raise Refused(f"the {name} certificate is not of the CA that came with it")


def _check_entry(asked: Request, bundle: Bundle, listed: Directory) -> None:
    """The directory must hold this node as it described itself: others will seal to the keys written there."""
    node = listed.node(bundle.node_id)
    theirs = (node.role, node.district, node.verify_key, node.body_key, node.contact_key)
    ours = (asked.role, asked.district, asked.verify_key, asked.body_key, asked.contact_key)
    if theirs != ours or bundle.role != asked.role:
        raise Refused("the directory lists this node with another role, district or key than it asked for")


def _take(root: Path, data: bytes, authority: VerifyKey, at_least: int) -> Directory:
    """Checks a directory file beside the installed one."""
    incoming = storing.write(_incoming(root), data)
    try:
        return directory.load(incoming, authority, at_least)
    except SatarkError:
        incoming.unlink()
        raise


def _belonging(root: Path) -> VerifyKey:
    authority = pinned_authority(root)
    if authority is None:
        raise ConfigError(
            f"{root / 'authority.pub'} is not there", hint="Enrol this node first: satark node enrol"
        )
    return authority


def _incoming(root: Path) -> Path:
    return root / "directory.json.incoming"


def _installed_version(root: Path) -> int:
    return load_directory(root).version if (root / "directory.json").exists() else 0


def _config(root: Path, asked: Request, bundle: Bundle, settings: Mapping[str, Setting]) -> str:
    path = root / "config.toml"
    before = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    own: dict[str, Setting] = {"node_id": bundle.node_id, "role": bundle.role}
    if asked.lan_names:
        own["lan_names"] = ",".join(asked.lan_names)
    values = {**own, **before, **settings, **own}
    return to_toml(_without_secrets(root, Settings(values, str(path))) if asked.role == RELAY else values)


def _without_secrets(root: Path, settings: Settings) -> dict[str, Setting]:
    """The settings of a relay but its secrets, which go to their files; raises ConfigError on one that is no text."""
    found = {name: settings.secret(name) for name in SECRETS if name in settings.values}
    for name, secret in found.items():
        storing.write(root / SECRETS_FOLDER / name, secret.encode(), private=True)
    return {key: value for key, value in settings.values.items() if key not in found}


def _install(root: Path, bundle: Bundle, config: str) -> None:
    """The directory comes last: it is what the programs look for first."""
    storing.write(root / "tls" / "ca.pem", bundle.broker_ca.encode())
    storing.write(root / "tls" / "cert.pem", bundle.certificate.encode())
    if bundle.lan_certificate and bundle.lan_ca:
        storing.write(root / "tls" / "lan-ca.pem", bundle.lan_ca.encode())
        storing.write(root / "tls" / "lan.pem", bundle.lan_certificate.encode())
    storing.write(root / "config.toml", config.encode(), private=True)
    storing.write(root / "authority.pub", bundle.authority_key.hex().encode())
    _incoming(root).replace(root / "directory.json")
