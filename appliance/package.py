"""A package for court: files as they are kept, hashes, custody log, certificate; an archive made while it goes.

Nothing of it is written to the disk, and at no time more of it is in memory than one piece of one file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from appliance import audit, certificate, custody, evidence, viewing
from appliance.desk import Actor, Desk
from appliance.errors import Conflict
from appliance.evidence import EvidenceInfo
from appliance.ledger import CaseFile
from sync.clock import IST_OFFSET_S
from sync.db import transaction
from sync.errors import Unreadable

SUMS, MANIFEST = "SHA256SUMS", "manifest.json"


@dataclass
class _Outlet:
    """Takes what the archive writes and gives it on; cannot seek, so that the archive never wants to go back."""

    _parts: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> int:
        """Keeps it until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def begun(desk: Desk, serial: str) -> int:
    """How many packages of a case were begun so far: what a page that asks for one more has seen."""
    row = desk.conn.execute(
        "select count(*) from audit where object=? and act='evidence.export'", (serial,)
    ).fetchone()
    return int(row[0])


def check(desk: Desk, actor: Actor, serial: str, reason: str, note: str) -> CaseFile:
    """The case; raises as ``certificate.check``, NotAllowed for a reason that is none."""
    case = certificate.check(desk, actor, serial)
    custody.check_reason(reason, note, custody.EXPORT_REASONS, must_explain=False)
    return case


def stream(
    desk: Desk, actor: Actor, serial: str, reason: str, note: str, papers: Mapping[str, bytes], *, seen: int
) -> Iterator[bytes]:
    """The archive, piece by piece. ``papers``: name -> page that goes with it (certificates, custody sheets).

    That it was begun is in the audit trail before the first byte; with its last byte its own SHA-256 goes into the
    custody log, and where it breaks off, that. ``seen``: how many were begun when it was asked for. Raises as
    ``check``, Conflict where more were begun since; the iterator raises Unreadable when a file is not what its hash
    says.
    """
    case = check(desk, actor, serial, reason, note)
    with transaction(desk.conn):
        if begun(desk, serial) != seen:
            raise Conflict(serial, actor.name, "evidence.export")
        audit.write(desk.conn, desk.clock(), actor.name, "evidence.export", serial)
    return _noted(desk, actor, case, reason, note, papers)


def _noted(
    desk: Desk, actor: Actor, case: CaseFile, reason: str, note: str, papers: Mapping[str, bytes]
) -> Iterator[bytes]:
    whole, is_whole = sha256(), False
    try:
        for part in _archive(desk, actor, case, papers):
            whole.update(part)
            yield part
        is_whole = True
    finally:  # also when the browser went away
        act = custody.EXPORT if is_whole else custody.EXPORT_CUT
        digest = whole.hexdigest() if is_whole else ""
        with transaction(desk.conn):
            custody.write(desk, actor, act, case.serial, reason, note, digest)


def _archive(desk: Desk, actor: Actor, case: CaseFile, papers: Mapping[str, bytes]) -> Iterator[bytes]:
    now, outlet = desk.clock(), _Outlet()
    files = custody.files_of(desk, case.id)
    described = manifest(desk, actor, case, now)
    texts = {MANIFEST: described, **papers}
    with ZipFile(cast(IO[bytes], outlet), "w", ZIP_STORED) as archive:
        for found in files:
            with archive.open(_entry(name_of(found), now, found.size_bytes), "w") as target:
                for piece in _checked(desk, found):
                    target.write(piece)
                    yield outlet.take()
        for name, content in {**texts, SUMS: _sums(files, texts)}.items():
            archive.writestr(_entry(name, now, len(content)), content)
            yield outlet.take()
    yield outlet.take()


def name_of(found: EvidenceInfo) -> str:
    """What a file is called in a package."""
    ending = viewing.SHOWN.get(found.mime) or viewing.SAVED.get(found.mime, "bin")
    return f"files/{found.file_id}.{ending}"


def manifest(desk: Desk, actor: Actor, case: CaseFile, now: float) -> bytes:
    """Everything that is known of the files of a case and of their way, for programs; JSON."""
    known = evidence.of_case(desk, case.id)
    told = {
        "format": "satark evidence package 1",
        "case": case.serial,
        "box": desk.config.node_id,
        "made_at": _written(now),
        "made_by": {"login": actor.name, "name": actor.display, "role": actor.role},
        "algorithm": certificate.ALGORITHM,
        "files": [_described(desk, found) for found in known],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _described(desk: Desk, found: EvidenceInfo) -> dict[str, object]:
    plain = (
        "file_id",
        "kind",
        "mime",
        "size_bytes",
        "state",
        "sha256_received",
        "sha256_kept",
        "sha256_sealed",
    )
    hands = [
        {
            **{name: getattr(hand, name) for name in ("act", "actor", "display", "reason", "note", "digest")},
            "at": _written(hand.at) if hand.at else None,
        }
        for hand in custody.hands(desk, found)
    ]
    return {
        **{name: getattr(found, name) for name in plain},
        "name": name_of(found) if found.state == evidence.HERE else None,
        "removed": list(found.dropped),
        "removed_by": found.tool,
        "arrived_at": _written(found.arrived_at) if found.arrived_at else None,
        "custody": hands,
    }


def _sums(files: tuple[EvidenceInfo, ...], texts: Mapping[str, bytes]) -> bytes:
    """For ``sha256sum -c``."""
    lines = [f"{found.sha256_kept}  {name_of(found)}" for found in files]
    lines += [f"{sha256(content).hexdigest()}  {name}" for name, content in texts.items()]
    return ("\n".join(lines) + "\n").encode()


def _checked(desk: Desk, found: EvidenceInfo) -> Iterator[bytes]:
    digest = sha256()
    for piece in evidence.content(desk, found, 0, found.size_bytes):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != found.sha256_kept:
        raise Unreadable("evidence file: not what its manifest says")


def _entry(name: str, now: float, size_bytes: int) -> ZipInfo:
    at = datetime.fromtimestamp(now + IST_OFFSET_S, UTC)
    entry = ZipInfo(name, (max(1980, at.year), at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type, entry.external_attr, entry.file_size = ZIP_STORED, 0o100644 << 16, size_bytes
    return entry


def _written(seconds: float) -> str:
    """A time with its zone: 2026-01-01T05:30:00+05:30."""
    return datetime.fromtimestamp(seconds + IST_OFFSET_S, UTC).strftime("%Y-%m-%dT%H:%M:%S+05:30")
