"""What a filter of one file format gives: the reduced file, or a refusal."""

from dataclasses import dataclass

from sync.errors import SatarkError


class Unsupported(SatarkError):
    """A kind of file, or a variant of it, that we do not take; its content never goes on unexamined."""


class Damaged(SatarkError):
    """A file whose structure cannot be read safely: cut short, contradictory, or with bytes out of place."""


@dataclass(frozen=True)
class Filtered:
    """The reduced file, and the names of what was dropped, each once, in order of appearance."""

    data: bytes
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a scan of a sound or film says: its kind by content, and the names of what is not on its allow-list.

    ``codec`` is "h264" or "hevc" where its pictures may hold user data, else "".
    """

    mime: str
    dropped: tuple[str, ...]
    codec: str = ""
