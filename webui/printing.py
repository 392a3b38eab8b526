"""One case on paper, for the file: who printed it and when stands on it, and in the trail."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance import cases, custody, incident, printouts
from appliance.cases import Case
from appliance.desk import Actor
from webui import timeline
from webui.access import CASES, fresh, needs
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("printing", __name__)


@dataclass(frozen=True)
class Stamp:
    """What stands on the paper. ``number``: of the row of the trail that tells of this printing."""

    by: str
    at: int
    number: int


@pages.get("/cases/<serial>/print")
@needs(CASES)
def ask(actor: Actor, serial: str) -> ResponseReturnValue:
    """What will be on the paper, before anything is noted."""
    case = _printable(actor, serial)
    return render_template("print_ask.html", case=case, names=Names(desk(), language()))


@pages.post("/cases/<serial>/print")
@needs(CASES)
@fresh
def show(actor: Actor, serial: str) -> ResponseReturnValue:
    """The paper itself; the browser prints it. Only for somebody who gave his password not long ago."""
    case = _printable(actor, serial)
    at, number = printouts.note(desk(), actor, case.file)
    return render_template(
        "print.html",
        case=case,
        whole=incident.of(desk(), actor, case.file),
        events=timeline.of(case, (), custody.exports_for(desk(), actor, serial)),
        **timeline.words(),
        stamp=Stamp(actor.display, at, number),
        seizures=cases.SEIZURES,
        names=Names(desk(), language()),
    )


def _printable(actor: Actor, serial: str) -> Case:
    case = cases.seen(desk(), serial, actor)
    printouts.check(desk(), actor, case.file)
    return case
