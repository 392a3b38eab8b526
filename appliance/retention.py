"""How long words and files are kept, what holds them longer, and erasing them so that nothing opens them again.

A case is due when it has been closed, or confirmed as spam by a second person, for as long as its class says, nothing
holds it, and no case that belongs to it is still worked on, or set aside for less long. What goes: words, answers,
files and their keys, the office's notes and briefs. What stays: that it was there, what was done and by whom, hashes,
counts.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from appliance import audit, drafts, ledger, public_state, rights, sensitivity, timekeeping
from appliance.desk import BOX, RANGE, SP, SUPERVISOR, Actor, Desk
from appliance.errors import Forbidden, NotAllowed
from appliance.evidence import ERASED
from appliance.history import Change
from appliance.ledger import CaseFile
from sync.clock import DAY_S
from sync.db import cut_log, transaction

SOON_DAYS = 30
HOLDS = frozenset({SUPERVISOR, SP, RANGE})
LIFTS = frozenset({SP, RANGE})
"""Lifting a hold lets evidence go: that is for the head of the office."""
ON_A_PAGE = 25
MOST_AT_ONCE = 50
"""Cases per run, so that the other jobs wait no longer than a moment."""
# By itself and yet no news to anybody: nobody has to look at a case because its time was over.
_CLOCK = Actor(BOX.name, BOX.display, "retention")

ASIDE = "quarantined"
_OVER = "erased_at is null and hold=0"
_ENDS = {
    "closed_at": "closed_at is not null and closed_at<=:latest",
    # Since somebody else confirmed it, after it was set aside the last time; nothing opened later can be over.
    f"(select min(at) {ledger.CONFIRMATION})": f"status='{ASIDE}' and closed_at is null and opened_at<=:latest",
}
"""When a case ended, and which are asked for it. Whether its incident lets it go is asked of each (``_is_free``)."""


@dataclass(frozen=True)
class Kept:
    """A case on the list of what will be erased, or of what is held. Times in epoch seconds."""

    serial: str
    version: int
    category: str
    sensitivity: str
    is_aside: bool
    ended_at: int | None
    due_at: int | None
    files: int


def days(desk: Desk, case: CaseFile) -> int:
    """How long a case is kept after its end: as this office set it for the class, else as the table says."""
    return desk.config.retention_days.get(case.sensitivity, sensitivity.rule(case).days)


def due_at(desk: Desk, case: CaseFile) -> int | None:
    """When it is to be erased; None while it is open, spam that nobody confirmed, held or erased already."""
    return None if case.hold or case.erased_at is not None else _over_at(desk, case)


def upcoming(desk: Desk, actor: Actor, now: float, page: int = 1) -> tuple[tuple[Kept, ...], bool]:
    """(what will be erased in the next SOON_DAYS, the soonest first, ON_A_PAGE at a time; whether there is more).

    Who trains sees practice cases, and no others.
    """
    where, first = f"{_OVER} and practice={int(actor.practice)}", (page - 1) * ON_A_PAGE
    found = tuple(islice(_kept(desk, where, now + SOON_DAYS * DAY_S), first, first + ON_A_PAGE + 1))
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def held(desk: Desk, actor: Actor) -> tuple[Kept, ...]:
    """What a legal hold keeps; who trains sees practice cases, and no others."""
    closed, aside = _ENDS
    ended = f"case when status='{ASIDE}' then {aside} else {closed} end"
    rows = desk.conn.execute(
        f"{_select(desk, ended)} where hold=1 and practice=? order by id", (int(actor.practice),)
    ).fetchall()
    return tuple(_row(row) for row in rows)


def hold(desk: Desk, serial: str, actor: Actor, version: int, reason: str) -> None:
    """Keeps a case and all of its incident beyond their time; raises as ``unhold``."""
    _set(desk, serial, actor, version, reason, is_held=True)


def unhold(desk: Desk, serial: str, actor: Actor, version: int, reason: str) -> None:
    """Lets its time run again; from that moment it may be due at once.

    Raises NotFound, Forbidden, Conflict, or NotAllowed: no reason, an erased case, a hold that stands as asked already.
    """
    _set(desk, serial, actor, version, reason, is_held=False)


def erase_due(desk: Desk, now: float) -> int:
    """Erases what is due, unless the clock is in doubt, and finishes what an earlier run began. Gives how many cases
    were due."""
    due = tuple(islice(_kept(desk, _OVER, now), MOST_AT_ONCE)) if timekeeping.is_sure(desk, now) else ()
    for one in due:
        with transaction(desk.conn):
            case = ledger.find(desk, one.serial)
            if _is_due(desk, case, now):  # somebody may have set a hold since the list was made
                _erase(desk, case, now)
    _finish(desk)
    return len(due)


def _set(desk: Desk, serial: str, actor: Actor, version: int, reason: str, is_held: bool) -> None:
    act, roles = ("hold", HOLDS) if is_held else ("unhold", LIFTS)
    if actor.role not in roles:
        raise Forbidden(f"the role {actor.role} may not {act}")
    if not reason.strip():
        raise NotAllowed("a legal hold needs a reason, and so does lifting it", reason="no_reason")
    with transaction(desk.conn):
        rights.check(desk, actor, ledger.find(desk, serial))
        case = ledger.at_version(desk, serial, version)
        if case.erased_at is not None or bool(case.hold) == is_held:
            raise NotAllowed("this case is erased, or the hold stands as asked for already")
        change = Change(act, case.status, case.status, note=reason)
        ledger.save(desk, case, replace(case, hold=int(is_held)), actor, change, desk.clock())


def _erase(desk: Desk, case: CaseFile, now: float) -> None:
    """In the caller's transaction: keys and ciphertexts go, with a trace of what was there."""
    of_case = "in (select report_id from case_report where case_id=?)"
    files = desk.conn.execute(
        f"select file_id from evidence where state<>? and report_id {of_case}", (ERASED, case.id)
    ).fetchall()
    for (file_id,) in files:
        audit.write(desk.conn, now, BOX.name, "evidence.erase", file_id)
    desk.conn.execute(
        f"update evidence set state=?, locked_key=x'' where report_id {of_case}", (ERASED, case.id)
    )
    desk.conn.execute(f"delete from content_key where report_id {of_case}", (case.id,))
    reports = desk.conn.execute(
        f"update report set locked=x'', erased_at=? where id {of_case}", (int(now), case.id)
    ).rowcount
    desk.conn.execute("update duty set brief_locked=x'' where case_id=?", (case.id,))
    drafts.forget(desk, [case.serial, *(file_id for (file_id,) in files)])
    desk.conn.execute(
        "insert into erasure(case_id, at, reports, files) values(?,?,?,?)",
        (case.id, int(now), reports, len(files)),
    )
    if case.status == ASIDE:  # never closed: now its way back ends as well
        public_state.tell(desk, [case.id], public_state.CLOSED, now)
    change = Change("erase", case.status, case.status, f"{reports}/{len(files)}")
    ledger.save(desk, case, replace(case, erased_at=int(now)), _CLOCK, change, now)


def _finish(desk: Desk) -> None:
    """Takes the files off the disk and cuts the database's log, whose pages still hold what was deleted.

    Done again by the next run when a kill or a reader comes between; only then an erasure counts as done.
    """
    unfinished = desk.conn.execute("select case_id from erasure where is_done=0").fetchall()
    if not unfinished:
        return
    for (case_id,) in unfinished:
        _unlink(desk, case_id)
    if cut_log(desk.conn):
        with transaction(desk.conn):
            desk.conn.executemany(
                "update erasure set is_done=1 where case_id=?", [tuple(row) for row in unfinished]
            )


def _unlink(desk: Desk, case_id: int) -> None:
    rows = desk.conn.execute(
        "select file_id from evidence join case_report using(report_id) where case_id=?", (case_id,)
    )
    for (file_id,) in rows.fetchall():
        for folder in (desk.config.evidence_folder, desk.config.incoming_folder):
            (folder / file_id).unlink(missing_ok=True)


def _is_due(desk: Desk, case: CaseFile, now: float) -> bool:
    at = due_at(desk, case)
    return at is not None and at <= now and _is_free(desk, case, now)


def _is_free(desk: Desk, case: CaseFile, now: float) -> bool:
    """Nothing goes while any case of the same incident is open or held: they are read, and proved, together.

    One that was set aside keeps them until its own time is over: setting aside must not set free.
    """
    return all(_is_over(desk, one, now) and not one.hold for one in ledger.incident(desk, case))


def _is_over(desk: Desk, case: CaseFile, now: float) -> bool:
    if case.closed_at is not None or case.erased_at is not None:
        return True
    at = _over_at(desk, case)
    return at is not None and at <= now


def _over_at(desk: Desk, case: CaseFile) -> int | None:
    """When the time of its class is over; None where it has not begun."""
    if case.closed_at is None and case.status != ASIDE:
        return None
    closed, aside = _ENDS
    ended = closed if case.closed_at is not None else aside
    (row,) = desk.conn.execute(f"{_select(desk, ended)} where id=?", (case.id,)).fetchall()
    return None if row["over_at"] is None else int(row["over_at"])


def _kept(desk: Desk, where: str, until: float) -> Iterator[Kept]:
    shortest = min(_all_days(desk).values())
    queries = (
        f"{_select(desk, ended)} where {where} and {which} and over_at<=:until"
        for ended, which in _ENDS.items()
    )
    rows = desk.conn.execute(
        f"{' union all '.join(queries)} order by over_at, id",
        {"latest": until - shortest * DAY_S, "until": until},
    )
    return (_row(row) for row in rows.fetchall() if _is_free(desk, ledger.find(desk, row["serial"]), until))


def _select(desk: Desk, ended: str) -> str:
    """Cases with the end of their time, counted from ``ended``; the days come from the table and the settings, as whole
    numbers."""
    whens = " ".join(
        f"when '{name}{int(flagged)}' then {int(length)}"
        for (name, flagged), length in _all_days(desk).items()
    )
    longest = max(_all_days(desk).values())
    key = "sensitivity || (victim or child)"
    return (
        f"select id, serial, version, category, sensitivity, status, hold, {ended} as ended_at,"
        f" {ended} + {DAY_S} * (case {key} {whens} else {longest} end) as over_at,"
        " (select count(*) from evidence join case_report using(report_id) where case_id=case_file.id) as files"
        " from case_file"
    )


def _all_days(desk: Desk) -> dict[tuple[str, bool], int]:
    set_here = desk.config.retention_days
    return {key: set_here.get(key[0], row.days) for key, row in sensitivity.RULES.items()}


def _row(row: sqlite3.Row) -> Kept:
    due = None if row["hold"] else row["over_at"]
    plain = ("serial", "version", "category", "sensitivity", "ended_at", "files")
    return Kept(**{name: row[name] for name in plain}, is_aside=row["status"] == ASIDE, due_at=due)
