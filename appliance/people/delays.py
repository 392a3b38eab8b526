"""Waits after failed sign-ins: longer and longer, never for good, so that nobody can lock the SP out.

Counted per person and per address. Somebody at an address from which he signed in before has a count of his own
there: who guesses from elsewhere does not make him wait.
"""

import sqlite3
from dataclasses import dataclass
from math import ceil

from appliance.desk import Desk
from sync.clock import DAY_S
from sync.db import transaction
from sync.sealing import locks


@dataclass(frozen=True)
class Tries:
    """One kind of try: ``free`` failures without a wait, then 1, 2, 4 ... seconds, ``longest_s`` at most."""

    name: str
    free: int
    longest_s: int


PASSWORDS = Tries("login failure", free=3, longest_s=60)
CODES = Tries("code failure", free=5, longest_s=900)
"""Six digits are guessed sooner than a password, and only by somebody who has the password."""
PLACES = Tries("login failure address", free=10, longest_s=60)
FORGET_FAILURES_S = 3600
KNOWN_ADDRESS_S = 90 * DAY_S


def wait_s(desk: Desk, name: str, address: str = "", kind: Tries = PASSWORDS) -> int:
    """Seconds until a try under this name, from this address, is looked at again."""
    return max(_left(desk, key, tries) for key, tries in _counts(desk, name, address, kind))


def take(desk: Desk, name: str, address: str, kind: Tries = PASSWORDS) -> bool:
    """Counts a try as failed before it is looked at (two at once count twice); False when it must wait."""
    with transaction(desk.conn):
        if wait_s(desk, name, address, kind) > 0:
            return False
        for key, _ in _counts(desk, name, address, kind):
            desk.conn.execute(
                "insert into login_failure values(?,1,?)"
                " on conflict do update set failures=failures+1, last_at=excluded.last_at",
                (key, int(desk.clock())),
            )
    return True


def forgive(desk: Desk, name: str, address: str, kind: Tries = PASSWORDS) -> None:
    """The try was right after all; in the caller's transaction.

    His own failures are forgotten, at this address too; those under other names stay: whoever has one good account
    there must not win new guesses at the others with it.
    """
    (whose, _), (place, _) = _counts(desk, name, address, kind)
    row = desk.conn.execute(
        "delete from login_failure where name_tag=? returning failures", (whose,)
    ).fetchone()
    own = row[0] if row else 0
    desk.conn.execute("update login_failure set failures=failures-? where name_tag=?", (own, place))
    desk.conn.execute("delete from login_failure where name_tag=? and failures<=0", (place,))


def forgive_everybody(desk: Desk) -> None:
    """Nobody waits any more; in the caller's transaction."""
    desk.conn.execute("delete from login_failure")


def remember(desk: Desk, name: str, address: str) -> None:
    """This person signed in from here; in the caller's transaction."""
    desk.conn.execute(
        "insert into known_address select id, ?, ? from person where name=?"
        " on conflict do update set seen_at=excluded.seen_at",
        (place_tag(desk, address), int(desk.clock()), name),
    )


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases failures nobody waits for and addresses nobody came from for long; in the caller's transaction."""
    conn.execute("delete from login_failure where last_at<=?", (now - FORGET_FAILURES_S,))
    conn.execute("delete from known_address where seen_at<=?", (now - KNOWN_ADDRESS_S,))


def place_tag(desk: Desk, address: str) -> bytes:
    """What is kept of an address of the LAN."""
    return locks.tag(desk.field_key, "login address", address.encode())


def _counts(desk: Desk, name: str, address: str, kind: Tries) -> tuple[tuple[bytes, Tries], ...]:
    known = desk.conn.execute(
        "select 1 from known_address join person on person.id = person_id where name=? and address_tag=?",
        (name, place_tag(desk, address)),
    ).fetchone()
    whose = f"{name}\0{address}" if known else name
    return tuple(
        (locks.tag(desk.field_key, tries.name, value.encode()), tries)
        for tries, value in ((kind, whose), (PLACES, address))
    )


def _left(desk: Desk, key: bytes, tries: Tries) -> int:
    row = desk.conn.execute("select failures, last_at from login_failure where name_tag=?", (key,)).fetchone()
    if row is None or row["failures"] < tries.free:
        return 0
    delay_s = min(tries.longest_s, 1 << min(int(row["failures"]) - tries.free, 10))
    left_s = ceil(int(row["last_at"]) + delay_s - desk.clock())
    return min(delay_s, max(0, left_s))  # a clock that was set back has them tried in the future
