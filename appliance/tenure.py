"""The rows of post holders, opened: which officer holds a post at a time."""

import sqlite3
from dataclasses import dataclass
from unicodedata import category, normalize

from appliance.desk import Desk
from sync import canonical
from sync.errors import Unreadable
from sync.sealing import locks


@dataclass(frozen=True)
class Holder:
    """An officer and the time he holds a post, epoch seconds; ``until`` is None until further notice.

    ``opens``: False where his row does not, and name, number and language are "": nobody can tell who he is.
    """

    id: int
    post: str
    name: str
    number: str
    language: str
    since: int
    until: int | None
    opens: bool = True


def plain(name: str) -> str:
    """A name as it is compared: without case, stops, blanks and joiners."""
    signs = normalize("NFKC", name).casefold()
    return "".join(
        sign for sign in signs if category(sign)[0] not in "PZ" and category(sign) not in ("Cc", "Cf")
    )


_WAS = "(until is null or until>since)"
"""No plan that came to nothing."""
_WAS_AS_ENTERED = "(until is null or until<>since or until_back_s<>since_back_s)"
"""The same wherever the clock was set since."""


@dataclass(frozen=True)
class _Person:
    name: str
    number: str
    language: str


def current(desk: Desk, post: str, now: float) -> Holder | None:
    """Who holds a post now."""
    row = _row(desk, post, now)
    return _opened(desk, row) if row else None


def reachable(desk: Desk, post: str, now: float) -> Holder | None:
    """The same for whoever tells his phone: an officer whose row does not open cannot be told, as if none was there."""
    holder = current(desk, post, now)
    return holder if holder and holder.opens else None


def current_id(desk: Desk, post: str, now: float) -> int | None:
    """The row of who holds a post now, also where it does not open."""
    row = _row(desk, post, now)
    return row["id"] if row else None


def _row(desk: Desk, post: str, now: float) -> sqlite3.Row | None:
    row: sqlite3.Row | None = desk.conn.execute(
        "select * from post_holder where post=? and since<=? and (until is null or until>?)"
        " order by since desc, id desc limit 1",
        (post, int(now), int(now)),
    ).fetchone()
    return row


def by_id(desk: Desk, holder_id: int) -> Holder:
    """The holder of that row, which must be there."""
    return _opened(desk, desk.conn.execute("select * from post_holder where id=?", (holder_id,)).fetchone())


def opening(desk: Desk, holder_id: int) -> Holder | None:
    """The same, or None where the row does not open."""
    holder = by_id(desk, holder_id)
    return holder if holder.opens else None


def next_since(desk: Desk, post: str, now: float) -> int | None:
    """The day from which the next officer holds a post, None where nobody is planned."""
    since: int | None = desk.conn.execute(
        "select min(since) from post_holder where post=? and since>? and (until is null or until>since)",
        (post, int(now)),
    ).fetchone()[0]
    return since


def past_and_present(desk: Desk) -> tuple[Holder, ...]:
    """Every holder there was, the newest first; without plans that came to nothing."""
    return _those(desk, _WAS)


def had(desk: Desk, post: str, start: int, case_id: int) -> tuple[Holder, ...]:
    """Who held a post when the box had this case, or after ``start``: as the times stand, or as they were entered.

    A plan that came to nothing ends as it begins. Whoever came at once by a clock that was behind, to a day that was
    chosen, may end before he begins once it is right; he held the post all the same.
    """
    later = "until>? or last_case>=? or until+until_back_s>?"  # a case may be dated by a clock that ran ahead
    values = (post, int(desk.clock()), case_id, start)
    return _those(desk, f"post=? and {_WAS_AS_ENTERED} and (until is null or {later})", *values)


def unopened(desk: Desk, now: float) -> tuple[Holder, ...]:
    """Those who hold a post, or did, and whose rows do not open, the newest first."""
    begun = f"{_WAS_AS_ENTERED} and (is_begun or since<=?)"
    return tuple(one for one in _those(desk, begun, int(now)) if not one.opens)


def planned(desk: Desk, now: float) -> tuple[Holder, ...]:
    """Who will hold a post from a later day on, the next first."""
    return _those(desk, f"{_WAS} and since>?", int(now))[::-1]


def to_come(desk: Desk, post: str, now: float) -> tuple[Holder, ...]:
    """The same of one post, without those who came already, though the clock is behind their day."""
    return _those(desk, f"{_WAS} and since>? and is_begun=0 and post=?", int(now), post)[::-1]


def plan(desk: Desk, plan_id: int, now: float) -> Holder | None:
    """Who is still to come by that row: named for another day he has another one."""
    found = _those(desk, f"{_WAS} and since>? and is_begun=0 and id=?", int(now), plan_id)
    return found[0] if found else None


def _those(desk: Desk, where: str, *values: int | str) -> tuple[Holder, ...]:
    rows = desk.conn.execute(
        f"select * from post_holder where {where} order by since desc, id desc", values
    ).fetchall()
    return tuple(_opened(desk, row) for row in rows)


def lock(desk: Desk, post: str, name: str, number: str, language: str) -> bytes:
    """What lies in a holder's row."""
    return locks.lock(desk.field_key, canonical.dumps(_Person(name, number, language)), f"holder:{post}")


def _opened(desk: Desk, row: sqlite3.Row) -> Holder:
    try:
        plain = locks.unlock(desk.field_key, row["locked"], f"holder:{row['post']}")
        person = canonical.loads(_Person, plain)
    except Unreadable:
        return Holder(row["id"], row["post"], "", "", "", row["since"], row["until"], opens=False)
    return Holder(
        row["id"], row["post"], person.name, person.number, person.language, row["since"], row["until"]
    )
