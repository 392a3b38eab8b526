"""What the weekly review asks besides the tallies: cases whose limit is over, arrests, who took figures out."""

from dataclasses import dataclass

from appliance import audit, rights
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


def overdue(desk: Desk, actor: Actor, most: int) -> tuple[tuple[Overdue, ...], int]:
    """(the ``most`` cases that ``actor`` may see whose limit is over for the longest; how many there are in all)."""
    if actor.role not in READERS:
        return (), 0
    own, values = rights.scope(desk, actor).condition
    barred = ",".join(map(str, sorted(rights.barred_cases(desk, actor))))
    where = f"due_at < ? and closed_at is null and practice=0 and {own} and id not in ({barred})"
    asked = (int(desk.clock()), *values)
    (count,) = desk.conn.execute(f"select count(*) from case_file where {where}", asked).fetchone()
    rows = desk.conn.execute(
        f"select serial, category, thana, post, clock, due_at from case_file where {where} order by due_at, id limit ?",
        (*asked, most),
    )
    return tuple(Overdue(*row) for row in rows.fetchall()), int(count)


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
