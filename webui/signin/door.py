"""Signing in and out."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance import people, sittings
from appliance.people import CODE, FACTOR, PASSWORD
from appliance.sittings import Sitting
from webui.access import keep_login, signed_in
from webui.locked import sign_in_page, sounds_for, urgent
from webui.places import local_path
from webui.signin.blueprint import pages
from webui.signin.words import refusal
from webui.site import address, desk

_DUE = {CODE: "access.code", PASSWORD: "access.password", FACTOR: "access.factor"}


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form; somebody who is signed in goes on to where he wanted."""
    wanted, is_locked = local_path(request.args.get("next", "")), "locked" in request.args
    if signed_in(touch=not is_locked) is not None:
        return onward(wanted)
    return sign_in_page(wanted, is_locked=is_locked)


@pages.get("/locked")
def locked() -> ResponseReturnValue:
    """Where a page goes by itself after 15 idle minutes; the server decides whether they are over."""
    return redirect(url_for("access.sign_in", locked=1, next=local_path(request.args.get("next", ""))))


@pages.get("/locked/urgent")
def hear() -> ResponseReturnValue:
    """How many urgent reports nobody has taken, and nothing else, for a desk that idled; 204 for everybody else."""
    count = urgent()
    return Response(status=204) if count is None else Response(str(count), mimetype="text/plain")


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Checks name and password; a new session each time, so that none known before is worth anything."""
    name, wanted = request.form.get("name", "").strip(), local_path(request.form.get("next", ""))
    wait_s = people.wait_s(desk(), name, address())
    actor = people.check(desk(), name, request.form.get("password", ""), address())
    if actor is None:
        return sign_in_page(wanted, name, refusal(wait_s)), 403
    sounds = sounds_for(actor)
    _leave()
    keep_login(people.begin(desk(), actor, address()))
    if sounds:
        sittings.choose(desk(), session["login"], Sitting(sound=True))
    return onward(wanted)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends the login at the server too, so that a copied cookie is worth nothing."""
    _leave()
    return redirect(url_for("access.sign_in"), 303)


def onward(wanted: str) -> Response:
    """To where somebody wanted, over what he must do first."""
    login = signed_in()
    if login is not None and login.due:
        return redirect(url_for(_DUE[login.due], next=wanted), 303)
    return redirect(wanted, 303)


def _leave() -> None:
    """Ends what the cookie stood for; the language stays."""
    if token := session.get("login"):
        people.end(desk(), token)
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
