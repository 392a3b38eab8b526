"""The queue: cases newest first, a page at a time."""

import sqlite3
from dataclasses import dataclass

from appliance import figures, rights
from appliance.cases.transitions import STATUSES
from appliance.desk import Actor, Desk
from appliance.replies import BUDGET
from sync.errors import Unreadable

PAGE_ROWS = 50
_ROWS = """
select case_file.id, serial, status, case_file.category, case_file.thana, case_file.district, opened_at, changed_at,
    report.hour, sensitivity, version, closed_at, post, news,
    (select count(*) from case_report join evidence using(report_id) where case_id = case_file.id) as evidence_count,
    (select max(r.happening_now) from case_report cr join report r on r.id = cr.report_id
        where case_id = case_file.id) as happening_now,
    (select count(*) from case_report cr join report r on r.id = cr.report_id
        where case_id = case_file.id and contact = 'push' and has_key = 1) as paths,
    (select count(*) from reply where case_id = case_file.id) as replies
from case_file join report on report.id = case_file.report_id
"""


@dataclass(frozen=True)
class Filter:
    """Which cases; "" means any. ``text`` is looked for in the serial."""

    status: str = ""
    category: str = ""
    thana: str = ""
    sensitivity: str = ""
    text: str = ""


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before."""

    case_id: int

    def __str__(self) -> str:
        """As it stands in an address."""
        return str(self.case_id)

    @staticmethod
    def read(text: str) -> "Cursor":
        """From an address; raises Unreadable."""
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise Unreadable("this is no place in the list")
        return Cursor(int(text))


@dataclass(frozen=True)
class CaseRow:
    """One case in the queue. Times: epoch seconds of the box; ``hour``: hours since the epoch of the first report.

    ``news``: the informant added something after the last act of a person.
    """

    serial: str
    status: str
    category: str
    thana: str
    district: str
    post: str
    opened_at: int
    changed_at: int
    hour: int
    evidence_count: int
    happening_now: bool
    sensitivity: str
    version: int
    can_answer: bool
    replies_left: int
    news: bool


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins (None at the end)."""

    rows: tuple[CaseRow, ...]
    next: Cursor | None


def open_cases(desk: Desk, actor: Actor, flt: Filter, after: Cursor | None, limit: int = PAGE_ROWS) -> Page:
    """One page of the cases that ``flt`` asks for and ``actor`` may see, of any status, newest first."""
    wanted = {
        "status=?": flt.status,
        "case_file.category=?": flt.category,
        "case_file.thana=?": flt.thana,
        "sensitivity=?": flt.sensitivity,
        "instr(serial, upper(?))": flt.text.strip(),
        "case_file.id<?": after.case_id if after else "",
    }
    conditions = {condition: value for condition, value in wanted.items() if value != ""}
    own, values = rights.scope(desk, actor).condition
    where = " and ".join((own, *conditions))
    rows = desk.conn.execute(
        f"{_ROWS} where {where} order by case_file.id desc limit ?",
        (*values, *conditions.values(), limit + 1),
    ).fetchall()
    following = Cursor(rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(tuple(_row(row) for row in rows[:limit]), following)


def counts(desk: Desk) -> dict[str, int]:
    """Cases per status, every status named."""
    known = figures.by_status(desk.conn)
    return {status: known.get(status, 0) for status in STATUSES}


def _row(row: sqlite3.Row) -> CaseRow:
    left = BUDGET - row["replies"]
    return CaseRow(
        serial=row["serial"],
        status=row["status"],
        category=row["category"],
        thana=row["thana"],
        district=row["district"],
        post=row["post"],
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        hour=row["hour"],
        evidence_count=row["evidence_count"],
        happening_now=bool(row["happening_now"]),
        sensitivity=row["sensitivity"],
        version=row["version"],
        can_answer=row["closed_at"] is None and row["paths"] > 0 and left > 0,
        replies_left=left,
        news=bool(row["news"]),
    )
