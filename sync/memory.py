"""Keeps what a process holds in memory off the disk, also where no service manager does it."""

import ctypes
import resource

from sync.errors import Unavailable

_PR_SET_DUMPABLE = 4


def forbid_cores() -> None:
    """No core file of this process, of what it becomes and of what it starts.

    A crash handler that the kernel pipes cores to does not ask for this limit: see ``hide``.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def hide() -> None:
    """``forbid_cores``, for crash handlers too; no other process of this user may read this one's memory.

    For this process alone: neither what it becomes (exec) nor what it starts has it. Root reads it as before.
    """
    forbid_cores()
    if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise Unavailable("this process cannot hide its memory", hint="The kernel must be of this decade")
