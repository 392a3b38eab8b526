"""Takes the files of this machine, and the memory and signals of its other processes, from a process: Landlock.

A program that was taken over has the rights of whoever started it: keys, databases, ``/proc/<process>/mem``. The kernel
can take them back without any privilege, for good and for all it starts. What is open already stays open.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# The same numbers on every processor.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# By version of the kernel's interface: how many rights over files there are, and how long the order is.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
_NULL, _CHANCE = "/dev/null", "/dev/urandom"


def fence_in(packages: Iterable[str]) -> bool:
    """Leaves this process the programs of the system and of this Python, ``packages``, ``/dev/null``, chance, to read.

    False where the kernel, or whoever limits this service, does not have it: nothing is taken away then. For a process
    with one thread that can gain no privileges any more.
    """
    libc, version = ctypes.CDLL(None), kernel_version()
    if version < 1:
        return False
    order = struct.pack("<Q", (1 << _RIGHTS.get(version, 16)) - 1)
    if version >= 6:
        order += struct.pack("<QQ", 0, _ABSTRACT_SOCKETS | _SIGNALS)
    rules = int(libc.syscall(_CREATE, order, ctypes.c_size_t(len(order)), 0))
    if rules < 0:
        return False
    try:
        for place in {*_SYSTEM, sys.prefix, sys.base_prefix, *packages}:
            _leave(libc, rules, place, _EXECUTE | _READ | _LIST)
        _leave(libc, rules, _NULL, _READ | _WRITE)
        _leave(libc, rules, _CHANCE, _READ)  # without it qpdf cannot even see that a file has a password
        return int(libc.syscall(_RESTRICT, rules, 0)) == 0
    finally:
        os.close(rules)


def kernel_version() -> int:
    """Of the kernel's interface; below 1 where there is none, or none for this process."""
    return int(ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION))


def _leave(libc: ctypes.CDLL, rules: int, place: str, rights: int) -> None:
    with suppress(OSError):  # what is not there need not be left
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if Path(place).is_dir() else rights & ~_LIST
            libc.syscall(_ADD, rules, _BENEATH, struct.pack("<Qi", allowed, descriptor), 0)
        finally:
            os.close(descriptor)
