"""The rows of post holders, opened: which officer holds a post at a time."""

import sqlite3
from collections.abc import Iterable, Mapping
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


WAS = "(until is null or until<>since or until_back_s<>since_back_s)"
"""No plan that came to nothing: that ends as it begins, as it stands and as it was entered.

Whoever came at once by a clock that was behind, to a day that was chosen, may end before he begins once it is right,
and whoever came on his day and left at once by such a clock until it is; both held the post all the same.
"""
_PLANNED = "(until is null or until>since) and since>:at and is_begun=0"
"""For a day after ``:at``. Whoever has come stays who came, though the clock is behind his day."""
HELD = f"{WAS} and (since<=:at or is_begun) and (until is null or until>:at) and is_over=0"
"""At ``:at``, which is not past; whose time was over by a clock that is behind now comes back by it no more."""


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
        f"select * from post_holder where post=:post and {HELD} order by since desc, id desc limit 1",
        {"post": post, "at": int(now)},
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
        f"select min(since) from post_holder where post=:post and {_PLANNED}",
        {"post": post, "at": int(now)},
    ).fetchone()[0]
    return since


def past_and_present(desk: Desk) -> tuple[Holder, ...]:
    """Every holder there was, the newest first; without plans that came to nothing."""
    return _those(desk, WAS, {})


def had(desk: Desk, post: str, start: int, case_id: int) -> tuple[Holder, ...]:
    """Who held a post when the box had this case, or after ``start``, by the times as they were entered."""
    # a case may be dated by a clock that ran ahead
    later = "(until is null or until>:now or last_case>=:case_id or until+until_back_s>:start)"
    values = {"post": post, "now": int(desk.clock()), "case_id": case_id, "start": start}
    return _those(desk, f"post=:post and {WAS} and {later}", values)


def unopened(desk: Desk, now: float) -> tuple[Holder, ...]:
    """Those who hold a post, or did, and whose rows do not open, the newest first."""
    begun = f"{WAS} and (is_begun or since<=:at)"
    return tuple(one for one in _those(desk, begun, {"at": int(now)}) if not one.opens)


def written_down(desk: Desk) -> tuple[Holder, ...]:
    """Those of whom somebody wrote down who they are, as their rows did not open, the newest first."""
    return _those(desk, "id in (select holder_id from written_down)", {})


def also_written(desk: Desk, those: Iterable[Holder]) -> tuple[Holder, ...]:
    """The same officers by each name that was ever written over their rows, right or wrong."""
    rows = desk.conn.execute(
        "select post_holder.*, written_down.locked as name_locked from written_down"
        " join post_holder on post_holder.id = holder_id order by written_down.id"
    ).fetchall()
    wanted = {one.id for one in those}
    found = (_opened(desk, row, row["name_locked"]) for row in rows if row["id"] in wanted)
    return tuple(one for one in found if one.opens)


def planned(desk: Desk, now: float) -> tuple[Holder, ...]:
    """Who will hold a post from a later day on, the next first."""
    return _those(desk, _PLANNED, {"at": int(now)})[::-1]


def to_come(desk: Desk, post: str, now: float) -> tuple[Holder, ...]:
    """The same of one post."""
    return _those(desk, f"{_PLANNED} and post=:post", {"at": int(now), "post": post})[::-1]


def plan(desk: Desk, plan_id: int, now: float) -> Holder | None:
    """Who is still to come by that row: named for another day he has another one."""
    found = _those(desk, f"{_PLANNED} and id=:id", {"at": int(now), "id": plan_id})
    return found[0] if found else None


def _those(desk: Desk, where: str, values: Mapping[str, object]) -> tuple[Holder, ...]:
    rows = desk.conn.execute(
        f"select * from post_holder where {where} order by since desc, id desc", values
    ).fetchall()
    return tuple(_opened(desk, row) for row in rows)


def lock(desk: Desk, post: str, name: str, number: str, language: str) -> bytes:
    """What lies in a holder's row."""
    return locks.lock(desk.field_key, canonical.dumps(_Person(name, number, language)), f"holder:{post}")


def _opened(desk: Desk, row: sqlite3.Row, locked: bytes | None = None) -> Holder:
    try:
        plain = locks.unlock(desk.field_key, locked or row["locked"], f"holder:{row['post']}")
        person = canonical.loads(_Person, plain)
    except Unreadable:
        return Holder(row["id"], row["post"], "", "", "", row["since"], row["until"], opens=False)
    return Holder(
        row["id"], row["post"], person.name, person.number, person.language, row["since"], row["until"]
    )
