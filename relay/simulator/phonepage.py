"""The page a person types on: a list of phones, and one phone's chat."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from relay.simulator.errors import Missing
from relay.simulator.graph import the_world
from relay.simulator.people import Identity

phonepage = Blueprint("phonepage", __name__, template_folder="templates", static_folder="static")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@phonepage.after_request
def forbid_foreign_content(response: Response) -> Response:
    """Nothing inline, nothing from elsewhere."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@phonepage.errorhandler(Missing)
def missing(error: Missing) -> tuple[str, int]:
    """An address of a phone that is not there."""
    return str(error), 404


@phonepage.get("/")
def phones() -> str:
    """All phones, and a form for another."""
    world = the_world()
    return render_template(
        "phones.html", phones=world.people.all(), lines=world.config.lines(), identities=list(Identity)
    )


@phonepage.post("/phones")
def new_phone() -> AnyResponse:
    """Make a phone out of the form and show it. Raises nothing a form of ours can send."""
    world = the_world()
    with world.lock:
        phone = world.people.create({key: value for key, value in request.form.items() if value.strip()})
    return redirect(url_for("phonepage.chat", phone_id=phone.id), 303)


@phonepage.get("/phone/<phone_id>")
def chat(phone_id: str) -> str:
    """One phone. ?text= stands in the box already, as after opening a wa.me link."""
    phone = the_world().people.get(phone_id)
    return render_template("phone.html", phone=phone, prefill=request.args.get("text", ""))


@phonepage.get("/phone/<phone_id>/media/<media_id>")
def media(phone_id: str, media_id: str) -> Response:
    """A file of this phone's chat."""
    world = the_world()
    phone = world.people.get(phone_id)
    file = world.media.get(media_id, world.clock())
    if file is None or all(entry.shown.media_id != media_id for entry in phone.entries):
        raise Missing("this file is not on this phone any more")
    return Response(file.data, content_type=file.mime)
