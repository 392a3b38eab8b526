"""Asking again who sits there, before what cannot be taken back."""

from appliance import audit
from appliance.desk import Desk
from appliance.people import accounts, factor, logins
from sync.db import transaction


def confirm(desk: Desk, token: str, proof: str, address: str = "") -> str | None:
    """The new token of a sign-in whose person proved himself once more, or None (also while he must wait).

    ``proof``: his password, or the six digits of his phone.
    """
    login = logins.of_token(desk, token, desk.clock())
    if login is None or login.due or not _fits(desk, login.actor.name, proof, address):
        return None
    with transaction(desk.conn):
        audit.write(desk.conn, desk.clock(), login.actor.name, "login.confirm", login.actor.name)
        return logins.renew(desk, token, fresh_at=int(desk.clock()))


def _fits(desk: Desk, name: str, proof: str, address: str) -> bool:
    digits = "".join(proof.split())
    if len(digits) == factor.DIGITS and digits.isdigit():  # no password is that short
        return factor.is_right(desk, name, digits, address, on_paper=False)
    return accounts.check(desk, name, proof, address) is not None
