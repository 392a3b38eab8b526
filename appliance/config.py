"""The settings of a box or range node, and where its files lie under its root folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance import deadlines
from appliance.deadlines import DEFAULTS, Table
from sync import config, faults
from sync.catalogue import SENSITIVITIES
from sync.clock import DAY_S
from sync.config import Broker, Settings
from sync.directory import DISTRICT, RANGE
from sync.errors import ConfigError

DEVICE_NAMES = ("make", "model", "serial", "mac")
"""What a certificate for court says of the machine; what is not set here is read from the machine itself."""
KNOWN = frozenset(
    (
        *config.BROKER_SETTINGS,
        *("node_id", "role", "fault_point"),
        *("retry_base_s", "retry_cap_s", "hello_every_s", "listen", "lan_names", "tls", "serial_prefix"),
        *("digest_every_s", "key_change_s", "key_keep_s", "search_folder"),
        "second_factor",
        *(f"clocks_{of_class}" for of_class in DEFAULTS),
        *(f"retention_{name}_days" for name in SENSITIVITIES),
        *(f"device_{name}" for name in DEVICE_NAMES),
    )
)
FIELD_KEY_BYTES = 32
INSTALLED_ROOT, SEARCH_FOLDER = Path("/var/lib/satark/box"), Path("/run/satark-box")
"""Of a box under systemd: its root, and its folder in memory (tmpfiles.d/satark-box.conf)."""
KEY_CHANGE_S, KEY_KEEP_S = 30 * DAY_S, 7 * DAY_S
"""A new pair of sealing keys every month; an old one stays so long after the relay had no more need of it."""


@dataclass(frozen=True)
class BoxConfig:
    """What ``config.toml`` says, checked. ``role`` is "district" or "range"; times are in seconds.

    ``retention_days``: class -> days, where this office keeps words and files longer or shorter than the table says.
    """

    root: Path
    node_id: str
    role: str
    listen: tuple[str, int]
    tls: bool
    lan_names: tuple[str, ...]
    serial_prefix: str
    digest_every_s: float
    broker: Broker
    fault_point: str
    retry_base_s: float
    retry_cap_s: float
    hello_every_s: float
    key_change_s: float
    key_keep_s: float
    search_folder: Path
    second_factor: bool
    clocks: Table
    retention_days: Mapping[str, int]
    device: Mapping[str, str]

    @property
    def search_db(self) -> Path:
        """Words of reports and notes in clear: in memory, or where the root folder is encrypted in it."""
        return self.search_folder / "search.db"

    @property
    def box_db(self) -> Path:
        """Reports, cases, people, audit, outbox."""
        return self.root / "box.db"

    @property
    def keys_db(self) -> Path:
        """Report keys; the link process alone opens it."""
        return self.root / "keys.db"

    @property
    def range_db(self) -> Path:
        """What only a range node has: the boxes' digests."""
        return self.root / "range.db"

    @property
    def evidence_folder(self) -> Path:
        """Sealed evidence files by file id."""
        return self.root / "evidence"

    @property
    def incoming_folder(self) -> Path:
        """Evidence files of which chunks are still missing."""
        return self.root / "incoming"


def load(root: Path) -> BoxConfig:
    """Reads ``config.toml`` of a box's root folder; raises ConfigError naming the setting that is wrong."""
    settings = config.read(root / "config.toml")
    settings.refuse_unknown(KNOWN)
    return BoxConfig(
        root=root,
        node_id=settings.text("node_id"),
        role=settings.text("role", one_of=(DISTRICT, RANGE)),
        listen=settings.address("listen", "0.0.0.0:8443"),
        tls=settings.flag("tls", True),
        lan_names=_names(settings),
        serial_prefix=settings.text("serial_prefix"),
        digest_every_s=settings.number("digest_every_s", 300, least=1),
        broker=config.broker(settings, root),
        fault_point=settings.text("fault_point", "", one_of=("", *faults.POINTS)),
        retry_base_s=settings.number("retry_base_s", 2, least=0.01),
        retry_cap_s=settings.number("retry_cap_s", 300, least=0.01),
        hello_every_s=settings.number("hello_every_s", 60, least=0.1),
        key_change_s=settings.number("key_change_s", KEY_CHANGE_S, least=1),
        key_keep_s=settings.number("key_keep_s", KEY_KEEP_S, least=1),
        search_folder=search_folder(settings, root),
        second_factor=settings.flag("second_factor", True),
        clocks={
            of_class: deadlines.read(f"clocks_{of_class}", settings.text(f"clocks_{of_class}", ""), base)
            for of_class, base in DEFAULTS.items()
        },
        retention_days=_retention(settings),
        device={name: settings.text(f"device_{name}", "") for name in DEVICE_NAMES},
    )


def field_key(root: Path) -> bytes:
    """The key of text and answers at rest; raises ConfigError when it is not there."""
    path = root / "keys" / "field.key"
    try:
        key = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is not there", hint="Enrol this node first: satark node enrol") from error
    if len(key) != FIELD_KEY_BYTES:
        raise ConfigError(f"{path} has {len(key)} bytes, wanted: {FIELD_KEY_BYTES}")
    return key


def search_folder(settings: Settings, root: Path) -> Path:
    """Where it says; else in memory where systemd's units have a folder for it; else the root folder."""
    if "search_folder" in settings.values:
        return settings.path("search_folder", root)
    runs_there = root == INSTALLED_ROOT and os.access(SEARCH_FOLDER, os.W_OK)
    return SEARCH_FOLDER if runs_there else root


def _retention(settings: Settings) -> dict[str, int]:
    """Days by class, where this office set its own; 0 leaves the one of the table."""
    found = {name: int(settings.number(f"retention_{name}_days", 0, least=0)) for name in SENSITIVITIES}
    return {name: days for name, days in found.items() if days}


def _names(settings: Settings) -> tuple[str, ...]:
    return tuple(name.strip() for name in settings.text("lan_names", "").split(",") if name.strip())
