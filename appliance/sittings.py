"""What a person chose for as long as he is signed in: whether his page sounds, whether he trains."""

import sqlite3
from dataclasses import dataclass, replace

from appliance.desk import Actor, Desk
from sync.sealing import locks


@dataclass(frozen=True)
class Sitting:
    """``sound``: a tone for an urgent report that nobody has taken; ``practice``: training cases and no others."""

    sound: bool = False
    practice: bool = False


def of(desk: Desk, token: str) -> Sitting:
    """The choices of the sign-in of that token; none at its beginning."""
    row = desk.conn.execute(
        "select sound, practice from sitting where token_hash=?", (_hash(token),)
    ).fetchone()
    return Sitting(bool(row[0]), bool(row[1])) if row else Sitting()


def choose(desk: Desk, token: str, sitting: Sitting) -> None:
    """Keeps the choices until this sign-in is over."""
    desk.conn.execute(
        "insert or replace into sitting(token_hash, sound, practice) values(?,?,?)",
        (_hash(token), int(sitting.sound), int(sitting.practice)),
    )


def move(desk: Desk, before: str, after: str) -> None:
    """The same sign-in has another token from now on."""
    desk.conn.execute(
        "update or replace sitting set token_hash=? where token_hash=?", (_hash(after), _hash(before))
    )


def seated(desk: Desk, actor: Actor, token: str) -> Actor:
    """The person as he sits there: with the mark that he trains, if he does."""
    return replace(actor, practice=of(desk, token).practice)


def forget_old(conn: sqlite3.Connection) -> None:
    """Erases the choices of sign-ins that are over; in the caller's transaction."""
    conn.execute("delete from sitting where token_hash not in (select token_hash from login)")


def _hash(token: str) -> bytes:
    return locks.digest(token.encode())
