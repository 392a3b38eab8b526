"""What a person reads when something cannot be done: what is wrong, and what to do about it."""

import logging
import traceback
from collections.abc import Sequence

from flask import Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from appliance import cases
from appliance.cases import Case
from appliance.desk import OF_POSTS, SP, SUPERVISOR
from appliance.errors import (
    BriefRefused,
    BudgetSpent,
    Conflict,
    Covered,
    Erased,
    Forbidden,
    ForHeads,
    NotAllowed,
    NotAnswerable,
    NotFound,
    OwnPeople,
    SamePerson,
    Unread,
)
from appliance.history import Entry
from sync.errors import SatarkError
from webui import locked, refusals, timeline, typed
from webui.access import current
from webui.names import Names
from webui.places import local_path
from webui.site import desk, language

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Gives every error its page."""
    for kind in (NotFound, Forbidden, NotAllowed, NotAnswerable, BudgetSpent, BriefRefused):
        app.register_error_handler(kind, of_office)
    app.register_error_handler(Conflict, conflict)
    app.register_error_handler(Covered, covered)
    app.register_error_handler(Erased, erased)
    app.register_error_handler(CSRFError, outdated)
    app.register_error_handler(SecurityError, wrong_host)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, broken)


def of_office(error: SatarkError) -> ResponseReturnValue:
    """What the office's functions refuse; what was typed can be copied."""
    code, heading, advice = _refusal(error)
    return _page(code, heading, advice, _case_address(), words=typed.words()), code


def covered(error: Covered) -> ResponseReturnValue:
    """A file was asked for by its address, without a reason."""
    advice = _("Say why it is needed on the page of the file; then it opens for a short while.")
    page = url_for("evidence.look", file_id=error.file_id)
    return _page(403, _("This file is covered"), advice, page, _("Open the page of the file")), 403


def erased(error: Erased) -> ResponseReturnValue:
    """What is asked for was erased."""
    advice = _(
        "Words and files are kept for a time that depends on the class of the case. Hashes and log stay."
    )
    return _page(410, _("This was erased when its time was over"), advice, _case_address()), 410


def _refusal(error: SatarkError) -> tuple[int, str, str]:
    if isinstance(error, NotFound):
        return 404, _("There is no such page here"), _("Check the serial; it may be of another office.")
    if isinstance(error, ForHeads):
        return 403, _("Your role does not allow this"), _("Ask the SP to do it.")
    if isinstance(error, Unread):
        return (
            403,
            _("Another person must read this first"),
            _(
                "Nobody but you has read all that would end: the report, its files, what was added to it, what is"
                " linked. Another person of the office opens the case and notes “I have read all of it”; then close it."
            ),
        )
    if isinstance(error, SamePerson):
        return (
            403,
            _("A second person must do this"),
            _("Whoever noted it cannot confirm it: another person does."),
        )
    if isinstance(error, Forbidden):
        return 403, _("Your role does not allow this"), _whom_to_ask()
    if isinstance(error, OwnPeople):
        return (
            409,
            _("This post cannot have the case"),
            refusals.words(error),
        )
    if isinstance(error, NotAnswerable):
        return (
            409,
            _("No way to write back"),
            _("There is no way to write to this informant, or the case is closed."),
        )
    if isinstance(error, BudgetSpent):
        return 409, _("No more answers"), _("All answers were sent; the last one is kept for the outcome.")
    if isinstance(error, BriefRefused):
        return 409, _("The brief cannot leave"), _("Write it shorter, in your own words, or leave it out.")
    return 409, _("This cannot be done now"), refusals.words(error)


def _whom_to_ask() -> str:
    actor = current()
    if actor is not None and actor.role in OF_POSTS:
        return _("Ask the SP office to do it.")
    if actor is not None and actor.role in (SUPERVISOR, SP):
        return _("The help says which role does this.")
    return _("Ask a supervisor to do it.")


def conflict(error: Conflict) -> ResponseReturnValue:
    """Somebody was faster: says who and what, and keeps what was typed, so that nothing is lost."""
    act = Names(desk(), language()).done(error.act)
    told = _("%(name)s changed it after you opened the page: %(act)s.", name=error.by, act=act)
    case = _case()
    return render_template(
        "conflict.html",
        told=told,
        since=_since(case),
        typed=typed.words(),
        back=url_for("cases.show", serial=case.serial) if case else "",
        names=Names(desk(), language()),
    ), 409


def _since(case: Case | None) -> list[Entry]:
    """What was done with the case after the page was shown, oldest first."""
    seen, actor = request.form.get("version", ""), current()
    if case is None or actor is None or not (seen.isascii() and seen.isdecimal()):
        return []
    since = (entry for entry in case.history if entry.version > int(seen))
    return [entry for entry in since if timeline.is_for(actor, timeline.kind_of(entry.act))]


def outdated(error: CSRFError) -> ResponseReturnValue:
    """A form without a valid token: an old page, or another site's. Nothing is done; what was typed can be copied.

    The door of a second page whose first signed in anew is shown again: it still knows the place.
    """
    if request.endpoint == "access.enter":
        return _door_again(), 400
    advice = _("Open it again and repeat what you did.")
    return _page(400, _("This page is too old"), advice, words=typed.words()), 400


def _door_again() -> str:
    wanted, name = local_path(request.form.get("next", "")), request.form.get("name", "").strip()
    return locked.sign_in_page(
        wanted, name, _("This page is too old, so nobody was signed in. Try once more.")
    )


def of_http(error: HTTPException) -> ResponseReturnValue:
    """Errors of addresses and requests."""
    pages = {
        400: (_("The request was not understood"), _("Go back, reload the page and try again.")),
        403: (_("Your role does not allow this"), _whom_to_ask()),
        404: (_("There is no such page here"), _("Check the address, or start from the list.")),
        405: (_("The request was not understood"), _("Go back, reload the page and try again.")),
        413: (_("That was too long"), _("Shorten the text and send it again.")),
    }
    code = error.code or 500
    if code not in pages:
        return error.get_response()
    return _page(code, *pages[code]), code


def wrong_host(error: SecurityError) -> ResponseReturnValue:
    """Called by a name that is not this box's: no link could be made, so no page either."""
    return "400 Use the box's own name.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged by type and place, told without; a page that needs neither database nor session."""
    # Never the message: it may quote what an informant told.
    places = (f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:])
    log.error("a page failed: %s: %s at %s", request.endpoint, type(error).__name__, " < ".join(places))
    return current_app.jinja_env.get_template("broken.html").render(), 500


def _page(
    code: int,
    heading: str,
    advice: str,
    back: str = "",
    go: str = "",
    words: Sequence[tuple[str, str]] = (),
) -> str:
    go = go or _("Open the case as it is now")
    return render_template(
        "problem.html", code=code, heading=heading, advice=advice, back=back, go=go, typed=words
    )


def _case_address() -> str:
    """The case that the failed request was about, if it named one that is there for whoever asks."""
    case = _case()
    return url_for("cases.show", serial=case.serial) if case else ""


def _case() -> Case | None:
    serial, actor = (request.view_args or {}).get("serial", ""), current()
    try:
        return cases.seen(desk(), serial, actor) if actor else None
    except (NotFound, Forbidden):
        return None
