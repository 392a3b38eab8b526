"""The page of one case: what was told, evidence, history, answers, and the acts this person may do now."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance import cases, duties, people, rights, tenure
from appliance.cases import Case, CaseRow, Filter
from appliance.cases.classing import CLASSES
from appliance.desk import Actor
from appliance.posts import Post, posts
from appliance.tenure import Holder
from sync.catalogue import LANGUAGES
from sync.notices import BRIEF_UNITS, NO_BRIEF
from webui.access import CASES, may, needs
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("cases", __name__)

SIMILAR_ROWS = 20
LONGEST_NOTE = 2000
_NEXT = {
    "received": "screen",
    "screened": "assign",
    "assigned": "acknowledge",
    "acknowledged": "start",
    "in_action": "report_back",
    "reported_back": "verify",
    "verified": "close",
    "feedback_sent": "close",
    "quarantined": "release",
}
_LAST = ("reclassify", "concern", "unconcern")


@pages.get("/cases/<serial>")
@needs(CASES)
def show(actor: Actor, serial: str) -> ResponseReturnValue:
    """One case: what was told, evidence, history, answers, and the acts that this person may do now."""
    return page(actor, serial)


@dataclass(frozen=True)
class BriefField:
    """The field of the brief: whether there is one, why what stands in it was refused, and what was chosen beside."""

    allowed: bool
    wrong: str = ""
    text: str = ""
    post: str = ""
    note: str = ""
    longest: int = BRIEF_UNITS


def page(actor: Actor, serial: str, wrong: str = "", brief: str = "", post: str = "", words: str = "") -> str:
    """``wrong``: why a brief was refused; then what stood in that form: the brief, the post and the note."""
    case = cases.seen(desk(), serial, actor)
    acts = _in_order(actor, case)
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
        seizures=cases.SEIZURES,
        classes=CLASSES,
        similar=_similar(actor, case) if "mark_duplicate" in acts else (),
        longest_note=LONGEST_NOTE,
        reasoned=[*(act for act, row in cases.TRANSITIONS.items() if row.is_reasoned), "report_back"],
        claimed_by=people.display_of(desk(), case.file.claimed_by),
        names=Names(desk(), language()),
    )


def _in_order(actor: Actor, case: Case) -> list[str]:
    """The acts that have a form on the page, the natural next step first; answering has pages of its own."""
    if not rights.acts_on(actor, case.post):
        return []
    without = {"answer", "ask"} if case.marked else {"answer", "ask", "unconcern"}
    without |= {"claim"} if case.file.claimed_by == actor.name else {"unclaim"}
    forms = [act for act in cases.acts_for(case.status, actor.role) if act not in without]
    return sorted(forms, key=lambda act: (act != _NEXT.get(case.status), act in _LAST))


def _posts() -> tuple[Post, ...]:
    office = desk()
    return posts(office.directory, office.directory.node(office.config.node_id).district)


def _holders() -> dict[str, Holder]:
    """Who would be told, by post."""
    found = ((post.code, tenure.current(desk(), post.code, now())) for post in _posts())
    return {code: holder for code, holder in found if holder is not None}


def _similar(actor: Actor, case: Case) -> tuple[CaseRow, ...]:
    """Cases of the same kind and place that this one may be a duplicate of."""
    found = cases.open_cases(
        desk(), actor, Filter(category=case.category, thana=case.thana), None, SIMILAR_ROWS
    )
    return tuple(row for row in found.rows if row.serial != case.serial and row.status != "duplicate")
