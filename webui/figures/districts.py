"""The range's trend and comparison of districts, from what their boxes told: weeks, kinds and classes, no thanas."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.analysis import periods
from appliance.analysis.counts import Change, Standing
from appliance.analysis.periods import WEEK, Period, Window
from appliance.desk import Actor
from appliance.figures.reading import CLASSES, FLAGS
from appliance.rangenode import tallies
from appliance.rangenode.tallies import Choice
from sync.clock import day_of
from sync.directory import RANGE
from webui.access import RANGE_FIGURES, fresh, needs
from webui.figures import asked as asking
from webui.figures import pictures
from webui.figures.asked import Asked
from webui.figures.download import Cells, file_of, mark
from webui.figures.frame import Asking, asking_of, name_class, page, pages
from webui.figures.trend import PERIODS, Held, Step
from webui.figures.wording import iso
from webui.names import Names
from webui.site import desk, language, now, site


@dataclass(frozen=True)
class Line:
    """A district: what was opened in the window and before, and what has become of it."""

    code: str
    standing: Standing
    before: Standing

    @property
    def change(self) -> Change:
        """Reports now and before."""
        return Change(self.standing.incidents, self.before.incidents)


@pages.get("/range/figures")
@needs(RANGE_FIGURES)
def districts(actor: Actor) -> ResponseReturnValue:
    """Bars of weeks with their table, the districts side by side, kinds and classes of the span."""
    question = _question(actor)
    window = weeks(question)
    steps = trend(question)
    pairs = [(step.now.incidents, step.before.incidents if step.before else None) for step in steps]
    return page(
        "districts",
        question,
        district=_choice(question).district,
        districts=desk().directory.districts,
        chart=pictures.chart(pairs),
        steps=steps,
        window=window,
        before=window.before(),
        lines=lines(question),
        kinds=_held(question, "category", [one.code for one in desk().catalogue.categories]),
        graded=_graded(question),
    )


@pages.get("/range/figures.csv")
@needs(RANGE_FIGURES)
@fresh
def take_districts(actor: Actor) -> ResponseReturnValue:
    """The districts side by side as a file."""
    question = _question(actor)
    return file_of(question, "districts", [*mark(question), *_table(question)])


def _question(actor: Actor) -> Asking:
    if desk().config.role != RANGE:
        abort(404)
    return asking_of(actor)


def _choice(question: Asking) -> Choice:
    """The filters; the district stands where a box has the thana."""
    return Choice(question.asked.thana, question.asked.category, question.asked.sensitivity)


def weeks(question: Asking) -> Window:
    """The span that is over, in whole weeks: boxes tell no other."""
    unit = asking.SPANS[question.asked.span][0]
    wanted = question.asked if unit == WEEK else Asked()
    return wanted.window(question.today)


def trend(question: Asking) -> tuple[Step, ...]:
    """The last whole weeks and the one that runs, oldest first."""
    window = periods.latest(WEEK, day_of(now()), PERIODS + 1)
    whole = Window(WEEK, window.first - PERIODS, window.last)
    counted = tallies.standings(site().desks.range_figures(), whole, _choice(question), "period")
    return tuple(
        Step(
            Period(WEEK, number),
            counted.get(number, Standing()),
            Period(WEEK, number - PERIODS),
            None if number == window.last else counted.get(number - PERIODS, Standing()),
        )
        for number in window.numbers
    )


def lines(question: Asking) -> tuple[Line, ...]:
    """Every district of the directory."""
    this, before = _counted(question, "district")
    known = [one.code for one in desk().directory.districts]
    codes = [*known, *sorted(str(code) for code in {*this, *before} - set(known))]
    return tuple(Line(code, this.get(code, Standing()), before.get(code, Standing())) for code in codes)


def _counted(question: Asking, by: str) -> list[dict[str | int, Standing]]:
    conn, window = site().desks.range_figures(), weeks(question)
    return [tallies.standings(conn, one, _choice(question), by) for one in (window, window.before())]


def _held(question: Asking, by: str, known: list[str]) -> tuple[Held, ...]:
    this, before = _counted(question, by)
    codes = [*known, *sorted(str(code) for code in {*this, *before} - set(known))]
    rows = (_row(question, by, code, code, this, before) for code in codes)
    return tuple(row for row in rows if by != "category" or row.change.now or row.change.before)


def _graded(question: Asking) -> tuple[Held, ...]:
    """The classes, which together are all; then the flags, which are counted beside them."""
    flagged = [_row(question, flag, flag, 1, *_counted(question, flag)) for flag in FLAGS]
    return (*_held(question, "sensitivity", [code for code in CLASSES if code not in FLAGS]), *flagged)


def _row(
    question: Asking,
    by: str,
    code: str,
    key: str | int,
    this: dict[str | int, Standing],
    before: dict[str | int, Standing],
) -> Held:
    name = Names(desk(), language()).category(code) if by == "category" else name_class(code)
    change = Change(this.get(key, Standing()).incidents, before.get(key, Standing()).incidents)
    window = weeks(question)
    return Held(name, window, window.before(), change)


def _table(question: Asking) -> Iterable[Cells]:
    names, window = Names(desk(), language()), weeks(question)
    yield (_("From"), iso(window.first_day), iso(window.end_day - 1))
    yield (
        *(_("District"), _("Reports"), _("Reports before"), _("Still open")),
        *(_("Closed with action"), _("Closed without"), _("Further reports of the same")),
    )
    for line in lines(question):
        of = line.standing
        yield (
            *(names.district(line.code), of.incidents, line.before.incidents, of.open),
            *(of.action, of.none, of.duplicates),
        )
    for row in _graded(question):
        yield (row.name, row.change.now, row.change.before)
