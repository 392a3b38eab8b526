"""The weekly review on one sheet of paper: last week against the one before, what is overdue, what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.analysis import periods
from appliance.analysis.counts import ACTION, Change, Standing, median
from appliance.analysis.periods import WEEK, Period, Window
from appliance.cases import OUTCOMES
from appliance.desk import Actor
from appliance.figures import reading, week
from appliance.figures.reading import Choice
from appliance.figures.tallies import BEGUN, CLOSED
from webui.access import CASES, FIGURES, may, needs
from webui.figures.frame import Asking, asking_of, name_thana, page, pages
from webui.figures.trend import Held, by_category, by_class
from webui.names import Names
from webui.site import desk, language, now

OVERDUE_SHOWN = 8
WEEKS_BACK = 520


@dataclass(frozen=True)
class Speed:
    """Something that took time, this week and the week before: how many and the median (None of none)."""

    name: str
    unit: str
    counts: tuple[int, int]
    medians: tuple[int | None, int | None]


@pages.get("/figures/review")
@needs(FIGURES)
def review(actor: Actor) -> ResponseReturnValue:
    """The sheet of the last whole week, or of an earlier one."""
    question = asking_of(actor)
    this, before = weeks(question)
    late, late_count = week.overdue(desk(), actor, OVERDUE_SHOWN)
    return page(
        "review",
        question,
        week=this,
        before=before,
        previous=str(this.first - 1),
        following=str(this.first + 1) if this.end_day + 7 <= question.today else "",
        sums=sums(question.choice, this, before),
        kinds=by_category(question.choice, this, before),
        graded=by_class(question.choice, this, before),
        places=by_thana(question, this, before),
        outcomes=by_outcome(question.choice, this, before),
        speeds=speeds(question.choice, this, before),
        late=late,
        late_count=late_count,
        sees_cases=may(actor, CASES),
        printed_at=now(),
    )


def weeks(question: Asking) -> tuple[Window, Window]:
    """The week of the address, if it is over and not absurdly long ago, else the last; and the one before it."""
    last, _before = periods.finished(WEEK, question.today)
    asked = question.asked.week
    if asked.isascii() and asked.isdecimal() and last.last - WEEKS_BACK < int(asked) < last.last:
        last = periods.whole(Period(WEEK, int(asked)))
    return last, last.before()


def sums(choice: Choice, this: Window, before: Window) -> tuple[Held, ...]:
    """The week in a few lines: what came, what of it was more of the same, what was closed, who was arrested."""
    conn = desk().conn
    came = [reading.total(conn, one, choice) for one in (this, before)]
    closed = [reading.outcomes(conn, one, choice) for one in (this, before)]
    acted = [sum(one[outcome] for outcome in ACTION) for one in closed]
    held = [week.arrests(desk(), one, choice) for one in (this, before)]
    rows = (
        (_("Reports that came"), [one.incidents for one in came]),
        (_("Further reports of the same"), [one.duplicates for one in came]),
        (_("Closed in the week"), [one.total() for one in closed]),
        (_("of these with action"), acted),
        (_("Persons arrested"), held),
    )
    return tuple(Held(name, this, before, Change(*counts)) for name, counts in rows)


def by_thana(question: Asking, this: Window, before: Window) -> tuple[Held, ...]:
    """Every thana that has reports in either week, in the directory's order; those that name none last."""
    found = [reading.standings(desk().conn, one, question.choice, "thana") for one in (this, before)]
    known = [thana.code for thana in question.scope.thanas]
    codes = [*known, *sorted(str(code) for code in {*found[0], *found[1]} - set(known))]
    rows = (Held(name_thana(code), this, before, _change(found, code)) for code in codes)
    return tuple(row for row in rows if row.change.now or row.change.before)


def by_outcome(choice: Choice, this: Window, before: Window) -> tuple[Held, ...]:
    """The outcomes of the cases closed in either week."""
    names = Names(desk(), language())
    now_, then = (reading.outcomes(desk().conn, one, choice) for one in (this, before))
    codes = [*OUTCOMES, *sorted({*now_, *then} - set(OUTCOMES))]
    rows = (Held(names.outcome(code), this, before, Change(now_[code], then[code])) for code in codes)
    return tuple(row for row in rows if row.change.now or row.change.before)


def speeds(choice: Choice, this: Window, before: Window) -> tuple[Speed, ...]:
    """How long it took until work began and until cases were closed."""
    return (
        _speed(_("From arrival until work began"), "hours", BEGUN, choice, (this, before)),
        _speed(_("From arrival until closed"), "days", CLOSED, choice, (this, before)),
    )


def _speed(name: str, unit: str, event: str, choice: Choice, windows: tuple[Window, Window]) -> Speed:
    took = (reading.took(desk().conn, event, one, choice) for one in windows)
    found = [one.get("", Counter[int]()) for one in took]
    counts, medians = [sum(one.values()) for one in found], [median(one) for one in found]
    return Speed(name, unit, (counts[0], counts[1]), (medians[0], medians[1]))


def _change(found: Sequence[dict[str | int, Standing]], code: str) -> Change:
    return Change(*(one.get(code, Standing()).incidents for one in found))
