"""Searches of hundreds of megabytes for a thousand forms: grep finds where, Python says what.

The same forms and layers as ``tests/anonymity/encodings.py``, whose own search is slower and simpler.
"""

import os
import re
import subprocess
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from tests.anonymity.encodings import Forms, files_under, layers, without_longer

_SLICE_BYTES = 1 << 20
_OVERLAP_BYTES = 4096
_AROUND_BYTES = 512
_BATCH_BYTES = 16 << 20
_PACKED_BYTES = 1 << 18
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_LEAST_UNPACKED_BYTES = 5
_ZEROS = re.compile(rb"(?:\0{4096})+")
# grep reads lines: no newline in what it gets. That makes it find too much at most, and what it finds is looked at.
_ONE_LINE = bytes.maketrans(b"\n", b"\v")


class Sieve:
    """Looks for forms in what it is given; ``searched_bytes`` sums it up."""

    def __init__(self, forms: Forms, folder: Path) -> None:
        """Writes the patterns to ``folder``, which must be there. A form's name is "label: form"."""
        self.forms, self.searched_bytes = forms, 0
        self._needles = without_longer(forms)
        self._patterns = folder / f"patterns-{id(self)}"
        self._patterns.write_bytes(b"\n".join(needle.translate(_ONE_LINE) for needle in self._needles))
        self._waiting: list[tuple[str, bytes]] = []
        self._waiting_bytes = 0
        self._found: dict[tuple[str, str], None] = {}

    @property
    def found(self) -> list[tuple[str, str]]:
        """(where, name of the form), each once."""
        self._search()
        return list(self._found)

    def look(self, where: str, data: bytes) -> None:
        """Into these bytes, straight, inside their runs of base64 and hex, and inside what zlib or gzip packed."""
        self.searched_bytes += len(data)
        self._waiting += [(where, _ZEROS.sub(bytes(64), data)), (f"{where} (unpacked)", unpacked(data))]
        self._waiting_bytes += len(data)
        if self._waiting_bytes > _BATCH_BYTES:
            self._search()

    def look_into_files(self, folders: Iterable[Path], base: Path) -> None:
        """Every regular file under ``folders`` and its name; ``base`` is left out of what is told."""
        for path in files_under(folders):
            self.look(path.relative_to(base).as_posix(), path.name.encode() + b"\n" + path.read_bytes())

    def summary(self) -> tuple[str, ...]:
        """What was found where, for the table: at most six, with one of the forms of each."""
        shown = {(form.partition(":")[0], where): form for where, form in self.found}
        told = [f"{form} in {where}" for (_, where), form in shown.items()]
        return (*told[:6], *([f"and {len(told) - 6} more"] if len(told) > 6 else []))

    def _search(self) -> None:
        """In one run of grep for many pieces: starting it takes longer than its looking."""
        pieces = [(where, layer) for where, data in self._waiting for layer in (data, *_decoded(data))]
        self._waiting, self._waiting_bytes = [], 0
        starts = list(accumulate((len(piece) + 1 for _, piece in pieces), initial=0))
        for offset in self._suspects(b"\n".join(piece for _, piece in pieces)):
            number = bisect_right(starts, offset) - 1
            where, piece = pieces[number]
            at = offset - starts[number]
            near = piece[max(0, at - _AROUND_BYTES) : at + _AROUND_BYTES]
            self._found |= {(where, name): None for needle, name in self._needles.items() if needle in near}

    def _suspects(self, data: bytes) -> list[int]:
        command = ["grep", "-a", "-o", "-b", "-F", "-f", str(self._patterns)]
        done = subprocess.run(
            command, input=data.translate(_ONE_LINE), env=os.environ | {"LC_ALL": "C"}, capture_output=True
        )
        if done.returncode > 1:
            raise RuntimeError(f"grep ended with {done.returncode}: {done.stderr.decode()[:200]}")
        return [int(number) for number in re.findall(rb"^(\d+):", done.stdout, re.MULTILINE)]


def unpacked(data: bytes) -> bytes:
    """What the streams of zlib and gzip in ``data`` hold, each as far as it can be unpacked, up to 1 MB."""
    found = (_inflated(data[at.start() : at.start() + _PACKED_BYTES]) for at in _PACKED.finditer(data))
    return b"\n".join(piece for piece in found if len(piece) >= _LEAST_UNPACKED_BYTES)


def _inflated(data: bytes) -> bytes:
    unpack, found = zlib.decompressobj(zlib.MAX_WBITS | 32), bytearray()  # 32: either kind of head
    with suppress(zlib.error):
        for at in range(0, len(data), 64):  # what came before a fault counts too
            found += unpack.decompress(data[at : at + 64], _SLICE_BYTES)
            if unpack.eof or len(found) >= _SLICE_BYTES:
                break
    return bytes(found)


def _decoded(data: bytes) -> list[bytes]:
    """What runs of base64 and hex hold, layer by layer; made in slices that overlap, then joined."""
    made: dict[int, list[bytes]] = {}
    for start in range(0, max(1, len(data)), _SLICE_BYTES):
        for depth, layer in enumerate(layers(data[start : start + _SLICE_BYTES + _OVERLAP_BYTES])[1:]):
            made.setdefault(depth, []).append(layer)
    return [b"\n".join(pieces) for pieces in made.values()]
