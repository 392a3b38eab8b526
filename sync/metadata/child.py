"""The process that reads what strangers sent: examines one sound, film or PDF, and writes it anew where it must.

Started by ``sync/metadata/sealed.py`` as ``python -m sync.metadata.child`` with an empty environment. It gets one order
as JSON on its input, shuts itself in, says ``ready``, and answers with one line of JSON. Bytes of the file come from
and go to sealed files only.
"""

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO, cast

from sync.errors import SatarkError, Unavailable
from sync.metadata import film, ogg, pdf, recode, sound
from sync.metadata.codecs import without_hevc_texts
from sync.metadata.confine import die_with_parent, shut_in
from sync.metadata.outcome import Found, Unsupported
from sync.sealing.spools import SealedReader, SealingWriter

SOUND_LIMIT_BYTES = 32 * 1024 * 1024
"""What of a sound or film is held in memory; more than is ever taken."""
_START_BYTES = 4096


class _Digest(io.RawIOBase):
    """Passes on what is written, and hashes it."""

    def __init__(self, target: SealingWriter | None) -> None:
        self._target, self.digest = target, sha256()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Takes all of it."""
        self.digest.update(data)
        return self._target.write(data) if self._target else len(data)


@dataclass(frozen=True)
class _Order:
    """What is to be done: the file as it came, and where it goes once it is clean (None: it is only examined)."""

    source: SealedReader
    sha256: str
    target: SealingWriter | None


@dataclass(frozen=True)
class _Made:
    """A sound or film as it may be kept; ``tool`` wrote it."""

    found: Found
    data: bytes
    tool: str


def main() -> int:
    """Takes the order, answers; any way to end without an answer means that the file could not be examined."""
    told = json.loads(sys.stdin.buffer.readline())
    try:
        shut_in()
        _say("ready")
        _say(json.dumps(_settle(_order(told))))
    except SatarkError as error:
        _say(json.dumps({"refused": _name(error), "why": str(error)[:120]}))
    except MemoryError:
        _say(json.dumps({"refused": "damaged", "why": "a file that unpacks without end"}))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _name(error: SatarkError) -> str:
    if isinstance(error, Unavailable):
        return "unavailable"
    return "unsupported" if isinstance(error, Unsupported) else "damaged"


def _order(told: dict[str, Any]) -> _Order:
    source = SealedReader(os.fdopen(told["source"], "rb"), bytes.fromhex(told["key"]), told["size_bytes"])
    if told["target"] is None:
        return _Order(source, told["sha256"], None)
    target = SealingWriter(os.fdopen(told["target"], "wb"), bytes.fromhex(told["target_key"]))
    return _Order(source, told["sha256"], target)


def _settle(order: _Order) -> dict[str, object]:
    start = order.source.read(_START_BYTES) or b""
    order.source.seek(0)
    if pdf.is_pdf(start):
        return _pdf(order)
    made = _made(order, start)
    if made.found.dropped and order.target is not None:
        order.target.write(made.data)
    return _answer(order, made.found.mime, made.found.dropped, made.tool)


def _made(order: _Order, start: bytes) -> _Made:
    if film.is_film(start):
        return _copied(order, film.scan)
    if ogg.is_ogg(start):
        return _copied(order, ogg.scan)
    if sound.is_amr(start):
        return _cut(sound.reduce_amr(_whole(order)))
    if sound.is_tagged(start):
        return _cut(sound.reduce_tagged(_whole(order)))
    raise Unsupported("a kind of file that is not taken")


def _cut(reduced: sound.Reduced) -> _Made:
    return _Made(Found(reduced.mime, tuple(reduced.dropped)), reduced.data, "")


def _copied(order: _Order, scan: Callable[[bytes], Found]) -> _Made:
    """Has ffmpeg copy it where something must go, and looks at the copy once more."""
    data = _whole(order)
    found = scan(data)
    if not found.dropped or order.target is None:
        return _Made(found, data, "")
    if found.codec == "hevc":
        data = without_hevc_texts(data)
    copied = recode.copy(data, recode.CONTAINERS[found.mime], found.codec, die_with_parent)
    left = scan(copied)
    if left.dropped or left.mime != found.mime:
        raise Unsupported("a sound or film that cannot be freed of what it says of its maker")
    return _Made(found, copied, recode.tool())


def _whole(order: _Order) -> bytes:
    data = order.source.read(SOUND_LIMIT_BYTES + 1) or b""
    if len(data) > SOUND_LIMIT_BYTES:
        raise Unsupported("a sound or film that is too large")
    return data


def _pdf(order: _Order) -> dict[str, object]:
    sink = _Digest(order.target)
    buffered = io.BufferedWriter(cast(io.RawIOBase, sink), 1 << 16)
    names = pdf.rewrite(cast(BinaryIO, order.source), cast(BinaryIO, buffered))
    buffered.flush()
    changed = sink.digest.hexdigest() != order.sha256
    if changed and not names:
        names = ("pdf/file structure",)
    return _answer(order, pdf.MIME, names if changed else (), pdf.tool())


def _answer(order: _Order, mime: str, names: tuple[str, ...], tool: str) -> dict[str, object]:
    size_bytes = order.target.finish() if order.target is not None else 0
    return {"mime": mime, "dropped": names, "size_bytes": size_bytes, "tool": tool}


if __name__ == "__main__":
    sys.exit(main())
