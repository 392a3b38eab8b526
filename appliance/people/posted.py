"""People who sit at a desk for a post do so between two days, and no longer than who they came with."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace

from appliance import audit, timekeeping
from appliance.desk import OF_POSTS, Actor, Desk
from appliance.people import accounts, logins
from appliance.people.accounts import Person, WrongPerson


@dataclass(frozen=True)
class Stay:
    """From when until when somebody sits for his post, epoch seconds; None: from now on, and until further notice."""

    since: int | None = None
    until: int | None = None


AT_ONCE = Stay()


def of_posts(desk: Desk, now: float) -> tuple[Person, ...]:
    """Who sits for a post, or will, or is shut out and would: by post and name."""
    marks = ",".join("?" * len(OF_POSTS))
    rows = desk.conn.execute(
        f"select * from person where role in ({marks}) and (post_until is null or post_until>?) order by post, name",
        (*sorted(OF_POSTS), int(now)),
    ).fetchall()
    return tuple(accounts.read(row) for row in rows)


def put(desk: Desk, name: str, role: str, stay: Stay) -> None:
    """Writes the days for which somebody was given a post, in the caller's transaction; raises WrongPerson.

    A first password that still holds does so from the day on which it can be used.
    """
    now = int(desk.clock())
    since = max(now, stay.since or now) if role in OF_POSTS else None
    if stay.until is not None and (since is None or stay.until <= since):
        raise WrongPerson("a post has a last day that is still to come, after its first, or none")
    desk.conn.execute(
        "update person set post_since=?, post_since_at_once=?, post_since_back_s=?, post_until=?, post_until_at_once=0,"
        " post_until_back_s=0, own_until=? where name=?",
        (since, *timekeeping.entered(desk, since == now), stay.until, stay.until, name),
    )
    desk.conn.execute(
        "update person set password_at=max(password_at, ?) where name=? and must_change and password_at>?",
        (stay.since or 0, name, now - accounts.FIRST_PASSWORD_S),
    )


def go_on(desk: Desk, row: sqlite3.Row, post: str, stay: Stay) -> None:
    """Who sits for that very post now, and is to from no later day, sits for it since he came: in the transaction of
    ``put``, which wrote now. ``row``: as he was."""
    now, before = desk.clock(), accounts.read(row)
    is_there = (before.since or 0) <= now and (before.until is None or now < before.until)
    if before.post == post and is_there and (stay.since or 0) <= now:
        desk.conn.execute(
            "update person set post_since=?, post_since_at_once=?, post_since_back_s=? where name=?",
            (before.since, row["post_since_at_once"], row["post_since_back_s"], before.name),
        )


def keep_own(desk: Desk, row: sqlite3.Row, post: str, stay: Stay) -> None:
    """A last day that a transfer gave, and that is sent as it stood in the form, becomes nobody's own: in the
    transaction of ``put``. ``row``: as he was."""
    if row["post"] == post and stay.until is not None and stay.until == row["post_until"]:
        desk.conn.execute("update person set own_until=? where id=?", (row["own_until"], row["id"]))


def leave(
    desk: Desk, actor: Actor, post: str, end: int, staying: Collection[str] = (), is_at_once: bool = True
) -> tuple[Person, ...]:
    """Who sat for a post before ``end`` does so until then, but those of ``staying`` (login names); gives them so.

    In the caller's transaction. If that is now, he is signed out everywhere. ``is_at_once``: ``end`` is no day that was
    chosen; where it is now, so does whoever has come by then, though the clock is behind his day.
    """
    is_now = is_at_once and end == int(desk.clock())
    before = end + timekeeping.behind_s(desk) if is_now else end
    leaving = [
        one
        for one in of_posts(desk, end)
        if one.post == post and (one.since or 0) < before and one.name not in staying
    ]
    for one in leaving:
        _leave(desk, actor, one, end)
    return tuple(replace(one, until=end) for one in leaving)


def stay(desk: Desk, actor: Actor, post: str, end: int, following: int | None) -> None:
    """Who was to leave a post at ``end``, which is still to come, sits on: until the day he was given himself.

    In the caller's transaction. ``following``: when somebody else comes, for whom he leaves then.
    """
    staying = desk.conn.execute(
        "update person set post_until=min(coalesce(own_until, :following), coalesce(:following, own_until))"
        " where post=:post and post_until=:end and own_until is not :end returning name",
        {"post": post, "end": end, "following": following},
    ).fetchall()
    for (name,) in staying:
        audit.write(desk.conn, desk.clock(), actor.name, "person.post_stay", name)


def _leave(desk: Desk, actor: Actor, one: Person, end: int) -> None:
    now = desk.clock()
    (person_id,) = desk.conn.execute(
        "update person set post_until=?, post_until_at_once=?, post_until_back_s=? where name=? returning id",
        (end, *timekeeping.entered(desk, end == int(now)), one.name),
    ).fetchone()
    if end <= now:
        logins.end_all(desk, person_id)
    audit.write(desk.conn, now, actor.name, "person.post_end", one.name)
