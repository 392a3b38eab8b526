"""Who belongs to the office, and whether somebody is whom he says."""

import re
import sqlite3
from dataclasses import dataclass

from appliance import audit, posts, timekeeping
from appliance.desk import BOX, OF_POSTS, ROLES, Actor, Desk
from appliance.errors import NotFound
from appliance.people import delays, guessable, passwords
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import SatarkError

FIRST_PASSWORD_S = 3 * DAY_S
"""A password that the program made holds so long once it can be used, and only until it is changed."""
LONGEST_DISPLAY = 80
UNKNOWN = "?"
"""In the audit: a name that nobody here has, which may be a password typed into the wrong field."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class WrongPerson(SatarkError):
    """A person who cannot be: name taken or not of our form, unknown role, a post that does not go with it."""


@dataclass(frozen=True)
class Person:
    """One of the office, as the list of people shows him. ``must_change``: he has not used his first password yet.

    ``since`` and ``until``: when he sits for his post, epoch seconds; None: from ever, until further notice.
    """

    name: str
    display: str
    role: str
    post: str
    active: bool
    must_change: bool
    since: int | None = None
    until: int | None = None

    def sits(self, now: float) -> bool:
        """Whether this is a time at which he may work."""
        return self.active and (self.since or 0) <= now and (self.until is None or now < self.until)


@dataclass(frozen=True)
class New:
    """Somebody to be added. ``password_hash``: of ``passwords.hashed``."""

    name: str
    display: str
    role: str
    post: str
    password_hash: str
    must_change: bool


def add(desk: Desk, name: str, display: str, role: str, password: str, post: str = "") -> None:
    """Adds a person whose password is known already (a demo's, a test's); people of an office are hired.

    Raises WrongPerson or WeakPassword saying what is wrong.
    """
    guessable.refuse(desk, name, password)
    kept = passwords.hashed(password)
    with transaction(desk.conn):
        insert(desk, New(name, display, role, post, kept, must_change=False))
        if post:
            desk.conn.execute(
                "update person set post_since=?, post_since_at_once=?, post_since_back_s=? where name=?",
                (int(desk.clock()), *timekeeping.entered(desk, True), name),
            )
        audit.write(desk.conn, desk.clock(), BOX.name, "person.add", name)


def insert(desk: Desk, new: New) -> None:
    """Writes the row, in the caller's transaction; raises WrongPerson."""
    if not _NAME.fullmatch(new.name):
        raise WrongPerson(f"a login name has 2 to 32 of a-z 0-9 . _ -, found {new.name[:40]!r}")
    if BOX.name in (new.name, new.display.strip().casefold()):
        raise WrongPerson(f"{BOX.name!r} stands for the program itself", hint="Choose another name")
    if not 0 < len(new.display.strip()) <= LONGEST_DISPLAY:
        raise WrongPerson(f"the name shown to others has 1 to {LONGEST_DISPLAY} characters")
    if new.role not in ROLES:
        raise WrongPerson(f"there is no role {new.role[:40]!r}", hint=f"Choose one of {', '.join(ROLES)}")
    if (new.role in OF_POSTS) != (new.post in {known.code for known in posts.posts(desk.directory)}):
        raise WrongPerson(f"the role {new.role} needs the code of a post, and no other role has one")
    if row_of(desk, new.name) is not None:
        raise WrongPerson(f"{new.name} is there already")
    now = int(desk.clock())
    desk.conn.execute(
        "insert into person(name, display, role, post, password_hash, must_change, created_at, password_at)"
        " values(?,?,?,?,?,?,?,?)",
        (
            new.name,
            new.display.strip(),
            new.role,
            new.post,
            new.password_hash,
            int(new.must_change),
            now,
            now,
        ),
    )


def everybody(desk: Desk) -> tuple[Person, ...]:
    """All people, by name."""
    return tuple(read(row) for row in desk.conn.execute("select * from person order by name"))


def person(desk: Desk, name: str) -> Person:
    """One of them; raises NotFound."""
    row = row_of(desk, name)
    if row is None:
        raise NotFound(f"nobody here is called {name[:40]!r}")
    return read(row)


def display_of(desk: Desk, name: str) -> str:
    """The name to show of whoever signs in under ``name``; ``name`` itself where nobody does."""
    row = row_of(desk, name)
    return str(row["display"]) if row is not None else name


def check(desk: Desk, name: str, password: str, address: str = "") -> Actor | None:
    """Who this is, or None: wrong name, wrong password, no longer active, not in his days at his post, a first
    password that is over, or too soon after failures (``delays.wait_s``).

    Takes as long for a name nobody has as for a wrong password. ``address``: where the try comes from.
    """
    if not delays.take(desk, name, address):
        return None
    row = row_of(desk, name)
    is_right = passwords.fits(row["password_hash"] if row else passwords.NOBODY, password)
    with transaction(desk.conn):
        if row is None or not is_right or not read(row).sits(desk.clock()) or _is_over(desk, row):
            audit.write(desk.conn, desk.clock(), BOX.name, "login.refused", name if row else UNKNOWN)
            return None
        delays.forgive(desk, name, address)
    return actor_of_row(row)


def row_of(desk: Desk, name: str) -> sqlite3.Row | None:
    """All columns of a person."""
    row: sqlite3.Row | None = desk.conn.execute("select * from person where name=?", (name,)).fetchone()
    return row


def actor_of_row(row: sqlite3.Row) -> Actor:
    """Who acts, out of a person's columns."""
    return Actor(row["name"], row["display"], row["role"], row["post"])


def read(row: sqlite3.Row) -> Person:
    """A person out of all his columns."""
    return Person(
        name=row["name"],
        display=row["display"],
        role=row["role"],
        post=row["post"],
        active=bool(row["active"]),
        must_change=bool(row["must_change"]),
        since=row["post_since"],
        until=row["post_until"],
    )


def first_until(desk: Desk, name: str) -> int:
    """Until when somebody's first password holds."""
    (since,) = desk.conn.execute("select password_at from person where name=?", (name,)).fetchone()
    return int(since) + FIRST_PASSWORD_S


def _is_over(desk: Desk, row: sqlite3.Row) -> bool:
    return bool(row["must_change"]) and desk.clock() - row["password_at"] >= FIRST_PASSWORD_S
