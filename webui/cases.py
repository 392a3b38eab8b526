"""The page of one case: the next step, what was told of the incident, its evidence, and everything that happened."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance import (
    cases,
    custody,
    duties,
    incident,
    people,
    printouts,
    retention,
    rights,
    search,
    sensitivity,
    suggesting,
    tenure,
    trail,
    viewing,
)
from appliance.cases import Case
from appliance.cases.classing import LOWERS, choices
from appliance.desk import LEADERS, OF_POSTS, Actor
from appliance.duties import Given
from appliance.ledger import CaseFile
from appliance.posts import Post, posts
from appliance.suggesting import Suggestion
from appliance.tenure import Holder
from appliance.trail import Row
from sync.catalogue import LANGUAGES
from sync.notices import BRIEF_UNITS
from webui import clocks, evidence, hands, telling, timeline
from webui.access import CASES, RETENTION, may, needs
from webui.names import Names
from webui.refusals import NONE, Refusal
from webui.site import desk, language, now

pages = Blueprint("cases", __name__)

SIMILAR_ROWS = 6
LONGEST_NOTE = 2000
SEIZURE_ROWS = ("", "-2", "-3")
"""What the names of the fields of each row of the outcome's seizures end with."""
STEPS = (
    *("received", "screened", "assigned", "acknowledged", "in_action"),
    *("reported_back", "verified", "feedback_sent", "closed"),
)
"""The way of a case, as the head of its page shows it."""
_NEXT = {
    "received": "screen",
    "screened": "assign",
    "assigned": "acknowledge",
    "acknowledged": "start",
    "in_action": "report_back",
    "reported_back": "verify",
    "verified": "close",
    "feedback_sent": "close",
}
PHONE = ("queued", "sent", "delivered", "accepted", "acted", "reported")
_REACHED = {
    **{state: number for number, state in enumerate(PHONE)},
    "cannot": 2,
    "could_not": 3,
    "undelivered": 1,
}
LIKENESS: dict[str, LazyString] = {
    "vehicle": lazy_gettext("the same vehicle"),
    "number": lazy_gettext("the same number"),
    "words": lazy_gettext("the same rare words"),
    "place": lazy_gettext("of the same kind and place"),
}
_LAST = ("reclassify", "correct", "concern", "unconcern")
_SEEN = ("evidence.uncover", "evidence.open", "case.print")


@dataclass(frozen=True)
class BriefField:
    """The field of the brief: whether there is one."""

    allowed: bool
    longest: int = BRIEF_UNITS


@pages.get("/cases/<serial>")
@needs(CASES)
def show(actor: Actor, serial: str) -> ResponseReturnValue:
    """One case, with the acts that this person may do now."""
    shown = page(actor, serial)
    cases.note_seen(desk(), actor, serial)
    return shown


def page(actor: Actor, serial: str, refused: Refusal = NONE) -> str:
    """``refused``: the form of this page that was sent and not taken."""
    case = cases.seen(desk(), serial, actor)
    acts = _in_order(actor, case)
    told = _holders() if "assign" in acts else {}
    languages = sorted({holder.language for holder in told.values()}) or [LANGUAGES[0]]
    known, is_post = _posts(), actor.role in OF_POSTS
    whole = incident.of(desk(), actor, case.file)
    return render_template(
        "case.html",
        refused=refused,
        brief=BriefField(sensitivity.rule(case.file).brief),
        last_brief=next((duty.brief for duty in reversed(case.duties) if duty.brief), ""),
        holders=told,
        seen=[duties.preview(desk(), serial, one) for one in languages] if "assign" in acts else [],
        case=case,
        whole=whole,
        opens={file.file_id: viewing.may_open(actor, case.file, file) for file in case.evidence},
        cover=evidence.cover_of(actor, case.file),
        shown=viewing.SHOWN,
        kept=_kept(actor, case.file),
        is_outline=not sensitivity.reads_words(actor.role, case.file),
        why_codes=hands.REASONS,
        removed=hands.removed,
        acts=acts,
        next_act=_next(case),
        another_closes=_waits_for_another(actor, case),
        loses_the_closing=loses_the_closing(actor, case),
        steps=_way(case),
        answers_allowed=may(actor, "answer", case.status),
        has_path=any(report.can_write_back for report in case.reports),
        is_way_lost=any(report.is_way_lost for report in case.reports),
        posts=known,
        suggestion=_suggestion(case, known),
        all_thanas=desk().directory.thanas,
        crimes=cases.kinds(desk()),
        own_thanas=cases.places(desk()),
        outcomes=cases.OUTCOMES,
        seizures=cases.SEIZURES,
        seizure_rows=SEIZURE_ROWS,
        classes=choices(actor, case.sensitivity),
        may_lower=actor.role in LOWERS,
        similar=search.related(desk(), actor, case.file, SIMILAR_ROWS) if not is_post else (),
        likeness=LIKENESS,
        pieces=telling.pieces,
        has_marks=telling.has_marks(report for part in whole.parts for report in part.reports),
        longest_note=LONGEST_NOTE,
        reasoned=[*(act for act, row in cases.TRANSITIONS.items() if row.is_reasoned), "report_back"],
        claimed_by=people.display_of(desk(), case.file.claimed_by),
        is_post=is_post,
        **_phones(case),
        **history_of(actor, case),
        names=Names(desk(), language()),
    )


def _next(case: Case) -> str:
    """The natural next step; closing comes after the answers, for it ends the way back."""
    step = _NEXT.get(case.status, "")
    return "answer" if step == "close" and case.untold else step


def _way(case: Case) -> tuple[str, ...]:
    """STEPS, less the answer where a case was closed without one."""
    was_answered = any(entry.act == "answer" for entry in case.history)
    return (
        STEPS if case.status != "closed" or was_answered else tuple(s for s in STEPS if s != "feedback_sent")
    )


def _phones(case: Case) -> dict[str, object]:
    """The notice that counts, to the post that has the case, and the others, newest first: above it, and before."""
    newest_first = case.duties[::-1]
    own = (duty for duty in newest_first if duty.post == case.post)
    phone = next(own, newest_first[0] if newest_first else None)
    others = [duty for duty in newest_first if duty is not phone]
    return {"phone": phone, "others": others, "phone_steps": phone_steps}


def phone_steps(duty: Given) -> list[tuple[str, str]]:
    """(state, done | failed | open) of each step on an officer's phone, in their order."""
    at = _REACHED.get(duty.state, -1)
    reached = max([at, *(PHONE.index(state) for state in duty.steps if state in PHONE)])
    failed = reached + 1 if duty.state in ("cannot", "could_not", "undelivered") else None
    return [
        (state, "failed" if number == failed else "done" if number <= reached else "open")
        for number, state in enumerate(PHONE)
    ]


def history_of(actor: Actor, case: Case) -> dict[str, object]:
    """What the list of everything that happened needs: its events, and the filter that stands in the address."""
    handed = custody.exports_for(desk(), actor, case.serial)
    happened = timeline.of(case, _seen_by_others(actor, case), handed)
    events = [event for event in happened if timeline.is_for(actor, event.kind)]
    kinds = [kind for kind in timeline.KINDS if any(event.kind == kind for event in events)]
    shown = request.args.get("show", "")
    return {
        "events": [event for event in events if shown not in kinds or event.kind == shown],
        "kinds": kinds,
        "shown_kind": shown if shown in kinds else "",
        "kind_names": timeline.KIND_NAMES,
        **timeline.words(),
        "only": lambda kind: _address(case.serial, kind),
    }


def _address(serial: str, kind: str) -> str:
    query = f"?{urlencode({'show': kind})}" if kind else ""
    return f"{url_for('cases.show', serial=serial)}{query}#history"


def _seen_by_others(actor: Actor, case: Case) -> tuple[Row, ...]:
    """Who opened the evidence and who printed the case: for those who answer for the office."""
    if actor.role not in LEADERS:
        return ()
    things = [case.serial, *(file.file_id for file in case.evidence)]
    return trail.of_objects(desk(), things, _SEEN)


@dataclass(frozen=True)
class KeptFor:
    """How long a case is kept, and what this person may do about it."""

    sees: bool
    days: int
    due_at: int | None
    holds: bool
    lifts: bool
    exports: bool
    prints: bool


def _kept(actor: Actor, case: CaseFile) -> KeptFor:
    return KeptFor(
        sees=may(actor, RETENTION),
        days=retention.days(desk(), case),
        due_at=retention.due_at(desk(), case),
        holds=actor.role in retention.HOLDS,
        lifts=actor.role in retention.LIFTS,
        exports=actor.role in sensitivity.rule(case).exports,
        prints=printouts.may(desk(), actor, case),
    )


def _in_order(actor: Actor, case: Case) -> list[str]:
    """The acts that have a form on the page, the natural next step first; answering has pages of its own."""
    if not rights.acts_on(actor, case.post) or case.file.erased_at is not None:
        return []
    without = {"answer", "ask", "pause", "resume"} | (set() if case.marked else {"unconcern"})
    without |= {"claim"} if case.file.claimed_by == actor.name else {"unclaim"}
    without |= {"verify"} if cases.told_it(desk(), case.file, actor) else set()  # a second person does
    aside = [entry for entry in case.history if entry.act in ("quarantine", "confirm_spam")]
    is_settled = bool(aside) and (aside[-1].act == "confirm_spam" or aside[-1].actor == actor.name)
    without |= {"confirm_spam"} if is_settled else set()
    waits = _waits_for_another(actor, case)
    without |= {"close"} if waits else set()
    is_closer = not waits and "close" in cases.acts_for(case.status, actor.role)
    without |= {"read"} if is_closer or not cases.wants_reader(desk(), case.file, actor) else set()
    forms = [act for act in cases.acts_for(case.status, actor.role) if act not in without]
    return sorted(forms, key=lambda act: (act != _next(case), act in _LAST))


def _waits_for_another(actor: Actor, case: Case) -> bool:
    """Whether he could close the case, had another person read what ends with it."""
    return "close" in cases.acts_for(case.status, actor.role) and cases.is_alone(desk(), case.file, actor)


def loses_the_closing(actor: Actor, case: Case) -> bool:
    """Whether he, if he links the case, cannot close the other one before somebody else has read this in it."""
    return actor.role in LEADERS and cases.is_alone(desk(), case.file, actor)


def offers(actor: Actor, case: Case, act: str) -> bool:
    """Whether the page of the case has a form for that act."""
    if act == "pause":
        card = clocks.clock_card(case, actor)
        return card is not None and bool(card.reasons)
    return act in _in_order(actor, case)


def _suggestion(case: Case, known: tuple[Post, ...]) -> Suggestion:
    answers = [answer for report in case.reports for answer in report.answers]
    return suggesting.suggest(
        desk().directory, case.district, case.thana, case.category, answers, known, case.barred
    )


def _posts() -> tuple[Post, ...]:
    office = desk()
    return posts(office.directory, office.directory.node(office.config.node_id).district)


def _holders() -> dict[str, Holder]:
    """Who would be told, by post."""
    found = ((post.code, tenure.reachable(desk(), post.code, now())) for post in _posts())
    return {code: holder for code, holder in found if holder is not None}
