"""The page a person types on: a list of phones, and one phone's chat, in Hindi and English."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from relay.simulator.config import Line
from relay.simulator.errors import Missing, Misuse
from relay.simulator.graph import the_world
from relay.simulator.identity import Identity
from relay.simulator.words import LANGUAGES, WORDS

phonepage = Blueprint("phonepage", __name__, template_folder="templates", static_folder="static")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LISTED = 200
_COOKIE = "lang"


@phonepage.after_request
def forbid_foreign_content(response: Response) -> Response:
    """Nothing inline, nothing from elsewhere; the language chosen is kept for the next page."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.args.get(_COOKIE) in LANGUAGES:
        response.set_cookie(_COOKIE, request.args[_COOKIE], samesite="Strict")
    return response


@phonepage.errorhandler(Missing)
def missing(error: Missing) -> tuple[str, int]:
    """An address of a phone that is not there."""
    return str(error), 404


@phonepage.errorhandler(Misuse)
def misused(error: Misuse) -> tuple[str, int]:
    """A phone that cannot be, such as one with a number that is taken."""
    return str(error), 400


@phonepage.get("/")
def phones() -> str:
    """The newest phones, and a form for another. ?text= goes on to the chat."""
    return _desk(None)


@phonepage.get("/wa.me/<number>")
def prefilled(number: str) -> str:
    """What a link to wa.me/<number>?text=... opens: which phone scanned it? Raises Missing."""
    line = next((each for each in the_world().config.lines() if each.display_number == number), None)
    if line is None:
        raise Missing(f"no business has the number {number}")
    return _desk(line)


@phonepage.post("/phones")
def new_phone() -> AnyResponse:
    """Make a phone out of the form, or find the person's chat with that business number. Raises BadPhone."""
    world, wanted = the_world(), {key: value for key, value in request.form.items() if value.strip()}
    text = wanted.pop("text", None)
    line, number = world.line(wanted.get("phone_number_id", "")), wanted.get("number", "").lstrip("+")
    with world.lock:
        phone = (line and world.people.by_number(line, number)) or world.people.create(wanted)
    return redirect(url_for("phonepage.chat", phone_id=phone.id, text=text), 303)


@phonepage.get("/phone/<phone_id>")
def chat(phone_id: str) -> str:
    """One phone. ?text= stands in the box already, as after opening a wa.me link."""
    world = the_world()
    phone = world.people.get(phone_id)
    others = [line for line in world.config.lines() if line != phone.line]
    return _page("phone.html", phone=phone, other_lines=others, prefill=request.args.get("text", ""))


@phonepage.get("/phone/<phone_id>/media/<media_id>")
def media(phone_id: str, media_id: str) -> Response:
    """A file of this phone's chat, which the phone has whatever became of it at WhatsApp."""
    world = the_world()
    phone = world.people.get(phone_id)
    file = world.media.kept(media_id)
    if file is None or all(entry.shown.media_id != media_id for entry in phone.entries):
        raise Missing("this file is not on this phone any more")
    return Response(file.data, content_type=file.mime)


def _desk(line: Line | None) -> str:
    """The list; only phones that write to `line` if one is given."""
    world = the_world()
    lines = (line,) if line else world.config.lines()
    newest = [phone for phone in world.people.all() if phone.line in lines][: -LISTED - 1 : -1]
    text = request.args.get("text")
    about = {"lines": lines, "first": world.config.lines()[0], "identities": list(Identity), "text": text}
    return _page("phones.html", phones=newest, is_cut=len(world.people) > LISTED, **about)


def _page(template: str, **values: Any) -> str:
    language = _language()
    others = {code: name for code, name in LANGUAGES.items() if code != language}
    return render_template(template, words=WORDS[language], language=language, others=others, **values)


def _language() -> str:
    """The one asked for in the address, chosen before, or preferred by the browser."""
    for wanted in (request.args.get(_COOKIE), request.cookies.get(_COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(list(LANGUAGES), "en") or "en"
