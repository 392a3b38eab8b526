"""Drafts of forms: kept while somebody types, shown again by the server, gone once the form was sent."""

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from appliance import drafts
from appliance.drafts import Draft
from appliance.errors import NotAllowed
from webui import typed
from webui.access import current
from webui.language import clock_time
from webui.places import local_path
from webui.site import desk

pages = Blueprint("drafting", __name__)

_UNSENT = range(400, 500)


@dataclass(frozen=True)
class Kept:
    """A draft as a template uses it; nothing where nothing is kept."""

    form: str
    draft: Draft

    def text(self, field: str, otherwise: str = "") -> str:
        """What had been typed into a field."""
        return self.draft.fields.get(field, otherwise)

    def chosen(self, version: int) -> "Kept":
        """The same while the case is at the version its page showed; else nothing: nobody chose what stood there."""
        return self if self.draft.version == str(version) else Kept(self.form, drafts.NOTHING)

    def is_behind(self, version: int) -> bool:
        """Whether the case changed after this was typed."""
        return bool(self.draft.fields) and self.draft.version != str(version)

    @property
    def is_there(self) -> bool:
        """Whether something is kept."""
        return bool(self.draft.saved_at)

    @property
    def field(self) -> Markup:
        """The hidden field that belongs into the form."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(typed.DRAFT, self.form)

    @property
    def words(self) -> str:
        """When it was kept; "" where nothing is."""
        if self.draft.late:
            at = clock_time(self.draft.saved_at)
            return _("Sent at %(time)s, after the page was closed: check that it is yours", time=at)
        return _saved(self.draft.saved_at) if self.is_there else ""


def install(app: Flask) -> None:
    """Gives templates ``draft(form)`` and settles the draft of every form that was sent."""
    app.jinja_env.globals.update(draft=kept)
    app.after_request(settle)


def kept(form: str) -> Kept:
    """The draft of one form (``assign/JNP-2026-00017``) of whoever is signed in."""
    actor = current()
    return Kept(form, drafts.load(desk(), actor, form) if actor else drafts.NOTHING)


def sent(form: str) -> Kept:
    """What this request sent of a form that is shown again."""
    return Kept(form, Draft(typed.fields(), 0, version=typed.version()))


@pages.post("/drafts")
def keep() -> ResponseReturnValue:
    """Keeps what stands in a form, answers with the words that say so; or forgets it, and goes back to its page."""
    # the page tries again by itself what could not be kept: only its pulse tells whether somebody is there
    actor = current(touch=typed.DISCARD in request.form)
    if actor is None:
        return Response(status=401)
    if typed.DISCARD in request.form:
        drafts.erase(desk(), actor, request.form.get(typed.DRAFT, ""))
        return redirect(local_path(request.form[typed.DISCARD]), 303)
    try:
        drafts.save(desk(), actor, request.form.get(typed.DRAFT, ""), typed.fields(), typed.version())
    except NotAllowed:
        return Response(status=422)
    return Response(_saved(desk().clock()), mimetype="text/plain")


def settle(response: Response) -> Response:
    """After a form: what was sent is no draft any more; what was refused is kept, also without scripts."""
    if request.method != "POST" or request.endpoint == "drafting.keep" or not g.get("csrf_valid"):
        return response
    form, actor = request.form.get(typed.DRAFT, ""), current()
    if not form or actor is None:
        return response
    if response.status_code in (302, 303) or _is_file(response):
        drafts.erase(desk(), actor, form)
    elif response.status_code in _UNSENT:
        _keep_refused(form)
    return response


def _is_file(response: Response) -> bool:
    """A form may be answered by what it asked for, to be saved."""
    return response.status_code == 200 and response.mimetype != "text/html"


def _keep_refused(form: str) -> None:
    actor = current()
    assert actor is not None
    try:
        drafts.save(desk(), actor, form, typed.fields(), typed.version())
    except NotAllowed:  # longer than a draft may be: the page that refused it says so
        pass


def _saved(at: float) -> str:
    return _("Saved %(time)s", time=clock_time(at))
