"""A tip that came by telephone or at the door: entered by staff, a case like the others, with no way to write back."""

from dataclasses import dataclass

from appliance import nonces, reports
from appliance.desk import OFFICE, Actor, Desk
from appliance.errors import Forbidden, NotAllowed
from appliance.nonces import Repeated
from sync.catalogue import TO_RANGE
from sync.clock import hour_of
from sync.db import transaction
from sync.messages import Answer, ReportBody

SOURCES = ("phone", "walk_in")
LONGEST_TEXT = 4000
LONGEST_PLACE = 400


@dataclass(frozen=True)
class Tip:
    """What staff wrote down. No field is for who told it: nobody is asked.

    ``source`` is one of SOURCES; ``category`` and the answers' questions are the catalogue's, ``thana`` the directory's
    or ""; ``language`` is the one it was told in.
    """

    source: str
    category: str
    thana: str
    place: str
    text: str
    answers: tuple[Answer, ...]
    language: str
    happening_now: bool
    fear: str
    police_involved: str


def walk_in(desk: Desk, actor: Actor, tip: Tip, nonce: str = "") -> str:
    """Opens a case of it and gives its serial; raises Forbidden or NotAllowed. The form called ``nonce`` opens one.

    A district takes none about police: that is the range's, whoever hears it.
    """
    if actor.role not in OFFICE:
        raise Forbidden(f"the role {actor.role} may not enter tips")
    _check(desk, tip)
    now = desk.clock()
    try:
        with transaction(desk.conn):
            body = _body(desk, tip, now)
            report_id = reports.add(desk, body, desk.new_id(), now, False, actor, tip.source)
            serial = reports.serial(desk, report_id)
            nonces.spend(desk, actor, nonce, serial)
    except Repeated as again:
        return again.result
    return serial


def _check(desk: Desk, tip: Tip) -> None:
    category = desk.catalogue.category(tip.category)
    if category is None or tip.source not in SOURCES:
        raise NotAllowed("choose what it is about, and how it came")
    if desk.directory.node(desk.config.node_id).district and (
        category.route == TO_RANGE or tip.police_involved == "yes"
    ):
        raise NotAllowed("what is told of police is not entered at a district", reason="police")
    known = {question.code for question in category.questions}
    if not {answer.question for answer in tip.answers} <= known:
        raise NotAllowed("an answer belongs to another kind of report")
    if tip.thana and desk.directory.thana(tip.thana) is None:
        raise NotAllowed(f"there is no thana {tip.thana[:40]!r}")
    if not tip.text.strip() and not tip.answers:
        raise NotAllowed("the tip says nothing", hint="Write what was told")
    lengths = (len(tip.text) <= LONGEST_TEXT, len(tip.place) <= LONGEST_PLACE)
    if not all(lengths) or {tip.fear, tip.police_involved} - {"yes", "no", "unsure"}:
        raise NotAllowed(f"a tip has at most {LONGEST_TEXT} characters, a place {LONGEST_PLACE}")


def _body(desk: Desk, tip: Tip, now: float) -> ReportBody:
    thana = desk.directory.thana(tip.thana)
    own = desk.directory.node(desk.config.node_id).district or ""
    return ReportBody(
        v=1,
        handle=desk.new_id(),
        category=tip.category,
        language=tip.language,
        answers=tip.answers,
        text=tip.text.strip(),
        district=thana.district if thana else own,
        thana=tip.thana,
        place=tip.place.strip(),
        hour=hour_of(now),
        happening_now=tip.happening_now,
        fear=tip.fear,
        police_involved=tip.police_involved,
        incomplete=False,
        contact="none",
        evidence=(),
        missing_evidence=0,
        adds_to=None,
    )
