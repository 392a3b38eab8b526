"""The list of cases: filters and place stand in the address, so that it can be passed on."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from appliance import cases
from appliance.cases import Cursor, Filter, Page
from appliance.cases.classing import CLASSES
from appliance.desk import Actor
from sync.directory import Thana
from sync.errors import Unreadable
from webui.access import CASES, FIGURES, may, needs
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("inbox", __name__)

ROWS = 50
FILTERS = ("status", "category", "thana", "sensitivity", "text")


@pages.get("/")
@needs("health")
def home(actor: Actor) -> ResponseReturnValue:
    """Where a person lands after signing in: the cases, else the figures, else the state of the box."""
    if may(actor, CASES):
        return redirect(url_for("inbox.index"))
    return redirect(url_for("figures.index" if may(actor, FIGURES) else "status.health"))


@pages.get("/cases")
@needs(CASES)
def index(actor: Actor) -> ResponseReturnValue:
    """The queue, newest first; filters and place stand in the address, so that it can be passed on."""
    chosen = {name: request.args.get(name, "").strip()[:64] for name in FILTERS}
    after = request.args.get("after", "")
    return render_template(
        "cases.html",
        found=_page(actor, Filter(**chosen), after),
        counts=cases.counts(desk()),
        chosen=chosen,
        is_later_page=bool(after),
        link=lambda **change: _list_address(chosen, change),
        categories=desk().catalogue.categories,
        thanas=_thanas(),
        sensitivities=CLASSES,
        names=Names(desk(), language()),
    )


def _page(actor: Actor, flt: Filter, after: str) -> Page:
    try:
        return cases.open_cases(desk(), actor, flt, Cursor.read(after) if after else None, ROWS)
    except Unreadable as error:
        raise BadRequest(error.what) from error


def _list_address(chosen: Mapping[str, str], change: Mapping[str, object]) -> str:
    wanted = {name: str(value) for name, value in {**chosen, **change}.items() if value}
    query = f"?{urlencode(wanted)}" if wanted else ""
    return url_for("inbox.index") + query


def _thanas() -> tuple[Thana, ...]:
    office = desk()
    district = office.directory.node(office.config.node_id).district
    return office.directory.thanas_of(district) if district else office.directory.thanas
