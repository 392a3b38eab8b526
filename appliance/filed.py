"""How a case is filed: kind of crime and thana. The history keeps every correction, as it was and as it is since."""

import sqlite3
from dataclasses import dataclass

CORRECT = "correct"
SINCE = ">"
"""Between how it was and how it is; in no code."""


@dataclass(frozen=True)
class Filed:
    """Codes; ``thana`` is "" where it is not known."""

    category: str
    thana: str


def detail(before: Filed, after: Filed) -> str:
    """What the history notes of a correction."""
    return SINCE.join(f"{one.category}/{one.thana}" for one in (before, after))


def read(detail: str) -> tuple[Filed, Filed]:
    """How it was and how it is since, from ``detail``."""
    before, after = (Filed(*one.split("/")) for one in detail.split(SINCE))
    return before, after


def thanas(conn: sqlite3.Connection, case_id: int, now: str) -> frozenset[str]:
    """Every thana that a case was ever filed under; ``now``: under which it is."""
    rows = conn.execute("select detail from history where case_id=? and act=?", (case_id, CORRECT))
    return frozenset({now, *(one.thana for row in rows.fetchall() for one in read(row[0]))})
