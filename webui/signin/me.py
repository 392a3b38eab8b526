"""One's own page: where one is signed in, password, second factor, language."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import people
from appliance.desk import Actor
from appliance.people import PASSWORD, Login, WeakPassword
from webui.access import OWN, fresh, keep_login, needs, signed_in
from webui.places import local_path
from webui.signin.blueprint import pages
from webui.signin.second import sheet
from webui.signin.words import refusal, weakness
from webui.site import address, desk


@pages.get("/me")
@needs(OWN)
def me(actor: Actor) -> ResponseReturnValue:
    """Sign-ins that last, password and second factor."""
    login = signed_in()
    return render_template(
        "signin/me.html",
        logins=people.of_person(desk(), actor.name),
        here=login.ref if login else "",
        factor=people.factor_of(desk(), actor.name),
        few=people.FEW_CODES,
        wanted=desk().config.second_factor,
    )


@pages.post("/me/logins")
@needs(OWN)
@fresh
def end_login(actor: Actor) -> ResponseReturnValue:
    """Ends one of one's own sign-ins, or all but this one."""
    ref = request.form.get("ref", "")
    if ref:
        people.revoke(desk(), actor, ref)
    else:
        people.end_all_but(desk(), session["login"])
    flash(_("Ended."), "done")
    return redirect(url_for("access.me"), 303)


@pages.get("/me/password")
def password() -> ResponseReturnValue:
    """The form for another password; the first thing a new person sees."""
    login, wanted = signed_in(), local_path(request.args.get("next", ""))
    if login is None or login.due not in ("", PASSWORD):
        return redirect(url_for("access.sign_in", next=wanted))
    return _password_form(login, wanted)


@pages.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Takes it; every other sign-in of the person ends."""
    login, wanted = signed_in(), local_path(request.form.get("next", ""))
    if login is None or login.due not in ("", PASSWORD):
        return redirect(url_for("access.sign_in", next=wanted), 303)
    wait_s = people.wait_s(desk(), login.actor.name, address())
    wrong = _changed(wait_s)
    if wrong:
        return _password_form(login, wanted, wrong), 422
    flash(_("The new password holds. Whoever was signed in elsewhere with the old one is out."), "done")
    return redirect(url_for("access.sign_in", next=wanted), 303)


@pages.post("/me/codes")
@needs(OWN)
@fresh
def new_codes(actor: Actor) -> ResponseReturnValue:
    """A new sheet of printed codes; the old one is worth nothing."""
    return sheet(people.new_codes(desk(), session["login"]), url_for("access.me"))


@pages.post("/me/factor")
@needs(OWN)
@fresh
def other_phone(actor: Actor) -> ResponseReturnValue:
    """Another phone: makes a new secret and leads to it; the old phone holds until the new one is proven."""
    people.offer(desk(), actor.name, again=True)
    return redirect(url_for("access.factor", next="/me"), 303)


def _changed(wait_s: int) -> str:
    """What was wrong with the form, or ""."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _("The new password was not the same twice.")
    try:
        token = people.change_password(desk(), session["login"], old, new, address())
    except WeakPassword as error:
        return weakness(error)
    if token is None:
        return refusal(wait_s) if wait_s else _("The old password is wrong.")
    keep_login(token)
    return ""


def _password_form(login: Login, wanted: str, wrong: str = "") -> str:
    return render_template(
        "signin/password.html",
        next=wanted,
        wrong=wrong,
        first=login.due == PASSWORD,
        name=login.actor.name,
        least=people.LEAST,
    )
