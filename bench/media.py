"""Evidence files sealed and opened per second, beside ``age``; what they weigh, and what memory they take.

``python -m bench.media seal|open KEY SIZE SOURCE TARGET`` is one run of ours: a process that prints its seconds.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path

from bench import place as places
from bench import report
from bench.place import BASELINES, Place
from bench.report import Comparison, Run, Side
from sync.errors import ConfigError
from sync.sealing import files
from sync.sealing.spools import SealingWriter

MB = 1 << 20
DEFAULT_N, MOST_N = 64, 1024
"""Megabytes of the file: age's start, some milliseconds, hardly counts then."""
SIZES_MB = (16, 64, 256)
OURS, AGE = "ours (chunks)", "age"
_READ_BYTES = 1 << 18
_LOOK_S = 0.005
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_BASELINE_LINES = (
    "age encrypt",
    "age decrypt",
    "cryptography AESGCM-256 one",
    "cryptography.hpke",
    "write 16 MB",
)


@dataclass(frozen=True)
class Took:
    """One run: seconds of the work (for ``age`` with its start), CPU seconds of the process, its largest size."""

    seconds: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Field:
    """Where files lie and the keys of both sides."""

    folder: Path
    key: str
    identity: Path
    recipient: str

    def path(self, name: str) -> Path:
        """One of the files."""
        return self.folder / name


def compare(
    place: Place, n: int, runs: int, say: Callable[[str], None], *, is_opening: bool = False
) -> Comparison:
    """``runs`` runs with a file of ``n`` megabytes of each side in turn, each in a process of its own."""
    field = _field(place)
    source, size_bytes = _plain(field, n)
    verb = "opened" if is_opening else "sealed"
    steps = _sides(field, source, size_bytes)
    found: dict[str, list[Run]] = {name: [] for name in steps}
    for number in range(runs):
        for name, (seal, open_) in steps.items():
            run = _run(seal, open_, is_opening, field, source, n)
            found[name].append(report.check(name, run, n))
            say(f"files {verb} {number + 1}/{runs} {name}: {run.per_s:.0f} MB/s")
    notes = _baseline(field) if is_opening else {**_weights(field, source, size_bytes), **_memory(field, say)}
    sides = tuple(Side(name, TOLD[name], tuple(found[name])) for name in steps)
    return Comparison(f"Evidence {verb}, megabytes per second", "MB/s", _common(n), sides, notes)


compare_opening = partial(compare, is_opening=True)
Step = Callable[[], Took]


def _common(n: int) -> dict[str, str]:
    return {
        "load": f"one file of {n} MiB of chance, from file to file in one folder; nobody waits for the disk",
        "kept/sent": "megabytes that came out of it as they went in",
        "CPU ms, RSS MB": "of the whole process, its start counted: per MB, and the largest",
    }


def _sides(field: Field, source: Path, size_bytes: int) -> dict[str, tuple[Step, Step]]:
    """Of each side: how it seals, how it opens."""
    sealed, opened = field.path("sealed"), field.path("opened")
    age = ["age", "-r", field.recipient, "-o", str(sealed), str(source)]
    age_back = ["age", "-d", "-i", str(field.identity), "-o", str(opened), str(sealed)]
    return {
        OURS: (
            lambda: _ours(field, "seal", size_bytes, source, sealed),
            lambda: _ours(field, "open", size_bytes, sealed, opened),
        ),
        AGE: (lambda: _timed(age), lambda: _timed(age_back)),
    }


def _run(seal: Step, open_: Step, is_opening: bool, field: Field, source: Path, n: int) -> Run:
    sealing, opening = seal(), open_()
    took = opening if is_opening else sealing
    right = _hash(field.path("opened")) == _hash(source)
    cpu_ms = 1000 * took.cpu_s / n
    return Run(n / took.seconds, cpu_ms, took.peak_mb, n, n if right else 0, 0, places.load())


def _ours(field: Field, act: str, size_bytes: int, source: Path, target: Path) -> Took:
    command = [sys.executable, "-m", "bench.media", act, field.key, str(size_bytes), str(source), str(target)]
    took = _timed(command, told := field.path("told"))
    seconds = json.loads(told.read_text())
    return Took(float(seconds), took.cpu_s, took.peak_mb)


def _timed(command: Sequence[str], told: Path = Path(os.devnull)) -> Took:
    with told.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        with ThreadPoolExecutor(1) as pool:
            peak = pool.submit(_peak_mb, process.pid)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(f"{command[0]} ended with {process.returncode}")
    return Took(seconds, used.ru_utime + used.ru_stime, peak.result())


def _peak_mb(pid: int) -> float:
    """The largest size a process had, looked at until it ends: what ``wait`` tells counts its parent's size too."""
    peak_kb = 0
    while found := _PEAK.search(_status(pid)):
        peak_kb = int(found[1])
        time.sleep(_LOOK_S)
    return peak_kb / 1024


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _memory(field: Field, say: Callable[[str], None]) -> dict[str, str]:
    """The largest size of a process that seals, and of one that opens, by size of the file."""
    peaks: list[str] = []
    for n in SIZES_MB:
        source, size_bytes = _plain(field, n)
        seal, open_ = _sides(field, source, size_bytes)[OURS]
        peaks.append(f"{n} MiB: {seal().peak_mb:.1f} and {open_().peak_mb:.1f} MB")
        say(f"memory, {peaks[-1]}")
    return {"largest size of our process, sealing and opening": "; ".join(peaks)}


def _weights(field: Field, source: Path, size_bytes: int) -> dict[str, str]:
    """How much longer a sealed file is than a plain one; Padmé over sizes by chance from 10 kB to 16 MB."""
    seal, _ = _sides(field, source, size_bytes)[AGE]
    seal()
    age_bytes = field.path("sealed").stat().st_size - size_bytes
    sizes = [round(10_000 * 1600 ** random.Random(at).random()) for at in range(2000)]
    parts = [100 * (files.padme(size) - size) / size for size in sizes]
    plain = [100 * (files.sealed_size(size) - files.padme(size)) / size for size in sizes]
    return {
        "bytes of a sealed file": f"padding (Padmé) {sum(parts) / len(parts):.1f} % on average and"
        f" {max(parts):.1f} % at most, header and tags {sum(plain) / len(plain):.2f} %;"
        f" age, which shows the size: {age_bytes} bytes ({100 * age_bytes / size_bytes:.2f} %) of this one"
    }


def _baseline(field: Field) -> dict[str, str]:
    """What ``baselines/seal_bench.py`` says here and now."""
    command = [sys.executable, str(BASELINES / "seal_bench.py"), str(field.folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    kept = [" ".join(line.split()) for line in said if line.startswith(_BASELINE_LINES)]
    return {f"  seal_bench.py, {number + 1}": line for number, line in enumerate(kept)}


def _field(place: Place) -> Field:
    missing = [name for name in ("age", "age-keygen", "openssl") if shutil.which(name) is None]
    if missing:
        raise ConfigError(f"{', '.join(missing)} not installed", hint="sudo apt-get install age openssl")
    identity = place.folder / "age.key"
    subprocess.run(["age-keygen", "-o", str(identity)], check=True, stderr=subprocess.DEVNULL)
    recipient = subprocess.check_output(["age-keygen", "-y", str(identity)], text=True).strip()
    return Field(place.folder, os.urandom(32).hex(), identity, recipient)


def _plain(field: Field, n: int) -> tuple[Path, int]:
    """A file of ``n`` megabytes of chance, and its size."""
    path = field.path("plain")
    with path.open("wb") as file:
        for _ in range(n):
            file.write(os.urandom(MB))
    return path, n * MB


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def seal(key: bytes, size_bytes: int, source: Path, target: Path) -> None:
    """As the relay does with what comes from WhatsApp."""
    with source.open("rb") as plain, target.open("wb") as sealed:
        writer = SealingWriter(sealed, key)
        while piece := plain.read(_READ_BYTES):
            writer.write(piece)
        if writer.finish() != size_bytes:
            raise ChildProcessError("another size was sealed")


def open_(key: bytes, size_bytes: int, source: Path, target: Path) -> None:
    """As the box does for whoever looks at it."""
    with source.open("rb") as sealed, target.open("wb") as plain:
        files.open_file(sealed, key, size_bytes, plain.write)


TOLD: Mapping[str, Mapping[str, str]] = {
    OURS: {
        "does": "AES-256-GCM in chunks of 64 KiB (STREAM), padded by Padmé, in Python with cryptography; its start"
        " does not count, for relay and box run all day"
    },
    AGE: {
        "does": "ChaCha20-Poly1305 in chunks of 64 KiB (STREAM), X25519; Debian's binary; its start counts"
    },
}


def main(arguments: Sequence[str]) -> int:
    """One run of ours; prints how many seconds it took."""
    act, key, size_bytes, source, target = arguments
    began = time.perf_counter()
    work = {"seal": seal, "open": open_}[act]
    work(bytes.fromhex(key), int(size_bytes), Path(source), Path(target))
    print(time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
