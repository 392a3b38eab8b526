"""Giving the password once more, before what cannot be taken back."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from appliance.desk import Actor
from webui.access import OWN, needs, prove
from webui.places import local_path
from webui.signin.blueprint import pages


@pages.get("/confirm")
@needs(OWN)
def confirm(actor: Actor) -> ResponseReturnValue:
    """Asks for it; leads on to where the person wanted."""
    return _form(local_path(request.args.get("next", "")), "")


@pages.post("/confirm")
@needs(OWN)
def confirmed(actor: Actor) -> ResponseReturnValue:
    """Looks at it."""
    wanted = local_path(request.form.get("next", ""))
    wrong = prove()
    return (_form(wanted, wrong), 403) if wrong else redirect(wanted, 303)


def _form(wanted: str, wrong: str) -> str:
    return render_template(
        "signin/confirm.html", action="", fields=(("next", wanted),), back=wanted, wrong=wrong
    )
