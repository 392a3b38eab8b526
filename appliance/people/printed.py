"""Printed codes: what replaces a phone, or a lost one. Each is good once; its number on the sheet is its beginning."""

import re
import secrets
from dataclasses import dataclass

from appliance.desk import Desk
from appliance.people import passwords

RECOVERY_CODES, SHEET_CODES = 10, 30
"""How many there are beside a phone, and instead of one."""
FEW_CODES = 3

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 4
_CODE = re.compile(r"(\d\d?)([a-z2-9]{8})", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """Codes as they are printed (``07-abcd-efgh``), and what is kept of each."""

    codes: tuple[str, ...]
    hashes: tuple[str, ...]


def make(count: int) -> Sheet:
    """``count`` new codes; takes a second or two, so outside of any transaction."""
    secret = [_random() for _ in range(count)]
    codes = (f"{at:02}-{code[:_GROUP]}-{code[_GROUP:]}" for at, code in enumerate(secret, 1))
    return Sheet(tuple(codes), tuple(passwords.hashed_code(code) for code in secret))


def keep(desk: Desk, person_id: int, sheet: Sheet) -> None:
    """The person's only sheet from now on; in the caller's transaction."""
    forget(desk, person_id)
    rows = [(person_id, at, kept) for at, kept in enumerate(sheet.hashes, 1)]
    desk.conn.executemany("insert into printed_code values(?,?,?)", rows)


def forget(desk: Desk, person_id: int) -> None:
    """The person has no printed codes any more; in the caller's transaction."""
    desk.conn.execute("delete from printed_code where person_id=?", (person_id,))


def left(desk: Desk, person_id: int) -> int:
    """How many were not used yet."""
    (count,) = desk.conn.execute(
        "select count(*) from printed_code where person_id=?", (person_id,)
    ).fetchone()
    return int(count)


def find(desk: Desk, person_id: int, typed: str) -> int | None:
    """The number of the code that was typed, if it is one of the person's; outside of any transaction."""
    plain = _CODE.fullmatch("".join(sign for sign in typed.casefold() if sign.isalnum()))
    if plain is None:
        return None
    number = int(plain[1])
    row = desk.conn.execute(
        "select code_hash from printed_code where person_id=? and number=?", (person_id, number)
    ).fetchone()
    return number if row is not None and passwords.fits(row[0], plain[2]) else None


def spend(desk: Desk, person_id: int, number: int) -> bool:
    """Uses it up; False where somebody else just did. In the caller's transaction."""
    gone = desk.conn.execute("delete from printed_code where person_id=? and number=?", (person_id, number))
    return gone.rowcount > 0


def _random() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(2 * _GROUP))
