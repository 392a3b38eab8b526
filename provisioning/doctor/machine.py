"""What doctor asks of the machine it runs on; tests give it another one."""

import os
import resource
import shutil
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sync.clock import Clock
from sync.metadata import fence

DIAL_TIMEOUT_S = 5.0
ALERT_WAIT_S = 0.5


@dataclass(frozen=True)
class Line:
    """Where a node's broker is; ``tls`` is the folder of its certificate, None without TLS."""

    host: str
    port: int
    tls: Path | None


def dial(line: Line) -> str:
    """Connects, with TLS where the node uses it; gives what went wrong, "" when nothing did."""
    try:
        with socket.create_connection((line.host, line.port), DIAL_TIMEOUT_S) as plain:
            return _shake_hands(plain, line) if line.tls else ""
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__


def free_share(path: Path) -> float:
    """The free share of the file system of ``path``, 0 to 1."""
    usage = shutil.disk_usage(path)
    return usage.free / usage.total


def core_limit_bytes() -> int:
    """How large a core dump may become; -1 for any size."""
    return resource.getrlimit(resource.RLIMIT_CORE)[0]


def has_program(name: str) -> bool:
    """Whether a program of the system is installed."""
    return shutil.which(name, path="/usr/bin:/usr/local/bin") is not None


def has_landlock() -> bool:
    """Whether a process can give up the files of this machine."""
    return fence.kernel_version() >= 1


def program_time() -> float:
    """When the newest file of this program was made, epoch seconds."""
    ours = Path(__file__).parent.parent
    return max(path.stat().st_mtime for path in ours.rglob("*.py"))


@dataclass(frozen=True)
class Machine:
    """``proc`` and ``sys`` are where Linux shows its state."""

    clock: Clock
    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    dial: Callable[[Line], str] = field(default=dial)
    free_share: Callable[[Path], float] = field(default=free_share)
    core_limit_bytes: Callable[[], int] = field(default=core_limit_bytes)
    program_time: Callable[[], float] = field(default=program_time)
    has_program: Callable[[str], bool] = field(default=has_program)
    has_landlock: Callable[[], bool] = field(default=has_landlock)

    def file_system(self, path: Path) -> str:
        """The kind of file system that ``path`` lies on, such as "tmpfs"; "" when unknown."""
        wanted = path.absolute()
        best = ("", "")
        for line in self._lines("mounts"):
            _, mounted, kind = [*line.split(" "), "", "", ""][:3]
            mounted = mounted.replace("\\040", " ")
            if wanted.is_relative_to(mounted) and len(mounted) >= len(best[0]):
                best = (mounted, kind)
        return best[1]

    def has_swap(self) -> bool:
        """Whether memory may be written to a disk."""
        return len(self._lines("swaps")) > 1

    def core_handler(self) -> str:
        """The program that the kernel hands cores to; "" where it writes files."""
        pattern = " ".join(self._lines("sys/kernel/core_pattern"))
        return pattern[1:].split(" ")[0] if pattern.startswith("|") else ""

    def has_tpm(self) -> bool:
        """Whether there is a TPM of version 2 that programs reach through the kernel."""
        return any((self.sys / "class" / "tpmrm").glob("tpmrm*"))

    def is_encrypted(self, path: Path) -> bool:
        """Whether ``path`` lies on a dm-crypt (LUKS) volume, directly or through LVM."""
        device = path.stat().st_dev
        return _is_crypt(self.sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}")

    def _lines(self, name: str) -> list[str]:
        path = self.proc / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _is_crypt(device: Path) -> bool:
    uuid = device / "dm" / "uuid"
    if uuid.exists() and uuid.read_text(encoding="ascii").startswith("CRYPT-"):
        return True
    below = device / "slaves"
    return below.is_dir() and any(_is_crypt(slave) for slave in below.iterdir())


def _shake_hands(plain: socket.socket, line: Line) -> str:
    assert line.tls is not None
    context = ssl.create_default_context(cafile=str(line.tls / "ca.pem"))
    context.load_cert_chain(str(line.tls / "cert.pem"), str(line.tls / "key.pem"))
    with context.wrap_socket(plain, server_hostname=line.host) as secure:
        # With TLS 1.3 the broker's word on our certificate comes after our side of the handshake is done.
        secure.settimeout(ALERT_WAIT_S)
        try:
            return "" if secure.recv(1) else "the broker closed the connection"
        except TimeoutError:
            return ""
