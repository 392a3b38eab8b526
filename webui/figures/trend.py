"""The trend by week or month: each period beside the one as many periods before, and the newest ones in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.analysis import periods
from appliance.analysis.counts import Change, Standing
from appliance.analysis.periods import MONTH, WEEK, Period, Window
from appliance.desk import Actor
from appliance.figures import reading
from appliance.figures.reading import CLASSES, FLAGS, Choice
from webui.access import FIGURES, needs
from webui.figures import pictures
from webui.figures.frame import Asking, asking_of, name_class, page, pages
from webui.names import Names
from webui.site import desk, language

PERIODS = 12


@dataclass(frozen=True)
class Step:
    """One period of the trend, and the one it is held against; ``before`` is None for the period that still runs."""

    period: Period
    now: Standing
    earlier: Period
    before: Standing | None

    @property
    def window(self) -> Window:
        """Its days."""
        return periods.whole(self.period)


@dataclass(frozen=True)
class Held:
    """Something now, and the same before: a row of two windows."""

    name: str
    window: Window
    earlier: Window
    change: Change


@pages.get("/figures")
@needs(FIGURES)
def index(actor: Actor) -> ResponseReturnValue:
    """Bars with their table, the newest periods against those before, the last whole one by kind and class."""
    question = asking_of(actor)
    steps = trend(question)
    last, before = periods.finished(question.asked.by, question.today)
    pairs = [(step.now.incidents, step.before.incidents if step.before else None) for step in steps]
    return page(
        "trend",
        question,
        chart=pictures.chart(pairs),
        steps=steps,
        periods=PERIODS,
        newest=newest(question),
        last=last,
        before=before,
        kinds=by_category(question.choice, last, before),
        graded=by_class(question.choice, last, before),
    )


def trend(question: Asking) -> tuple[Step, ...]:
    """The last whole periods and the one that runs, oldest first."""
    unit, choice = question.asked.by, question.choice
    window = periods.latest(unit, question.today, PERIODS + 1)
    whole = Window(unit, window.first - PERIODS, window.last)
    counted = reading.standings(desk().conn, whole, choice, "period")
    steps = []
    for number in window.numbers:
        before = None if number == window.last else counted.get(number - PERIODS, Standing())
        now, earlier = Period(unit, number), Period(unit, number - PERIODS)
        steps.append(Step(now, counted.get(number, Standing()), earlier, before))
    return tuple(steps)


def newest(question: Asking) -> tuple[Held, ...]:
    """This week and month so far, and the last whole ones, each against its like."""
    today = question.today
    rows = (
        (_("This week so far"), periods.so_far(WEEK, today)),
        (_("Last week"), periods.finished(WEEK, today)),
        (_("This month so far"), periods.so_far(MONTH, today)),
        (_("Last month"), periods.finished(MONTH, today)),
    )
    return tuple(_held(name, now, before, question.choice) for name, (now, before) in rows)


def _held(name: str, now: Window, before: Window, choice: Choice) -> Held:
    counts = [reading.total(desk().conn, window, choice).incidents for window in (now, before)]
    return Held(name, now, before, Change(*counts))


def by_category(choice: Choice, now: Window, before: Window) -> tuple[Held, ...]:
    """Every kind of crime that has reports in either window, in the catalogue's order."""
    names = Names(desk(), language())
    found = [reading.standings(desk().conn, window, choice, "category") for window in (now, before)]
    known = [category.code for category in desk().catalogue.categories]
    codes = [*known, *sorted(str(code) for code in {*found[0], *found[1]} - set(known))]
    rows = (Held(names.category(code), now, before, _change(found, code)) for code in codes)
    return tuple(row for row in rows if row.change.now or row.change.before)


def by_class(choice: Choice, now: Window, before: Window) -> tuple[Held, ...]:
    """The sensitivity classes, which together are all; then the flags, which are counted beside them."""
    found = [reading.standings(desk().conn, window, choice, "sensitivity") for window in (now, before)]
    rows = [
        Held(name_class(code), now, before, _change(found, code)) for code in CLASSES if code not in FLAGS
    ]
    for flag in FLAGS:
        flagged = [reading.standings(desk().conn, window, choice, flag) for window in (now, before)]
        rows.append(Held(name_class(flag), now, before, _change(flagged, 1)))
    return tuple(rows)


def _change(found: Sequence[dict[str | int, Standing]], code: str | int) -> Change:
    return Change(*(one.get(code, Standing()).incidents for one in found))
