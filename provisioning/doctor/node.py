"""Checks of what enrolment put there: settings, directory, keys, certificates."""

import re
from pathlib import Path

from appliance import config as box_config
from appliance import keyring
from provisioning import enrol
from provisioning.authority import certificates
from provisioning.doctor.finding import FAIL, OK, WARN, Finding, Node
from provisioning.papers import BOXES
from relay import config as relay_config
from sync.clock import DAY_S
from sync.directory import RELAY
from sync.errors import SatarkError

KEY_BYTES = {"signing": 32, "body": 96, "contact": 96, "field": 32, "web": 32}
CERTIFICATE_WARN_DAYS = 30
KEY_CHANGE_SLACK_DAYS = 2
SHARED = ("config.toml", "field.key")
"""The box's processes read these by their group, as systemd/tmpfiles.d sets it."""


def check_config(node: Node) -> list[Finding]:
    """The programs must be able to read it, and others must not."""
    load = relay_config.load if node.role == RELAY else box_config.load
    path = node.root / "config.toml"
    try:
        load(node.root)
    except SatarkError as error:
        return [Finding("config", FAIL, without_value(str(error)))]
    if fault := _mode_fault(path):
        return [Finding("config", WARN, fault)]
    return [Finding("config", OK, f"{node.role} {node.id}")]


def without_value(complaint: str) -> str:
    """A complaint about a setting without the value that was found: it may be a secret."""
    return re.sub(r" is (?!missing\b).*, wanted:", " is wrong, wanted:", complaint, flags=re.DOTALL)


def check_fault_point(node: Node) -> list[Finding]:
    """An armed node kills itself; only tests may want that."""
    armed = node.settings.values.get("fault_point", "")
    return [Finding("fault_point", FAIL if armed else OK, "armed" if armed else "none armed")]


def check_second_factor(node: Node) -> list[Finding]:
    """Nobody should get at reports by a password alone."""
    if node.role == RELAY:
        return []
    if node.settings.flag("second_factor", True):
        return [Finding("second_factor", OK, "everybody signs in with a second step")]
    return [Finding("second_factor", WARN, "second_factor = false: a password alone lets people in")]


def check_directory(node: Node) -> list[Finding]:
    """It must verify, and list this node with the keys that lie here."""
    try:
        listed = enrol.load_directory(node.root)
        is_ours = listed.node(node.id).verify_key == enrol.own_verify_key(node.root)
    except SatarkError as error:
        return [Finding("directory", FAIL, str(error))]
    if not is_ours:
        return [Finding("directory", FAIL, f"version {listed.version} has another signing key for this node")]
    return [Finding("directory", OK, f"version {listed.version}, {len(listed.nodes)} nodes, signed")]


def check_keys(node: Node) -> list[Finding]:
    """Every private key: there, of its size, closed to those who must not have it."""
    names = KEY_BYTES if node.role in BOXES else {"signing": 32}
    later = node.root / "keys" / keyring.FOLDER
    erased = {name for name in names if next(later.glob(f"*.{name}.key"), None)}
    wrong = [
        _key_fault(node.root / "keys" / f"{name}.key", size, may_be_empty=name in erased)
        for name, size in names.items()
    ]
    wrong += [_key_fault(path, KEY_BYTES["body"]) for path in sorted(later.glob("*.key"))]
    tls = ("key.pem", "lan.key") if node.role in BOXES else ("key.pem",)
    wrong += [_key_fault(node.root / "tls" / name, None) for name in tls]
    faults = [fault for fault in wrong if fault]
    if faults:
        return [Finding("keys", FAIL, "; ".join(faults))]
    return [Finding("keys", OK, f"{len(wrong)} private keys, closed to others")]


def _key_fault(path: Path, size_bytes: int | None, may_be_empty: bool = False) -> str:
    if not path.exists():
        return f"{path.name} is not there"
    found_bytes = path.stat().st_size
    if size_bytes is not None and found_bytes != size_bytes and not (may_be_empty and not found_bytes):
        return f"{path.name} has {found_bytes} bytes, wanted {size_bytes}"
    return _mode_fault(path)


def _mode_fault(path: Path) -> str:
    mode = path.stat().st_mode & 0o777
    is_shared = path.name in SHARED
    if mode & (0o037 if is_shared else 0o077):
        return f"{path.name} has mode {mode:o}, wanted {'600 or 640' if is_shared else '600'}"
    return ""


def check_key_change(node: Node) -> list[Finding]:
    """The box's link process makes a new pair of sealing keys every month."""
    if node.role not in BOXES:
        return []
    ages_days = [age_s / DAY_S for age_s in keyring.ages(node.root / "keys", node.machine.clock())]
    if not ages_days:
        return [Finding("key_change", WARN, "no pair of sealing keys is in use yet")]
    given = node.settings.values.get("key_change_s", box_config.KEY_CHANGE_S)
    change_s = given if isinstance(given, int | float) else box_config.KEY_CHANGE_S
    evidence = f"the newest pair is {ages_days[0]:.0f} days old; {len(ages_days) - 1} older ones are kept"
    is_late = not -1 <= ages_days[0] <= change_s / DAY_S + KEY_CHANGE_SLACK_DAYS
    return [Finding("key_change", WARN if is_late else OK, evidence)]


def check_certificates(node: Node) -> list[Finding]:
    """Days left, by this machine's clock."""
    names = {"certificate": "cert.pem"}
    if node.role in BOXES:
        names["lan_certificate"] = "lan.pem"
    return [_certificate(id_, node.root / "tls" / name, node.machine.clock()) for id_, name in names.items()]


def _certificate(id_: str, path: Path, now: float) -> Finding:
    if not path.exists():
        return Finding(id_, FAIL, f"{path.name} is not there")
    try:
        facts = certificates.facts(path.read_text(encoding="ascii"))
    except (SatarkError, UnicodeDecodeError):
        return Finding(id_, FAIL, f"{path.name} is not a certificate")
    days = (facts.not_after - now) / DAY_S
    if days < 0:
        return Finding(id_, FAIL, f"ran out {-days:.0f} days ago")
    return Finding(id_, WARN if days < CERTIFICATE_WARN_DAYS else OK, f"{days:.0f} days left")
