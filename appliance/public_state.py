"""What a receipt holder may learn: the coarse state of a report, pushed to the relay when it changes."""

from collections.abc import Sequence

from appliance import outgoing
from appliance.desk import Desk
from sync.messages import PublicState
from sync.outbox import LANE_REPLY

IN_WORK, CLOSED = "in_work", "closed"
_WORKED_ON = """
select 1 from report added join case_report at on at.report_id = added.id
join case_file worked on worked.id = at.case_id where added.adds_to=? and closed_at is null and worked.erased_at is null
and status not in ('received', 'quarantined')
"""
"""Whether something that adds to the report of a handle was read, and is not over."""
_OWN = """
select handle from case_report join report on report.id = case_report.report_id join case_file on case_file.id = case_id
where case_id=? and (adds_to is null or ?) and source='informant' and practice=0
"""
_FOLLOWED = """
select distinct first.handle, own.closed_at is not null or own.erased_at is not null as is_over
from case_report mine join report told on told.id = mine.report_id join report first on first.handle = told.adds_to
join case_report at on at.report_id = first.id join case_file own on own.id = at.case_id
where mine.case_id=? and own.id<>mine.case_id and own.source='informant' and own.practice=0
"""
"""Handles of earlier cases' reports to which reports of this one add, and whether those cases are over."""


def tell(desk: Desk, case_ids: Sequence[int], state: str, now: float) -> None:
    """Tells the state of each report of these cases that has a receipt, once, unless told before; in the caller's
    transaction, after all of them were written.

    What staff entered has no receipt anywhere. A report that adds to another has none of its own: of it only the
    closing counts, for its way back ends then. That is for good: who opens the case again cannot write to these
    informants. The receipt of a report to which something was added after its end says how that stands.
    """
    if state == CLOSED:
        desk.conn.executemany(
            "update report set has_key=0 where id in (select report_id from case_report where case_id=?)",
            [(case_id,) for case_id in case_ids],
        )
    own = _handles(desk, _OWN, case_ids, state == CLOSED)
    for handle in own:
        _tell_own(desk, handle, state, now)
    followed = _handles(desk, _FOLLOWED, case_ids)
    for handle, is_over in ((one, followed[one]) for one in followed if one not in own):
        if _is_worked_on(desk, handle):
            _tell(desk, handle, IN_WORK, now)
        elif is_over:
            _tell(desk, handle, CLOSED, now)


def _handles(desk: Desk, query: str, case_ids: Sequence[int], *values: object) -> dict[str, bool]:
    """Each handle that the query finds for one of these, with the last column of its row."""
    rows = (row for case_id in case_ids for row in desk.conn.execute(query, (case_id, *values)).fetchall())
    return {row[0]: bool(row[-1]) for row in rows}


def _tell_own(desk: Desk, handle: str, state: str, now: float) -> None:
    """What is worked on beside it stays in work; that its way back ends was said with the first closing."""
    goes_on = state == CLOSED and _is_worked_on(desk, handle)
    if not goes_on or not _was_closed(desk, handle):
        _tell(desk, handle, state, now)
    if goes_on:
        _tell(desk, handle, IN_WORK, now)


def _was_closed(desk: Desk, handle: str) -> bool:
    known = desk.conn.execute("select state, version from public_state where handle=?", (handle,)).fetchone()
    # each version is another state than the one before
    return known is not None and (known["state"] == CLOSED or known["version"] > 1)


def _is_worked_on(desk: Desk, handle: str) -> bool:
    return desk.conn.execute(_WORKED_ON, (handle,)).fetchone() is not None


def _tell(desk: Desk, handle: str, state: str, now: float) -> None:
    known = desk.conn.execute("select state, version from public_state where handle=?", (handle,)).fetchone()
    if known is not None and known["state"] == state:
        return
    version = known["version"] + 1 if known else 1
    desk.conn.execute("insert or replace into public_state values(?,?,?)", (handle, state, version))
    command = PublicState(1, handle, state, version)
    outgoing.put(desk, outgoing.relay_of(desk), "state", LANE_REPLY, command, now)
