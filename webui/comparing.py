"""Two cases beside each other: are they about the same incident?"""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from appliance import cases, ledger
from appliance.cases import Case
from appliance.desk import OF_POSTS, Actor
from webui import telling
from webui.access import CASES, needs
from webui.cases import LONGEST_NOTE, loses_the_closing
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("comparing", __name__)


@pages.get("/cases/<serial>/compare/<other>")
@needs(CASES)
def show(actor: Actor, serial: str, other: str) -> ResponseReturnValue:
    """What both tell, line by line; and the one act that joins them, or parts them again."""
    if actor.role in OF_POSTS or serial == other:
        abort(404)
    both = tuple(cases.seen(desk(), one, actor) for one in (serial, other))
    joins = _joins(actor, *both)
    return render_template(
        "compare.html",
        both=both,
        linked=_is_linked(*both),
        joins=joins,
        unread=[double.serial for double, _main in joins if loses_the_closing(actor, double)],
        separable=next((case for case in both if _may(actor, case, "separate") and _is_linked(*both)), None),
        longest_note=LONGEST_NOTE,
        pieces=telling.pieces,
        names=Names(desk(), language()),
    )


def _is_linked(one: Case, other: Case) -> bool:
    linked = {case.id for case in ledger.linked(desk(), one.file)}
    return other.file.id in linked


def _joins(actor: Actor, one: Case, other: Case) -> list[tuple[Case, Case]]:
    """(which becomes the duplicate, of which): the newer of the older first, as far as their statuses allow it."""
    if _is_linked(one, other):
        return []
    older, newer = sorted((one, other), key=lambda case: case.file.id)
    pairs = [(newer, older), (older, newer)]
    return [
        (double, main)
        for double, main in pairs
        if _may(actor, double, "mark_duplicate") and cases.may_join(actor, main.file)
    ]


def _may(actor: Actor, case: Case, act: str) -> bool:
    return act in cases.acts_for(case.status, actor.role)
