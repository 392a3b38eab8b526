"""One answer of one check, and the node it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioning.doctor.machine import Machine
from sync.config import Settings

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Finding:
    """``id`` names the check, ``evidence`` is what it saw: never a secret, a number or a text of a report."""

    id: str
    severity: str
    evidence: str


@dataclass(frozen=True)
class Node:
    """The node under examination: its folder, its settings as they were read, the machine it is on."""

    root: Path
    settings: Settings
    machine: Machine

    @property
    def id(self) -> str:
        """Its id, "" when the settings have none."""
        return str(self.settings.values.get("node_id", ""))

    @property
    def role(self) -> str:
        """Its role, "" when the settings have none."""
        return str(self.settings.values.get("role", ""))


CheckOf = Callable[[Node], list[Finding]]
