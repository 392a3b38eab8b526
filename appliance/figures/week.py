"""What the weekly review asks besides the tallies: cases whose limit is over, arrests, who took figures out."""

from dataclasses import dataclass

from appliance import audit, ledger, rights
from appliance.analysis.periods import Window
from appliance.desk import READERS, Actor, Desk
from appliance.figures.reading import Choice
from sync.clock import DAY_S, IST_OFFSET_S
from sync.db import transaction


@dataclass(frozen=True)
class Overdue:
    """A case whose limit is over: ``clock`` names the limit, ``due_at`` (epoch seconds) when it ended. No texts."""

    serial: str
    category: str
    thana: str
    post: str
    clock: str
    due_at: int


def overdue(desk: Desk, actor: Actor) -> tuple[Overdue, ...]:
    """The cases that ``actor`` may see whose limit is over now, the longest first."""
    if actor.role not in READERS:
        return ()
    rows = desk.conn.execute(
        "select id from case_file where due_at < ? and closed_at is null and practice=0 order by due_at, id",
        (int(desk.clock()),),
    ).fetchall()
    cases = (ledger.by_id(desk, row[0]) for row in rows)
    return tuple(
        Overdue(case.serial, case.category, case.thana, case.post, case.clock, case.due_at)
        for case in cases
        if case.due_at is not None and rights.may_see(desk, actor, case)
    )


def arrests(desk: Desk, window: Window, choice: Choice) -> int:
    """Persons arrested, of the cases closed on the days of ``window``."""
    condition, values = choice.condition
    hidden = ",".join("?" * len(choice.hidden))
    bounds = [day * DAY_S - IST_OFFSET_S for day in (window.first_day, window.end_day)]
    (found,) = desk.conn.execute(
        "select coalesce(sum(arrests), 0) from result join case_file on id = case_id where practice=0"
        f" and closed_at>=? and closed_at<? and {condition} and id not in ({hidden})",
        (*bounds, *values, *choice.hidden),
    ).fetchone()
    return int(found)


def note_export(desk: Desk, actor: Actor, what: str) -> None:
    """Writes down that ``actor`` takes figures out of the box; ``what`` names the table."""
    with transaction(desk.conn):
        audit.write(desk.conn, desk.clock(), actor.name, "figures.export", what)
