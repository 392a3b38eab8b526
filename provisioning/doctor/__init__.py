"""``satark doctor``: looks at a node's root folder and its machine; says what is wrong, what it means, what to do.

The checks are read-only and print no secret. What each means stands in ``texts.json``, for a translator to edit.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioning.doctor import host, node, secrets, stores, whatsapp
from provisioning.doctor.finding import FAIL, OK, WARN, CheckOf, Finding, Node
from provisioning.doctor.machine import Machine
from sync import canonical, config
from sync.errors import ConfigError

__all__ = ["FAIL", "OK", "WARN", "Check", "Machine", "examine", "is_healthy", "lines", "to_json"]

ROLES = ("relay", "district", "range")
TEXTS = Path(__file__).parent / "texts.json"
CHECKS: tuple[CheckOf, ...] = (
    node.check_config,
    node.check_fault_point,
    node.check_second_factor,
    node.check_directory,
    node.check_keys,
    node.check_key_change,
    node.check_certificates,
    stores.check_databases,
    stores.check_order,
    stores.check_outbox,
    stores.check_arrivals,
    stores.check_peers,
    stores.check_clock_set,
    host.check_disk,
    host.check_clock,
    host.check_broker,
    host.check_at_rest,
    host.check_runtime_dir,
    host.check_search_folder,
    secrets.check_secrets,
    host.check_tpm,
    host.check_epoch_store,
    host.check_landlock,
    host.check_memory,
    host.check_ffmpeg,
    whatsapp.check_refusals,
    whatsapp.check_webhook,
    whatsapp.check_messages,
    whatsapp.check_platform,
)


@dataclass(frozen=True)
class Check:
    """One result. ``severity`` is ok, warn or fail; ``meaning`` is {"hi": ..., "en": ...}; ``fix`` says what to do."""

    id: str
    severity: str
    evidence: str
    meaning: dict[str, str]
    fix: str


def examine(root: Path, machine: Machine) -> list[Check]:
    """All checks of the node in ``root``, in the order in which a technician would fix what they find."""
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    return [_explained(finding, texts) for finding in _findings(root, machine)]


def is_healthy(checks: Iterable[Check]) -> bool:
    """Whether nothing failed; warnings are for a person to weigh."""
    return all(check.severity != FAIL for check in checks)


def to_json(checks: Iterable[Check]) -> str:
    """The checks as a JSON list."""
    return canonical.dumps(list(checks)).decode()


def lines(checks: Iterable[Check]) -> list[str]:
    """The checks for a terminal: one line each, and what to do below those that are not well."""
    shown = []
    for check in checks:
        shown.append(f"{check.severity:5}{check.id:16} {check.evidence}")
        if check.severity != OK:
            shown += [f"     {check.meaning['hi']}", f"     {check.meaning['en']}", f"     -> {check.fix}"]
    return shown


def _findings(root: Path, machine: Machine) -> list[Finding]:
    if not (root / "config.toml").exists():
        return [Finding("enrolment", FAIL, f"{root / 'config.toml'} is not there")]
    try:
        settings = config.read(root / "config.toml")
        settings.text("role", one_of=ROLES)
    except ConfigError as error:
        return [Finding("config", FAIL, node.without_value(str(error)))]
    examined = Node(root, settings, machine)
    return [finding for check in CHECKS for finding in check(examined)]


def _explained(finding: Finding, texts: dict[str, Any]) -> Check:
    text = texts[finding.id]
    meaning = {"hi": text["hi"], "en": text["en"]}
    return Check(finding.id, finding.severity, finding.evidence, meaning, text["fix"])
