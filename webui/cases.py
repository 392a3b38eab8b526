"""The list of cases, the page of one case, and what the office does with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from appliance import cases, duties, tenure
from appliance.cases import BriefRefused, Case, CaseRow, Conflict, Cursor, Filter, Page
from appliance.desk import Actor
from appliance.posts import Post, posts
from appliance.tenure import Holder
from sync.catalogue import LANGUAGES
from sync.directory import Thana
from sync.errors import Unreadable
from sync.notices import BRIEF_UNITS, NO_BRIEF
from webui.access import CASES, may, needs, require
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("cases", __name__)

ROWS = 50
SIMILAR_ROWS = 20
LONGEST_NOTE = 2000
FILTERS = ("status", "category", "thana", "sensitivity", "text")
_NEXT = {
    "received": "screen",
    "screened": "assign",
    "assigned": "start",
    "in_action": "report_back",
    "reported_back": "close",
    "feedback_sent": "close",
}
SENSITIVITIES = ("open", "restricted", "secret")


@pages.get("/")
@needs("health")
def home(actor: Actor) -> ResponseReturnValue:
    """Where a person lands after signing in: the cases, or the state of the box for those who see no cases."""
    return redirect(url_for("cases.index" if may(actor, CASES) else "status.health"))


@pages.get("/cases")
@needs(CASES)
def index(actor: Actor) -> ResponseReturnValue:
    """The queue, newest first; filters and place stand in the address, so that it can be passed on."""
    chosen = {name: request.args.get(name, "").strip()[:64] for name in FILTERS}
    after = request.args.get("after", "")
    return render_template(
        "cases.html",
        found=_page(Filter(**chosen), after),
        counts=cases.counts(desk()),
        chosen=chosen,
        is_later_page=bool(after),
        link=lambda **change: _list_address(chosen, change),
        categories=desk().catalogue.categories,
        thanas=_thanas(),
        sensitivities=SENSITIVITIES,
        names=Names(desk(), language()),
    )


def _page(flt: Filter, after: str) -> Page:
    try:
        return cases.open_cases(desk(), flt, Cursor.read(after) if after else None, ROWS)
    except Unreadable as error:
        raise BadRequest(error.what) from error


def _list_address(chosen: Mapping[str, str], change: Mapping[str, object]) -> str:
    wanted = {name: str(value) for name, value in {**chosen, **change}.items() if value}
    query = f"?{urlencode(wanted)}" if wanted else ""
    return url_for("cases.index") + query


def _thanas() -> tuple[Thana, ...]:
    office = desk()
    district = office.directory.node(office.config.node_id).district
    return office.directory.thanas_of(district) if district else office.directory.thanas


@pages.get("/cases/<serial>")
@needs(CASES)
def show(actor: Actor, serial: str) -> ResponseReturnValue:
    """One case: what was told, evidence, history, answers, and the acts that this person may do now."""
    return _case_page(actor, serial)


@dataclass(frozen=True)
class BriefField:
    """The field of the brief: whether there is one, why what stands in it was refused, and what was chosen beside."""

    allowed: bool
    wrong: str = ""
    text: str = ""
    post: str = ""
    note: str = ""
    longest: int = BRIEF_UNITS


def _case_page(
    actor: Actor, serial: str, wrong: str = "", brief: str = "", post: str = "", words: str = ""
) -> str:
    """``wrong``: why a brief was refused; then what stood in that form: the brief, the post and the note."""
    case = cases.get(desk(), serial)
    acts = _in_order(case, cases.acts_for(case.status, actor.role))
    told = _holders() if "assign" in acts else {}
    languages = sorted({holder.language for holder in told.values()}) or [LANGUAGES[0]]
    return render_template(
        "case.html",
        brief=BriefField(case.sensitivity not in NO_BRIEF, wrong, brief, post, words),
        holders=told,
        seen=[duties.preview(desk(), serial, one) for one in languages] if "assign" in acts else [],
        case=case,
        acts=acts,
        answers_allowed=may(actor, "answer", case.status),
        has_path=any(report.can_write_back for report in case.reports),
        is_way_lost=any(report.is_way_lost for report in case.reports),
        posts=_posts(),
        suggested_post=f"SHO {case.thana}" if case.thana else "",
        all_thanas=desk().directory.thanas,
        outcomes=cases.OUTCOMES,
        similar=_similar(case) if "mark_duplicate" in acts else (),
        longest_note=LONGEST_NOTE,
        names=Names(desk(), language()),
    )


def _in_order(case: Case, acts: Sequence[str]) -> list[str]:
    """The acts that have a form on the page, the natural next step first; answering has pages of its own."""
    without = {"answer"} if case.marked else {"answer", "unconcern"}
    forms = [act for act in acts if act not in without]
    return sorted(forms, key=lambda act: (act != _NEXT.get(case.status), act in ("concern", "unconcern")))


def _posts() -> tuple[Post, ...]:
    office = desk()
    return posts(office.directory, office.directory.node(office.config.node_id).district)


def _holders() -> dict[str, Holder]:
    """Who would be told, by post."""
    found = ((post.code, tenure.current(desk(), post.code, now())) for post in _posts())
    return {code: holder for code, holder in found if holder is not None}


def _similar(case: Case) -> tuple[CaseRow, ...]:
    """Cases of the same kind and place that this one may be a duplicate of."""
    found = cases.open_cases(desk(), Filter(category=case.category, thana=case.thana), None, SIMILAR_ROWS)
    return tuple(row for row in found.rows if row.serial != case.serial and row.status != "duplicate")


Act = Callable[[str, Actor, int, MultiDict[str, str]], None]


def _screen(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.screen(desk(), serial, actor, version, note(form))


def _assign(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.assign(desk(), serial, actor, version, form.get("post", ""), note(form), _brief(form))


def _brief(form: MultiDict[str, str]) -> str:
    return form.get("brief", "").replace("\r\n", "\n").strip()


def _has_brief(serial: str, act: str, form: MultiDict[str, str]) -> bool:
    """Whether the brief that went is the one of this form."""
    return act != "assign" or cases.get(desk(), serial).duties[-1].brief == _brief(form)


def _start(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.start(desk(), serial, actor, version, note(form))


def _report_back(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.report_back(desk(), serial, actor, version, note(form))


def _close(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.close(desk(), serial, actor, version, form.get("outcome", ""), note(form))


def _mark_duplicate(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.mark_duplicate(desk(), serial, actor, version, _main_serial(form))


def _concern(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.concern(desk(), serial, actor, version, form.get("thana", ""), note(form))


def _unconcern(serial: str, actor: Actor, version: int, form: MultiDict[str, str]) -> None:
    cases.unconcern(desk(), serial, actor, version, form.get("thana", ""), note(form))


ACTS: dict[str, Act] = {
    "screen": _screen,
    "assign": _assign,
    "start": _start,
    "report_back": _report_back,
    "close": _close,
    "mark_duplicate": _mark_duplicate,
    "concern": _concern,
    "unconcern": _unconcern,
}
# The form's field that ends up as the detail of the history entry.
_DETAILS: dict[str, Callable[[MultiDict[str, str]], str]] = {
    "assign": lambda form: form.get("post", ""),
    "close": lambda form: form.get("outcome", ""),
    "concern": lambda form: form.get("thana", ""),
    "unconcern": lambda form: form.get("thana", ""),
    "mark_duplicate": lambda form: _main_serial(form),
}


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
    except BriefRefused as error:  # nothing was done: the page comes back with what was typed
        typed = (request.form.get(name, "") for name in ("brief", "post", "note"))
        return _case_page(actor, serial, _brief_refusal(error), *typed), 422
    except Conflict:
        detail = _DETAILS[act](request.form) if act in _DETAILS else ""
        words = "" if act == "mark_duplicate" else note(request.form)
        is_done = was_done(serial, actor, seen, (act, detail, words))
        if not (is_done and _has_brief(serial, act, request.form)):
            raise
    flash(_("Noted: %(act)s.", act=Names(desk(), language()).done(act)), "done")
    return redirect(url_for("cases.show", serial=serial), 303)


def _brief_refusal(error: BriefRefused) -> str:
    if error.reason == "quoted":
        return _(
            "The brief repeats the informant's own words. Please say it in yours: whoever knows how somebody"
            " speaks could recognise the informant."
        )
    if error.reason == "number":
        return _(
            "The brief holds a link or somebody's number (phone, Aadhaar, PAN, e-mail, UPI). These do not go over"
            " WhatsApp: tell the officer at the office."
        )
    if error.reason == "long":
        return _("The brief is too long. Please shorten it.")
    return _("This case is secret: no brief leaves the office. The officer is asked to come.")


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
    entries = [entry for entry in cases.get(desk(), serial).history if entry.version == seen + 1]
    return [(entry.actor, entry.act, entry.detail, entry.note) for entry in entries] == [
        (actor.name, *change)
    ]


def _main_serial(form: MultiDict[str, str]) -> str:
    return form.get("of", "").strip().upper()
