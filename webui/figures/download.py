"""The counts of a page as a file for a spreadsheet: marked with who took it, and noted in the audit trail."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from flask import Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.analysis.periods import Period, Window
from appliance.desk import Actor
from appliance.figures.week import note_export
from webui import page as frame_of_page
from webui.access import FIGURES, fresh, needs
from webui.figures import review, thanas, tilemap, trend
from webui.figures.frame import Asking, asking_of, name_class, name_thana, pages
from webui.figures.wording import iso
from webui.language import moment
from webui.names import Names
from webui.site import desk, language, now

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
Cells = Sequence[str | int]


@pages.get("/figures/<what>.csv")
@needs(FIGURES)
@fresh
def take(actor: Actor, what: str) -> ResponseReturnValue:
    """The table of one page, with the filters of its address."""
    if what not in TABLES:
        abort(404)
    question = asking_of(actor)
    return file_of(question, what, [*mark(question), *TABLES[what](question)])


def file_of(question: Asking, what: str, rows: Iterable[Cells]) -> Response:
    """Rows as a file; that they leave the box is noted."""
    note_export(desk(), question.actor, f"{what}.csv")
    return Response(
        written(rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="satark-{what}-{iso(question.today)}.csv"'},
    )


def written(rows: Iterable[Cells]) -> str:
    """CSV with a byte order mark, so that spreadsheets read Hindi; no cell of words can be taken for a formula."""
    file = StringIO()
    csv.writer(file).writerows([_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def _safe(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell


def mark(question: Asking) -> list[Cells]:
    """Who took it, when, where, what it counts: stands in the file itself, which will be passed on."""
    actor, asked = question.actor, question.asked
    names = Names(desk(), language())
    chosen = (
        names.category(asked.category) if asked.category else _("all crimes"),
        (names.thana(asked.thana) if desk().directory.thana(asked.thana) else names.district(asked.thana))
        if asked.thana
        else _("all thanas that this person may count"),
        name_class(asked.sensitivity) if asked.sensitivity else _("all classes"),
    )
    return [
        (_("Satark Mitra: counts of reports, not of crimes"),),
        (_("Taken by"), f"{actor.display} ({actor.name})", names.role(actor.role)),
        (_("Office"), frame_of_page.office()),
        (_("When"), moment(now())),
        (_("Counted"), *chosen),
        (),
    ]


def _span(window: Window | Period) -> tuple[str, str]:
    return iso(window.first_day), iso(window.end_day - 1)


def _circle(name: str | None) -> str:
    return Names(desk(), language()).circle(name) if name else ""


def _trend(question: Asking) -> Iterable[Cells]:
    yield (
        *(_("From"), _("To"), _("Reports"), _("Compared from"), _("Compared to"), _("Reports then")),
        *(_("Still open"), _("Closed with action"), _("Closed without"), _("Further reports of the same")),
    )
    for step in trend.trend(question):
        now_, before = step.now, step.before
        yield (
            *(*_span(step.period), now_.incidents),
            *((*_span(step.earlier), before.incidents) if before else ("", "", "")),
            *(now_.open, now_.action, now_.none, now_.duplicates),
        )


def _thanas(question: Asking) -> Iterable[Cells]:
    yield (_("From"), *_span(question.asked.window(question.today)))
    yield (
        *(_("Code"), _("Thana"), _("Circle"), _("Reports"), _("Reports before"), _("Still open")),
        *(
            _("Closed with action"),
            _("Closed without"),
            _("Informant answered"),
            _("Further reports of the same"),
        ),
        *(_("Hours until work began (median)"), _("Days until closed (median)")),
    )
    for line in thanas.lines(question):
        of = line.standing
        yield (
            *(
                line.code,
                name_thana(line.code),
                _circle(line.circle),
                of.incidents,
                line.before.incidents,
                of.open,
            ),
            *(of.action, of.none, of.answered, of.duplicates),
            *("" if took is None else took for took in (line.begun_h, line.closed_days)),
        )


def _map(question: Asking) -> Iterable[Cells]:
    yield (_("From"), *_span(question.asked.window(question.today)))
    yield (_("Code"), _("Thana"), _("Circle"), _("Reports"))
    counts = tilemap.by_thana(question)
    for thana in question.scope.thanas:
        yield (thana.code, name_thana(thana.code), _circle(thana.circle), counts.get(thana.code, 0))


def _review(question: Asking) -> Iterable[Cells]:
    this, before = review.weeks(question)
    yield ("", "", " ".join(_span(this)), " ".join(_span(before)))
    choice = question.choice
    for title, rows in (
        (_("Together"), review.sums(choice, this, before)),
        (_("Crime"), trend.by_category(choice, this, before)),
        (_("Thana"), review.by_thana(question, this, before)),
        (_("Class"), trend.by_class(choice, this, before)),
        (_("Outcome"), review.by_outcome(choice, this, before)),
    ):
        for row in rows:
            yield (title, row.name, row.change.now, row.change.before)


TABLES: dict[str, Callable[[Asking], Iterable[Cells]]] = {
    "trend": _trend,
    "thanas": _thanas,
    "map": _map,
    "review": _review,
}
"""Name in the address -> its rows."""
