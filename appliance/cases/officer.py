"""What the officer who was told of a case answers from his phone, as steps of that case."""

import sqlite3
from collections.abc import Mapping

from appliance import duties, ledger, reports, tenure
from appliance.cases.acts import move
from appliance.desk import BOX, OFFICER, Actor, Desk
from appliance.duties import (
    ACCEPTED,
    ACTED,
    CANNOT,
    COULD_NOT,
    DELIVERED,
    QUEUED,
    REPORTED,
    SENT,
    UNDELIVERED,
)
from appliance.history import Change
from appliance.ledger import CaseFile
from sync.clock import hour_of, whole_minute
from sync.errors import Unavailable, Unreadable
from sync.messages import DutyAnswer
from sync.notices import NOTE_CHARS

_UNTOLD = (QUEUED, SENT)
_NEW = (*_UNTOLD, DELIVERED)
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    DELIVERED: (_UNTOLD, DELIVERED),
    "accepted": (_NEW, ACCEPTED),
    "cannot": (_NEW, CANNOT),
    "undelivered": (_UNTOLD, UNDELIVERED),
    "acted": ((ACCEPTED, COULD_NOT), ACTED),
    "could_not": ((ACCEPTED,), COULD_NOT),
    "note": ((ACTED, COULD_NOT, REPORTED), ""),
    "photo": ((ACTED, COULD_NOT, REPORTED), ""),
}
"""Answer → (states of the duty in which it can come, the state after it; "" where that depends on the case)."""
_MOVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "accepted": ("acknowledge", ("assigned",)),
    "acted": ("start", ("assigned", "acknowledged")),
}
"""Answers that move the case -> (act, statuses from which); from others they are noted beside it."""
_TOO_EARLY = {"acted": _NEW, "could_not": _NEW, **dict.fromkeys(("note", "photo"), (*_NEW, ACCEPTED))}
"""States in which an answer has overtaken the one before it."""
WAIT_HOURS = 2
"""How long it waits for that one. Later it counts by itself: the relay lets nobody act who has not accepted, and what
a database took that a restored one does not know comes no second time."""


def officer_answered(desk: Desk, answer: DutyAnswer, now: float) -> bool:
    """Takes one answer, in the caller's transaction; False for one of a duty that is no longer his.

    Raises Unreadable on one no relay of ours would send, Unavailable on one that overtook the answer before it.
    """
    _check(desk, answer)
    duty = duties.find(desk, answer.duty)
    if duty is None or duty["state"] not in duties.LIVE or not _holds(desk, duty, now):
        return False
    if answer.kind == DELIVERED:
        _arrived(desk, duty)
        return True
    sources, after = STEPS[answer.kind]
    is_early = duty["state"] in _TOO_EARLY.get(answer.kind, ())
    if is_early and hour_of(now) - answer.hour < WAIT_HOURS:
        raise Unavailable("an officer's answer came before the one it follows")
    if not is_early and duty["state"] not in sources:
        return False
    now = max(whole_minute(now), ledger.by_id(desk, duty["case_id"]).changed_at)
    if is_early and duty["state"] in _NEW:
        _take(desk, duty, "accepted", ACCEPTED, now)
    case = ledger.by_id(desk, duty["case_id"])
    for manifest in answer.evidence:
        reports.expect(desk, case.report_id, manifest, duty["post"])
    if answer.kind in ("note", "photo"):
        _note(desk, duty, case, answer, now)
    else:
        _take(desk, duty, answer.kind, after, now)
    return True


def _arrived(desk: Desk, duty: sqlite3.Row) -> None:
    """No step of the case: whoever has its page open is not disturbed. One that was overtaken changes nothing."""
    if duty["state"] in STEPS[DELIVERED][0]:
        duties.move(desk, duty["name"], DELIVERED)


def _take(desk: Desk, duty: sqlite3.Row, kind: str, after: str, now: float) -> None:
    duties.move(desk, duty["name"], after)
    _step(desk, duty, ledger.by_id(desk, duty["case_id"]), kind, now)


def _check(desk: Desk, answer: DutyAnswer) -> None:
    is_known = answer.kind in STEPS and len(answer.text) <= NOTE_CHARS
    has_its_own = bool(answer.text) == (answer.kind == "note")
    photos = [manifest for manifest in answer.evidence if manifest.kind == "photo"]
    has_its_own &= len(answer.evidence) == len(photos) == int(answer.kind == "photo")
    if not is_known or not has_its_own:
        raise Unreadable("an officer's answer is not of our form")
    reports.check_files(desk, answer.evidence)


def _holds(desk: Desk, duty: sqlite3.Row, now: float) -> bool:
    """Whether the officer still holds the post; if not, his duties end."""
    until = tenure.by_id(desk, duty["holder_id"]).until
    if until is None or until > now:
        return True
    duties.withdraw_holder(desk, duty["holder_id"], now)
    return False


def _step(desk: Desk, duty: sqlite3.Row, case: CaseFile, kind: str, now: float) -> None:
    act, sources = _MOVES.get(kind, ("", ()))
    if case.status in sources and _has_it(duty, case):
        move(desk, case, case, _actor(duty), Change(act, "", ""), now)
        return
    actor = BOX if kind == "undelivered" else _actor(duty)
    ledger.save(desk, case, case, actor, Change(f"duty_{kind}", case.status, case.status, duty["post"]), now)


def _has_it(duty: sqlite3.Row, case: CaseFile) -> bool:
    """Whether his post has the case; the one above it, which was told that it is late, moves nothing."""
    return bool(duty["post"] == case.post)


def _note(desk: Desk, duty: sqlite3.Row, case: CaseFile, answer: DutyAnswer, now: float) -> None:
    if duty["state"] == ACTED and case.status == "in_action" and _has_it(duty, case):
        duties.move(desk, duty["name"], REPORTED)
        move(desk, case, case, _actor(duty), Change("report_back", "", "", note=answer.text), now)
        return
    change = Change(f"duty_{answer.kind}", case.status, case.status, duty["post"], answer.text)
    ledger.save(desk, case, case, _actor(duty), change, now)


def _actor(duty: sqlite3.Row) -> Actor:
    """A post acts, not a person who signs in."""
    return Actor(duty["post"], duty["post"], OFFICER)
