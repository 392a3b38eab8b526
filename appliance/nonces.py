"""A form that came twice acts once: each carries a random name of its own, stored with what came of it."""

import re
import sqlite3

from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from sync.clock import DAY_S
from sync.errors import SatarkError

KEPT_S = 7 * DAY_S
_NONCE = re.compile(r"[0-9a-f]{32}")


class Repeated(SatarkError):
    """This very form was sent before; ``result`` is what came of it then."""

    def __init__(self, result: str) -> None:
        super().__init__("this form was sent before", hint="Nothing was done a second time")
        self.result = result


def spend(desk: Desk, actor: Actor, nonce: str, result: str) -> None:
    """Notes what came of a form, in the transaction of its act; raises Repeated, which undoes the act.

    ``nonce``: 32 hex digits that the page drew for this form; "" for an act that no form asked for.
    """
    if not nonce:
        return
    if not _NONCE.fullmatch(nonce):
        raise NotAllowed("the form lacks its own name", hint="Open the page again")
    known = desk.conn.execute(
        "select result from form_nonce where person=? and nonce=?", (actor.name, nonce)
    ).fetchone()
    if known is not None:
        raise Repeated(known["result"])
    desk.conn.execute(
        "insert into form_nonce(person, nonce, result, at) values(?,?,?,?)",
        (actor.name, nonce, result, int(desk.clock())),
    )


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases names of forms that no browser can still hold; in the caller's transaction."""
    conn.execute("delete from form_nonce where at<=?", (now - KEPT_S,))
