"""Training at the desk: who trains sees made-up cases and no others, and every page says so."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from appliance import practice, sittings
from appliance.desk import Actor
from appliance.sittings import Sitting
from webui.access import CASES, HEALTH, current, needs
from webui.places import local_path
from webui.site import desk

pages = Blueprint("practicing", __name__)

# What somebody who trains may still send: the rest of the box is not made up.
WITH_PRACTICE = frozenset(
    {
        *("access", "language", "practicing", "drafting"),
        *("cases", "acts", "answering", "comparing", "entering", "printing", "clocks"),
        *("evidence", "court", "retention"),
    }
)


def install(app: Flask) -> None:
    """Refuses what would reach beyond the practice cases while somebody trains."""
    app.before_request(keep_inside)


def keep_inside() -> ResponseReturnValue | None:
    """Before each request: a form about the real office is not taken from somebody who trains."""
    if request.method != "POST" or request.blueprint in WITH_PRACTICE:
        return None
    actor = current(touch=False)
    if actor is None or not actor.practice:
        return None
    advice = _("You are in practice, and this would change the real office. End practice first.")
    return render_template(
        "problem.html", code=409, heading=_("Not while practising"), advice=advice, back=""
    ), 409


@pages.get("/practice")
@needs(CASES)
def index(actor: Actor) -> ResponseReturnValue:
    """What practice is, its switch, and laying out or taking away its cases."""
    return render_template(
        "practice.html",
        count=practice.count(desk()),
        may_fill=actor.role in practice.ROLES,
        nonce=desk().new_id(),
    )


@pages.post("/practice/switch")
@needs(CASES)
def switch(actor: Actor) -> ResponseReturnValue:
    """Begins or ends practice for this sign-in."""
    is_on = request.form.get("practice") == "on"
    _choose(practice=is_on)
    if is_on and not practice.count(desk()):
        flash(_("Practice has begun, but no made-up case lies here yet: they are laid out on this page."))
        return redirect(url_for("practicing.index"), 303)
    return redirect(url_for("inbox.index") if is_on else url_for("practicing.index"), 303)


@pages.post("/practice/fill")
@needs(CASES)
def fill(actor: Actor) -> ResponseReturnValue:
    """Lays out practice cases."""
    added = practice.lay_out(desk(), actor, request.form.get("nonce", ""))
    flash(_("%(count)s practice cases were laid out.", count=format_decimal(len(added))), "done")
    return redirect(url_for("practicing.index"), 303)


@pages.post("/practice/remove")
@needs(CASES)
def remove(actor: Actor) -> ResponseReturnValue:
    """Takes all practice cases away."""
    taken = practice.remove(desk(), actor)
    flash(_("%(count)s practice cases were removed.", count=format_decimal(taken)), "done")
    return redirect(url_for("practicing.index"), 303)


@pages.post("/sound")
@needs(HEALTH)
def sound(actor: Actor) -> ResponseReturnValue:
    """Turns the tone for urgent reports on or off for this sign-in."""
    _choose(sound=request.form.get("sound") == "on")
    return redirect(local_path(request.form.get("next", "")), 303)


def _choose(**change: bool) -> None:
    token = session["login"]
    chosen = sittings.of(desk(), token)
    sittings.choose(desk(), token, Sitting(**{**vars(chosen), **change}))
