"""The list: cases newest first, a page at a time, forwards and back."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance import figures
from appliance.cases import queues
from appliance.cases.queues import Filter
from appliance.cases.transitions import STATUSES
from appliance.desk import Actor, Desk
from appliance.replies import BUDGET, used
from sync.clock import DAY_S
from sync.errors import Unreadable

PAGE_ROWS = 50
SEEN_S = 90 * DAY_S
"""How long after its end it is remembered who opened a case; then it stands out in nobody's list."""
_ROWS = """
select id, serial, status, category, thana, district, opened_at, changed_at, sensitivity, version, closed_at,
    erased_at, post, news, urgent, feared, files, claimed_by, clock, due_at, left_s, level, victim, child, source,
    (select hour from report where report.id = report_id) as hour,
    coalesce((select display from person where name = claimed_by), claimed_by) as claimant
from case_file
"""


@dataclass(frozen=True)
class Cursor:
    """A row of the list: the next page begins below it, the page before above it."""

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
    """One case in the list. Times: epoch seconds of the box; ``hour``: hours since the epoch of the first report.

    ``news``: the informant added something after the last act of a person. ``told``: reports of this incident, of
    others too. ``kinds``: how many files of each kind. ``claimed_by``: login name, ``claimant`` the name to show.
    ``seen``: whether whoever asked has opened the case, or it is long over.
    """

    case_id: int
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
    told: int
    kinds: Mapping[str, int]
    fear: bool
    claimed_by: str
    claimant: str
    clock: str
    due_at: int | None
    left_s: int | None
    level: int
    victim: bool
    child: bool
    source: str
    seen: bool


@dataclass(frozen=True)
class Page:
    """Some rows; where the next, older page begins and where the newer one ends (None where there is none)."""

    rows: tuple[CaseRow, ...]
    next: Cursor | None
    newer: Cursor | None = None


def open_cases(
    desk: Desk,
    actor: Actor,
    flt: Filter,
    after: Cursor | None,
    limit: int = PAGE_ROWS,
    before: Cursor | None = None,
) -> Page:
    """One page of the cases that ``flt`` asks for and ``actor`` may see, newest first.

    ``after``: the rows below that one; ``before``: those just above it; both None: the newest.
    """
    where, values = queues.wanted(desk, actor, flt)
    if before is not None:
        rows = _select(desk, where, values, "case_file.id>:place", before.case_id, limit)
        if len(rows) <= limit:
            return open_cases(desk, actor, flt, None, limit)
        found = rows[limit - 1 :: -1]
        return Page(_shown(desk, actor, found), Cursor(found[-1]["id"]), Cursor(found[0]["id"]))
    place = "case_file.id<:place" if after else "1"
    rows = _select(desk, where, values, place, after.case_id if after else 0, limit)
    found = rows[:limit]
    following = Cursor(found[-1]["id"]) if len(rows) > limit else None
    return Page(_shown(desk, actor, found), following, Cursor(found[0]["id"]) if after and found else None)


def counts(desk: Desk) -> dict[str, int]:
    """Cases per status, every status named."""
    known = figures.by_status(desk.conn)
    return {status: known.get(status, 0) for status in STATUSES}


def last_overdue(desk: Desk, actor: Actor) -> int:
    """When the limit that ran out last ended, of the cases he sees (epoch seconds); 0 where none is over."""
    where, values = queues.wanted(desk, actor, Filter(queue="overdue"))
    query = f"select due_at from case_file where {where} order by due_at desc limit 1"
    row = desk.conn.execute(query, values).fetchone()
    return int(row[0]) if row else 0


def thanas(desk: Desk, actor: Actor) -> frozenset[str]:
    """Codes of the thanas that the latest cases he sees are of, MOST_COUNTED of them: no list of years is walked."""
    where, values = queues.wanted(desk, actor, Filter())
    latest = (
        f"select thana from case_file where {where} order by case_file.id desc limit {queues.MOST_COUNTED}"
    )
    return frozenset(row[0] for row in desk.conn.execute(f"select distinct thana from ({latest})", values))


def note_seen(desk: Desk, actor: Actor, serial: str) -> None:
    """He opened the case: his list no longer marks it as one he has not seen."""
    desk.conn.execute(
        "insert or ignore into case_seen(person, case_id) select ?, id from case_file where serial=?",
        (actor.name, serial),
    )


def forget_seen(desk: Desk, now: float) -> None:
    """Erases who opened cases that ended long ago, and what was opened by whoever left; in the caller's transaction."""
    desk.conn.execute(
        "delete from case_seen where person not in (select name from person where active=1) or exists"
        " (select 1 from case_file where id=case_id and (closed_at<=? or erased_at is not null))",
        (now - SEEN_S,),
    )


def _select(
    desk: Desk, where: str, values: Mapping[str, object], place: str, at: int, limit: int
) -> list[sqlite3.Row]:
    order = "asc" if ">" in place else "desc"
    query = f"{_ROWS} where {where} and {place} order by case_file.id {order} limit :rows"
    return desk.conn.execute(query, {**values, "place": at, "rows": limit + 1}).fetchall()


def _shown(desk: Desk, actor: Actor, rows: Sequence[sqlite3.Row]) -> tuple[CaseRow, ...]:
    """The rows with what other tables say of them: one query each for the whole page."""
    marks = ",".join(str(row["id"]) for row in rows)
    kinds = _kinds(desk, marks)
    copies = _numbers(
        desk, f"select duplicate_of, count(*) from case_file where duplicate_of in ({marks}) group by 1"
    )
    paths = _numbers(
        desk,
        "select case_id, count(*) from case_report join report on report.id = report_id"
        f" where case_id in ({marks}) and contact='push' and has_key=1 group by 1",
    )
    replies = used(desk, [row["id"] for row in rows])
    seen = desk.conn.execute(
        f"select case_id from case_seen where person=? and case_id in ({marks})", (actor.name,)
    )
    old = desk.clock() - SEEN_S
    known = {row[0] for row in seen} | {row["id"] for row in rows if _is_past(row, old)}
    return tuple(
        _row(
            *(row, kinds[row["id"]], copies[row["id"]], paths[row["id"]]),
            *(replies.get(row["id"], 0), row["id"] in known),
        )
        for row in rows
    )


def _kinds(desk: Desk, marks: str) -> defaultdict[int, dict[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    query = (
        "select case_id, kind, count(*) from case_report join evidence using(report_id)"
        f" where case_id in ({marks}) group by 1, 2 order by 2"
    )
    for case_id, kind, count in desk.conn.execute(query):
        found[case_id][kind] = count
    return found


def _numbers(desk: Desk, query: str) -> Counter[int]:
    return Counter(dict(desk.conn.execute(query).fetchall()))


def _is_past(row: sqlite3.Row, old: float) -> bool:
    return row["erased_at"] is not None or (row["closed_at"] is not None and row["closed_at"] <= old)


def _row(
    row: sqlite3.Row, kinds: Mapping[str, int], copies: int, paths: int, replies: int, seen: bool
) -> CaseRow:
    left = BUDGET - replies
    same = ("serial", "status", "category", "thana", "district", "post", "opened_at", "changed_at", "hour")
    more = (
        "sensitivity",
        "version",
        "claimed_by",
        "claimant",
        "clock",
        "due_at",
        "left_s",
        "level",
        "source",
    )
    return CaseRow(
        **{name: row[name] for name in (*same, *more)},
        case_id=row["id"],
        evidence_count=row["files"],
        happening_now=bool(row["urgent"]),
        can_answer=row["closed_at"] is None and paths > 0 and left > 0,
        replies_left=left,
        news=bool(row["news"]),
        told=1 + copies,
        kinds=kinds,
        fear=bool(row["feared"]),
        victim=bool(row["victim"]),
        child=bool(row["child"]),
        seen=seen,
    )
