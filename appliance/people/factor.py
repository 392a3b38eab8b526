"""The second factor: six digits of a phone that change every half minute (RFC 6238), or a printed sheet of codes."""

import sqlite3
from dataclasses import dataclass
from hmac import compare_digest

import pyotp

from appliance import audit
from appliance.desk import Desk
from appliance.people import accounts, delays, logins, printed
from appliance.people.due import CODE
from sync.db import transaction
from sync.sealing import locks

STEP_S = 30
DIGITS = 6
_ON_PAPER = ""
"""Kept in place of a phone's secret where there is none."""


@dataclass(frozen=True)
class Factor:
    """What a person has. ``phone``: a phone gives codes; ``codes_left``: printed ones that were not used."""

    phone: bool
    codes_left: int


@dataclass(frozen=True)
class Taken:
    """A second factor that was set up: the sign-in's new token, and the codes, which are shown this once."""

    token: str
    codes: tuple[str, ...]


def factor_of(desk: Desk, name: str) -> Factor | None:
    """The second factor of a person, or None."""
    row = accounts.row_of(desk, name)
    if row is None or row["totp_locked"] is None:
        return None
    phone = _secret(desk, row, "totp_locked", "factor") != _ON_PAPER
    return Factor(phone, printed.left(desk, row["id"]))


def offer(desk: Desk, name: str, again: bool = False) -> str:
    """The secret that a person's phone is to hold, in base32; the same until a code proves it, or ``again``."""
    with transaction(desk.conn):
        row = accounts.row_of(desk, name)
        if row is not None and row["totp_offered"] is not None and not again:
            return _secret(desk, row, "totp_offered", "offered")
        secret = pyotp.random_base32()
        kept = locks.lock(desk.field_key, secret.encode(), f"offered:{name}")
        desk.conn.execute("update person set totp_offered=? where name=?", (kept, name))
    return secret


def address_of(secret: str, name: str, issuer: str) -> str:
    """What the QR code of a secret says: ``otpauth://totp/...``."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def code_at(secret: str, at: float) -> str:
    """The six digits that a phone shows at a time."""
    return pyotp.TOTP(secret).generate_otp(int(at // STEP_S))


def take_up(desk: Desk, token: str, code: str, address: str = "") -> Taken | None:
    """The phone that holds the offered secret becomes the second factor; None where ``code`` does not prove it."""
    login = logins.of_token(desk, token, desk.clock())
    if login is None or not delays.take(desk, login.actor.name, address, delays.CODES):
        return None
    row = accounts.row_of(desk, login.actor.name)
    secret = _secret(desk, row, "totp_offered", "offered") if row and row["totp_offered"] is not None else ""
    step = _step_of(secret, code, desk.clock(), 0) if secret else None
    return None if step is None else _set(desk, token, login.actor.name, secret, step, address)


def take_up_paper(desk: Desk, token: str, address: str = "") -> Taken | None:
    """A printed sheet becomes the second factor of somebody without a phone."""
    login = logins.of_token(desk, token, desk.clock())
    return _set(desk, token, login.actor.name, _ON_PAPER, 0, address) if login else None


def new_codes(desk: Desk, token: str) -> tuple[str, ...]:
    """A new set of printed codes; the old ones are worth nothing. Empty for somebody without a second factor."""
    login = logins.of_token(desk, token, desk.clock())
    found = factor_of(desk, login.actor.name) if login else None
    if login is None or found is None:
        return ()
    sheet = printed.make(printed.RECOVERY_CODES if found.phone else printed.SHEET_CODES)
    with transaction(desk.conn):
        printed.keep(desk, _id(desk, login.actor.name), sheet)
        audit.write(desk.conn, desk.clock(), login.actor.name, "factor.codes", login.actor.name)
    return sheet.codes


def pass_code(desk: Desk, token: str, code: str, address: str = "") -> str | None:
    """The second step of a sign-in: its new token, or None (wrong, used before, or too soon after failures)."""
    login = logins.of_token(desk, token, desk.clock())
    if login is None or login.due != CODE or not is_right(desk, login.actor.name, code, address):
        return None
    now = int(desk.clock())
    with transaction(desk.conn):
        logins.arrived(desk, login.actor.name, address)
        return logins.renew(desk, token, code_at=now, fresh_at=now)


def is_right(desk: Desk, name: str, code: str, address: str, on_paper: bool = True) -> bool:
    """Whether this code is the person's now, and spends it. ``on_paper``: one of his sheet counts too."""
    if not delays.take(desk, name, address, delays.CODES):
        return False
    number = printed.find(desk, _id(desk, name), code) if on_paper else None
    with transaction(desk.conn):
        row = accounts.row_of(desk, name)
        if row is None or not _spend(desk, row, code, number):
            audit.write(desk.conn, desk.clock(), name, "factor.refused", name)
            return False
        delays.forgive(desk, name, address, delays.CODES)
    return True


def drop(desk: Desk, person_id: int) -> None:
    """The person has no second factor any more; in the caller's transaction."""
    desk.conn.execute("update person set totp_locked=null, totp_offered=null where id=?", (person_id,))
    printed.forget(desk, person_id)


def _set(desk: Desk, token: str, name: str, secret: str, step: int, address: str) -> Taken:
    sheet, now = printed.make(printed.RECOVERY_CODES if secret else printed.SHEET_CODES), int(desk.clock())
    with transaction(desk.conn):
        desk.conn.execute(
            "update person set totp_locked=?, totp_step=?, totp_offered=null where name=?",
            (locks.lock(desk.field_key, secret.encode(), f"factor:{name}"), step, name),
        )
        printed.keep(desk, _id(desk, name), sheet)
        delays.forgive(desk, name, address, delays.CODES)
        logins.end_others(desk, name, token)
        audit.write(desk.conn, now, name, "factor.set", name)
        return Taken(logins.renew(desk, token, code_at=now, fresh_at=now), sheet.codes)


def _spend(desk: Desk, row: sqlite3.Row, code: str, number: int | None) -> bool:
    """Uses up a code of the phone or, by its number, of the sheet."""
    if row["totp_locked"] is None:
        return False
    if number is not None:
        audit.write(desk.conn, desk.clock(), row["name"], "factor.printed", row["name"])
        return printed.spend(desk, row["id"], number)
    secret = _secret(desk, row, "totp_locked", "factor")
    step = _step_of(secret, code, desk.clock(), row["totp_step"]) if secret else None
    if step is None:
        return False
    desk.conn.execute("update person set totp_step=? where id=?", (step, row["id"]))
    return True


def _id(desk: Desk, name: str) -> int:
    row = desk.conn.execute("select id from person where name=?", (name,)).fetchone()
    return int(row["id"]) if row else 0


def _step_of(secret: str, code: str, at: float, after: int) -> int | None:
    """The half minute whose code this is, one earlier or later than now at most, and later than ``after``."""
    digits, now = "".join(code.split()), int(at // STEP_S)
    fitting = [
        step
        for step in (now - 1, now, now + 1)
        if compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), digits.encode())
    ]
    return next((step for step in fitting if step > after), None)


def _secret(desk: Desk, row: sqlite3.Row, column: str, context: str) -> str:
    return locks.unlock(desk.field_key, row[column], f"{context}:{row['name']}").decode()
