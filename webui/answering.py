"""Answering an informant: choose a template, read exactly what his phone will show, send it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from appliance import cases, replies
from appliance.cases import Case, Conflict, NotAllowed, NotAnswerable
from appliance.desk import Actor
from sync.catalogue import Template
from webui.access import CASES, needs, require
from webui.acts import version, was_done
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("answering", __name__)

_RESULTS = {"duty_acted": "action_taken", "duty_could_not": "not_found"}
"""What an officer answered last -> the answer that tells it to the informant."""


@pages.get("/cases/<serial>/answer")
@needs(CASES)
def choose(actor: Actor, serial: str) -> ResponseReturnValue:
    """The templates with the values each takes; nobody types a word of his own."""
    require(actor, "answer")
    case = cases.seen(desk(), serial, actor)
    if not case.can_answer:
        raise NotAnswerable(f"{serial}: there is no way to write back, or no answer is left")
    is_question = "ask" in request.args
    return _choices(case, is_question, proposal(case, is_question))


def _choices(case: Case, is_question: bool, proposed: str, wrong: str = "") -> str:
    return render_template(
        "answer.html",
        case=case,
        templates=sorted(_offered(is_question), key=lambda template: template.code != proposed),
        proposed=proposed,
        is_question=is_question,
        wrong=wrong,
        spoken=_spoken(case),
        names=Names(desk(), language()),
    )


def _offered(is_question: bool) -> list[Template]:
    """Questions on their page, answers on theirs."""
    known = desk().catalogue.templates
    return [template for template in known if (template.code in replies.QUESTION_TEMPLATES) == is_question]


def proposal(case: Case, is_question: bool) -> str:
    """The template that fits where the case stands; "" where none does."""
    if is_question:
        return "need_more"
    if case.status not in ("verified", "feedback_sent"):
        return "" if any(reply.template == "taken_up" for reply in case.replies) else "taken_up"
    told = [entry.act for entry in case.history if entry.act in _RESULTS]
    return _RESULTS[told[-1]] if told else "action_taken"


@pages.get("/cases/<serial>/answer/preview")
@needs(CASES)
def preview(actor: Actor, serial: str) -> ResponseReturnValue:
    """The exact words, in the informant's language, before anything is sent."""
    require(actor, "answer")
    case = cases.seen(desk(), serial, actor)
    template = _template(request.args)
    parameters = _parameters(template, request.args)
    if "" in parameters:
        # nothing is chosen for anybody: an answer that tells of a raid by default would be sent
        wrong = _("Choose what stands in place of the dots.")
        return _choices(case, template.code in replies.QUESTION_TEMPLATES, template.code, wrong), 422
    return render_template(
        "preview.html",
        case=case,
        version=version(request.args),
        template=template,
        parameters=parameters,
        text=replies.preview(desk(), serial, template.code, parameters),
        spoken=_spoken(case),
        names=Names(desk(), language()),
    )


@pages.post("/cases/<serial>/answer")
@needs(CASES)
def send(actor: Actor, serial: str) -> ResponseReturnValue:
    """Queues the answer; the same form twice sends once."""
    require(actor, "answer")
    template, seen = _template(request.form), version(request.form)
    parameters = _parameters(template, request.form)
    try:
        cases.answer(desk(), serial, actor, seen, template.code, parameters)
    except Conflict:
        detail = "/".join((template.code, *parameters))
        act = "ask" if template.code in replies.QUESTION_TEMPLATES else "answer"
        if not was_done(serial, actor, seen, (act, detail, "")):
            raise
    flash(_("The answer is on its way to the informant."), "done")
    return redirect(url_for("cases.show", serial=serial), 303)


def _template(values: MultiDict[str, str]) -> Template:
    found = desk().catalogue.template(values.get("template", ""))
    if found is None:
        raise NotAllowed("no answer was chosen")
    return found


def _parameters(template: Template, values: MultiDict[str, str]) -> tuple[str, ...]:
    """The values of this template's fields; each field carries the template's name, as all stand in one form."""
    return tuple(values.get(f"{template.code}.{parameter.code}", "") for parameter in template.parameters)


def _spoken(case: cases.Case) -> str:
    """The language of the newest report that may be answered, which is the one the answer goes to."""
    return next((report.language for report in reversed(case.reports) if report.can_write_back), language())
