"""Sign-ins: who is signed in, since when, and how lately he proved that it is he."""

import secrets
import sqlite3
from dataclasses import dataclass

from appliance import audit
from appliance.desk import Actor, Desk
from appliance.errors import NotFound
from appliance.people import delays
from appliance.people.accounts import actor_of_row, read
from appliance.people.due import CODE, CODE_S, what_is_due
from sync.db import transaction
from sync.sealing import locks

IDLE_S = 15 * 60
LONGEST_S = 10 * 3600
FRESH_S = 5 * 60
AT_MOST = 5
"""Sign-ins of one person at a time; a sixth ends the oldest, first of those that idled."""
SEEN_STEP_S = 15
"""A login's last use is written at most this often: pages that look for news would write each time."""
AHEAD_S = 30
"""Last used so far in the future, the clock was set back since: a time server corrects less. Nobody knows whether it
idled until ``timekeeping`` has moved its times along."""

_SELECT = (
    "select ref, login.created_at, last_seen_at, fresh_at, code_at, address_tag,"
    " name, display, role, post, active, must_change, totp_locked, post_since, post_until"
    " from login join person on person.id = person_id"
)


@dataclass(frozen=True)
class Login:
    """One sign-in. ``ref`` names it to others; ``due`` (of ``people.due``) is what must be done before anything
    else, "" when nothing; ``fresh_at`` the last time its person gave password or code; ``place`` tells apart the
    PCs it came from and says nothing else of them.
    """

    ref: str
    actor: Actor
    due: str
    created_at: int
    last_seen_at: int
    fresh_at: int
    place: str

    def is_fresh(self, now: float) -> bool:
        """Whether its person proved within the last five minutes that it is he."""
        return now - self.fresh_at < FRESH_S


def begin(desk: Desk, actor: Actor, address: str = "") -> str:
    """Signs in a person whose password was right; gives the token that only his browser keeps.

    ``of_token`` says what is still due: without the second factor it is good for nothing else.
    """
    token, now = secrets.token_urlsafe(32), desk.clock()
    with transaction(desk.conn):
        desk.conn.execute(
            "insert into login(token_hash, ref, person_id, created_at, last_seen_at, fresh_at, address_tag)"
            " select ?, ?, id, ?, ?, ?, ? from person where name=?",
            (
                *(token_hash(token), secrets.token_hex(8), int(now), int(now), int(now)),
                *(delays.place_tag(desk, address), actor.name),
            ),
        )
        _end_oldest(desk, actor.name)
        login = _find(desk, token, now)
        if login is not None and login.due != CODE:
            arrived(desk, actor.name, address)
    return token


def arrived(desk: Desk, name: str, address: str) -> None:
    """Everything asked for at the door was right: notes it, in the caller's transaction."""
    delays.remember(desk, name, address)
    audit.write(desk.conn, desk.clock(), name, "login.begin", name)


def of_token(desk: Desk, token: str, now: float, touch: bool = True) -> Login | None:
    """The sign-in that this token stands for, or None after 15 idle minutes, ten hours, or its end.

    ``touch``: this use counts as being there; a page that refreshes by itself passes False.
    """
    login = _find(desk, token, now)
    if login is not None and touch and now - login.last_seen_at >= SEEN_STEP_S:
        desk.conn.execute("update login set last_seen_at=? where token_hash=?", (int(now), token_hash(token)))
    return login


def actor_of(desk: Desk, token: str, now: float, touch: bool = True) -> Actor | None:
    """Who holds this token and has nothing left to do before he may work, or None."""
    login = of_token(desk, token, now, touch)
    return login.actor if login is not None and not login.due else None


def locked(desk: Desk, token: str, now: float) -> Actor | None:
    """Who held this token until he idled, for as long as nobody ended it; None after ten hours, and while it lasts.

    It opens nothing: his PC may be told how much is urgent, and what he typed can be kept for him.
    """
    login = _row(desk, token, now)
    if login is None or login.due or now - login.created_at >= LONGEST_S or _lasts(login, now):
        return None
    return login.actor


def renew(desk: Desk, token: str, **changes: int) -> str:
    """The same sign-in under a new token; ``changes`` of its times; in the caller's transaction."""
    fresh, names = secrets.token_urlsafe(32), "".join(f", {name}=?" for name in changes)
    desk.conn.execute(
        f"update login set token_hash=?{names} where token_hash=?",
        (token_hash(fresh), *changes.values(), token_hash(token)),
    )
    return fresh


def end(desk: Desk, token: str) -> None:
    """Signs out; nothing happens for a token that is over."""
    with transaction(desk.conn):
        row = desk.conn.execute(
            "delete from login where token_hash=? returning (select name from person where id = person_id)",
            (token_hash(token),),
        ).fetchone()
        if row is not None:
            audit.write(desk.conn, desk.clock(), row[0], "login.end", row[0])


def of_person(desk: Desk, name: str) -> tuple[Login, ...]:
    """The sign-ins of a person that last, newest first."""
    return tuple(login for login in everyones(desk) if login.actor.name == name)


def everyones(desk: Desk) -> tuple[Login, ...]:
    """Who is signed in now, newest first."""
    rows = desk.conn.execute(f"{_SELECT} order by login.created_at desc, ref")
    found = (_read(desk, row) for row in rows if read(row).sits(desk.clock()))
    return tuple(login for login in found if _lasts(login, desk.clock()))


def revoke(desk: Desk, actor: Actor, ref: str, whoever: bool = False) -> None:
    """Ends one sign-in of ``actor``, or with ``whoever`` anybody's; raises NotFound for one that is not his."""
    with transaction(desk.conn):
        row = desk.conn.execute(
            "select ref, name from login join person on person.id = person_id where ref=?", (ref,)
        ).fetchone()
        if row is None or not (whoever or row["name"] == actor.name):
            raise NotFound("there is no such sign-in")
        desk.conn.execute("delete from login where ref=?", (ref,))
        audit.write(desk.conn, desk.clock(), actor.name, "login.revoke", row["name"])


def end_all_but(desk: Desk, token: str) -> None:
    """Ends every other sign-in of whoever holds this token."""
    with transaction(desk.conn):
        login = _find(desk, token, desk.clock())
        if login is not None:
            end_others(desk, login.actor.name, token)
            audit.write(desk.conn, desk.clock(), login.actor.name, "login.revoke", login.actor.name)


def end_others(desk: Desk, name: str, token: str) -> None:
    """Ends a person's sign-ins but this one; in the caller's transaction."""
    desk.conn.execute(
        "delete from login where token_hash<>? and person_id=(select id from person where name=?)",
        (token_hash(token), name),
    )


def end_all(desk: Desk, person_id: int) -> None:
    """Ends every sign-in of a person; in the caller's transaction."""
    desk.conn.execute("delete from login where person_id=?", (person_id,))


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases logins that are over, those that idled too after ten hours; in the caller's transaction."""
    conn.execute("delete from login where created_at<=?", (now - LONGEST_S,))


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return locks.digest(token.encode())


def _end_oldest(desk: Desk, name: str) -> None:
    desk.conn.execute(
        "delete from login where token_hash in (select token_hash from login join person on person.id = person_id"
        " where name=? order by last_seen_at>? desc, login.created_at desc limit -1 offset ?)",
        (name, desk.clock() - IDLE_S, AT_MOST),
    )


def _find(desk: Desk, token: str, now: float) -> Login | None:
    login = _row(desk, token, now)
    return login if login is not None and _lasts(login, now) else None


def _row(desk: Desk, token: str, now: float) -> Login | None:
    row = desk.conn.execute(f"{_SELECT} where token_hash=?", (token_hash(token),)).fetchone()
    return _read(desk, row) if row is not None and read(row).sits(now) else None


def _lasts(login: Login, now: float) -> bool:
    longest_s = CODE_S if login.due == CODE else LONGEST_S
    return -AHEAD_S <= now - login.last_seen_at < IDLE_S and now - login.created_at < longest_s


def _read(desk: Desk, row: sqlite3.Row) -> Login:
    return Login(
        ref=row["ref"],
        actor=actor_of_row(row),
        due=what_is_due(desk, row),
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        fresh_at=row["fresh_at"],
        place=bytes(row["address_tag"]).hex()[:4],
    )
