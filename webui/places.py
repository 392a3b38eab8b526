"""Addresses that come from a form: only places inside this site."""

import re

_INSIDE = re.compile(r"/(?![/\\])[\w\-./?=&%+]*", re.ASCII)
_LONGEST = 400


def local_path(wanted: str, otherwise: str = "/") -> str:
    """``wanted`` if it is a path of this site (so that a sign-in cannot lead elsewhere), else ``otherwise``."""
    return wanted if len(wanted) <= _LONGEST and _INSIDE.fullmatch(wanted) else otherwise
