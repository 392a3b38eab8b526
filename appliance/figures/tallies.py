"""How many cases were opened when and where, what became of them and how long it took: tables that follow each change.

The views ``case_counted`` and ``took_counted`` of the database say the same from the cases themselves: what the tables
are filled from, and checked against daily.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass

from appliance.analysis import periods
from appliance.analysis.counts import ACTION, DUPLICATE, QUARANTINED, RESULTS
from appliance.analysis.periods import MONTH, UNITS, WEEK
from appliance.history import Change
from sync.clock import DAY_S, HOUR_S, day_of
from sync.errors import Unreadable

BEGUN, CLOSED = "begun", "closed"
"""Events whose time is kept: work began (hours from arrival), case closed (days)."""
LONGEST_H, LONGEST_DAYS = 2400, 400
THANA = "district, thana"
PLACE = f"{THANA}, category, sensitivity, victim, child"
WHOLE = (WEEK, MONTH)
"""Units in which what happened to cases is counted; cases opened are counted by day too."""
COUNTS = (*RESULTS, "answered")
"""Columns of ``tally`` and ``tally_thana``."""
Cell = tuple[str | int, ...]
"""A table, a column of it that counts, and the values of its key."""

_KEYS = {
    "tally": f"unit, period, {PLACE}",
    "tally_thana": f"unit, period, {THANA}",
    "tally_closed": f"unit, period, {PLACE}, outcome",
    "tally_took": "unit, period, event, category, thana, took",
}


@dataclass(frozen=True)
class Counted:
    """What a case counts as. Times in epoch seconds; ``status`` as in ``case_file``."""

    id: int
    opened_at: int
    closed_at: int | None
    status: str
    outcome: str
    district: str
    thana: str
    category: str
    sensitivity: str
    victim: int
    child: int

    @property
    def result(self) -> str:
        """The column of COUNTS in which it counts."""
        if self.status in (DUPLICATE, QUARANTINED):
            return "duplicates" if self.status == DUPLICATE else QUARANTINED
        if self.closed_at is None:
            return "open"
        return "action" if self.outcome in ACTION else "none"

    @property
    def place(self) -> tuple[str | int, ...]:
        """The values of PLACE."""
        return (self.district, self.thana, self.category, self.sensitivity, self.victim, self.child)


@dataclass(frozen=True)
class _Past:
    """What the history of a case says: when work began (None: not yet), whether its informant was answered."""

    begun_at: int | None
    answered: bool


def follow(
    conn: sqlite3.Connection, before: Counted | None, after: Counted, change: Change, now: float
) -> None:
    """Moves a case from what it counted as to what it counts as; in the caller's transaction.

    To be called before ``change`` is written to the history. ``before`` is None for a new case.
    """
    past = _past(conn, after.id)
    began_at = [past.begun_at] if past.begun_at is not None else []
    began_at += [int(now)] if change.to_status == "in_action" else []
    new = _Past(min(began_at, default=None), past.answered or change.act == "answer")
    changes = Counter(_cells(after, new))
    changes.subtract(_cells(before, past) if before else ())
    moved = {cell: count for cell, count in changes.items() if count}
    for cell in sorted(moved, key=lambda cell: -moved[cell]):  # first what comes in: no row is empty between
        _bump(conn, cell, moved[cell])


def wrong_tallies(conn: sqlite3.Connection) -> int:
    """How many rows of the tables are not what the cases say."""
    wrong = 0
    for table, counted in recounts().items():
        for one, other in ((counted, f"select * from {table}"), (f"select * from {table}", counted)):
            wrong += conn.execute(
                f"select count(*) from (select * from ({one}) except select * from ({other}))"
            ).fetchone()[0]
    return wrong


def recounts() -> dict[str, str]:
    """Table -> a query that gives its rows from the views, not from the table itself."""
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    kinds = "(select *, category as kind from took_counted union all select *, '' from took_counted)"
    tally, by_thana = (
        [f"select '{unit}', {unit}, {of}, {sums} from case_counted group by {unit}, {of}" for unit in UNITS]
        for of in (PLACE, THANA)
    )
    closed = (
        f"select '{unit}', {unit}, {PLACE}, outcome, count(*) from took_counted where event='{CLOSED}'"
        f" group by {unit}, {PLACE}, outcome"
        for unit in WHOLE
    )
    took = (
        f"select '{unit}', {unit}, event, kind, thana, took, count(*) from {kinds}"
        f" group by {unit}, event, kind, thana, took"
        for unit in WHOLE
    )
    queries = {"tally": tally, "tally_thana": by_thana, "tally_closed": closed, "tally_took": took}
    return {table: " union all ".join(parts) for table, parts in queries.items()}


def _past(conn: sqlite3.Connection, case_id: int) -> _Past:
    begun_at, answered = conn.execute(
        "select min(case when to_status='in_action' then at end), coalesce(max(act='answer'), 0)"
        " from history where case_id=?",
        (case_id,),
    ).fetchone()
    return _Past(begun_at, bool(answered))


def _cells(case: Counted, past: _Past) -> list[Cell]:
    return [*_opened(case, past), *_closed(case), *_begun(case, past)]


def _opened(case: Counted, past: _Past) -> list[Cell]:
    stands = case.result not in ("duplicates", QUARANTINED)
    names = [case.result, *(["answered"] if past.answered and stands else [])]
    return [
        (table, name, unit, periods.of_day(unit, day_of(case.opened_at)).number, *place)
        for unit in UNITS
        for name in names
        for table, place in (("tally", case.place), ("tally_thana", case.place[:2]))
    ]


def _closed(case: Counted) -> list[Cell]:
    if case.closed_at is None or case.status in (DUPLICATE, QUARANTINED):
        return []
    days = min(max(case.closed_at - case.opened_at, 0) // DAY_S, LONGEST_DAYS)
    ended = [(unit, periods.of_day(unit, day_of(case.closed_at)).number) for unit in WHOLE]
    counted: list[Cell] = [("tally_closed", "count", *when, *case.place, case.outcome) for when in ended]
    return [*counted, *_took(case, CLOSED, case.closed_at, days)]


def _begun(case: Counted, past: _Past) -> list[Cell]:
    if past.begun_at is None:
        return []
    hours = min(max(past.begun_at - case.opened_at, 0) // HOUR_S, LONGEST_H)
    return _took(case, BEGUN, past.begun_at, hours)


def _took(case: Counted, event: str, at: int, length: int) -> list[Cell]:
    return [
        (
            "tally_took",
            "count",
            unit,
            periods.of_day(unit, day_of(at)).number,
            event,
            kind,
            case.thana,
            length,
        )
        for unit in WHOLE
        for kind in (case.category, "")
    ]


def _bump(conn: sqlite3.Connection, cell: Cell, change: int) -> None:
    table, column, *values = cell
    keys = _KEYS[str(table)].split(", ")
    counts = COUNTS if table in ("tally", "tally_thana") else ("count",)
    where = " and ".join(f"{key}=?" for key in keys)
    if not conn.execute(f"update {table} set {column}={column}+? where {where}", (change, *values)).rowcount:
        if change < 0:
            raise Unreadable("a tally lacks a row that has cases", hint="satark doctor names the database")
        numbers = [change if name == column else 0 for name in counts]
        marks = ",".join("?" * (len(values) + len(numbers)))
        conn.execute(f"insert into {table} values({marks})", (*values, *numbers))
    elif change < 0:
        empty = " and ".join(f"{name}=0" for name in counts)
        conn.execute(f"delete from {table} where {empty} and {where}", values)
    _tell(conn, str(table), values)


def _tell(conn: sqlite3.Connection, table: str, values: list[str | int]) -> None:
    """Notes that the next digest must tell the week's tally, which has no thana there."""
    if table != "tally" or values[0] != WEEK:
        return
    _unit, week, district, _thana, category, sensitivity, victim, child = values
    row = (district, category, week, sensitivity, victim, child)
    conn.execute("insert or ignore into tally_dirty values(?,?,?,?,?,?)", row)
