"""How many cases stand where: a table kept in the transaction of every change, so that no page has to count."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace

from sync.errors import Unreadable
from sync.messages import LATE

CELL = "district, thana, category, week, status"


@dataclass(frozen=True)
class Place:
    """One cell of the rollup: cases of one district, thana, category and week of opening in one status."""

    district: str
    thana: str
    category: str
    week: int
    status: str


def bump(conn: sqlite3.Connection, place: Place, change: int) -> None:
    """Adds ``change`` cases to a cell and notes that the next digest must tell it; in the caller's transaction."""
    cell = tuple(vars(place).values())
    if change > 0:
        upsert = "on conflict do update set count=count+excluded.count"
        conn.execute(f"insert into rollup({CELL}, count) values(?,?,?,?,?,?) {upsert}", (*cell, change))
    else:
        where = "district=? and thana=? and category=? and week=? and status=?"
        if not conn.execute(f"update rollup set count=count+? where {where}", (change, *cell)).rowcount:
            raise Unreadable(
                "the rollup lacks a cell that has cases", hint="satark doctor names the database"
            )
        conn.execute(f"delete from rollup where count=0 and {where}", cell)
    conn.execute(f"insert or ignore into digest_dirty({CELL}) values(?,?,?,?,?)", cell)


def tell_late(conn: sqlite3.Connection, place: Place) -> None:
    """Notes that the next digest must tell how many late cases of that cell the range sees; as above."""
    cell = tuple(vars(replace(place, status=LATE)).values())
    conn.execute(f"insert or ignore into digest_dirty({CELL}) values(?,?,?,?,?)", cell)


def rollups(conn: sqlite3.Connection) -> Counter[Place]:
    """The table as it stands."""
    return Counter({Place(*row[:5]): row[5] for row in conn.execute(f"select {CELL}, count from rollup")})


def recount(conn: sqlite3.Connection) -> Counter[Place]:
    """The same from the cases themselves; slow, for the daily check and the tests."""
    rows = conn.execute(f"select {CELL}, count(*) from case_file where practice=0 group by {CELL}")
    return Counter({Place(*row[:5]): row[5] for row in rows})


def by_status(conn: sqlite3.Connection) -> dict[str, int]:
    """Cases per status; a status without cases is left out."""
    return dict(conn.execute("select status, sum(count) from rollup group by status").fetchall())
