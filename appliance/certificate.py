"""What a certificate under section 63(4)(c), Bharatiya Sakshya Adhiniyam, 2023, states, as far as the box knows.

The Schedule to that Act gives the form: Part A by the party in charge of the device, Part B by an expert. Both name the
device, its numbers, and the hash of each record with the algorithm; Part A also states that the device was under lawful
control and worked properly. The box fills in what it knows; a person signs, and only what he knows himself.
"""

from dataclasses import dataclass
from pathlib import Path

from appliance import custody, health, ledger, rights, sensitivity
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotAllowed
from appliance.evidence import EvidenceInfo
from appliance.health import Finding
from appliance.ledger import CaseFile

ALGORITHM = "SHA-256"
DEVICES = ("computer", "dvr", "mobile", "flash_drive", "cd_dvd", "server", "cloud", "other")
"""The Schedule's boxes to tick, in its order; the box is the first."""
ALGORITHMS = ("SHA1", "SHA256", "MD5")
DMI, NETWORK = Path("/sys/class/dmi/id"), Path("/sys/class/net")
_UNTOLD = frozenset(
    {"", "none", "default string", "to be filled by o.e.m.", "system serial number", "not specified"}
)


@dataclass(frozen=True)
class Device:
    """The machine the records were taken from; "" for what neither it nor the settings tell."""

    make: str
    model: str
    serial: str
    mac: str


@dataclass(frozen=True)
class Certificate:
    """What is known of the records of one case. ``findings``: what the box's daily checks of itself found last."""

    case: CaseFile
    device: Device
    files: tuple[EvidenceInfo, ...]
    findings: tuple[Finding, ...]


def prepare(desk: Desk, actor: Actor, serial: str, dmi: Path = DMI, network: Path = NETWORK) -> Certificate:
    """The certificate of a case, to be printed and signed.

    Raises NotFound, Forbidden where the table lets this role hand nothing on, or NotAllowed without a file.
    """
    case = check(desk, actor, serial)
    files = custody.files_of(desk, case.id)
    if not files:
        raise NotAllowed("this case has no file that is here", hint="A certificate is for files")
    return Certificate(case, device(desk, dmi, network), files, health.findings(desk.conn))


def check(desk: Desk, actor: Actor, serial: str) -> CaseFile:
    """The case, where this person may hand its evidence on; raises NotFound or Forbidden."""
    case = ledger.find(desk, serial)
    rights.check(desk, actor, case)
    if actor.role not in sensitivity.rule(case).exports:
        raise Forbidden("this role hands on no evidence of a case of this class")
    return case


def device(desk: Desk, dmi: Path = DMI, network: Path = NETWORK) -> Device:
    """What the technician wrote into the settings, else what the machine says of itself."""
    told = desk.config.device
    return Device(
        make=told.get("make") or _read(dmi / "sys_vendor"),
        model=told.get("model") or _read(dmi / "product_name"),
        serial=told.get("serial") or _read(dmi / "product_serial"),
        mac=told.get("mac") or _mac(network),
    )


def _read(path: Path) -> str:
    """One line of what the machine tells; "" where it does not, or only what makers leave in by default."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return "" if text.casefold() in _UNTOLD else text[:80]


def _mac(network: Path) -> str:
    """The address of the first real network card."""
    cards = sorted(network.glob("*/device")) if network.is_dir() else []
    return _read(cards[0].parent / "address") if cards else ""
