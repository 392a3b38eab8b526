"""The second step of a sign-in: the code of a phone or of the sheet; setting both up; the sheet itself."""

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import people
from appliance.people import CODE, FACTOR, Login
from webui.access import keep_login, signed_in
from webui.places import local_path
from webui.signin import qr
from webui.signin.blueprint import pages
from webui.signin.words import refusal_of_code
from webui.site import address, desk, now


@pages.get("/sign-in/code")
def code() -> ResponseReturnValue:
    """Asks for the code; whoever has nothing to do here goes on."""
    login, wanted = signed_in(), local_path(request.args.get("next", ""))
    if login is None or login.due != CODE:
        return redirect(url_for("access.sign_in", next=wanted))
    return _code_form(login, wanted)


@pages.post("/sign-in/code")
def give_code() -> ResponseReturnValue:
    """Looks at it."""
    login, wanted = signed_in(), local_path(request.form.get("next", ""))
    if login is None or login.due != CODE:
        return redirect(url_for("access.sign_in", next=wanted), 303)
    wait_s = people.wait_s(desk(), login.actor.name, address(), people.CODES)
    token = people.pass_code(desk(), session["login"], request.form.get("code", ""), address())
    if token is None:
        return _code_form(login, wanted, refusal_of_code(wait_s)), 403
    keep_login(token)
    return redirect(url_for("access.sign_in", next=wanted), 303)


@pages.get("/sign-in/factor")
def factor() -> ResponseReturnValue:
    """Shows the secret for the phone, as picture and as letters."""
    login, wanted = signed_in(), local_path(request.args.get("next", ""))
    if login is None or not _may_set_up(login):
        return redirect(url_for("access.sign_in", next=wanted))
    return _factor_form(login, wanted)


@pages.post("/sign-in/factor")
def set_factor() -> ResponseReturnValue:
    """Takes the phone's code as proof, or a sheet instead of a phone; shows the printed codes once."""
    login, wanted = signed_in(), local_path(request.form.get("next", ""))
    if login is None or not _may_set_up(login):
        return redirect(url_for("access.sign_in", next=wanted), 303)
    wait_s = people.wait_s(desk(), login.actor.name, address(), people.CODES)
    if "paper" in request.form:
        taken = people.take_up_paper(desk(), session["login"], address())
    else:
        taken = people.take_up(desk(), session["login"], request.form.get("code", ""), address())
    if taken is None:
        return _factor_form(login, wanted, refusal_of_code(wait_s)), 403
    keep_login(taken.token)
    return sheet(taken.codes, wanted)


def sheet(codes: tuple[str, ...], wanted: str) -> str:
    """The page with the printed codes, shown when they are made and never again."""
    login = signed_in()
    if login is None:
        abort(403)
    return render_template(
        "signin/sheet.html", codes=codes, next=wanted, name=login.actor.name, made_at=now()
    )


def _may_set_up(login: Login) -> bool:
    """At the first sign-in; later only within five minutes of the password."""
    return login.due == FACTOR or (not login.due and login.is_fresh(now()))


def _code_form(login: Login, wanted: str, wrong: str = "") -> str:
    found = people.factor_of(desk(), login.actor.name)
    return render_template(
        "signin/code.html",
        next=wanted,
        wrong=wrong,
        phone=found is None or found.phone,
        name=login.actor.name,
    )


def _factor_form(login: Login, wanted: str, wrong: str = "") -> str:
    secret = people.offer(desk(), login.actor.name)
    return render_template(
        "signin/factor.html",
        next=wanted,
        wrong=wrong,
        first=login.due == FACTOR,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=qr.svg(people.address_of(secret, login.actor.name, _("Satark Mitra"))),
        sheet_codes=people.SHEET_CODES,
    )
