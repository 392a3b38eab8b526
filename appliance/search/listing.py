"""One page of a search that filters narrow: goes on through what the words are in until the page is full."""

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


def page(desk: Desk, actor: Actor, flt: Filter, after: Cursor | None, limit: int) -> Found:
    """The newest ``limit`` cases below ``after`` that ``flt.text`` is about, and that fit the rest of ``flt``."""
    narrowed, rows, looked = replace(flt, text=""), list[CaseRow](), 0
    oldest, below = _bounds(desk, flt, after)
    for size in PORTIONS:
        some = finding.portion(desk, actor, flt.text, below, size)
        rows += _narrowed(desk, actor, replace(narrowed, ids=some.case_ids), limit + 1 - len(rows))
        looked += len(some.case_ids)
        if len(rows) > limit:
            return Found(Page(tuple(rows[:limit]), Cursor(rows[limit - 1].case_id)))
        if some.rest is None or some.rest <= oldest:
            return Found(Page(tuple(rows), None))
        below = some.rest
        if len(some.case_ids) < size:  # words that seldom meet: the steps for one page are spent
            break
    return Found(Page(tuple(rows), None), Cursor(below), looked, _opened_at(desk, below))


def _narrowed(desk: Desk, actor: Actor, flt: Filter, limit: int) -> tuple[CaseRow, ...]:
    return cases.open_cases(desk, actor, flt, None, limit).rows if flt.ids else ()


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
