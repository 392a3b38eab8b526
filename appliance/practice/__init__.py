"""Training: cases made up and marked, in series of their own, that reach no figure, no relay and no range.

Whoever trains sees them and no others (``rights``); whatever is done with one stays in this box.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from appliance import audit, nonces, reports
from appliance.desk import BOX, RANGE, SP, SUPERVISOR, Actor, Desk
from appliance.errors import Forbidden
from appliance.nonces import Repeated
from sync.clock import hour_of
from sync.db import transaction
from sync.messages import ReportBody

ROLES = frozenset({SUPERVISOR, SP, RANGE})
"""Who may lay out practice cases and take them away."""
REMOVED = 2
"""``practice`` of a case that was taken away: nobody sees it, its history stays in the chain."""
MOST_AT_ONCE = 200
_TRAINER = replace(BOX, practice=True)


@dataclass(frozen=True)
class Story:
    """A made-up report; ``language`` is the one it is told in."""

    category: str
    language: str
    text: str
    place: str
    happening_now: bool
    fear: str
    contact: str


def stories() -> tuple[Story, ...]:
    """The stories that are told, in their order."""
    text = (Path(__file__).parent / "stories.json").read_text(encoding="utf-8")
    return tuple(Story(**one) for one in json.loads(text))


def lay_out(desk: Desk, actor: Actor, nonce: str = "") -> tuple[str, ...]:
    """Adds one practice case of each story; gives their serials. Raises Forbidden.

    Nothing is added while MOST_AT_ONCE of them lie there, nor when the form called ``nonce`` comes again.
    """
    _check(actor)
    now = desk.clock()
    told = stories() if count(desk) < MOST_AT_ONCE else ()
    try:
        with transaction(desk.conn):
            added = tuple(_add(desk, story, at, now) for at, story in enumerate(told))
            audit.write(desk.conn, now, actor.name, "practice.lay_out", str(len(added)))
            nonces.spend(desk, actor, nonce, " ".join(added))
    except Repeated as again:
        return tuple(again.result.split())
    return added


def remove(desk: Desk, actor: Actor) -> int:
    """Takes every practice case away and erases its words; gives how many. Raises Forbidden.

    The trace stays: this act in the audit trail, and the histories in their chain.
    """
    _check(actor)
    now = int(desk.clock())
    ours = "select case_report.report_id from case_report join case_file on id = case_id where practice=1"
    with transaction(desk.conn):
        desk.conn.execute(f"update report set erased_at=? where id in ({ours})", (now,))
        desk.conn.execute(f"delete from content_key where report_id in ({ours})")
        taken = desk.conn.execute(
            "update case_file set practice=?, clock='', due_at=null, left_s=null where practice=1", (REMOVED,)
        ).rowcount
        audit.write(desk.conn, now, actor.name, "practice.remove", str(taken))
    return taken


def count(desk: Desk) -> int:
    """How many practice cases lie there."""
    return int(desk.conn.execute("select count(*) from case_file where practice=1").fetchone()[0])


def _check(actor: Actor) -> None:
    if actor.role not in ROLES:
        raise Forbidden(f"the role {actor.role} may not lay out practice cases")


def _add(desk: Desk, story: Story, at: int, now: float) -> str:
    own = desk.directory.node(desk.config.node_id).district
    thanas = [one for one in desk.directory.thanas if own is None or one.district == own]
    thana = thanas[at % len(thanas)] if thanas else None
    report = ReportBody(
        v=1,
        handle=desk.new_id(),
        answers=(),
        district=thana.district if thana else own or "",
        thana=thana.code if thana else "",
        hour=hour_of(now),
        police_involved="no",
        incomplete=False,
        evidence=(),
        missing_evidence=0,
        adds_to=None,
        **vars(story),
    )
    report_id = reports.add(desk, report, desk.new_id(), now, actor=_TRAINER)
    return reports.serial(desk, report_id)
