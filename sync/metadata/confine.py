"""Shuts a process in: no network, no files, no other process's memory, little memory, time and file size.

With all it starts. The kernel's seccomp filter and Landlock hold without any privilege and inside systemd's own limits,
where new namespaces are forbidden. A process without the filter must not go on; not every kernel has Landlock.
"""

import ctypes
import platform
import resource
import signal
import struct
from contextlib import suppress
from pathlib import Path

from sync.errors import Unavailable
from sync.metadata.fence import fence_in

MEMORY_BYTES = 512 * 1024 * 1024
"""Address space, not memory in use: libraries that are only mapped count."""
CPU_S = 45
FILE_BYTES = 128 * 1024 * 1024

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_FILTER_MODE = 2
# socket, connect, socketpair, ptrace, process_vm_readv, process_vm_writev, io_uring_setup, pidfd_getfd
_SYSTEM_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 101, 310, 311, 425, 438)),
    "aarch64": (0xC00000B7, (198, 203, 199, 117, 270, 271, 425, 438)),
}
_X32 = 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000


def shut_in() -> None:
    """For this process and all it starts, for good; raises Unavailable where the machine does not have it."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (least, least))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory ends, this process ends first
    die_with_parent()
    _gain_nothing()
    fence_in((str(Path(__file__).parents[1]),))
    _forbid_network()


def die_with_parent() -> None:
    """Ends this process when the one that started it ends, however that was."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _gain_nothing() -> None:
    if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise Unavailable("files cannot be examined safely here", hint="The kernel must be of this decade")


def _forbid_network() -> None:
    known = _SYSTEM_CALLS.get(platform.machine())
    if known is None:
        raise Unavailable(
            "files cannot be examined safely on this kind of processor", hint="Use x86_64 or aarch64"
        )
    program = ctypes.create_string_buffer(_filter(*known))
    # struct sock_fprog: length in instructions of eight bytes, address
    prog = ctypes.create_string_buffer(struct.pack("@HP", len(program.raw) // 8, ctypes.addressof(program)))
    libc = ctypes.CDLL(None)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(prog), 0, 0) != 0:
        raise Unavailable(
            "files cannot be examined safely here", hint="The kernel must allow seccomp filters"
        )


def _filter(architecture: int, forbidden: tuple[int, ...]) -> bytes:
    """BPF: kill under another architecture, EPERM for what is forbidden and for x32, allow the rest."""
    count = len(forbidden)
    refuse = [struct.pack("<HBBI", _EQUAL, count - number, 0, call) for number, call in enumerate(forbidden)]
    return b"".join(
        [
            struct.pack("<HBBI", _LOAD, 0, 0, 4),
            struct.pack("<HBBI", _EQUAL, 1, 0, architecture),
            struct.pack("<HBBI", _RETURN, 0, 0, _KILL),
            struct.pack("<HBBI", _LOAD, 0, 0, 0),
            struct.pack("<HBBI", _AT_LEAST, count + 1, 0, _X32),
            *refuse,
            struct.pack("<HBBI", _RETURN, 0, 0, _ALLOW),
            struct.pack("<HBBI", _RETURN, 0, 0, _EPERM),
        ]
    )
