"""Notes how the box's clock moves: one that is set back lengthens no limit, and the mistake is told.

``drift`` is the most by which the clock can be ahead of the true time; below 0 it is behind by that at least. Between
two looks it should move as far as the machine's own counter, which nobody can set: what it moved more or less is added.
Over a start of the machine the counter begins anew. What the clock moved back then, it was set back at least; what it
moved on may be time for which the machine was off, or a wrong hour, and is added too, as possible. So a set-back takes
up first what the clock was ahead, or may have been, and is no more than a correction; only the rest makes it behind.
The hour that the relay signs in a new greeting is the true one: a clock that agrees with it has no drift.

What the clock is behind by, the limits lose; they have it back when it is set forward in the same start. Put right over
a start they run on, as over any time for which the box was off.

A clock that went far ahead is in doubt: a box that was off, or a wrong year. What cannot be undone waits until the
relay's signed hour bears it out, or until the box has run on for so long that somebody would have seen it.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance import audit, health, outgoing, ringing
from appliance.desk import BOX, Desk
from sync import exchange
from sync.clock import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from sync.db import transaction

TOLD_S = WEEK_S
"""How long the page of the box's health shows that its clock was set back."""
SLACK_S = 30
"""Between reading both; a network's time server corrects less than this in a minute."""
SURE_S = 3 * DAY_S
"""How far the clock may have gone ahead, with nobody to bear it out, for what cannot be undone."""
WAIT_S = 3 * DAY_S
"""However far it went: the running time after which it is taken for right, unless the relay says another hour."""
AGREES_S = HOUR_S
"""The relay greets every minute."""
NEAR_S = 2 * MINUTE_S
"""Less between both hours is the way of a greeting."""
OFF_S = DAY_S
"""Over a restart less is no doubt, where the start before ran for a while: a box may be off each night."""
RAN_S = HOUR_S
"""A start that ran for less shows nobody a wrong clock: what it was ahead adds to the start before."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SHIFTS = (
    "update case_file set due_at=due_at+:by where due_at is not null",
    "update case_clock set since=since+:by, begun_at=begun_at+:by, step_at=step_at+:by, paused_at=paused_at+:by,"
    " pause_until=pause_until+:by, hurried_at=hurried_at+:by"
    " where case_id in (select id from case_file where clock<>'')",
)
_SHORT = (
    "update login set created_at=created_at+:by, last_seen_at=last_seen_at+:by, fresh_at=fresh_at+:by,"
    " code_at=code_at+:by where last_seen_at>:now",
    "update login_failure set last_at=min(last_at+:by, :now) where last_at>:now",
    "update permit set until=until+:by where until>:now",
)
"""Begun by the clock that ran ahead: else a sign-in, the wait after failed ones, and a permit for a file would last, or
last again, once the clock comes there."""
_DONE_AT_ONCE = (
    ("person", "post_since"),
    ("person", "post_until"),
    ("post_holder", "since"),
    ("post_holder", "until"),
)
"""What was done at once was done then: nobody is refused or passed by until the wrong day.

What the clock ran ahead by is taken off for good; what it is behind by only until it goes forward again, as
``*_back_s`` keeps. A day that somebody chose stays that day, and comes when it comes, though the wrong clock had it
come before.
"""
_BACK = tuple(
    statement
    for table, at in _DONE_AT_ONCE
    for statement in (
        f"update {table} set {at}=min({at}+:ahead, :right) where {at}_at_once and {at}>:right",
        f"update {table} set {at}=min({at}+:shift, :now), {at}_back_s={at}_back_s+{at}-min({at}+:shift, :now)"
        f" where {at}_at_once and {at}>:now",
    )
)
_FORTH = tuple(
    f"update {table} set {at}={at}+min(:shift, {at}_back_s), {at}_back_s={at}_back_s-min(:shift, {at}_back_s)"
    f" where {at}_back_s>0"
    for table, at in _DONE_AT_ONCE
)
_SETTLED = tuple(
    f"update {table} set {at}=max({at}, min({at}+{at}_back_s, :now)), {at}_back_s=0 where {at}_back_s>0"
    for table, at in _DONE_AT_ONCE
)
"""The clock is right, whatever was known of it: what a start took that was never made good comes forward, to no later
than now."""
_COMES_AGAIN = (
    "update post_holder set is_begun=0 where is_begun and not since_at_once and since>:right",
    "update post_holder set is_over=0 where is_over and not until_at_once and until>:right",
)
"""Of chosen days what came by the clock that ran ahead alone: what came by the right one has come, though the clock is
behind now."""


@dataclass(frozen=True)
class Uptime:
    """Seconds that the machine has run since its start named ``boot``, sleep included."""

    boot: str
    seconds: float


@dataclass(frozen=True)
class _Step:
    """Seconds: the drift after it, how the wall moved off (both below 0: back), how much less it is behind."""

    drift: float
    moved: float
    shift: int
    is_start: bool

    @property
    def limits_s(self) -> int:
        """What the limits move by."""
        return min(0, self.shift) if self.is_start else self.shift


def machine() -> Uptime:
    """Of this machine."""
    return Uptime(BOOT_ID.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))


def look(desk: Desk, now: float, uptime: Callable[[], Uptime] = machine) -> int:
    """Compares both clocks with the last look; gives by how many seconds the limits were moved (below 0: back)."""
    up = uptime()
    with transaction(desk.conn):
        step, doubt_s = _step(desk, now, up), _doubt_s(desk, now, up)
        _move(desk, now, step)
        if step.limits_s:
            _move_limits(desk, now, step.limits_s)
        desk.conn.execute(
            "update finding set text='' where name='clock' and text<>'' and at<?", (now - TOLD_S,)
        )
        drift = _settled(desk, now, step)
        desk.conn.execute(
            "insert or replace into box_time(id, wall, boot, uptime, drift, doubt_s, greeted) values(1,?,?,?,?,?,?)",
            (now, up.boot, up.seconds, drift, doubt_s, _greeted(desk)),
        )
    health.note_work(desk.conn, "erasing", _told(doubt_s), now)
    return step.limits_s


def _move_limits(desk: Desk, now: float, by: int) -> None:
    for statement in _SHIFTS:
        desk.conn.execute(statement, {"by": by})
    audit.write(desk.conn, now, BOX.name, "clock.set", desk.config.node_id)
    if by < 0:
        text = f"the box's clock was set back by {-by // MINUTE_S} min; the limits were moved along"
        health.note(desk.conn, "clock", text, now)


def _settled(desk: Desk, now: float, step: _Step) -> float:
    """The drift that is left once the relay is asked; where none is, what was moved for it is as it was entered."""
    gap_s = _new_gap_s(desk, step)
    if gap_s is None or abs(gap_s) > AGREES_S:
        return step.drift
    if abs(gap_s) > NEAR_S and abs(step.drift - gap_s) <= NEAR_S:
        return step.drift  # the relay says the same
    right = int(now) - min(0, gap_s)
    for statement in (*(_SETTLED if step.drift < 0 else ()), *_COMES_AGAIN):
        desk.conn.execute(statement, {"now": int(now), "right": right})
    return 0.0


def _new_gap_s(desk: Desk, step: _Step) -> int | None:
    """How far the clock was ahead of the relay's when it greeted; None unless it did since the last look, and the clock
    ran since as the machine did. Of an old greeting a clock that is set back comes to the hour again."""
    last, greeted = _last(desk), _greeted(desk)
    before = last["greeted"] if last else None
    if before is None or greeted is None or greeted <= before or step.is_start or step.moved:
        return None
    return exchange.clock_gap_s(desk.conn, outgoing.relay_of(desk))


def _greeted(desk: Desk) -> int | None:
    """The hour that the relay signed last."""
    relay = outgoing.relay_of(desk)
    heard_at, gap_s = exchange.last_contact(desk.conn, relay), exchange.clock_gap_s(desk.conn, relay)
    return None if heard_at is None or gap_s is None else heard_at - gap_s


def entered(desk: Desk, is_at_once: bool) -> tuple[int, int]:
    """For a time that is written now: whether it is that of its entry, and how far behind that is known to be."""
    return int(is_at_once), behind_s(desk) if is_at_once else 0


def behind_s(desk: Desk) -> int:
    """How far the clock is known to be behind."""
    row = desk.conn.execute("select drift from box_time").fetchone()
    return _behind_s(row["drift"]) if row else 0


def _behind_s(drift: float) -> int:
    return -round(min(0.0, drift))


def _move(desk: Desk, now: float, step: _Step) -> None:
    """Moves along what was done, as ``_DONE_AT_ONCE`` says, and what lasts, or is due in, a short while."""
    statements = (*_BACK, *_COMES_AGAIN, *_SHORT) if step.moved < 0 else _FORTH if step.shift > 0 else ()
    by, at = round(step.moved), int(now)
    values = {"by": by, "ahead": min(0, by - step.shift), "shift": step.shift, "now": at}
    for statement in statements:
        desk.conn.execute(statement, {**values, "right": at + _behind_s(step.drift)})
    if by:
        ringing.move_along(desk.conn, by, now)


def is_sure(desk: Desk, now: float, uptime: Callable[[], Uptime] = machine) -> bool:
    """Whether what cannot be undone may be done by this clock; asked of this moment, not of the last look."""
    return _doubt_s(desk, now, uptime()) <= SURE_S


def puts_off(desk: Desk) -> bool:
    """Whether erasing was put off at the last look: also for a process that is not shown the machine's counter."""
    told = desk.conn.execute("select 1 from finding where name='erasing' and text<>''").fetchone()
    return told is not None


def _told(doubt_s: float) -> str:
    if doubt_s <= SURE_S:
        return ""
    return (
        "the clock went ahead by days: nothing is erased until the relay's time agrees, or the box has run"
        f" {WAIT_S // DAY_S:.0f} days and the relay does not disagree. Set the clock if it is wrong"
    )


def _doubt_s(desk: Desk, now: float, up: Uptime) -> float:
    """How far the clock went ahead, less what the box has run since; capped, so that WAIT_S of it ends any doubt.

    What it was known to be behind by is no way ahead. Of the times for which the box may have been off the longest
    counts, where it ran for a while between them: one that runs for some hours a day would never be done with the sum.
    It is no less than what a relay says that is heard now, in however many starts the clock went there.
    """
    row, agrees = _last(desk), _relay_agrees(desk, now)
    if row is None or agrees:
        return 0.0
    doubt_s = max(_by_itself_s(row, now, up, agrees), _by_the_relay_s(desk, now) if agrees is False else 0.0)
    return min(doubt_s, SURE_S + WAIT_S)


def _by_the_relay_s(desk: Desk, now: float) -> float:
    """How far the clock is ahead of what the relay signed; 0 where that is nothing to wait for."""
    past_s = _past_s(desk, now) or 0.0
    return past_s if past_s > SURE_S else 0.0


def _by_itself_s(row: sqlite3.Row, now: float, up: Uptime, agrees: bool | None) -> float:
    is_same = row["boot"] == up.boot
    ran_s = up.seconds - row["uptime"] if is_same else 0.0
    ahead_s = now - row["wall"] - ran_s - _behind_s(row["drift"])
    borne_out_s = 0.0 if agrees is False else ran_s
    adds_up = is_same or row["uptime"] < RAN_S
    new_s = ahead_s if ahead_s > (SLACK_S if adds_up else OFF_S) else 0.0
    before_s: float = row["doubt_s"]
    left_s = max(0.0, before_s - borne_out_s)
    return left_s + new_s if adds_up else max(left_s, new_s)


def _relay_agrees(desk: Desk, now: float) -> bool | None:
    """Whether the relay's last signed hour is this clock's; None where it was not heard of late, or is ahead itself.

    What it signs only rises, so an old greeting bears out no later hour; and after a clock of its own that once ran
    ahead it says that hour for years, which bears out nothing and must put off nothing.
    """
    heard_at, past_s = exchange.last_contact(desk.conn, outgoing.relay_of(desk)), _past_s(desk, now)
    if heard_at is None or past_s is None:
        return None
    if abs(past_s) <= AGREES_S:
        return True
    return False if past_s > 0 and abs(now - heard_at) <= AGREES_S else None


def _past_s(desk: Desk, now: float) -> float | None:
    signed = _greeted(desk)
    return None if signed is None else now - signed


def _last(desk: Desk) -> sqlite3.Row | None:
    row: sqlite3.Row | None = desk.conn.execute("select * from box_time").fetchone()
    return row


def _step(desk: Desk, now: float, up: Uptime) -> _Step:
    """How the clock moved since the last look."""
    row = _last(desk)
    if row is None:
        return _Step(0.0, 0.0, 0, is_start=True)
    is_start = row["boot"] != up.boot
    off = now - row["wall"] - (0.0 if is_start else up.seconds - row["uptime"])
    moved = off if abs(off) > SLACK_S else 0.0
    drift = row["drift"] + moved
    return _Step(drift, moved, _behind_s(row["drift"]) - _behind_s(drift), is_start)
