"""Evidence files: covered until a reason is given, shown in a sandbox, as many bytes as asked for, never kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import ContentRange

from appliance import custody, sensitivity, viewing
from appliance.desk import Actor
from appliance.errors import NotAllowed
from appliance.ledger import CaseFile
from appliance.viewing import SAVED, SHOWN, File
from webui import clocks, drafting, hands
from webui.access import CASES, fresh, needs
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("evidence", __name__)

# No script, no frame, no origin; the style is the browser's own around a picture shown by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
UNKNOWN_MIME = "application/octet-stream"


@dataclass(frozen=True)
class Cover:
    """The form that uncovers a file: reasons to choose from, and whether words of one's own are needed as well."""

    reasons: tuple[str, ...]
    must_explain: bool
    longest: int = custody.NOTE_CHARS


def cover_of(actor: Actor, case: CaseFile) -> Cover:
    """The form for this person and case."""
    return Cover(custody.REASONS, actor.role in sensitivity.rule(case).explains)


@pages.get("/evidence/<file_id>")
@needs(CASES)
def show(actor: Actor, file_id: str) -> ResponseReturnValue:
    """The file, or the one range of it that was asked for; only under a permit of this person for this file."""
    file = viewing.look(desk(), actor, file_id)
    asked = _asked(file.info.size_bytes)
    if asked is None:
        refusal = _headed(Response(status=416), file, actor)
        refusal.content_range = ContentRange("bytes", None, None, file.info.size_bytes)
        return refusal
    start, end = asked
    response = _headed(Response(_begun(viewing.read(desk(), actor, file_id, start, end))), file, actor)
    response.content_length = end - start
    if _single_range():
        response.status_code = 206
        response.content_range = ContentRange("bytes", start, end, file.info.size_bytes)
    return response


@pages.get("/evidence/<file_id>/look")
@needs(CASES)
def look(actor: Actor, file_id: str) -> ResponseReturnValue:
    """One file by itself: its cover and the form to lift it, or the file while the permit lasts."""
    return _look(actor, file_id)


def _look(actor: Actor, file_id: str, wrong: str = "") -> Response:
    file, form = viewing.look(desk(), actor, file_id), f"look/{file_id}"
    response = make_response(
        render_template(
            "evidence.html",
            file=file,
            info=file.info,
            cover=cover_of(actor, file.case),
            wrong=wrong,
            kept=drafting.sent(form) if wrong else drafting.kept(form),
            left=clocks.span((file.until or 0) - int(now())),
            hands=custody.hands_for(desk(), actor, file.info),
            names=Names(desk(), language()),
            **hands.words(),
        )
    )
    if file.until is not None:  # without scripts too the cover comes back by itself
        response.headers["Refresh"] = f"{max(1, file.until - int(now()))}; url={request.path}"
    return response


@pages.post("/evidence/<file_id>/look")
@needs(CASES)
def uncover(actor: Actor, file_id: str) -> ResponseReturnValue:
    """Lifts the cover for a short while, for a reason that is written down and who gave his password not long ago."""
    viewing.look(desk(), actor, file_id)  # nobody is asked for a password to what he may not open
    return _uncover(actor, file_id)


@fresh
def _uncover(actor: Actor, file_id: str) -> ResponseReturnValue:
    note = request.form.get("note", "").replace("\r\n", "\n").strip()
    try:
        viewing.uncover(desk(), actor, file_id, request.form.get("reason", ""), note)
    except NotAllowed:
        if viewing.look(desk(), actor, file_id).info.state != "here":
            raise
        return _look(
            actor, file_id, _("Choose why the file is opened, and write it where that is asked for.")
        ), 422
    return redirect(url_for("evidence.look", file_id=file_id), 303)


@pages.post("/evidence/<file_id>/cover")
@needs(CASES)
def cover(actor: Actor, file_id: str) -> ResponseReturnValue:
    """Puts the cover back at once."""
    viewing.look(desk(), actor, file_id)
    viewing.cover(desk(), actor, file_id)
    return redirect(url_for("evidence.look", file_id=file_id), 303)


def _single_range() -> bool:
    """Whether one range of bytes is asked for; several at once are answered with the whole file."""
    asked = request.range
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1


def _asked(size_bytes: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None where the range lies outside the file."""
    if not _single_range():
        return 0, size_bytes
    assert request.range is not None
    return request.range.range_for_length(size_bytes)


def _begun(content: Iterator[bytes]) -> Iterator[bytes]:
    """Opens the first chunk at once, so that a file that does not open becomes an error page, not a torn answer."""
    return chain([next(content, b"")], content)


def _headed(response: Response, file: File, actor: Actor) -> Response:
    mime = file.info.mime
    response.headers["Content-Type"] = mime if file.is_shown or mime in SAVED else UNKNOWN_MIME
    kept = "inline" if file.is_shown else "attachment"
    response.headers["Content-Disposition"] = f'{kept}; filename="{_name(file, actor)}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _name(file: File, actor: Actor) -> str:
    """What it is called when saved: serial, file and, where it leaves the browser, who took it."""
    ending = SHOWN.get(file.info.mime) or SAVED.get(file.info.mime, "bin")
    taker = "" if file.is_shown else f"-{actor.name}"
    return f"{file.info.serial}-{file.info.file_id[:8]}{taker}.{ending}"
