"""What a person does with his own account."""

from appliance import audit
from appliance.desk import Desk
from appliance.people import accounts, guessable, logins, passwords
from sync.db import transaction


def change_password(desk: Desk, token: str, old: str, new: str, address: str = "") -> str | None:
    """Another password; every other sign-in of the person ends. Gives this one's new token.

    None where ``old`` is wrong (or tried again too soon); raises WeakPassword for a new one that is easy to guess.
    """
    login = logins.of_token(desk, token, desk.clock())
    if login is None:
        return None
    name = login.actor.name
    guessable.refuse(desk, name, new)
    if old == new:
        raise guessable.WeakPassword(guessable.SAME)
    if accounts.check(desk, name, old, address) is None:
        return None
    now, kept = int(desk.clock()), passwords.hashed(new)
    with transaction(desk.conn):
        desk.conn.execute(
            "update person set password_hash=?, must_change=0, password_at=? where name=?", (kept, now, name)
        )
        logins.end_others(desk, name, token)
        audit.write(desk.conn, now, name, "person.password", name)
        return logins.renew(desk, token, fresh_at=now)
