"""What the office does with a case: one form, one act, with the version of the case that its page showed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from appliance import cases, filed, ledger
from appliance.cases import BriefRefused, Conflict, Quantities, Seizure
from appliance.desk import Actor
from appliance.errors import Forbidden, NotAllowed, NotFound
from sync.errors import SatarkError
from webui import refusals
from webui.access import CASES, needs, require
from webui.cases import LONGEST_NOTE, SEIZURE_ROWS, offers, page
from webui.names import Names
from webui.places import local_path
from webui.site import desk, language

pages = Blueprint("acts", __name__)

Act = Callable[[str, Actor, int, MultiDict[str, str]], None]


def _screen(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.screen(desk(), serial, actor, version, note(form))


def _read(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.read(desk(), serial, actor, version, note(form))


def _assign(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.assign(desk(), serial, actor, version, form.get("post", ""), note(form), _brief(form))


def _brief(form: MultiDict[str, str]) -> str:
    return form.get("brief", "").replace("\r\n", "\n").strip()


def _has_brief(serial: str, actor: Actor, act: str, form: MultiDict[str, str]) -> bool:
    """Whether the brief that went is the one of this form."""
    return act != "assign" or cases.seen(desk(), serial, actor).duties[-1].brief == _brief(form)


def _acknowledge(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.acknowledge(desk(), serial, actor, version, note(form))


def _start(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.start(desk(), serial, actor, version, note(form))


def _report_back(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.report_back(desk(), serial, actor, version, note(form))


def _close(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    outcome, untold = form.get("outcome", ""), _number(form, "untold")
    cases.close(desk(), serial, actor, version, outcome, note(form), _quantities(form), untold)


def _quantities(form: MultiDict[str, str]) -> Quantities:
    """The quantities of a closing; only those of the outcome that was chosen, whatever else stands in the form."""
    outcome = form.get("outcome", "")
    seizures = (_seizure(form, row) for row in SEIZURE_ROWS)
    return Quantities(
        fir_no=form.get("fir_no", "").strip(),
        arrests=_number(form, "arrests"),
        seizures=tuple(found for found in seizures if found is not None),
        agency=form.get("agency", "").strip() if outcome == "referred" else "",
    )


def _seizure(form: MultiDict[str, str], row: str) -> Seizure | None:
    """What one row of the form says was seized; None where it is empty."""
    kind, amount = form.get(f"seizure{row}", ""), _number(form, f"amount{row}")
    if not kind and not amount:
        return None
    if not amount:
        raise NotAllowed(f"how much {kind[:20]!r} is missing", reason=f"amount{row}")
    if not kind:
        raise NotAllowed("what was seized is missing", reason=f"seizure{row}")
    return Seizure(kind, amount)


def _number(form: MultiDict[str, str], field: str) -> int:
    text = form.get(field, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise NotAllowed(f"{text[:20]!r} is no number", hint="Write digits only", reason=field)
    return int(text)


def _verify(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.verify(desk(), serial, actor, version, note(form))


def _reopen(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.reopen(desk(), serial, actor, version, note(form))


def _separate(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.separate(desk(), serial, actor, version, note(form))


def _quarantine(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.quarantine(desk(), serial, actor, version, note(form))


def _release(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.release(desk(), serial, actor, version, note(form))


def _confirm_spam(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.confirm_spam(desk(), serial, actor, version, note(form))


def _claim(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.claim(desk(), serial, actor, version)


def _unclaim(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.unclaim(desk(), serial, actor, version)


def _reclassify(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    flags = ("victim" in form, "child" in form)
    cases.reclassify(desk(), serial, actor, version, form.get("sensitivity", ""), *flags, note(form))


def _correct(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.correct(desk(), serial, actor, version, *_filed(form), note(form))


def _filed(form: MultiDict[str, str]) -> tuple[str, str]:
    """Kind of crime and thana; a form that lacks the second has no thana, which is not the empty one ("not known")."""
    return form.get("category", ""), form.get("thana", "-")


def _mark_duplicate(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.mark_duplicate(desk(), serial, actor, version, _main_serial(serial, form))


def _concern(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.concern(desk(), serial, actor, version, form.get("thana", ""), note(form))


def _unconcern(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.unconcern(desk(), serial, actor, version, form.get("thana", ""), note(form))


def _pause(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.pause(desk(), serial, actor, version, form.get("reason", ""), note(form))


def _resume(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.resume(desk(), serial, actor, version, note(form))


ACTS: dict[str, Act] = {
    "screen": _screen,
    "assign": _assign,
    "acknowledge": _acknowledge,
    "start": _start,
    "report_back": _report_back,
    "verify": _verify,
    "read": _read,
    "close": _close,
    "reopen": _reopen,
    "separate": _separate,
    "quarantine": _quarantine,
    "release": _release,
    "confirm_spam": _confirm_spam,
    "claim": _claim,
    "unclaim": _unclaim,
    "reclassify": _reclassify,
    "correct": _correct,
    "mark_duplicate": _mark_duplicate,
    "concern": _concern,
    "unconcern": _unconcern,
    "pause": _pause,
    "resume": _resume,
}
# The form's field that ends up as the detail of the history entry.
_DETAILS: dict[str, Callable[[MultiDict[str, str]], str]] = {
    "reclassify": lambda form: _classed(form),
    "correct": lambda form: "/".join(_filed(form)),
    "assign": lambda form: form.get("post", ""),
    "close": lambda form: form.get("outcome", ""),
    "concern": lambda form: form.get("thana", ""),
    "unconcern": lambda form: form.get("thana", ""),
    "pause": lambda form: form.get("reason", ""),
}


_SELF_TOLD = ("reopen", "separate", "resume", "report_back")
"""Acts whose detail the box finds by itself."""


def _classed(form: MultiDict[str, str]) -> str:
    flags = "+".join(name for name in ("victim", "child") if name in form)
    return f"{form.get('sensitivity', '')}/{flags}" if flags else form.get("sensitivity", "")


@pages.post("/cases/<serial>/<act>")
@needs(CASES)
def do(actor: Actor, serial: str, act: str) -> ResponseReturnValue:
    """Does one act with the version of the case that its page showed."""
    if act not in ACTS:
        abort(404)
    require(actor, act)
    seen = version(request.form)
    try:
        ACTS[act](serial, actor, seen, request.form)
    except (BriefRefused, NotAllowed) as error:
        return _refused(actor, serial, act, error)
    except Conflict:
        detail = _detail(serial, act, request.form)
        words = "" if act == "mark_duplicate" else note(request.form)
        is_done = was_done(serial, actor, seen, (act, detail, words))
        if not (is_done and _has_brief(serial, actor, act, request.form)):
            raise
    flash(_("Noted: %(act)s.", act=Names(desk(), language()).done(act)), "done")
    page_of_case = url_for("cases.show", serial=serial)
    return redirect(local_path(request.form.get("next", ""), page_of_case), 303)


def _refused(actor: Actor, serial: str, act: str, error: SatarkError) -> ResponseReturnValue:
    """Nothing was done: the page comes back with what was typed; an act without a form there has its own page."""
    try:
        has_form = offers(actor, cases.seen(desk(), serial, actor), act)
    except (NotFound, Forbidden):  # whoever may not see the case hears nothing more of it
        has_form = False
    if not has_form:
        raise error
    refused = refusals.of_form(f"act/{serial}/{act}", act, error)
    return page(actor, serial, refused), 422 if isinstance(error, BriefRefused) else 409


def version(values: Mapping[str, Any]) -> int:
    """The version of the case that a form was made for; a form without one ends with 400."""
    text = str(values.get("version", ""))
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise BadRequest("the form lacks the version of the case")
    return int(text)


def note(form: MultiDict[str, str]) -> str:
    """The note of a form, with plain line ends; a longer one than the field takes ends with 400."""
    text = form.get("note", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_NOTE:
        raise BadRequest(f"a note has at most {LONGEST_NOTE} characters")
    return text


def was_done(serial: str, actor: Actor, seen: int, change: tuple[str, str, str]) -> bool:
    """Whether the change after version ``seen`` is this very one (act, detail, note): a form that came twice."""
    act, detail, words = change
    entries = [entry for entry in cases.seen(desk(), serial, actor).history if entry.version == seen + 1]
    return [(entry.actor, entry.act, entry.note) for entry in entries] == [(actor.name, act, words)] and (
        act in _SELF_TOLD or entries[0].detail.rpartition(filed.SINCE)[2] == detail
    )


def _detail(serial: str, act: str, form: MultiDict[str, str]) -> str:
    if act == "mark_duplicate":
        return _main_serial(serial, form)
    return _DETAILS[act](form) if act in _DETAILS else ""


def _main_serial(serial: str, form: MultiDict[str, str]) -> str:
    return ledger.in_full(desk(), form.get("of", ""), serial)
