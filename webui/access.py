"""The one place that says who may see or do what, and whether it is still the same person who asks."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from flask import abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from appliance import holders, people, sittings, trail
from appliance.cases import TRANSITIONS, acts_for
from appliance.desk import ANALYST, CO, OFFICE, RANGE, READERS, ROLES, SUPERVISOR, Actor
from appliance.people import Login
from webui import locked
from webui.places import local_path
from webui.site import address, desk, now

csrf = CSRFProtect()

CASES, FIGURES, RANGE_FIGURES, HEALTH = "cases", "figures", "range figures", "health"
POSTS, OWN, PEOPLE, SIGN_INS = "posts", "own", "people", "sign-ins"
RETENTION = "retention"
TRAIL, ENTERING = "trail", "entering"
_PAGES = {
    CASES: READERS,
    FIGURES: OFFICE | {CO, ANALYST},
    RANGE_FIGURES: frozenset({RANGE}),
    HEALTH: frozenset(ROLES),
    POSTS: holders.ROLES,
    TRAIL: trail.ROLES,
    ENTERING: OFFICE,
    OWN: frozenset(ROLES),
    PEOPLE: people.ADMINISTRATORS,
    SIGN_INS: people.ADMINISTRATORS | {SUPERVISOR},
    RETENTION: OFFICE,
}

PROOF = "proof"
_NOT_KEPT = {PROOF, "csrf_token"}

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


def fresh(view: View[P]) -> View[P]:
    """For a view inside ``needs``: asks for the password again where it was last given over five minutes ago.

    A GET comes back to its address after that. A POST is answered (403) by a page that holds its fields and asks for
    the password beside them, so that nothing is typed twice.
    """

    @wraps(view)
    def guarded(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if is_fresh():
            return view(actor, *args, **kwargs)
        if request.method != "POST":
            return _lead(url_for("access.confirm", next=local_path(request.full_path.rstrip("?"))))
        wrong = prove() if PROOF in request.form else ""
        if wrong or PROOF not in request.form:
            return ask_again(request.path, wrong)
        return view(actor, *args, **kwargs)

    return guarded


def is_fresh() -> bool:
    """Whether the password was last given five minutes ago or later."""
    login = signed_in()
    return login is not None and login.is_fresh(now())


def prove() -> str:
    """Takes the password of this request's form as given again; what was wrong with it, or ""."""
    login, proof = signed_in(), request.form.get(PROOF, "")
    if login is None:
        abort(403)
    wait_s = people.wait_s(desk(), login.actor.name, address())
    token = people.confirm(desk(), session["login"], proof, address())
    if token is None:
        if wait_s > 0:
            return _("Too many tries. Wait %(seconds)s seconds, then try again.", seconds=wait_s)
        return _("That is not right.")
    keep_login(token)
    return ""


def ask_again(action: str, wrong: str = "") -> tuple[str, int]:
    """The page that asks for the password beside this request's fields. ``action``: where they go with it."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    back = local_path(urlsplit(request.referrer or "").path)
    page = render_template("signin/confirm.html", action=action, fields=fields, back=back, wrong=wrong)
    return page, 403


def keep_login(token: str) -> None:
    """The browser holds this token from now on."""
    sittings.move(desk(), session.get("login", ""), token)
    session["login"] = token
    g.pop("login", None)


def signed_in(touch: bool = True) -> Login | None:
    """The sign-in of this browser, also one that lacks its second step; looked up once per request.

    ``touch``: this request is a sign of somebody being there.
    """
    if "login" not in g:
        token = session.get("login")
        g.login = people.of_token(desk(), token, now(), touch) if token else None
    login: Login | None = g.login
    return login


def current(touch: bool = True) -> Actor | None:
    """Who is signed in and has done all that was asked at the door. ``touch``: see ``signed_in``."""
    login = signed_in(touch)
    if login is None or login.due:
        return None
    return sittings.seated(desk(), login.actor, session["login"])


def require(actor: Actor, act: str) -> None:
    """Ends the request with 403 where this role may do ``act`` with no case at all."""
    if not may(actor, act):
        abort(403)


def form_token() -> str:
    """The token that ties a form to this browser's session."""
    return str(generate_csrf())


def _to_sign_in() -> ResponseReturnValue:
    if request.method == "POST":
        return locked.late_form() or _lead(url_for("access.sign_in", next=locked.came_from()))
    wanted = request.full_path
    return _lead(url_for("access.sign_in", next=local_path(wanted.rstrip("?"))))


def _lead(place: str) -> Response:
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": place})
    return redirect(place, 303)
