"""The range's own page: how many cases stand where in each district, and how fresh that is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from appliance.cases import STATUSES
from appliance.desk import Actor
from appliance.rangenode import figures
from appliance.rangenode.figures import BoxContact, DistrictTotals
from sync.clock import DAY_S, IST_OFFSET_S, week_of
from sync.directory import DISTRICT, RANGE, Directory
from webui.access import RANGE_FIGURES, needs
from webui.names import Names
from webui.site import desk, language, now, site

pages = Blueprint("rangeview", __name__)

WEEKS_SHOWN = 12
LATE_S = 3600
"""A box tells its counts every few minutes: an hour of silence is worth a telephone call."""
_MONDAY_DAYS = 3


@dataclass(frozen=True)
class Row:
    """One row of a table of counts, and its sum."""

    code: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Grid:
    """A table of counts: its columns by code, its rows, the sums of the columns, the sum of all."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Week:
    """Cases opened in one week of all districts; ``monday_at`` in epoch seconds."""

    monday_at: int
    count: int
    share: int
    """Per cent of the fullest week shown."""


@dataclass(frozen=True)
class Box:
    """A district's box: what was heard of it last. ``state``: "well", "late" or "never"."""

    district: str
    state: str
    contact: BoxContact | None


@dataclass(frozen=True)
class LateCases:
    """Overdue cases of a district that came up to the range; ``oldest_at``: Monday of the week the oldest came in."""

    district: str
    count: int
    oldest_at: int


@pages.get("/range")
@needs(RANGE_FIGURES)
def index(actor: Actor) -> ResponseReturnValue:
    """Counts by district and status, by district and category, by week; last contact of each box."""
    if desk().config.role != RANGE:
        abort(404)
    conn = site().desks.range_figures()
    directory = desk().directory
    totals = figures.by_district(conn)
    districts = tuple(district.code for district in directory.districts)
    known = tuple(category.code for category in desk().catalogue.categories)
    statuses = {(t.district, status): count for t in totals for status, count in t.by_status.items()}
    categories = {(code, t.district): count for t in totals for code, count in t.by_category.items()}
    return render_template(
        "range.html",
        statuses=grid(districts, STATUSES, statuses),
        categories=grid(known, districts, categories),
        weeks=weeks(totals, week_of(now())),
        late=[
            LateCases(district, sum(weeks.values()), _monday(min(weeks)))
            for district, weeks in figures.late(conn).items()
        ],
        boxes=boxes(directory, figures.boxes(conn), now()),
        names=Names(desk(), language()),
    )


def grid(rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]) -> Grid:
    """``counts`` by (row, column) as a table; a code that is in neither list gets a line of its own at the end."""
    down = (*rows, *sorted({row for row, _ in counts} - set(rows)))
    across = (*columns, *sorted({column for _, column in counts} - set(columns)))
    cells = [tuple(counts.get((row, column), 0) for column in across) for row in down]
    sums = tuple(sum(column) for column in zip(*cells, strict=True)) if cells else (0,) * len(across)
    lines = tuple(Row(code, line, sum(line)) for code, line in zip(down, cells, strict=True))
    return Grid(across, lines, sums, sum(sums))


def weeks(totals: Sequence[DistrictTotals], this_week: int) -> tuple[Week, ...]:
    """The last weeks, oldest first, with this one; empty weeks are shown as such."""
    counted: Counter[int] = Counter()
    for of_district in totals:
        counted.update(of_district.by_week)
    shown = range(this_week - WEEKS_SHOWN + 1, this_week + 1)
    most = max([counted[week] for week in shown] + [1])
    return tuple(Week(_monday(week), counted[week], counted[week] * 100 // most) for week in shown)


def _monday(week: int) -> int:
    """The beginning of a week (``clock.week_of``) in Indian time, as epoch seconds."""
    return (week * 7 - _MONDAY_DAYS) * DAY_S - IST_OFFSET_S


def boxes(directory: Directory, heard: Sequence[BoxContact], at: float) -> tuple[Box, ...]:
    """Every district's box of the directory, also one that was never heard of."""
    known = {contact.box: contact for contact in heard}
    nodes = directory.of_role(DISTRICT)
    return tuple(
        Box(node.district or "", _freshness(known.get(node.id), at), known.get(node.id)) for node in nodes
    )


def _freshness(contact: BoxContact | None, at: float) -> str:
    if contact is None or contact.last_contact_at is None:
        return "never"
    return "late" if at - contact.last_contact_at > LATE_S else "well"
