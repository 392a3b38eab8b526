"""What will be erased in the next days and what a legal hold keeps, with the buttons to hold and to let go."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from appliance import retention, sensitivity, timekeeping
from appliance.desk import Actor
from appliance.errors import NotAllowed
from sync.catalogue import SENSITIVITIES
from webui import refusals
from webui.access import RETENTION, needs
from webui.cases import page
from webui.names import Names
from webui.places import local_path
from webui.refusals import NONE, Refusal
from webui.site import desk, language, now

pages = Blueprint("retention", __name__)
LONGEST_REASON = 2000


@pages.get("/retention")
@needs(RETENTION)
def index(actor: Actor) -> ResponseReturnValue:
    """The two lists, and how long each class is kept here."""
    return _lists(actor)


def _lists(actor: Actor, refused: Refusal = NONE) -> str:
    number = request.args.get("page", "1")
    page_no = int(number) if re.fullmatch("[1-9][0-9]{0,3}", number) else 1
    upcoming, has_more = retention.upcoming(desk(), actor, now(), page_no)
    return render_template(
        "retention.html",
        upcoming=upcoming,
        page_no=page_no,
        has_more=has_more,
        held=retention.held(desk(), actor),
        is_put_off=timekeeping.puts_off(desk()),
        now=now(),
        days={
            code: desk().config.retention_days.get(code, sensitivity.RULES[code, False].days)
            for code in SENSITIVITIES
        },
        soon=retention.SOON_DAYS,
        may_hold=actor.role in retention.HOLDS,
        may_lift=actor.role in retention.LIFTS,
        longest=LONGEST_REASON,
        refused=refused,
        names=Names(desk(), language()),
    )


@pages.post("/cases/<serial>/hold")
@needs(RETENTION)
def hold(actor: Actor, serial: str) -> ResponseReturnValue:
    """Keeps a case beyond its time."""
    try:
        retention.hold(desk(), serial, actor, _version(), _reason())
    except NotAllowed as error:
        return _refused(actor, serial, "hold", error)
    flash(_("Legal hold set: nothing of %(serial)s is erased.", serial=serial), "done")
    return _back()


@pages.post("/cases/<serial>/unhold")
@needs(RETENTION)
def unhold(actor: Actor, serial: str) -> ResponseReturnValue:
    """Lets its time run again."""
    try:
        retention.unhold(desk(), serial, actor, _version(), _reason())
    except NotAllowed as error:
        return _refused(actor, serial, "unhold", error)
    flash(_("Legal hold lifted: %(serial)s is erased when its time is over.", serial=serial), "done")
    return _back()


def _refused(actor: Actor, serial: str, act: str, error: NotAllowed) -> ResponseReturnValue:
    """Nothing was done: the page that the form stood on comes back with what was typed."""
    if error.reason != "no_reason":
        raise error
    refused = refusals.of_form(f"hold/{serial}", act, error)
    is_of_case = request.form.get("next", "") == url_for("cases.show", serial=serial)
    return page(actor, serial, refused) if is_of_case else _lists(actor, refused), 409


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise BadRequest("the form lacks the version of the case")
    return int(text)


def _reason() -> str:
    reason = request.form.get("note", "").replace("\r\n", "\n").strip()
    if len(reason) > LONGEST_REASON:
        raise BadRequest(f"a reason has at most {LONGEST_REASON} characters")
    return reason


def _back() -> ResponseReturnValue:
    wanted = request.form.get("next", "")
    return redirect(local_path(wanted) if wanted else url_for("retention.index"), 303)
