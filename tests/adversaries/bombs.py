"""Files sent in malice, and how much memory their cleaning took."""

import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MIB = 1 << 20


def bombs() -> Iterator[tuple[bytes, str]]:
    """(bytes, announced type): what unpacks without end, what nests, what claims to be huge, what is a program."""
    zeros = zlib.compress(bytes(50_000_000), 9)
    yield _zip(), "application/pdf"
    stream = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(zeros), zeros)
    yield b"%PDF-1.4\n1 0 obj\n" + stream + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF", "application/pdf"
    yield b"%PDF-1.4\n" + b"[" * 200_000, "application/pdf"
    yield _table_of_objects(800), "application/pdf"
    yield _png(60_000, 60_000, zeros), "image/png"
    yield b"MZ" + bytes(5000), "image/jpeg"
    yield b"\xff\xd8" + b"\xff\xe1\xff\xff" * 50_000, "image/jpeg"


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    return packed.getvalue()


def _table_of_objects(size_mib: int) -> bytes:
    """A PDF whose list of objects, the first thing a reader unpacks, is so large."""
    packer = zlib.compressobj(9)
    head, block = (packer.compress(bytes(_MIB)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = head + block * (size_mib - 1) + packer.flush()
    entries = b"/Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d" % len(packed)
    start = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = b"3 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return start + table % (entries, packed, len(start))


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """Inside, looks many times a second at a process and all that it starts; gives [the most MiB one of them held]."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], *(_peak_mib(one) for one in _family(pid)), 0)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:  # grows while it is read
        try:
            told = [Path(task, "children").read_text() for task in Path(f"/proc/{one}/task").iterdir()]
        except OSError:
            continue
        found += [int(child) for children in told for child in children.split()]
    return found


def _peak_mib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM")), 0)
