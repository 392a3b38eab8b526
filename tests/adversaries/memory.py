"""The memory of running processes, as root reads it: every mapping that can be read."""

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from provisioning.demo.world import World

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+ *(.*)")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_OF_THE_KERNEL = ("[vvar]", "[vvar_vclock]", "[vsyscall]")


def pids(world: World, names: Iterable[str]) -> list[int]:
    """Process ids of these processes of a world and of all below them."""
    found = [world.processes[name].pid for name in names]
    for pid in found:  # it grows while it is walked
        found += _children(pid)
    return found


def read(ids: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """Each readable mapping with its name, once where several processes have the same bytes in theirs."""
    seen: set[bytes] = set()
    for pid in ids:
        for name, data in _mappings(pid):
            digest = sha256(data).digest()
            if digest not in seen:
                seen.add(digest)
                yield name, data


def _mappings(pid: int) -> Iterator[tuple[str, bytes]]:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            match = _MAPPING.match(line)
            if match is None or match[3] in _OF_THE_KERNEL:
                continue
            start, end = int(match[1], 16), int(match[2], 16)
            yield match[3] or "heap", _read(memory.fileno(), start, end - start)


def _read(file: int, start: int, size: int) -> bytes:
    """A mapping whole: the kernel stops at a page that it cannot give, but what lies behind that is read too."""
    pieces, at = [], start
    while at < start + size:
        piece = _piece(file, at, start + size - at)
        pieces.append(piece or b"\0")  # so that nothing is joined that does not lie side by side
        at += len(piece) or PAGE_BYTES
    return b"".join(pieces)


def _piece(file: int, start: int, size: int) -> bytes:
    try:
        return os.pread(file, size, start)
    except OSError:  # a page that was given back since, or of a file cut shorter than what maps it
        return b""


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except FileNotFoundError:  # it has ended
        return []
