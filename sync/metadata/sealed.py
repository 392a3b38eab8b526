"""Cleans and scans files that lie sealed on the disk, whatever their kind and size; memory does not grow with a file.

Pictures are small and read by our own filters, here. Sound, film and PDF are read by ffmpeg and qpdf, in a child of
its own (``sync/metadata/child.py``): whatever becomes of it, here it is a refusal.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

from sync.errors import Unavailable, Unreadable
from sync.metadata import pictures
from sync.metadata.outcome import Damaged, Unsupported
from sync.sealing.files import sealed_size
from sync.sealing.spools import SealedReader, SealingWriter

MIMES = (
    "image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr",
    "audio/3gpp", "video/mp4", "video/3gpp", "application/pdf",
)  # fmt: skip
TIMEOUT_S = 50.0
"""The next file is to be fetched within a minute. A hundred megabytes take two seconds."""
CHILD = (sys.executable, "-E", "-s", "-m", "sync.metadata.child")
_GLANCE_S = 0.25
_ANSWER_BYTES = 32 * 1024
_START_BYTES = 64
_MAX_NAMES = 64
# Names are of our own vocabulary; a child that was taken over must not put anything else into a manifest.
_NAME = re.compile(r"[A-Za-z0-9_ ./+~:-]{1,40}")
_WHY = re.compile(r"[A-Za-z0-9 ,.:()'-]{1,120}")
_PACKAGES = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class Sealed:
    """A file that lies sealed under ``key``; size and SHA-256 (hex) are those of its plain bytes."""

    path: Path
    key: bytes
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class CleanedFile:
    """A sealed file to keep: the one that came where nothing was ``dropped``, else the new one.

    ``mime`` is read from the content; ``dropped`` holds names from a fixed vocabulary, never values.
    """

    kept: Sealed
    mime: str
    dropped: tuple[str, ...]
    tool: str = ""
    """The foreign program that wrote the new file, with its version."""


Progress = Callable[[], object]


@dataclass(frozen=True)
class _Patience:
    """How long a child may take, and what is called while it works."""

    timeout_s: float
    progress: Progress


def clean_sealed(came: Sealed, path: Path, key: bytes, progress: Progress = lambda: None) -> CleanedFile:
    """Takes a sealed file, writes it cleaned to ``path`` under ``key`` where something must be dropped.

    ``progress`` is called while a child works. Raises Unsupported for a kind we do not take, Damaged for a file that
    cannot be read safely, Unreadable where ``came`` does not open, Unavailable where this machine lacks what it needs;
    there is nothing at ``path`` then.
    """
    try:
        cleaned = _clean(came, path, key, progress)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if cleaned.kept is came:
        path.unlink(missing_ok=True)
    return cleaned


def scan_sealed(came: Sealed, timeout_s: float = TIMEOUT_S) -> tuple[str, ...]:
    """The names of what ``clean_sealed`` would drop; raises what it raises. Anything but () is an alarm at the box.

    A child that takes longer than ``timeout_s`` is ended: Damaged.
    """
    with came.path.open("rb") as source:
        reader = SealedReader(source, came.key, came.size_bytes)
        if _is_picture(reader):
            return pictures.scan(_picture(reader, came))
    return _names(_examined(came, None, b"", _Patience(timeout_s, lambda: None)))


def _clean(came: Sealed, path: Path, key: bytes, progress: Progress) -> CleanedFile:
    with came.path.open("rb") as source:
        reader = SealedReader(source, came.key, came.size_bytes)
        if _is_picture(reader):
            return _clean_picture(came, _picture(reader, came), path, key)
    with path.open("w+b") as target:
        answer = _examined(came, target, key, _Patience(TIMEOUT_S, progress))
        mime, names = _mime(answer), _names(answer)
        if not names:
            return CleanedFile(came, mime, ())
        kept = _verified(target, path, key, answer.get("size_bytes"))
        tool = str(answer.get("tool"))
        return CleanedFile(kept, mime, names, tool if _NAME.fullmatch(tool) else "")


def _is_picture(reader: SealedReader) -> bool:
    start = reader.read(_START_BYTES) or b""
    reader.seek(0)
    return pictures.is_picture(start)


def _picture(reader: SealedReader, came: Sealed) -> bytes:
    if came.size_bytes > pictures.MAX_BYTES:
        raise Unsupported("a picture that is too large")
    return reader.readall() or b""


def _clean_picture(came: Sealed, data: bytes, path: Path, key: bytes) -> CleanedFile:
    cleaned = pictures.clean(data)
    if not cleaned.changed:
        return CleanedFile(came, cleaned.mime, ())
    with path.open("wb") as target:
        writer = SealingWriter(target, key)
        writer.write(cleaned.data)
        writer.finish()
    kept = Sealed(path, key, len(cleaned.data), cleaned.sha256_after)
    return CleanedFile(kept, cleaned.mime, cleaned.dropped)


def _verified(target: BinaryIO, path: Path, key: bytes, size_bytes: object) -> Sealed:
    """What the child wrote, opened once from end to end: its word on it counts for nothing."""
    is_whole = isinstance(size_bytes, int) and 0 < size_bytes < 1 << 40
    if not is_whole or sealed_size(cast(int, size_bytes)) != target.seek(0, os.SEEK_END):
        raise Damaged("a file that was not written whole")
    reader, digest = SealedReader(target, key, cast(int, size_bytes)), sha256()
    try:
        while piece := reader.read(1 << 16):
            digest.update(piece)
    except Unreadable as error:
        raise Damaged("a file that was not written as it should be") from error
    return Sealed(path, key, cast(int, size_bytes), digest.hexdigest())


def _examined(came: Sealed, target: BinaryIO | None, key: bytes, patience: _Patience) -> dict[str, Any]:
    """The child's answer; raises as ``clean_sealed`` says."""
    with came.path.open("rb") as source:
        descriptors = [source.fileno()] + ([target.fileno()] if target else [])
        order = {
            "source": source.fileno(),
            "key": came.key.hex(),
            "size_bytes": came.size_bytes,
            "sha256": came.sha256,
            "target": target.fileno() if target else None,
            "target_key": key.hex(),
        }
        lines = _child(json.dumps(order).encode() + b"\n", descriptors, patience)
    if lines[:1] == [b"ready"] and len(lines) > 1:
        return _read(lines[1])
    if lines and lines[0].startswith(b"{"):
        return _read(lines[0])
    if lines[:1] == [b"ready"]:
        raise Damaged("a file that cannot be examined safely")
    raise Unavailable(
        "files cannot be examined", hint="See that satark is installed whole, and the memory free"
    )


def _child(order: bytes, descriptors: list[int], patience: _Patience) -> list[bytes]:
    """Starts the child, waits for its end or ends it with all it started; gives the lines it said."""
    child = subprocess.Popen(
        CHILD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        env={},
        cwd=_PACKAGES,
        start_new_session=True,
        bufsize=0,
    )
    assert child.stdin is not None and child.stdout is not None
    with child.stdin, child.stdout:
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(order)  # far less than a pipe holds: never waits
            _wait(child, patience)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        # It is dead: what the pipe holds is all there is. Something of its making may live on and hold the other end.
        os.set_blocking(child.stdout.fileno(), False)
        return (child.stdout.read(_ANSWER_BYTES) or b"").splitlines()


def _wait(child: subprocess.Popen[bytes], patience: _Patience) -> None:
    for _ in range(int(patience.timeout_s / _GLANCE_S)):
        try:
            child.wait(_GLANCE_S)
            return
        except subprocess.TimeoutExpired:
            patience.progress()


def _read(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Damaged("a file that cannot be examined safely")
    refused, why = answer.get("refused"), str(answer.get("why"))
    if refused is None:
        return answer
    words = why if _WHY.fullmatch(why) else "a file that is not taken"
    if refused == "unavailable":
        raise Unavailable(words, hint="See docs/OPERATIONS.md, Installation")
    raise (Unsupported if refused == "unsupported" else Damaged)(words)


def _mime(answer: dict[str, Any]) -> str:
    mime = answer.get("mime")
    if mime not in MIMES or str(mime).startswith("image/"):
        raise Damaged("a file of no kind that is known")
    return str(mime)


def _names(answer: dict[str, Any]) -> tuple[str, ...]:
    names = answer.get("dropped")
    if not isinstance(names, list) or len(names) > _MAX_NAMES:
        raise Damaged("a file that cannot be examined safely")
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        raise Damaged("a file that cannot be examined safely")
    return tuple(names)
