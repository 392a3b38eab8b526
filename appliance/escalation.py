"""What is not done in time goes up: circle officer, superintendent, range. Each step once, each one transaction.

Of what happens now, and nobody in the office acts on, the officer who has the case is told again, once.

What is due is read again inside the transaction: a job that was killed, or that runs twice, finds nothing to do.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from appliance import clocks, concerns, duties, health, ledger, posts, ringing, tenure
from appliance.clocks import LEVEL_CO, LEVEL_RANGE, LEVEL_SP, Running
from appliance.desk import BOX, Desk
from appliance.history import Change
from appliance.ledger import CaseFile
from appliance.taking import TOLD
from sync import faults
from sync.db import transaction

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Cases looked up in one go."""
TO = {LEVEL_SP: "sp", LEVEL_RANGE: "range"}
"""What the history calls the steps above the circle's post, of which it keeps the code."""
_UNCLOCKED = (
    "select id from case_file indexed by case_unclocked where practice in (0,1) and clock='' and status in"
    " ('received','screened','assigned','acknowledged','in_action','reported_back','verified','feedback_sent') limit ?"
)
_UNCONFIRMED = (
    "select id from case_file indexed by case_aside where practice in (0,1) and clock='' and status='quarantined'"
    f" and erased_at is null and not exists(select 1 {ledger.CONFIRMATION}) limit ?"
)
_URGENT = (
    "select case_id from ring join case_file on id=case_id where at<=? and practice=0 and status in"
    f" ({','.join(repr(status) for status in TOLD)}) limit ?"
)
_OVER = "select case_id from case_clock where pause_until<=? order by pause_until limit ?"
_DUE = "select case_id from case_clock where step_at<=? order by step_at limit ?"


def run(desk: Desk, now: float) -> int:
    """Every open case gets its clock, pauses that are over end, steps that are due are taken; gives how many steps.

    How many cases that failed for stands on the page of the box's state until a run without any.
    """
    failed = set[int]()
    for unclocked in (_UNCLOCKED, _UNCONFIRMED):
        _each(desk, unclocked, (), lambda case_id: _adopt(desk, case_id, now), failed)
    _each(desk, _OVER, (int(now),), lambda case_id: _go_on(desk, case_id, now), failed)
    done = _each(desk, _DUE, (int(now),), lambda case_id: _climb(desk, case_id, now), failed)
    _each(desk, _URGENT, (int(now),), lambda case_id: _ring(desk, case_id, now), failed)
    text = f"{len(failed)} cases could not go up. The journal of satark-box-jobs names them"
    health.note_work(desk.conn, "clocks", text if failed else "", now)
    return done


def _each(
    desk: Desk, query: str, values: tuple[int, ...], work: Callable[[int], bool], failed: set[int]
) -> int:
    """A case may ask for several steps; one with which nothing could be done is left alone until the next run.

    Those that raised an error are added to ``failed``.
    """
    done, left = 0, set[int]()

    def waiting() -> list[int]:
        rows = desk.conn.execute(query, (*values, AT_ONCE + len(left))).fetchall()
        return [case_id for (case_id,) in rows if case_id not in left]

    while case_ids := waiting():
        refused = {case_id for case_id in case_ids if not _tried(work, case_id, failed)}
        done += len(case_ids) - len(refused)
        left |= refused
    return done


def _tried(work: Callable[[int], bool], case_id: int, failed: set[int]) -> bool:
    try:
        return work(case_id)
    except (sqlite3.OperationalError, OSError):  # the disk, or the job is ended: no fault of this case
        raise
    except Exception as error:  # noqa: BLE001 - outermost loop: a case that fails must not stop the others
        log.warning("the clock of case %s does not work: %s", case_id, type(error).__name__)
        failed.add(case_id)
        return False


def _adopt(desk: Desk, case_id: int, now: float) -> bool:
    with transaction(desk.conn):
        case = ledger.by_id(desk, case_id)
        if case.clock or case.status not in clocks.RUNS_IN or ledger.is_confirmed(desk, case):
            return False
        began = clocks.begun(desk, case, now)
        clocks.put(desk.conn, case.id, began)
        ledger.show_clock(desk, case, clocks.face(began))
    return True


def _go_on(desk: Desk, case_id: int, now: float) -> bool:
    with transaction(desk.conn):
        case = ledger.by_id(desk, case_id)
        paused = clocks.get(desk, case)
        if paused is None or paused.pause_until is None or paused.pause_until > now:
            return False
        resume(desk, case, paused, now)
    return True


def resume(desk: Desk, case: CaseFile, paused: Running, now: float) -> None:
    """The box lets a clock go on by itself, in the caller's transaction."""
    again = clocks.resumed(paused, clocks.rules_of(desk, case, paused), int(now))
    _write(desk, case, again, Change("resume", case.status, case.status, paused.pause), now)


def _climb(desk: Desk, case_id: int, now: float) -> bool:
    with transaction(desk.conn):
        case = ledger.by_id(desk, case_id)
        late = clocks.get(desk, case)
        if late is None or late.step_at is None or late.step_at > now:
            return False
        level, post = _above(desk, case, late)
        risen = clocks.climbed(late, clocks.rules_of(desk, case, late), level)
        detail = TO.get(level, post)
        _write(desk, case, risen, Change("escalate", case.status, case.status, detail), now)
        if level == LEVEL_CO or _has_phone(desk, case, post, now):
            duties.escalate(desk, case, post, now)
        faults.at("escalation-written")
    faults.at("escalated")
    return True


def _ring(desk: Desk, case_id: int, now: float) -> bool:
    with transaction(desk.conn):
        case = ledger.by_id(desk, case_id)
        if case.status not in TOLD or not ringing.is_due(desk.conn, case.id, now):
            return False
        return concerns.may_have(desk, case, case.post) and duties.ring(desk, case, now)


def _above(desk: Desk, case: CaseFile, late: Running) -> tuple[int, str]:
    """The next level, and its post, "" for the range's: a circle's is left out where there is none, each where it must
    not know. An SP's whose post the directory does not name is a step all the same."""
    level = clocks.next_level(late, clocks.rules_of(desk, case, late))
    assert level is not None
    circle = posts.circle_over(desk.directory, case.post) if level == LEVEL_CO else ""
    of_circle = ((LEVEL_CO, circle),) if circle else ()
    ladder = (*of_circle, (LEVEL_SP, posts.superintendent(desk.directory, desk.config.node_id)))
    barred = concerns.barred(desk, case)
    open_steps = (step for step in ladder if step[0] >= level and step[1] not in barred)
    return next(open_steps, (LEVEL_RANGE, ""))


def _has_phone(desk: Desk, case: CaseFile, post: str, now: float) -> bool:
    """Whether an SP has a phone to be told on: without one he sees it at the desk, and nobody need tell him by hand."""
    return bool(post) and not case.practice and tenure.current_id(desk, post, now) is not None


def _write(desk: Desk, case: CaseFile, clock: Running, change: Change, now: float) -> None:
    clocks.put(desk.conn, case.id, clock)
    after = replace(case, **vars(clocks.face(clock)))
    ledger.save(desk, case, after, BOX, change, max(now, case.changed_at))
