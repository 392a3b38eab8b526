"""The clocks in ``box.db``: beside each change of a case, in its transaction."""

import sqlite3
from dataclasses import dataclass, fields, replace
from typing import Protocol

from appliance.clocks import running
from appliance.clocks.running import WAITS_FOR_INFORMANT, Rules, Running, Step
from appliance.deadlines import NORMAL, URGENT
from appliance.desk import Desk
from appliance.proposal import NOTHING, URGENT_NEWS, Proposal
from sync.directory import RANGE

OVERDUE = "case_file.due_at <= ?"
"""The condition of the queue of cases whose limit is over; its value is the time. A paused one is not among them."""
_OWN = (
    "urgency",
    "begun_at",
    "since",
    "step_at",
    "pause",
    "paused_at",
    "pause_until",
    "stood_s",
    "hurried_at",
)
_NO_CHANGE_OF_CLOCK = frozenset({"pause", "resume", "escalate"})
"""Acts that have written the clock themselves."""
_STEPS = frozenset({"assign", "confirm_spam"})
"""Acts that change the clock though the status may stay."""


@dataclass(frozen=True)
class Face:
    """What of a clock stands in the case's row, where lists and pages read it."""

    clock: str
    due_at: int | None
    left_s: int | None
    level: int


class Clocked(Protocol):
    """What is read of a case's row."""

    @property
    def id(self) -> int: ...
    @property
    def report_id(self) -> int: ...
    @property
    def category(self) -> str: ...
    @property
    def opened_at(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def post(self) -> str: ...
    @property
    def news(self) -> int: ...
    @property
    def asked(self) -> int: ...
    @property
    def practice(self) -> int: ...
    @property
    def clock(self) -> str: ...
    @property
    def due_at(self) -> int | None: ...
    @property
    def left_s(self) -> int | None: ...
    @property
    def level(self) -> int: ...


def urgency(desk: Desk, category: str, report_id: int) -> str:
    """The class that a case begins with: its category's; urgent where its first report says that it happens now."""
    (happens_now,) = desk.conn.execute("select happening_now from report where id=?", (report_id,)).fetchone()
    found = desk.catalogue.category(category)
    return URGENT if happens_now else found.clock if found else NORMAL


def rules(desk: Desk, urgency: str, is_practice: bool) -> Rules:
    """What holds for a case of that class at this node."""
    limits = desk.config.clocks
    return Rules(limits[urgency], desk.config.role == RANGE, is_practice, limits[URGENT])


def rules_of(desk: Desk, case: Clocked, run: Running) -> Rules:
    """What holds for this case."""
    return rules(desk, run.urgency, bool(case.practice))


def face(run: Running) -> Face:
    """What goes into the case's row."""
    return Face(run.clock, run.due_at, run.left_s, run.level)


def get(desk: Desk, case: Clocked) -> Running | None:
    """The clock of a case; None for one that has none yet."""
    row = desk.conn.execute(f"select {','.join(_OWN)} from case_clock where case_id=?", (case.id,)).fetchone()
    shown = {field.name: getattr(case, field.name) for field in fields(Face)}
    return Running(**dict(zip(_OWN, row, strict=True)), **shown) if row else None


def begun(desk: Desk, case: Clocked, now: float) -> Running:
    """The clock of a case that an earlier program left without one: it begins now, so that nobody is late at once."""
    of_class = urgency(desk, case.category, case.report_id)
    run = running.opened(rules(desk, of_class, bool(case.practice)), of_class, case.status, int(now))
    return replace(run, begun_at=case.opened_at)


def put(conn: sqlite3.Connection, case_id: int, run: Running) -> None:
    """Writes a clock, in the caller's transaction, which writes its face too."""
    values = (case_id, *(getattr(run, name) for name in _OWN))
    conn.execute(
        f"insert or replace into case_clock(case_id, {','.join(_OWN)}) values({','.join('?' * len(values))})",
        values,
    )


def follow(
    desk: Desk, before: Clocked, after: Clocked, act: str, now: float, came: Proposal = NOTHING
) -> Face:
    """Carries the clock through a change of the case, in the caller's transaction; gives its face."""
    kept = Face(after.clock, after.due_at, after.left_s, after.level)
    is_answered = act == "add" and before.asked > after.asked and before.left_s is not None
    is_step = after.status != before.status or act in _STEPS
    is_unread = URGENT_NEWS in (before.news, after.news)
    if act in _NO_CHANGE_OF_CLOCK or not (is_step or is_answered or came.is_urgent or is_unread):
        return kept
    at = int(now)
    run = was = get(desk, before) or begun(desk, before, at)
    holds = rules_of(desk, before, run)
    if is_answered and run.pause == WAITS_FOR_INFORMANT:
        run = running.resumed(run, holds, at)
    if is_step:
        same_post = bool(before.post) and after.post == before.post
        run = running.followed(run, holds, Step(act, before.status, after.status, same_post), at)
    if came.happening_now or (came.is_urgent and not run.is_urgent):
        run = running.hurried(run, rules_of(desk, before, run), at)
    if run.clock == running.FEEDBACK:
        run = _at_its_end(run, rules_of(desk, before, run), after.news == URGENT_NEWS, at)
    if run == was:
        return kept
    put(desk.conn, before.id, run)
    return face(run)


def _at_its_end(run: Running, holds: Rules, is_unread: bool, at: int) -> Running:
    """Nobody hurries to tell the informant; what he says happens now is read at once, and then it hurries no more."""
    return running.hurried(run, holds, at) if is_unread else running.calmed(run, holds)
