"""Signing in and out, and the one place that says who may see or do what."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from appliance import holders, people, trail
from appliance.cases import TRANSITIONS, acts_for
from appliance.desk import ANALYST, OFFICE, RANGE, READERS, ROLES, Actor
from webui.places import local_path
from webui.site import desk, now

pages = Blueprint("access", __name__)
csrf = CSRFProtect()

CASES, FIGURES, RANGE_FIGURES, HEALTH = "cases", "figures", "range figures", "health"
POSTS = "posts"
TRAIL, ENTERING = "trail", "entering"
_PAGES = {
    CASES: READERS,
    FIGURES: READERS | {ANALYST},
    RANGE_FIGURES: frozenset({RANGE}),
    HEALTH: frozenset(ROLES),
    POSTS: holders.ROLES,
    TRAIL: trail.ROLES,
    ENTERING: OFFICE,
}

P = ParamSpec("P")
View = Callable[Concatenate[Actor, P], ResponseReturnValue]


def may(actor: Actor, what: str, status: str | None = None) -> bool:
    """Whether ``actor`` may see a page (one of the names above) or do an act.

    With ``status``: do it with a case that stands there; without: with any case at all.
    """
    if what in _PAGES:
        return actor.role in _PAGES[what]
    if status is not None:
        return actor.role in READERS and what in acts_for(status, actor.role)
    return actor.role in READERS and actor.role in TRANSITIONS[what].roles


def needs(what: str) -> Callable[[View[P]], Callable[P, ResponseReturnValue]]:
    """For a view: gives it the signed-in actor who may see ``what``; others get the sign-in page or a 403."""

    def guard(view: View[P]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            actor = current()
            if actor is None:
                return _to_sign_in()
            if not may(actor, what):
                abort(403)
            return view(actor, *args, **kwargs)

        return guarded

    return guard


def current(touch: bool = True) -> Actor | None:
    """Who is signed in; asked once per request. ``touch``: this request is a sign of somebody being there."""
    if "actor" not in g:
        token = session.get("login")
        g.actor = people.actor_of(desk(), token, now(), touch) if token else None
    actor: Actor | None = g.actor
    return actor


def require(actor: Actor, act: str) -> None:
    """Ends the request with 403 where this role may do ``act`` with no case at all."""
    if not may(actor, act):
        abort(403)


def form_token() -> str:
    """The token that ties a form to this browser's session."""
    return str(generate_csrf())


def _to_sign_in() -> Response:
    wanted = request.full_path if request.method == "GET" else urlsplit(request.referrer or "").path
    address = url_for("access.sign_in", next=local_path(wanted.rstrip("?")))
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form; somebody who is signed in goes on to where he wanted."""
    wanted = local_path(request.args.get("next", ""))
    if current() is not None:
        return redirect(wanted)
    return _form(wanted, locked="locked" in request.args)


@pages.get("/locked")
def locked() -> ResponseReturnValue:
    """Where a page goes by itself after 15 idle minutes; the server decides whether they are over."""
    return redirect(url_for("access.sign_in", locked=1, next=local_path(request.args.get("next", ""))))


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Checks name and password; a new session each time, so that none known before is worth anything."""
    name, wanted = request.form.get("name", "").strip(), local_path(request.form.get("next", ""))
    wait_s = people.wait_s(desk(), name)
    actor = people.check(desk(), name, request.form.get("password", ""))
    if actor is None:
        return _form(wanted, name=name, wrong=_refusal(wait_s)), 403
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
    session["login"] = people.begin(desk(), actor)
    return redirect(wanted, 303)


def _refusal(wait_s: int) -> str:
    if wait_s > 0:
        return _("Too many tries. Wait %(seconds)s seconds, then try again.", seconds=wait_s)
    return _("The name or the password is wrong.")


def _form(wanted: str, name: str = "", wrong: str = "", locked: bool = False) -> str:
    return render_template("sign_in.html", next=wanted, name=name, wrong=wrong, locked=locked)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends the login at the server too, so that a copied cookie is worth nothing."""
    if token := session.pop("login", None):
        people.end(desk(), token)
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
    return redirect(url_for("access.sign_in"), 303)
