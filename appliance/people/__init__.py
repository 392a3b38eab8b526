"""People of the office: who they are, their passwords and second factors, and who is signed in."""

import sqlite3

from appliance.people import delays, logins
from appliance.people.accounts import (
    FIRST_PASSWORD_S,
    Person,
    WrongPerson,
    add,
    check,
    display_of,
    everybody,
    first_until,
    person,
)
from appliance.people.confirming import confirm
from appliance.people.delays import CODES, PASSWORDS, PLACES, wait_s
from appliance.people.due import CODE, FACTOR, PASSWORD
from appliance.people.factor import (
    Factor,
    Taken,
    address_of,
    code_at,
    factor_of,
    new_codes,
    offer,
    pass_code,
    take_up,
    take_up_paper,
)
from appliance.people.guessable import LEAST, LONGEST, WeakPassword
from appliance.people.logins import (
    FRESH_S,
    IDLE_S,
    LONGEST_S,
    Login,
    actor_of,
    begin,
    end,
    end_all_but,
    everyones,
    locked,
    of_person,
    of_token,
    revoke,
)
from appliance.people.own import change_password
from appliance.people.places import ADMINISTRATORS, is_of_post, posts_of, roles_of
from appliance.people.posted import Stay, leave, of_posts, stay
from appliance.people.printed import FEW_CODES, RECOVERY_CODES, SHEET_CODES
from appliance.people.staff import (
    disable,
    drop_factor,
    enable,
    end_logins,
    forgive,
    hire,
    place,
    reset,
)

__all__ = [
    "ADMINISTRATORS",
    "CODE",
    "CODES",
    "FACTOR",
    "FEW_CODES",
    "FIRST_PASSWORD_S",
    "FRESH_S",
    "IDLE_S",
    "LEAST",
    "LONGEST",
    "LONGEST_S",
    "PASSWORD",
    "PASSWORDS",
    "PLACES",
    "RECOVERY_CODES",
    "SHEET_CODES",
    "Factor",
    "Login",
    "Person",
    "Stay",
    "Taken",
    "WeakPassword",
    "WrongPerson",
    "actor_of",
    "add",
    "address_of",
    "begin",
    "change_password",
    "check",
    "code_at",
    "confirm",
    "disable",
    "display_of",
    "drop_factor",
    "enable",
    "end",
    "end_all_but",
    "end_logins",
    "everybody",
    "everyones",
    "factor_of",
    "first_until",
    "forget_old",
    "forgive",
    "hire",
    "is_of_post",
    "leave",
    "locked",
    "new_codes",
    "of_person",
    "of_posts",
    "of_token",
    "offer",
    "pass_code",
    "person",
    "place",
    "posts_of",
    "reset",
    "revoke",
    "roles_of",
    "stay",
    "take_up",
    "take_up_paper",
    "wait_s",
]


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases sign-ins that are over, failures nobody waits for, old addresses; in the caller's transaction."""
    logins.forget_old(conn, now)
    delays.forget_old(conn, now)
