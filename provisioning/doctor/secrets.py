"""Checks of a relay's secrets: each in a file of its own, open to its process alone. None is read here."""

from pathlib import Path

from provisioning.doctor.finding import FAIL, OK, Finding, Node
from relay.config import SECRETS
from sync.config import SECRETS_FOLDER
from sync.directory import RELAY

SHARED = ("graph_token",)
"""Two processes read it by their group, as systemd/tmpfiles.d sets it."""


def check_secrets(node: Node) -> list[Finding]:
    """Also that none is left in config.toml, which every process reads."""
    if node.role != RELAY:
        return []
    if inside := [name for name in SECRETS if name in node.settings.values]:
        evidence = f"{', '.join(inside)} in config.toml: satark node move-secrets --root {node.root}"
        return [Finding("secrets", FAIL, evidence)]
    folder = node.root / SECRETS_FOLDER
    wanted = SECRETS if "broker_user" in node.settings.values else SECRETS[:-1]
    faults = [fault for name in wanted if (fault := _fault(folder / name))]
    if faults:
        return [Finding("secrets", FAIL, "; ".join(faults))]
    return [Finding("secrets", OK, f"{len(wanted)} in files of their own")]


def _fault(path: Path) -> str:
    if not path.exists():
        return f"{path.name} is not there"
    if not path.stat().st_size:
        return f"{path.name} is empty"
    mode = path.stat().st_mode & 0o777
    if mode & (0o037 if path.name in SHARED else 0o077):
        return f"{path.name} has mode {mode:o}, wanted {'600 or 640' if path.name in SHARED else '600'}"
    return ""
