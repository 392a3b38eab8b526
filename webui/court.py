"""What is printed or handed on for court: custody sheets, the certificate, a package of everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import BadRequest

from appliance import certificate, chains, custody, package, viewing
from appliance.certificate import Certificate
from appliance.desk import OF_POSTS, Actor
from appliance.errors import Conflict, NotAllowed
from appliance.evidence import EvidenceInfo
from sync.catalogue import LANGUAGES
from webui import drafting, hands
from webui.access import CASES, ask_again, fresh, is_fresh, needs
from webui.language import LOCALES
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("court", __name__)

STYLE = Path(__file__).parent / "static" / "court.css"
DEVICES: dict[str, LazyString] = {
    "computer": lazy_gettext("Computer / storage media"),
    "dvr": lazy_gettext("DVR"),
    "mobile": lazy_gettext("Mobile"),
    "flash_drive": lazy_gettext("Flash drive"),
    "cd_dvd": lazy_gettext("CD/DVD"),
    "server": lazy_gettext("Server"),
    "cloud": lazy_gettext("Cloud"),
    "other": lazy_gettext("Other"),
}


@contextmanager
def speaking(tongue: str) -> Iterator[Names]:
    """Writes in the language that the court reads, whatever the language of the page was."""
    with force_locale(LOCALES[tongue]):
        yield Names(desk(), tongue)


def tongue() -> str:
    """The language that was asked for in the address, else that of the pages; another ends with 400."""
    asked = request.args.get("tongue", language())
    if asked not in LANGUAGES:
        raise BadRequest(f"tongue must be one of {', '.join(LANGUAGES)}")
    return asked


def frame(actor: Actor, said: str, style: str = "") -> dict[str, object]:
    """What every sheet names; ``style``: the rules to be written into a sheet that leaves this box."""
    return {
        "tongue": said,
        "style": style,
        "printed": actor,
        "made_at": now(),
        "node": desk().config.node_id,
        **hands.words(),
    }


def are_chains_whole() -> bool:
    """Whether no row of audit, history or custody was changed or is missing."""
    return chains.are_whole(desk().conn)


@pages.get("/evidence/<file_id>/custody")
@needs(CASES)
def custody_sheet(actor: Actor, file_id: str) -> ResponseReturnValue:
    """The whole way of one file, to be printed and signed."""
    file = viewing.look(desk(), actor, file_id)
    return sheet_of(actor, file, tongue(), are_chains_whole())


def sheet_of(actor: Actor, file: viewing.File, said: str, is_whole: bool, style: str = "") -> str:
    """The custody sheet of one file in one language. ``is_whole``: what following the chains found."""
    with speaking(said) as names:
        return render_template(
            "court/custody.html",
            info=file.info,
            hands=custody.hands_for(desk(), actor, file.info),
            is_extract=actor.role in OF_POSTS,
            is_whole=is_whole,
            names=names,
            **frame(actor, said, style),
        )


@pages.get("/cases/<serial>/certificate")
@needs(CASES)
def certificate_sheet(actor: Actor, serial: str) -> ResponseReturnValue:
    """Parts A and B of the Schedule, filled in as far as the box knows, to be printed and signed."""
    try:
        known = certificate.prepare(desk(), actor, serial)
    except NotAllowed:  # no file: the page before says so
        return redirect(url_for("court.show", serial=serial))
    return _certificate(actor, known, tongue())


def _certificate(actor: Actor, known: Certificate, said: str, style: str = "") -> str:
    with speaking(said) as names:
        return render_template(
            "court/certificate.html",
            **vars(known),
            devices=[(code, DEVICES[code]) for code in certificate.DEVICES],
            algorithms=[(code, code) for code in certificate.ALGORITHMS],
            names=names,
            **frame(actor, said, style),
        )


@pages.get("/cases/<serial>/package")
@needs(CASES)
def show(actor: Actor, serial: str) -> ResponseReturnValue:
    """What may be handed on of a case, and the packages that were made of it."""
    return _package_page(actor, serial)


def _package_page(actor: Actor, serial: str, wrong: str = "", ready: int | None = None) -> str:
    """``ready``: how many were begun when one more was asked for, which only waits to be saved."""
    case, form = certificate.check(desk(), actor, serial), f"package/{serial}"
    return render_template(
        "package.html",
        case=case,
        files=_files(case.id),
        made=custody.exports(desk(), serial),
        reasons=custody.EXPORT_REASONS,
        longest=custody.NOTE_CHARS,
        wrong=wrong,
        ready=ready,
        kept=drafting.kept(form) if request.method == "GET" else drafting.sent(form),
        names=Names(desk(), language()),
        **hands.words(),
    )


def _files(case_id: int) -> tuple[EvidenceInfo, ...]:
    return custody.files_of(desk(), case_id)


@pages.post("/cases/<serial>/package")
@needs(CASES)
@fresh
def make(actor: Actor, serial: str) -> ResponseReturnValue:
    """A page of its own from which the package is saved: a browser stays where it was when a file comes."""
    certificate.prepare(desk(), actor, serial)
    try:
        package.check(desk(), actor, serial, *_asked())
    except NotAllowed:
        return _no_reason(actor, serial)
    return _package_page(actor, serial, ready=package.begun(desk(), serial))


@pages.post("/cases/<serial>/package/file")
@needs(CASES)
def save(actor: Actor, serial: str) -> ResponseReturnValue:
    """The package, made while it goes to the browser; who took it, why, and its hash are noted."""
    if not is_fresh():
        return ask_again(url_for("court.make", serial=serial))
    known, seen = certificate.prepare(desk(), actor, serial), request.form.get("begun", "")
    if not (seen.isascii() and seen.isdigit()):
        raise BadRequest("begun must be a number")
    try:
        package.check(desk(), actor, serial, *_asked())  # before the papers: they take a while
        parts = package.stream(desk(), actor, serial, *_asked(), _papers(actor, known), seen=int(seen))
    except NotAllowed:
        return _no_reason(actor, serial)
    except Conflict:
        words = _(
            "A package was begun already; it stands below when it is whole. To make one more, fill this in."
        )
        return _package_page(actor, serial, words), 409
    return _attached(parts, f"{serial}-evidence-{actor.name}.zip")


def _asked() -> tuple[str, str]:
    note = request.form.get("note", "").replace("\r\n", "\n").strip()
    return request.form.get("reason", ""), note


def _no_reason(actor: Actor, serial: str) -> tuple[str, int]:
    return _package_page(actor, serial, _("Choose why it is needed, and write to whom it goes.")), 422


def _attached(parts: Iterator[bytes], name: str) -> Response:
    response = Response(parts, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _papers(actor: Actor, known: Certificate) -> dict[str, bytes]:
    """The pages that go with a package, each in both languages and with its style inside."""
    style, made = STYLE.read_text(encoding="utf-8"), {}
    is_whole = are_chains_whole()  # minutes at a million cases: once for all sheets
    for said in LANGUAGES:
        made[f"certificate-{said}.html"] = _certificate(actor, known, said, style)
        for found in known.files:
            file = viewing.look(desk(), actor, found.file_id)
            made[f"custody/{found.file_id}-{said}.html"] = sheet_of(actor, file, said, is_whole, style)
    return {name: page.encode() for name, page in made.items()}
