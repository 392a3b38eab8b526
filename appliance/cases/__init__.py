"""Cases: what the office sees of them, and each thing it can do with one."""

from appliance.cases.acts import (
    added,
    answer,
    assign,
    close,
    concern,
    mark_duplicate,
    report_back,
    screen,
    start,
    unconcern,
)
from appliance.cases.listing import CaseRow, Cursor, Filter, Page, counts, open_cases
from appliance.cases.officer import officer_answered
from appliance.cases.reading import Case, get
from appliance.cases.transitions import OUTCOMES, STATUSES, TRANSITIONS, Transition, acts_for
from appliance.errors import (
    BriefRefused,
    BudgetSpent,
    Conflict,
    Forbidden,
    NotAllowed,
    NotAnswerable,
    NotFound,
    OwnPeople,
)

__all__ = [
    "OUTCOMES",
    "STATUSES",
    "TRANSITIONS",
    "BriefRefused",
    "BudgetSpent",
    "Case",
    "CaseRow",
    "Conflict",
    "Cursor",
    "Filter",
    "Forbidden",
    "NotAllowed",
    "NotAnswerable",
    "NotFound",
    "OwnPeople",
    "Page",
    "Transition",
    "acts_for",
    "added",
    "answer",
    "assign",
    "close",
    "concern",
    "counts",
    "get",
    "mark_duplicate",
    "officer_answered",
    "open_cases",
    "report_back",
    "screen",
    "start",
    "unconcern",
]
