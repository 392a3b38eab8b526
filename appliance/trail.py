"""Reading the trail of who did what: a page at a time, by person, act, object and day; and following its chains."""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from appliance import audit, chains
from appliance.desk import AUDITOR, RANGE, SP, Desk
from sync.clock import DAY_S, IST_OFFSET_S
from sync.errors import Unreadable

ROLES = frozenset({AUDITOR, SP, RANGE})
"""Who may read who did what."""
PAGE_ROWS = 50
LONGEST = 64
MOST = 500
"""Rows of one case's evidence that a page shows."""
_FILES = "from evidence join case_report using(report_id) join case_file on case_file.id = case_id"
_ROW = (
    "select audit.id, at, actor, coalesce(display, actor), act, object,"
    f" coalesce((select serial || '-' || substr(file_id, 1, 8) {_FILES} where file_id=object), object),"
    " substr(lower(hex(hash)), 1, 12) from audit left join person on person.name = actor"
)


@dataclass(frozen=True)
class Search:
    """Which rows; "" means any. ``act`` is a whole name (``case.assign``) or its kind (``case``); ``of`` a serial is
    its files too.

    ``first_day`` and ``last_day``: days since the epoch in Indian time, None for no bound.
    """

    who: str = ""
    act: str = ""
    of: str = ""
    first_day: int | None = None
    last_day: int | None = None


@dataclass(frozen=True)
class Row:
    """One thing somebody did. ``who`` is a login name, ``display`` the name to show, ``hash`` the first 12 digits.

    ``of``: what it was done to; ``of_name``: the same as people know it, a file by its case, as when it is saved.
    """

    id: int
    at: int
    who: str
    display: str
    act: str
    of: str
    of_name: str
    hash: str


@dataclass(frozen=True)
class Rows:
    """Some rows, newest first, and the id from which the next page goes on (None at the end)."""

    rows: tuple[Row, ...]
    next: int | None


@dataclass(frozen=True)
class Chain:
    """What following a chain found. ``head``: hash of its last row, hex; ``broken``: first row that does not fit."""

    name: str
    rows: int
    head: str
    broken: int | None
    took_s: float


def rows(desk: Desk, search: Search, after: int | None = None, limit: int = PAGE_ROWS) -> Rows:
    """One page of the trail."""
    wanted: dict[str, object] = {
        "actor=?": search.who,
        "act=?" if "." in search.act else "act>=?||'.' and act<?||'/'": search.act,
        f"object in (select ? union all select file_id {_FILES} where serial=?)": search.of,
        "at>=?": "" if search.first_day is None else _begin(search.first_day),
        "at<?": "" if search.last_day is None else _begin(search.last_day + 1),
        "audit.id<?": "" if after is None else after,
    }
    chosen = {condition: value for condition, value in wanted.items() if value != ""}
    values = [value for condition, value in chosen.items() for _ in range(condition.count("?"))]
    found = desk.conn.execute(
        f"{_ROW} where {' and '.join(chosen) or '1'} order by audit.id desc limit ?",
        (*values, limit + 1),
    ).fetchall()
    return Rows(
        tuple(Row(*row) for row in found[:limit]), found[limit - 1][0] if len(found) > limit else None
    )


def of_objects(desk: Desk, names: Sequence[str], acts: Sequence[str]) -> tuple[Row, ...]:
    """What was done, of these acts, to the things of these names; newest first, MOST at most."""
    things, wanted = (",".join("?" * len(values)) for values in (names, acts))
    found = desk.conn.execute(
        f"{_ROW} where object in ({things}) and act in ({wanted}) order by audit.id desc limit ?",
        (*names, *acts, MOST),
    ).fetchall()
    return tuple(Row(*row) for row in found)


def place(text: str) -> int:
    """Where a page goes on, from an address; raises Unreadable."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Unreadable("this is no place in the trail")
    return int(text)


def acts(conn: Connection) -> tuple[str, ...]:
    """Every act that the trail knows, by name."""
    return tuple(row[0] for row in conn.execute("select distinct act from audit order by act").fetchall())


def actors(conn: Connection) -> tuple[str, ...]:
    """Everybody who ever did something, by login name."""
    return tuple(row[0] for row in conn.execute("select distinct actor from audit order by actor").fetchall())


def follow(desk: Desk) -> tuple[Chain, ...]:
    """Follows all chains from their first row to the last."""
    return tuple(_follow(desk, name) for name in chains.NAMES)


def _follow(desk: Desk, name: str) -> Chain:
    began = desk.clock()
    broken = chains.first_broken(desk.conn, name)
    (count,) = desk.conn.execute(f"select count(*) from {name}").fetchone()
    return Chain(name, count, audit.last_hash(desk.conn, name).hex(), broken, desk.clock() - began)


def _begin(day: int) -> int:
    return day * DAY_S - IST_OFFSET_S
