"""One page of a search that filters narrow: goes on, either way, through what the words are in until it is full."""

from dataclasses import dataclass, replace

from appliance import cases
from appliance.cases import CaseRow, Cursor, Filter, Page
from appliance.desk import Actor, Desk
from appliance.search import finding

PORTIONS = (400, 1600, 6000)
"""So many cases with the words are narrowed at once, and then no more for one page: a rare filter beside a frequent
word would walk over all of them."""


@dataclass(frozen=True)
class Found:
    """A page of the list. Where not all cases were looked at: ``rest``, below which one may go on.

    ``looked``: how many cases with the words were looked at, ``back_to``: since when they came (epoch seconds).
    """

    page: Page
    rest: Cursor | None = None
    looked: int = 0
    back_to: int = 0


@dataclass(frozen=True)
class _Looked:
    """Rows as they were met, one more than wanted where there are more. ``rest``: where it stopped before the end."""

    rows: list[CaseRow]
    count: int
    rest: int | None


def page(
    desk: Desk, actor: Actor, flt: Filter, after: Cursor | None, limit: int, before: Cursor | None = None
) -> Found:
    """The newest ``limit`` cases below ``after`` that ``flt.text`` is about, and that fit the rest of ``flt``.

    ``before``: those just above it instead; where no more than these are above it, the newest.
    """
    if before is not None:
        return _newer(desk, actor, flt, before, limit)
    oldest, below = _bounds(desk, flt, after)
    found = _look(desk, actor, flt, below, oldest, limit, is_rising=False)
    rows = tuple(found.rows[:limit])
    newer = Cursor(rows[0].case_id) if after and rows else None
    if found.rest is not None:
        back_to = _opened_at(desk, found.rest)
        return Found(Page(rows, None, newer), Cursor(found.rest), found.count, back_to)
    return Found(Page(rows, Cursor(rows[-1].case_id) if len(found.rows) > limit else None, newer))


def _newer(desk: Desk, actor: Actor, flt: Filter, before: Cursor, limit: int) -> Found:
    oldest, below = _bounds(desk, flt, None)
    above = max(before.case_id, oldest - 1)
    found = _look(desk, actor, flt, above, below - 1, limit, is_rising=True)
    rows = tuple(found.rows[:limit][::-1])
    if len(found.rows) > limit:
        return Found(Page(rows, Cursor(rows[-1].case_id), Cursor(rows[0].case_id)))
    if found.rest is None:
        return page(desk, actor, flt, None, limit)
    older = Cursor(rows[-1].case_id if rows else before.case_id + 1)
    return Found(Page(rows, older, Cursor(found.rest)))


def _look(
    desk: Desk, actor: Actor, flt: Filter, beyond: int, end: int, limit: int, is_rising: bool
) -> _Looked:
    """Goes on from ``beyond`` until there is one row more than ``limit``, or ``end`` is reached, or PORTIONS are."""
    narrowed, rows, count = replace(flt, text=""), list[CaseRow](), 0
    for size in PORTIONS:
        some = finding.portion(desk, actor, flt.text, beyond, size, is_rising)
        ids = replace(narrowed, ids=some.case_ids)
        rows += _narrowed(desk, actor, ids, limit + 1 - len(rows), is_rising)
        count += len(some.case_ids)
        if len(rows) > limit or some.rest is None or _is_past(some.rest, end, is_rising):
            return _Looked(rows, count, None)
        beyond = some.rest
        if len(some.case_ids) < size:  # words that seldom meet: the steps for one page are spent
            break
    return _Looked(rows, count, beyond)


def _is_past(place: int, end: int, is_rising: bool) -> bool:
    return place >= end if is_rising else place <= end


def _narrowed(desk: Desk, actor: Actor, flt: Filter, limit: int, is_rising: bool) -> tuple[CaseRow, ...]:
    """Those of ``flt.ids`` that fit, as a walk meets them."""
    if not flt.ids:
        return ()
    if is_rising:
        return cases.open_cases(desk, actor, flt, None, limit, before=Cursor(0)).rows[::-1]
    return cases.open_cases(desk, actor, flt, None, limit).rows


def _bounds(desk: Desk, flt: Filter, after: Cursor | None) -> tuple[int, int]:
    """(id of the oldest case that may fit, id below which all do): cases are numbered as they come."""
    since, until = flt.since, flt.until
    first = "select id from case_file where opened_at>=? order by opened_at, id limit 1"
    last = "select id from case_file where opened_at<? order by opened_at desc, id desc limit 1"
    oldest = _id(desk, first, since, finding.LAST) if since is not None else 0
    newest = _id(desk, last, until, -1) if until is not None else finding.LAST - 1
    return oldest, min(newest + 1, after.case_id if after else finding.LAST)


def _id(desk: Desk, query: str, at: int, otherwise: int) -> int:
    row = desk.conn.execute(query, (at,)).fetchone()
    return int(row[0]) if row else otherwise


def _opened_at(desk: Desk, case_id: int) -> int:
    query = "select opened_at from case_file where id>=? order by id limit 1"
    return int(desk.conn.execute(query, (case_id,)).fetchone()[0])
