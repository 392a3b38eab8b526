"""Where measuring happens: a folder that goes away, enrolled nodes, processes that always end."""

import os
import runpy
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioning.demo import fleet as fleets
from provisioning.demo import world
from provisioning.demo.fleet import HOST, Fleet, Line, Pace, free_port

BASELINES = Path(__file__).parent / "baselines"
STOP_S = 15.0
QUIET_S = 0.4
# The product's own waits, not the demo's shortened ones.
PACE = Pace(hello_every_s=60, retry_base_s=2, retry_cap_s=300, digest_every_s=300)


@dataclass(frozen=True)
class Place:
    """One run of the bench: ``folder`` for everything, nodes that reach a plain listener on ``broker_port``."""

    folder: Path
    fleet: Fleet
    broker_port: int

    @property
    def logs(self) -> Path:
        """Where processes write."""
        return self.folder / "logs"


@contextmanager
def make() -> Iterator[Place]:
    """A place with an authority and enrolled nodes; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="satark-bench-"))
    try:
        (folder / "logs").mkdir()
        port = free_port()
        fleet = fleets.enrol_all(
            folder, Line("plain", HOST, port), PACE, f"http://{HOST}:9", time.time, folder / "runtime"
        )
        yield Place(folder, fleet, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child process with its words in ``log``; ended when the block is left, whatever happened.

    Raises ChildProcessError with its last word when it has ended by itself.
    """
    process = world.spawn(list(command), log)
    try:
        yield process
    finally:
        ended = process.poll()
        end(process)
        if ended is not None:
            words = log.read_text(errors="replace").strip().splitlines()
            raise ChildProcessError(f"{log.stem} ended with {ended}: {words[-1] if words else 'no word'}")


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, then SIGKILL."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], what: str, process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Waits for a condition; raises Unavailable saying ``what`` when time is up or the process has ended."""
    world.wait(lambda: process.poll() is not None or holds(), what, timeout_s)
    if process.poll() is not None:
        raise ChildProcessError(f"{what}: the process has ended")


def until_quiet(process: subprocess.Popen[bytes], timeout_s: float = 30.0) -> None:
    """Waits until a process and its children have used no CPU for a moment: every worker has started."""
    seen, since = -1.0, time.monotonic()

    def is_quiet() -> bool:
        nonlocal seen, since
        used = cpu_s(process.pid)
        if used > seen + 0.011:  # one tick may be a worker's heartbeat
            seen, since = used, time.monotonic()
        return time.monotonic() - since > QUIET_S

    until(is_quiet, "the process does not come to rest", process, timeout_s)


def remove_database(path: Path) -> None:
    """A database with what SQLite keeps beside it; nobody may have it open."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def command_line(process: subprocess.Popen[bytes], hide: Path) -> str:
    """The command a process runs now, as the machine knows it, with ``hide`` shortened."""
    words = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")
    line = " ".join(word for word in words if word)
    for long, short in ((str(hide), "$STATE"), (f"{world.OUR_PACKAGES}/", "")):
        line = line.replace(long, short)
    return line.replace(str(Path(words[0]).parent) + "/", "")


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its children, as the baselines count them."""
    return float(_mutil()["cpu"](pid))


def rss_mb(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    return float(_mutil()["rss_mb"](pid))


def load() -> float:
    """The machine's load over the last minute."""
    return os.getloadavg()[0]


def _mutil() -> dict[str, Any]:
    return runpy.run_path(str(BASELINES / "mutil.py"))
