"""Which act leads from which status to which, and who may do it. The table is the whole rule."""

from dataclasses import dataclass

from appliance.desk import CO, OFFICE, OFFICER, RANGE, SHO, SP, SUPERVISOR, Actor
from appliance.errors import Forbidden, NotAllowed

STATUSES = (
    "received",
    "screened",
    "assigned",
    "acknowledged",
    "in_action",
    "reported_back",
    "verified",
    "feedback_sent",
    "closed",
    "duplicate",
    "quarantined",
)
_WITH_POST = "assigned acknowledged in_action reported_back"
_LIVE = f"received screened {_WITH_POST} verified feedback_sent"
_TIMED = f"received screened {_WITH_POST} verified feedback_sent"

_LEADERS = frozenset({SUPERVISOR, SP, RANGE})
_HEADS = frozenset({SP, RANGE})
_POSTS = frozenset({CO, SHO, OFFICER})


@dataclass(frozen=True)
class Transition:
    """``to`` is None where the status stays as it is; ``is_reasoned``: it is not done without a note."""

    act: str
    sources: frozenset[str]
    to: str | None
    roles: frozenset[str]
    is_reasoned: bool = False


def _row(
    act: str, sources: str, to: str | None, roles: frozenset[str], is_reasoned: bool = False
) -> tuple[str, Transition]:
    return act, Transition(act, frozenset(sources.split()), to, roles, is_reasoned)


TRANSITIONS = dict(
    (
        _row("screen", "received", "screened", OFFICE),
        # Not of a new one: to screen it is to read it.
        _row("read", f"screened {_WITH_POST} verified feedback_sent", None, OFFICE),
        # Also after the verification: what came since may ask for more.
        _row("assign", f"screened {_WITH_POST} verified feedback_sent", "assigned", _LEADERS),
        # Also at the desk, where an officer has no phone.
        _row("acknowledge", "assigned", "acknowledged", OFFICE | _POSTS),
        _row("start", "assigned acknowledged", "in_action", OFFICE | _POSTS),
        _row("report_back", "in_action", "reported_back", OFFICE | _POSTS),
        _row("verify", "reported_back", "verified", _LEADERS),
        # The informant of a duplicate is another person, who may be answered as well.
        _row("answer", f"{_LIVE} duplicate", None, _LEADERS),
        _row("ask", f"{_LIVE} duplicate", None, _LEADERS),
        _row("close", "screened verified feedback_sent", "closed", _LEADERS),
        _row("reopen", "closed", "screened", _LEADERS, True),
        _row("mark_duplicate", "received screened", "duplicate", OFFICE),
        _row("separate", "duplicate", "screened", _LEADERS, True),
        _row("quarantine", "received screened", "quarantined", OFFICE, True),
        _row("release", "quarantined", "received", OFFICE),
        # Only then may its time run out: a screener alone makes no report vanish.
        _row("confirm_spam", "quarantined", None, _LEADERS),
        _row("claim", f"{_LIVE} quarantined", None, OFFICE),
        _row("unclaim", f"{_LIVE} quarantined", None, OFFICE),
        _row("reclassify", f"{_LIVE} duplicate quarantined", None, OFFICE, True),
        _row("correct", f"{_LIVE} duplicate quarantined", None, OFFICE, True),
        # The clock stands still and goes on: pausing.py says when.
        _row("pause", _TIMED, None, _LEADERS),
        _row("resume", _TIMED, None, _LEADERS),
        # Whose people it is about. Whoever learns of it may say so; taking it back is for the head of the office.
        _row("concern", f"received screened {_WITH_POST} verified", None, OFFICE),
        _row("unconcern", f"received screened {_WITH_POST} verified duplicate", None, _HEADS, True),
    )
)
FEEDBACK = Transition("answer", frozenset({"verified"}), "feedback_sent", _LEADERS)
"""The one act with two rows: an answer after the verification is the feedback."""


TAKEN_BACK = "screened"
"""Where a case stands again that was with a post it must not be with."""


def find(act: str, status: str) -> Transition:
    """The row of ``act`` that applies in ``status``; its sources need not hold that status."""
    return FEEDBACK if act == FEEDBACK.act and status in FEEDBACK.sources else TRANSITIONS[act]


def check(act: str, status: str, actor: Actor, note: str = "") -> str:
    """The status after ``act``; raises Forbidden or NotAllowed."""
    row = find(act, status)
    if actor.role not in row.roles:
        raise Forbidden(f"the role {actor.role} may not {act.replace('_', ' ')}")
    if status not in row.sources:
        raise NotAllowed(f"a case that is {status} cannot be changed by {act!r}")
    if row.is_reasoned and not note.strip():
        raise NotAllowed(
            f"{act.replace('_', ' ')} needs a reason", hint="Write it into the note", reason="no_reason"
        )
    return row.to or status


def acts_for(status: str, role: str) -> tuple[str, ...]:
    """What someone of ``role`` may do with a case in ``status``, in the order of the table; for the page's buttons."""
    rows = ((act, find(act, status)) for act in TRANSITIONS)
    return tuple(act for act, row in rows if status in row.sources and role in row.roles)
