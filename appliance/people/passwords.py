"""Passwords: kept as argon2id, and which ones are too easy to guess."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_MEMORY_KIB = 46 * 1024
_CODE_MEMORY_KIB = 19 * 1024
NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Checked in place of an unknown person's, so that he takes as long to refuse; no password has this hash."""
# 46 MiB each: a morning on which everybody signs in must not take the small box's memory.
_ROOM = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _ROOM:
        return _hasher().hash(_one_form(password))


def hashed_code(code: str) -> str:
    """What is kept of a printed code: as hard to try as a password, in half the time, since a sheet holds many."""
    with _ROOM:
        return PasswordHasher(time_cost=2, memory_cost=_CODE_MEMORY_KIB, parallelism=1).hash(code)


def fits(kept: str, password: str) -> bool:
    """Whether ``password`` (or code) is the one that was kept as ``kept``."""
    try:
        with _ROOM:
            return _hasher().verify(kept, _one_form(password))
    except VerificationError:
        return False


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=_MEMORY_KIB, parallelism=1)


def _one_form(password: str) -> str:
    # Two keyboards may write the same Hindi letter in two ways.
    return unicodedata.normalize("NFKC", password)
