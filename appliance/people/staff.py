"""What an administrator does with people. He never chooses a password and never learns one that stays."""

import secrets
import sqlite3

from appliance import audit, nonces
from appliance.desk import BOX, OFFICE, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound
from appliance.people import accounts, claims, delays, factor, logins, passwords, posted
from appliance.people.places import ADMINISTRATORS, check_place
from appliance.people.posted import AT_ONCE, Stay
from sync.db import transaction

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP, _GROUPS = 5, 3


def hire(
    desk: Desk, actor: Actor, name: str, display: str, role: str, post: str = "", stay: Stay = AT_ONCE
) -> str:
    """Adds a person; gives his first password, to be changed at once; it holds for three days once he may come in.

    ``actor``: an administrator, or BOX at the console. Raises WrongPerson, Forbidden.
    """
    _may(actor)
    check_place(desk, role, post)
    first = _first_password()
    kept = passwords.hashed(first)
    with transaction(desk.conn):
        accounts.insert(desk, accounts.New(name, display, role, post, kept, must_change=True))
        posted.put(desk, name, role, stay)
        audit.write(desk.conn, desk.clock(), actor.name, "person.add", name)
    return first


def reset(desk: Desk, actor: Actor, name: str, nonce: str = "") -> str:
    """A new first password for somebody who forgot his; whoever is signed in as him is out.

    The form called ``nonce`` makes one: raises Repeated when it comes again, for the password was shown then.
    """
    _may(actor)
    first = _first_password()
    kept = passwords.hashed(first)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        desk.conn.execute(
            "update person set password_hash=?, must_change=1, password_at=?, totp_offered=null where id=?",
            (kept, max(int(desk.clock()), row["post_since"] or 0), row["id"]),
        )
        logins.end_all(desk, row["id"])
        audit.write(desk.conn, desk.clock(), actor.name, "person.reset", name)
        nonces.spend(desk, actor, nonce, name)
    return first


def drop_factor(desk: Desk, actor: Actor, name: str) -> None:
    """For somebody who lost phone and sheet: he sets up a new second factor at his next sign-in."""
    _may(actor)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        factor.drop(desk, row["id"])
        logins.end_all(desk, row["id"])
        audit.write(desk.conn, desk.clock(), actor.name, "factor.drop", name)


def place(desk: Desk, actor: Actor, name: str, role: str, post: str = "", stay: Stay = AT_ONCE) -> None:
    """Gives a person another role or post; it holds from his next page on, a post between the days of ``stay``.

    Where the new role takes no cases at the desk, those he had taken are everybody's again.
    """
    _may(actor)
    check_place(desk, role, post)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        desk.conn.execute("update person set role=?, post=? where id=?", (role, post, row["id"]))
        posted.put(desk, name, role, stay)
        posted.go_on(desk, row, post, stay)
        posted.keep_own(desk, row, post, stay)
        if role not in OFFICE:
            claims.give_back(desk, actor, name)
        audit.write(desk.conn, desk.clock(), actor.name, f"person.role.{role}", name)


def disable(desk: Desk, actor: Actor, name: str) -> None:
    """The person cannot sign in any more and is out at once; cases he had taken are everybody's again."""
    _may(actor)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        desk.conn.execute("update person set active=0 where id=?", (row["id"],))
        logins.end_all(desk, row["id"])
        claims.give_back(desk, actor, name)
        audit.write(desk.conn, desk.clock(), actor.name, "person.disable", name)


def enable(desk: Desk, actor: Actor, name: str) -> None:
    """The person may sign in again."""
    _may(actor)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        desk.conn.execute("update person set active=1 where id=?", (row["id"],))
        audit.write(desk.conn, desk.clock(), actor.name, "person.enable", name)


def end_logins(desk: Desk, actor: Actor, name: str) -> None:
    """Signs a person out everywhere."""
    _may(actor)
    with transaction(desk.conn):
        row = _other(desk, actor, name)
        logins.end_all(desk, row["id"])
        audit.write(desk.conn, desk.clock(), actor.name, "login.end_all", name)


def forgive(desk: Desk) -> None:
    """At the console: nobody waits any more after failed sign-ins."""
    with transaction(desk.conn):
        delays.forgive_everybody(desk)
        audit.write(desk.conn, desk.clock(), BOX.name, "login.forgive", BOX.name)


def _may(actor: Actor) -> None:
    if actor != BOX and actor.role not in ADMINISTRATORS:
        raise Forbidden(f"{actor.role} may not change people")


def _other(desk: Desk, actor: Actor, name: str) -> sqlite3.Row:
    """The row of somebody else: one's own account is changed on one's own page, and never by mistake."""
    row = accounts.row_of(desk, name)
    if row is None:
        raise NotFound(f"nobody here is called {name[:40]!r}")
    if name == actor.name:
        raise NotAllowed("one's own account is changed by another administrator, or at the console")
    return row


def _first_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
