"""Who holds a post: name and WhatsApp number of an officer, between two dates, in box.db and nowhere else."""

import sqlite3

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from appliance import audit, duties
from appliance.desk import RANGE, SP, SUPERVISOR, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, WrongNumber
from appliance.posts import posts
from appliance.tenure import Holder, current, lock, past_and_present
from sync.catalogue import LANGUAGES
from sync.db import transaction

__all__ = ["ROLES", "Holder", "appoint", "current", "normal", "past_and_present", "release"]

ROLES = frozenset({SUPERVISOR, SP, RANGE})
"""Who may say who holds a post."""
REGION = "IN"
LONGEST_NAME = 80
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normal(text: str) -> str:
    """A mobile number in E.164 (``+919812345678``), however it was written; raises WrongNumber."""
    try:
        found = phonenumbers.parse(text, REGION)
    except NumberParseException as error:
        raise WrongNumber(
            "this is no telephone number", hint="Write 10 digits, or + and the country"
        ) from error
    if not phonenumbers.is_valid_number(found) or phonenumbers.number_type(found) not in _MOBILE:
        raise WrongNumber("this cannot be a mobile number", hint="Check the digits")
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


def appoint(
    desk: Desk, actor: Actor, post: str, name: str, number: str, language: str, until: int | None = None
) -> None:
    """Somebody holds a post from now on; whoever held it before does no longer, and loses his cases' notices.

    The same number again corrects what is written of its holder, and takes nothing from him.
    ``until``: epoch seconds, None until further notice. Raises Forbidden, NotAllowed or WrongNumber.
    """
    now = int(desk.clock())
    _check(desk, actor, post)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or language not in LANGUAGES or (until is not None and until <= now):
        raise NotAllowed("a holder needs a name, a language, and an end that is still to come")
    number = normal(number)
    locked = lock(desk, post, name, number, language)
    with transaction(desk.conn):
        held = current(desk, post, now)
        if held is not None and held.number == number:
            desk.conn.execute("update post_holder set locked=?, until=? where id=?", (locked, until, held.id))
        else:
            _end(desk, post, now)
            desk.conn.execute(
                "insert into post_holder(post, locked, since, until) values(?,?,?,?)",
                (post, locked, now, until),
            )
        audit.write(desk.conn, now, actor.name, "post.appoint", post)


def release(desk: Desk, actor: Actor, post: str) -> None:
    """Nobody holds a post any more; raises Forbidden or NotAllowed."""
    now = int(desk.clock())
    _check(desk, actor, post)
    with transaction(desk.conn):
        _end(desk, post, now)
        audit.write(desk.conn, now, actor.name, "post.release", post)


def _check(desk: Desk, actor: Actor, post: str) -> None:
    if actor.role not in ROLES:
        raise Forbidden(f"the role {actor.role} may not say who holds a post")
    district = desk.directory.node(desk.config.node_id).district
    if post not in {known.code for known in posts(desk.directory, district)}:
        raise NotAllowed(f"there is no post {post[:40]!r} here")


def _end(desk: Desk, post: str, now: int) -> None:
    rows: list[sqlite3.Row] = desk.conn.execute(
        "select id from post_holder where post=? and (until is null or until>?)", (post, now)
    ).fetchall()
    for row in rows:
        desk.conn.execute("update post_holder set until=? where id=?", (now, row["id"]))
        duties.withdraw_holder(desk, row["id"], now)
