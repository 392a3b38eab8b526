"""People of the office: who they are, their passwords, and who is signed in."""

import re
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from appliance import audit, posts
from appliance.desk import BOX, OF_POSTS, ROLES, Actor, Desk
from sync.db import transaction
from sync.errors import SatarkError
from sync.sealing import locks

IDLE_S = 15 * 60
LONGEST_S = 10 * 3600
SEEN_STEP_S = 15
"""A login's last use is written at most this often: pages that look for news would write each time."""
PASSWORD_LEAST = 8
FREE_FAILURES = 3
LONGEST_WAIT_S = 60
FORGET_FAILURES_S = 3600

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_MEMORY_KIB = 46 * 1024
# Checked in place of an unknown person's, so that he takes as long to refuse; no password has this hash.
_NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
# 46 MiB each: a morning on which everybody signs in must not take the small box's memory.
_ROOM = threading.BoundedSemaphore(2)


class WrongPerson(SatarkError):
    """A person who cannot be added: name taken or not of our form, unknown role, password too short."""


@dataclass(frozen=True)
class Person:
    """One of the office, as the list of people shows him."""

    name: str
    display: str
    role: str
    active: bool


def add(desk: Desk, name: str, display: str, role: str, password: str, post: str = "") -> None:
    """Adds a person; ``post``: for whose desk, with the roles in OF_POSTS. Raises WrongPerson saying what is wrong."""
    if not _NAME.fullmatch(name):
        raise WrongPerson(f"a login name has 2 to 32 of a-z 0-9 . _ -, found {name[:40]!r}")
    if role not in ROLES:
        raise WrongPerson(f"there is no role {role[:40]!r}", hint=f"Choose one of {', '.join(ROLES)}")
    if (role in OF_POSTS) != (post in {known.code for known in posts.posts(desk.directory)}):
        raise WrongPerson(f"the role {role} needs the code of a post, and no other role has one")
    if len(password) < PASSWORD_LEAST:
        raise WrongPerson(f"a password has at least {PASSWORD_LEAST} characters")
    now, hashed = desk.clock(), _hasher().hash(password)
    with transaction(desk.conn):
        if _row(desk, name) is not None:
            raise WrongPerson(f"{name} is there already")
        desk.conn.execute(
            "insert into person(name, display, role, post, password_hash, created_at) values(?,?,?,?,?,?)",
            (name, display, role, post, hashed, int(now)),
        )
        audit.write(desk.conn, now, BOX.name, "person.add", name)


def everybody(desk: Desk) -> tuple[Person, ...]:
    """All people, by name."""
    rows = desk.conn.execute("select name, display, role, active from person order by name")
    return tuple(Person(row[0], row[1], row[2], bool(row[3])) for row in rows)


def display_of(desk: Desk, name: str) -> str:
    """The name to show of whoever signs in under ``name``; ``name`` itself where nobody does."""
    row = _row(desk, name)
    return str(row["display"]) if row is not None else name


def check(desk: Desk, name: str, password: str) -> Actor | None:
    """Who this is, or None: wrong name, wrong password, no longer active, or too soon after failures (``wait_s``).

    Takes as long for a name nobody has as for a wrong password.
    """
    if wait_s(desk, name) > 0:
        return None
    row = _row(desk, name)
    is_right = _verify(row["password_hash"] if row else _NOBODY, password)
    if row is None or not is_right or not row["active"]:
        _note_failure(desk, name)
        return None
    desk.conn.execute("delete from login_failure where name_tag=?", (_tag(desk, name),))
    return Actor(row["name"], row["display"], row["role"], row["post"])


def wait_s(desk: Desk, name: str) -> int:
    """Seconds until a sign-in under this name is looked at again; nobody is ever locked out for good."""
    row = desk.conn.execute(
        "select failures, last_at from login_failure where name_tag=?", (_tag(desk, name),)
    ).fetchone()
    if row is None or row["failures"] < FREE_FAILURES:
        return 0
    delay_s = min(LONGEST_WAIT_S, 1 << min(int(row["failures"]) - FREE_FAILURES, 10))
    return max(0, ceil(int(row["last_at"]) + delay_s - desk.clock()))


def begin(desk: Desk, actor: Actor) -> str:
    """Signs a person in; gives the token that only his browser keeps."""
    token, now = secrets.token_urlsafe(32), desk.clock()
    with transaction(desk.conn):
        desk.conn.execute(
            "insert into login select ?, id, ?, ? from person where name=?",
            (_hash(token), int(now), int(now), actor.name),
        )
        audit.write(desk.conn, now, actor.name, "login.begin", actor.name)
    return token


def actor_of(desk: Desk, token: str, now: float, touch: bool = True) -> Actor | None:
    """Who holds this token, or None after 15 idle minutes, ten hours, or the end of his login.

    ``touch``: this use counts as being there; a page that refreshes by itself passes False.
    """
    row = desk.conn.execute(
        "select name, display, role, post, login.created_at, last_seen_at from login"
        " join person on person.id = person_id where token_hash=? and active",
        (_hash(token),),
    ).fetchone()
    if row is None or now - row["last_seen_at"] >= IDLE_S or now - row["created_at"] >= LONGEST_S:
        return None
    if touch and now - row["last_seen_at"] >= SEEN_STEP_S:
        desk.conn.execute("update login set last_seen_at=? where token_hash=?", (int(now), _hash(token)))
    return Actor(row["name"], row["display"], row["role"], row["post"])


def end(desk: Desk, token: str) -> None:
    """Signs out; nothing happens for a token that is over."""
    with transaction(desk.conn):
        row = desk.conn.execute(
            "delete from login where token_hash=? returning (select name from person where id = person_id)",
            (_hash(token),),
        ).fetchone()
        if row is not None:
            audit.write(desk.conn, desk.clock(), row[0], "login.end", row[0])


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases logins that are over and failures nobody waits for; in the caller's transaction."""
    conn.execute("delete from login where last_seen_at<=? or created_at<=?", (now - IDLE_S, now - LONGEST_S))
    conn.execute("delete from login_failure where last_at<=?", (now - FORGET_FAILURES_S,))


def _row(desk: Desk, name: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = desk.conn.execute("select * from person where name=?", (name,)).fetchone()
    return row


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=_MEMORY_KIB, parallelism=1)


def _verify(hashed: str, password: str) -> bool:
    try:
        with _ROOM:
            return _hasher().verify(hashed, password)
    except VerificationError:
        return False


def _note_failure(desk: Desk, name: str) -> None:
    desk.conn.execute(
        "insert into login_failure values(?,1,?)"
        " on conflict do update set failures=failures+1, last_at=excluded.last_at",
        (_tag(desk, name), int(desk.clock())),
    )


def _tag(desk: Desk, name: str) -> bytes:
    return locks.tag(desk.field_key, "login failure", name.encode())


def _hash(token: str) -> bytes:
    return locks.digest(token.encode())
