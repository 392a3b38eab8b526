"""What the range sees of its boxes: totals per district, and how fresh they are."""

import sqlite3
from collections import Counter
from dataclasses import dataclass

from sync.messages import LATE

MISSING_SHOWN = 100
_NEWEST = (
    " join (select box, max(id) as id from box_epoch group by box) as newest using(box)"
    " join box_epoch on box_epoch.id = newest.id and box_epoch.epoch = {table}.epoch"
)
_CURRENT = "digest_cell" + _NEWEST.format(table="digest_cell")
CURRENT_OF_TALLIES = "tally_cell" + _NEWEST.format(table="tally_cell")
"""What is counted: of each box only what its newest database told."""


@dataclass(frozen=True)
class DistrictTotals:
    """Cases of one district: in all, and by status, category and week of opening (``clock.week_of``)."""

    district: str
    total: int
    by_status: dict[str, int]
    by_category: dict[str, int]
    by_week: dict[int, int]


@dataclass(frozen=True)
class BoxContact:
    """How fresh a box's figures are: last contact (epoch seconds; None: never heard of), digests that came.

    ``last_seq`` is None before the first digest; ``missing`` names gaps before it, MISSING_SHOWN at most.
    """

    box: str
    last_contact_at: int | None
    directory_version: int
    last_seq: int | None
    missing: tuple[int, ...]


def by_district(conn: sqlite3.Connection, since_week: int = 0) -> tuple[DistrictTotals, ...]:
    """Totals of every district that has cases opened in ``since_week`` or later, in the order of their codes."""
    rows = conn.execute(
        f"select district, status, category, week, sum(count) from {_CURRENT}"
        " where count > 0 and status <> ? and week >= ? group by district, status, category, week order by district",
        (LATE, since_week),
    ).fetchall()
    return tuple(
        _totals(district, [tuple(row)[1:] for row in rows if row[0] == district])
        for district in dict.fromkeys(row[0] for row in rows)
    )


def late(conn: sqlite3.Connection) -> dict[str, dict[int, int]]:
    """Cases that their offices left so long that they came up to the range: by district and week of opening."""
    rows = conn.execute(
        f"select district, week, sum(count) from {_CURRENT} where count > 0 and status = ?"
        " group by district, week order by district, week",
        (LATE,),
    ).fetchall()
    return {
        d: {week: count for one, week, count in rows if one == d} for d in dict.fromkeys(r[0] for r in rows)
    }


def boxes(conn: sqlite3.Connection) -> tuple[BoxContact, ...]:
    """Every box that was ever heard of, by node id."""
    rows = conn.execute(
        "select box, last_contact_at, coalesce(directory_version, 0), epoch from"
        " (select box from contact union select box from box_epoch) left join contact using(box)"
        " left join (select box, epoch, max(id) from box_epoch group by box) using(box) order by box"
    ).fetchall()
    return tuple(_contact(conn, *row) for row in rows)


def _totals(district: str, rows: list[tuple[str, str, int, int]]) -> DistrictTotals:
    status: Counter[str] = Counter()
    category: Counter[str] = Counter()
    week: Counter[int] = Counter()
    for one_status, one_category, one_week, count in rows:
        status[one_status] += count
        category[one_category] += count
        week[one_week] += count
    return DistrictTotals(district, status.total(), dict(status), dict(category), dict(sorted(week.items())))


def _contact(
    conn: sqlite3.Connection, box: str, last_contact_at: int | None, version: int, epoch: str | None
) -> BoxContact:
    (last,) = conn.execute(
        "select nullif(max(seq), -1) from digest_seen where box=? and epoch=?", (box, epoch)
    ).fetchone()
    return BoxContact(box, last_contact_at, version, last, _missing(conn, box, epoch))


def _missing(conn: sqlite3.Connection, box: str, epoch: str | None) -> tuple[int, ...]:
    """Numbers before the highest that have not come; all up to the lowest noted have."""
    rows = conn.execute("select seq from digest_seen where box=? and epoch=? order by seq", (box, epoch))
    gaps: list[int] = []
    expected = next((row[0] for row in rows), -1) + 1
    for (seq,) in rows:
        gaps += range(expected, min(seq, expected + MISSING_SHOWN))
        expected = seq + 1
    return tuple(gaps[:MISSING_SHOWN])
