"""Checks of the machine under a node: disk, clock, line, and what a thief of the disk would find."""

import os
from pathlib import Path

from appliance.config import search_folder
from provisioning.doctor.finding import FAIL, OK, WARN, Finding, Node
from provisioning.doctor.machine import Line
from relay.epochs import MARKER
from sync.clock import HOUR_S
from sync.directory import RELAY
from sync.errors import ConfigError

DISK_WARN, DISK_FAIL = 0.20, 0.10
CLOCK_SLACK_S = 300


def check_disk(node: Node) -> list[Finding]:
    """A full disk stops even deleting."""
    free = node.machine.free_share(node.root)
    severity = FAIL if free < DISK_FAIL else WARN if free < DISK_WARN else OK
    return [Finding("disk", severity, f"{free:.0%} free")]


def check_clock(node: Node) -> list[Finding]:
    """The clock cannot be right when it is before a file of this node, or of this program, was written."""
    newest = max((path.stat().st_mtime for path in node.root.iterdir() if path.is_file()), default=0.0)
    behind_s = max(newest, node.machine.program_time()) - node.machine.clock()
    if behind_s > CLOCK_SLACK_S:
        return [Finding("clock", FAIL, f"at least {behind_s / HOUR_S:.1f} hours behind")]
    return [Finding("clock", OK, "not before anything written here")]


def check_broker(node: Node) -> list[Finding]:
    """Whether the broker takes our connection and our certificate."""
    try:
        host, port = node.settings.address("broker")
        uses_tls = node.settings.flag("broker_tls", True)
    except ConfigError:
        return [Finding("broker", FAIL, "its address is not readable in config.toml")]
    trouble = node.machine.dial(Line(host, port, node.root / "tls" if uses_tls else None))
    if trouble:
        return [Finding("broker", FAIL, f"{host}:{port}: {trouble}")]
    if not uses_tls:
        return [Finding("broker", WARN, f"{host}:{port} answers, without TLS: for a demo only")]
    return [Finding("broker", OK, f"{host}:{port} takes our certificate")]


def check_at_rest(node: Node) -> list[Finding]:
    """Says which protection the keys on this disk really have."""
    if node.machine.is_encrypted(node.root):
        evidence = (
            "plain key files on an encrypted volume: safe on a disk that is switched off, and only then"
        )
        return [Finding("at_rest", OK, evidence)]
    return [
        Finding(
            "at_rest", WARN, "plain key files on a volume that is not encrypted: who has the disk has them"
        )
    ]


def check_runtime_dir(node: Node) -> list[Finding]:
    """A relay's keys of the day must die with the power."""
    if node.role != RELAY:
        return []
    path = node.settings.path("runtime_dir", node.root, "/run/satark")
    kind = node.machine.file_system(path)
    if kind in ("tmpfs", "ramfs"):
        return [Finding("runtime_dir", OK, f"{path} is in memory ({kind})")]
    return [Finding("runtime_dir", WARN, f"{path} is on {kind or 'an unknown file system'}, wanted: tmpfs")]


def check_search_folder(node: Node) -> list[Finding]:
    """The index holds words of reports in clear: in memory, or on an encrypted volume."""
    if node.role == RELAY or not node.role:
        return []
    folder = search_folder(node.settings, node.root)
    kind = node.machine.file_system(folder)
    if kind in ("tmpfs", "ramfs"):
        return [Finding("search_folder", OK, f"{folder} is in memory ({kind})")]
    if folder.is_dir() and node.machine.is_encrypted(folder):
        return [Finding("search_folder", OK, f"{folder} is on an encrypted volume")]
    return [
        Finding("search_folder", WARN, f"{folder} is on {kind or 'an unknown file system'}, wanted: tmpfs")
    ]


def check_epoch_store(node: Node) -> list[Finding]:
    """The key to the vault must be there, and must not lie on the disk of the vault."""
    if node.role != RELAY:
        return []
    try:
        store = node.settings.path("epoch_store", node.root)
    except ConfigError:
        return [Finding("epoch_store", FAIL, "config.toml names none")]
    if store.is_dir() and not os.access(store, os.X_OK):
        return [Finding("epoch_store", WARN, f"{store} is closed to this user: not looked at")]
    if not (store / MARKER).exists():
        evidence = f"{store} has no {MARKER}: mount its volume; a new one: satark relay init-epochs --root {node.root}"
        return [Finding("epoch_store", FAIL, evidence)]
    if node.settings.values.get("epoch_store_wrap", "none") != "none":
        return [_wrapped_store(node, store)]
    if _device(store) == _device(node.root):
        evidence = f"{store} IS ON THE SAME DEVICE as the vault: whoever takes this disk has both halves"
        return [Finding("epoch_store", WARN, evidence)]
    return [Finding("epoch_store", OK, f"{store} is on another device than the vault")]


def _wrapped_store(node: Node, store: Path) -> Finding:
    if not node.machine.has_tpm():
        return Finding("epoch_store", FAIL, f"the keys in {store} are for a TPM, and this machine has none")
    evidence = f"the keys in {store} open with this machine's TPM only: a disk alone is safe, the whole machine is not"
    return Finding("epoch_store", OK, evidence)


def check_tpm(node: Node) -> list[Finding]:
    """What a relay without a second volume could keep its epoch keys with."""
    if node.role != RELAY:
        return []
    said = "there is one" if node.machine.has_tpm() else "none: the epoch store needs a second volume"
    return [Finding("tpm", OK, said)]


def check_landlock(node: Node) -> list[Finding]:
    """Without it the child that cleans files keeps our rights over files, though no network."""
    if node.machine.has_landlock():
        return [Finding("landlock", OK, "the child that opens files gives up all others")]
    return [
        Finding(
            "landlock", WARN, "the kernel has none: a photo made to take over its reader reaches our files"
        )
    ]


def check_memory(node: Node) -> list[Finding]:
    """Neither swap nor a core dump may write memory to a disk."""
    has_swap, limit = node.machine.has_swap(), node.machine.core_limit_bytes()
    swap = Finding("swap", WARN if has_swap else OK, "on" if has_swap else "off")
    size = "of any size" if limit < 0 else f"up to {limit} bytes"
    handler = node.machine.core_handler()
    told = f"the kernel hands cores to {handler}" if handler else "no program is handed cores"
    return [
        swap,
        Finding("core_dumps", WARN if limit else OK, size if limit else "off"),
        Finding("core_handler", WARN if handler else OK, told),
    ]


def check_ffmpeg(node: Node) -> list[Finding]:
    """Without it a relay takes no voice notes and no films."""
    if node.role != RELAY:
        return []
    if node.machine.has_program("ffmpeg"):
        return [Finding("ffmpeg", OK, "installed")]
    return [Finding("ffmpeg", WARN, "not installed")]


def _device(path: Path) -> int:
    """Of the path, or of the nearest folder above it that exists."""
    existing = next(place for place in (path.absolute(), *path.absolute().parents) if place.exists())
    return existing.stat().st_dev
