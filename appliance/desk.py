"""What the office's functions need to work with, and who acts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from appliance import config, migrations
from appliance.config import BoxConfig
from sync import catalogue, db, directory
from sync.catalogue import Catalogue
from sync.clock import Clock
from sync.directory import Directory
from sync.sealing.keys import VerifyKey

SCREENER, SUPERVISOR, SP = "screener", "supervisor", "sp"
CO, SHO = "co", "sho"
ANALYST, TECHNICIAN, AUDITOR, RANGE = "analyst", "technician", "auditor", "range"
ROLES = (SCREENER, SUPERVISOR, SP, CO, SHO, ANALYST, TECHNICIAN, AUDITOR, RANGE)
OFFICER = "officer"
"""The holder of a post, who answers from his phone: nobody signs in as one."""
OFFICE = frozenset({SCREENER, SUPERVISOR, SP, RANGE})
"""Roles of the office itself: they see every case of their node."""
LEADERS = frozenset({SUPERVISOR, SP, RANGE})
"""Who answers for the office's work: assigns, verifies, answers informants."""
OF_POSTS = frozenset({CO, SHO})
"""Roles that sit at a desk for one post, and see what is that post's."""
READERS = OFFICE | OF_POSTS
"""Roles that may see cases; the others see figures, the audit trail or health only."""


def _new_id() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Actor:
    """Who acts: login name, name shown, role (one of ROLES; "box" when the program itself acts).

    ``post``: code of the post that a person of the roles in OF_POSTS sits for, "" for the others. ``practice``: he
    trains: he sees the cases that were made up for it, and no others.
    """

    name: str
    display: str
    role: str
    post: str = ""
    practice: bool = False


BOX = Actor("box", "box", "box")
"""The program itself: reports that come, jobs that run."""


@dataclass(frozen=True)
class Desk:
    """Passed to every function of the office. ``conn`` is of ``box.db`` and belongs to one thread at a time.

    ``new_id`` makes message ids: 32 hex digits.
    """

    conn: Connection
    field_key: bytes
    catalogue: Catalogue
    directory: Directory
    clock: Clock
    config: BoxConfig
    new_id: Callable[[], str] = _new_id


def open_desk(root: Path, clock: Clock) -> Desk:
    """Opens the box under ``root``, bringing its database to the newest schema; raises ConfigError."""
    settings = config.load(root)
    return Desk(
        conn=db.open_db(settings.box_db, migrations.BOX),
        field_key=config.field_key(root),
        catalogue=catalogue.load(),
        directory=directory.load(root / "directory.json", _authority(root)),
        clock=clock,
        config=settings,
    )


def open_keys(settings: BoxConfig) -> Connection:
    """Opens ``keys.db``; for the link process only."""
    return db.open_db(settings.keys_db, migrations.KEYS)


def _authority(root: Path) -> VerifyKey:
    return VerifyKey(bytes.fromhex((root / "authority.pub").read_text(encoding="ascii").strip()))
