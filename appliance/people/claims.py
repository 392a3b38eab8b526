"""Cases that somebody had taken at the desk, when he cannot work on them any more."""

from dataclasses import replace

from appliance import ledger
from appliance.desk import Actor, Desk
from appliance.history import Change


def give_back(desk: Desk, actor: Actor, name: str) -> int:
    """Gives every open case that ``name`` has taken back to everybody, and tells how many; in the caller's transaction.

    A closed one keeps its mark until it is reopened.
    """
    rows = desk.conn.execute(
        "select id from case_file where claimed_by=? and claimed_by<>'' and status<>'closed' and erased_at is null"
        " order by id",
        (name,),
    ).fetchall()
    for (case_id,) in rows:
        case = ledger.by_id(desk, case_id)
        change = Change("unclaim", case.status, case.status)
        ledger.save(desk, case, replace(case, claimed_by=""), actor, change, desk.clock())
    return len(rows)
