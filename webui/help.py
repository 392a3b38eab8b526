"""Help: one short page per section, written for whoever sits at the desk; Hindi and English as files of their own."""

from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance.desk import OF_POSTS
from webui.access import current
from webui.site import language

pages = Blueprint("help", __name__)

FOLDER = Path(__file__).parent / "templates" / "help"
TITLES: dict[str, LazyString] = {
    "start": lazy_gettext("Where to begin"),
    "inbox": lazy_gettext("The list of cases"),
    "keys": lazy_gettext("Keys"),
    "case": lazy_gettext("One case"),
    "assign": lazy_gettext("Giving a case to an officer"),
    "answer": lazy_gettext("Answering an informant"),
    "evidence": lazy_gettext("Evidence"),
    "drafts": lazy_gettext("What you type is kept"),
    "retention": lazy_gettext("Keeping and erasing"),
    "posts": lazy_gettext("Posts and officers"),
    "figures": lazy_gettext("Figures"),
    "range": lazy_gettext("For the range office"),
    "trail": lazy_gettext("Who did what"),
    "health": lazy_gettext("State of the box"),
    "people": lazy_gettext("Signing in and people"),
    "practice": lazy_gettext("Practice"),
}
# Blueprint -> its help, where the two are not called alike.
_OF_PAGE = {
    "cases": "case",
    "acts": "case",
    "comparing": "case",
    "entering": "case",
    "printing": "case",
    "clocks": "case",
    "answering": "answer",
    "postings": "posts",
    "transfers": "posts",
    "rangeview": "range",
    "status": "health",
    "access": "people",
    "staff": "people",
    "account": "people",
    "practicing": "practice",
    "court": "evidence",
}


def of_page(section: str) -> str:
    """The help that belongs to the pages of one blueprint."""
    name = _OF_PAGE.get(section, section)
    return name if name in TITLES else "start"


@pages.get("/help")
def index() -> ResponseReturnValue:
    """Where to begin, and the list of all sections."""
    return _shown("start")


@pages.get("/help/<name>")
def section(name: str) -> ResponseReturnValue:
    """The help of one section; to be read by anybody, for it tells of no case."""
    if name not in TITLES:
        abort(404)
    return _shown(name)


def _shown(name: str) -> str:
    actor = current()
    is_officer = name == "start" and actor is not None and actor.role in OF_POSTS
    words = f"help/{language()}/{'start_of_a_post' if is_officer else name}.html"
    return render_template("help.html", name=name, titles=TITLES, words=words)
