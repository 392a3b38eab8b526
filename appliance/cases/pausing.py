"""A clock that stands still: only for one of a few reasons, and never for ever."""

from dataclasses import replace

from appliance import clocks
from appliance.cases.acts import at, move
from appliance.clocks import PAUSES, WAITS_FOR_INFORMANT, Running
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from appliance.history import Change
from appliance.ledger import CaseFile
from sync.db import transaction


def pause(desk: Desk, serial: str, actor: Actor, version: int, reason: str, note: str = "") -> None:
    """Stops the clock for one of PAUSES; it goes on by itself when that is over, when the informant answers, and when
    something urgent comes.

    Raises as the other acts; NotAllowed also where no clock runs, without a note, for waiting for an informant whom
    nobody has asked, and where it has stood for STANDS_MOST_S in this lap.
    """
    if reason not in PAUSES:
        raise NotAllowed(f"a clock does not stand still for {reason[:40]!r}")
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        run = _running(desk, case, is_paused=False)
        if reason == WAITS_FOR_INFORMANT and not case.asked:
            raise NotAllowed(
                "nobody has asked the informant", hint="Send the question first", reason="not_asked"
            )
        if reason != WAITS_FOR_INFORMANT and not note.strip():
            raise NotAllowed("a pause needs a reason", hint="Write it into the note", reason="no_reason")
        if not run.may_stand_s:
            raise NotAllowed("this clock has stood for as long as it may", reason="stood")
        read = clocks.calmed(run, clocks.rules_of(desk, case, run))  # by who pauses it
        still = clocks.paused(read, reason, int(desk.clock()))
        _write(desk, case, still, actor, Change("pause", "", "", reason, note))


def resume(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """Lets the clock go on with what was left; raises as ``pause``."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        run = _running(desk, case, is_paused=True)
        again = clocks.resumed(run, clocks.rules_of(desk, case, run), int(desk.clock()))
        _write(desk, case, again, actor, Change("resume", "", "", run.pause, note))


def _running(desk: Desk, case: CaseFile, is_paused: bool) -> Running:
    run = clocks.get(desk, case)
    if run is None or not run.clock:
        raise NotAllowed("no clock runs in this case")
    if bool(run.pause) != is_paused:
        raise NotAllowed("the clock is paused already" if run.pause else "the clock runs", reason="clock")
    return run


def _write(desk: Desk, case: CaseFile, clock: Running, actor: Actor, change: Change) -> None:
    clocks.put(desk.conn, case.id, clock)
    move(desk, case, replace(case, **vars(clocks.face(clock))), actor, change)
