"""A tip that came by telephone or at the door: two steps without script, and no field for who told it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from appliance import cases
from appliance.cases import NotAllowed, Tip
from appliance.cases.walking_in import LONGEST_PLACE, LONGEST_TEXT, SOURCES
from appliance.desk import Actor
from sync.catalogue import LANGUAGES, Category
from sync.messages import Answer
from webui import drafting, typed
from webui.access import ENTERING, needs
from webui.drafting import Kept
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("entering", __name__)

FLAGS = ("unsure", "no", "yes")


@pages.get("/cases/new")
@needs(ENTERING)
def choose(actor: Actor) -> ResponseReturnValue:
    """First how it came and what it is about; then that kind's questions."""
    category = desk().catalogue.category(request.args.get("category", ""))
    if category is None or request.args.get("source", "") not in SOURCES:
        return render_template(
            "enter_kind.html",
            sources=SOURCES,
            categories=desk().catalogue.categories,
            begun=_begun(actor),
            names=Names(desk(), language()),
        )
    return _form(category, request.args.get("source", ""), drafting.kept(_draft(actor, category)))


def _draft(actor: Actor, category: Category) -> str:
    """The name under which this form is kept; what is typed for practice stays there."""
    return f"{'practice-tip' if actor.practice else 'tip'}/{category.code}"


def _begun(actor: Actor) -> list[tuple[Category, Kept]]:
    """The tips that somebody began and did not send."""
    found = [(one, drafting.kept(_draft(actor, one))) for one in desk().catalogue.categories]
    return [(category, kept) for category, kept in found if kept.text("source") in SOURCES]


@pages.post("/cases/new")
@needs(ENTERING)
def enter(actor: Actor) -> ResponseReturnValue:
    """Opens a case of it; a form that cannot be right comes back with what was typed."""
    form = request.form
    category = desk().catalogue.category(form.get("category", ""))
    if category is None:
        return redirect(url_for("entering.choose"), 303)
    if wrong := _elsewhere(actor, category, form.get(typed.DRAFT, "")):
        return _form(category, form.get("source", ""), drafting.sent(form[typed.DRAFT]), wrong), 409
    try:
        serial = cases.walk_in(desk(), actor, _tip(category, form), form.get("nonce", ""))
    except NotAllowed as error:
        kept = drafting.sent(_draft(actor, category))
        return _form(category, form.get("source", ""), kept, _wrong(error)), 422
    flash(_("Noted: %(act)s.", act=serial), "done")
    return redirect(url_for("cases.show", serial=serial), 303)


def _elsewhere(actor: Actor, category: Category, form: str) -> str:
    """Why this form is not taken now: practice began or ended since it was shown; "" where it may be."""
    if not form or form == _draft(actor, category):
        return ""
    if actor.practice:
        return _(
            "This tip was begun outside practice, and you are in practice now: it would become a made-up case."
            " End practice, then send it again. What you typed is kept under “Enter a tip”."
        )
    return _(
        "This was typed for practice, and you are not in practice any more: it would become a real case."
        " Begin practice again to send it. What you typed is kept there under “Enter a tip”."
    )


def _wrong(error: NotAllowed) -> str:
    if error.reason == "police":
        return _(
            "What is told of police is not entered here: it is for the range office alone. Ask the caller to write"
            " to the WhatsApp number or to go to the range office, and throw away what you typed."
        )
    return _("Write what was told, or answer at least one question; then choose the rest from the lists.")


def _form(category: Category, source: str, kept: Kept, wrong: str = "") -> str:
    office = desk()
    district = office.directory.node(office.config.node_id).district
    return render_template(
        "enter.html",
        category=category,
        source=source,
        kept=kept,
        wrong=wrong,
        thanas=office.directory.thanas_of(district) if district else office.directory.thanas,
        flags=FLAGS,
        languages=LANGUAGES,
        longest_text=LONGEST_TEXT,
        longest_place=LONGEST_PLACE,
        nonce=office.new_id(),
        names=Names(office, language()),
    )


def _tip(category: Category, form: MultiDict[str, str]) -> Tip:
    return Tip(
        source=form.get("source", ""),
        category=category.code,
        thana=form.get("thana", ""),
        place=_words(form, "place"),
        text=_words(form, "text"),
        answers=tuple(_answers(category, form)),
        language=form.get("language", "") if form.get("language") in LANGUAGES else LANGUAGES[0],
        happening_now="now" in form,
        fear=form.get("fear", "no"),
        police_involved=form.get("police", "no"),
    )


def _answers(category: Category, form: MultiDict[str, str]) -> list[Answer]:
    """What was filled in; a choice that is none of the question's is left out."""
    found = []
    for question in category.questions:
        value = _words(form, f"q.{question.code}")
        choices = {option.code for option in question.options}
        if value and (not choices or value in choices):
            found.append(Answer(question.code, value if choices else "", "" if choices else value))
    return found


def _words(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()
