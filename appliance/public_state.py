"""What a receipt holder may learn: the coarse state of a report, pushed to the relay when it changes."""

from appliance import outgoing
from appliance.desk import Desk
from sync.messages import PublicState
from sync.outbox import LANE_REPLY

IN_WORK, CLOSED = "in_work", "closed"


def tell(desk: Desk, case_id: int, state: str, now: float) -> None:
    """Tells the state of each report of a case that has a receipt, unless told before; in the caller's transaction.

    What staff entered has no receipt anywhere. A report that adds to another has none of its own: of it only the
    closing counts, for its way back ends then. That is for good: who opens the case again cannot write to these
    informants.
    """
    if state == CLOSED:
        desk.conn.execute(
            "update report set has_key=0 where id in (select report_id from case_report where case_id=?)",
            (case_id,),
        )
    rows = desk.conn.execute(
        "select handle from case_report join report on report.id = case_report.report_id"
        " join case_file on case_file.id = case_id"
        " where case_id=? and (adds_to is null or ?) and source='informant' and practice=0",
        (case_id, state == CLOSED),
    )
    for (handle,) in rows.fetchall():
        _tell(desk, handle, state, now)


def _tell(desk: Desk, handle: str, state: str, now: float) -> None:
    known = desk.conn.execute("select state, version from public_state where handle=?", (handle,)).fetchone()
    if known is not None and known["state"] == state:
        return
    version = known["version"] + 1 if known else 1
    desk.conn.execute("insert or replace into public_state values(?,?,?)", (handle, state, version))
    command = PublicState(1, handle, state, version)
    outgoing.put(desk, outgoing.relay_of(desk), "state", LANE_REPLY, command, now)
