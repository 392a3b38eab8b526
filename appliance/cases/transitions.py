"""Which act leads from which status to which, and who may do it. The table is the whole rule."""

from dataclasses import dataclass

from appliance.desk import OFFICER, RANGE, SCREENER, SP, SUPERVISOR, Actor
from appliance.errors import Forbidden, NotAllowed

STATUSES = (
    "received",
    "screened",
    "assigned",
    "in_action",
    "reported_back",
    "feedback_sent",
    "closed",
    "duplicate",
)
OUTCOMES = (
    # action was taken: which
    *("fir", "arrest", "seizure", "preventive", "challan", "rescue"),
    # no action
    *("verified_no_offence", "unfounded", "false_malicious", "insufficient", "already_known", "referred"),
)

_OFFICE = frozenset({SCREENER, SUPERVISOR, SP, RANGE})
_LEADERS = frozenset({SUPERVISOR, SP, RANGE})
_HEADS = frozenset({SP, RANGE})


@dataclass(frozen=True)
class Transition:
    """``to`` is None where the status stays as it is."""

    act: str
    sources: frozenset[str]
    to: str | None
    roles: frozenset[str]


def _row(act: str, sources: str, to: str | None, roles: frozenset[str]) -> tuple[str, Transition]:
    return act, Transition(act, frozenset(sources.split()), to, roles)


TRANSITIONS = dict(
    (
        _row("screen", "received", "screened", _OFFICE),
        _row("mark_duplicate", "received screened", "duplicate", _OFFICE),
        _row("assign", "screened assigned in_action reported_back", "assigned", _LEADERS),
        # Whose people it is about. Whoever learns of it may say so; taking it back is for the head of the office.
        _row("concern", "received screened assigned in_action reported_back", None, _OFFICE),
        _row("unconcern", "received screened assigned in_action reported_back duplicate", None, _HEADS),
        _row("start", "assigned", "in_action", _OFFICE | {OFFICER}),
        _row("report_back", "in_action", "reported_back", _OFFICE | {OFFICER}),
        # The informant of a duplicate is another person, who may be answered as well.
        _row("answer", "received screened assigned in_action feedback_sent duplicate", None, _LEADERS),
        _row("close", "screened reported_back feedback_sent", "closed", _LEADERS),
    )
)
FEEDBACK = Transition("answer", frozenset({"reported_back"}), "feedback_sent", _LEADERS)
"""The one act with two rows: an answer after the report back is the feedback."""


TAKEN_BACK = "screened"
"""Where a case stands again that was with a post it must not be with."""


def find(act: str, status: str) -> Transition:
    """The row of ``act`` that applies in ``status``; its sources need not hold that status."""
    return FEEDBACK if act == FEEDBACK.act and status in FEEDBACK.sources else TRANSITIONS[act]


def check(act: str, status: str, actor: Actor) -> str:
    """The status after ``act``; raises Forbidden or NotAllowed."""
    row = find(act, status)
    if actor.role not in row.roles:
        raise Forbidden(f"the role {actor.role} may not {act.replace('_', ' ')}")
    if status not in row.sources:
        raise NotAllowed(f"a case that is {status} cannot be changed by {act!r}")
    return row.to or status


def acts_for(status: str, role: str) -> tuple[str, ...]:
    """What someone of ``role`` may do with a case in ``status``, in the order of the table; for the page's buttons."""
    rows = ((act, find(act, status)) for act in TRANSITIONS)
    return tuple(act for act, row in rows if status in row.sources and role in row.roles)
