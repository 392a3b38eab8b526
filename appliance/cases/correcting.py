"""Kind of crime and thana of a case, set right by the office; what the informant told stays as it came."""

from dataclasses import replace

from appliance import clocks, concerns, filed, proposal
from appliance.cases.acts import at, move, take_back, tell_main
from appliance.deadlines import URGENT
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from appliance.filed import Filed
from appliance.history import Change
from appliance.ledger import CaseFile
from appliance.proposal import NOTHING, Proposal
from sync.catalogue import Category
from sync.db import transaction
from sync.directory import Thana


def kinds(desk: Desk) -> tuple[Category, ...]:
    """The kinds of crime that a case may be corrected to: at a district none on police, which is the range's."""
    is_range = desk.directory.node(desk.config.node_id).district is None
    found = desk.catalogue.categories
    return tuple(one for one in found if is_range or not concerns.is_on_police(desk, one.code))


def places(desk: Desk) -> tuple[Thana, ...]:
    """The thanas that a case may be corrected to: those of the district, of a range all."""
    district = desk.directory.node(desk.config.node_id).district
    return desk.directory.thanas_of(district) if district else desk.directory.thanas


def correct(
    desk: Desk, serial: str, actor: Actor, version: int, category: str, thana: str, note: str = ""
) -> None:
    """Files the case under another kind of crime or thana ("": not known); lists, figures and who sees it follow.

    Class, flags and clock get stricter with it, never less strict. A post keeps the case until it is assigned anew,
    unless it turns out to be about its people. Raises as the other acts, NotAllowed also without a reason or a change.
    """
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        _check(desk, case, category, thana)
        after = replace(case, category=category, thana=thana, district=_district(desk, case, thana))
        detail = filed.detail(Filed(case.category, case.thana), Filed(category, thana))
        concerns.keep(desk, case, category, actor)
        change = Change(filed.CORRECT, "", "", detail, note)
        came = _proposed(desk, case, category)
        move(desk, case, after, actor, change, came=came)
        tell_main(desk, case, actor, came)
        take_back(desk, case, actor, desk.clock())


def _check(desk: Desk, case: CaseFile, category: str, thana: str) -> None:
    if (category, thana) == (case.category, case.thana):
        raise NotAllowed("this is how the case is filed already", reason="same_place")
    if category != case.category and desk.catalogue.category(category) is None:
        raise NotAllowed(f"there is no kind of crime {category[:40]!r}")
    if category not in {case.category, *(one.code for one in kinds(desk))}:
        raise NotAllowed("a case on police is the range's", reason="police_kind")
    if thana not in {"", case.thana, *(one.code for one in places(desk))}:
        raise NotAllowed(f"there is no thana {thana[:40]!r} here", reason="no_thana")


def _district(desk: Desk, case: CaseFile, thana: str) -> str:
    found = desk.directory.thana(thana)
    return found.district if found else case.district


def _proposed(desk: Desk, case: CaseFile, category: str) -> Proposal:
    """What another kind of crime asks for; another thana alone asks for nothing."""
    found = desk.catalogue.category(category)
    if found is None or category == case.category:
        return NOTHING
    rows = desk.conn.execute(
        "select distinct kind from case_report join evidence using(report_id) where case_id=? and post=''",
        (case.id,),
    )
    media = {row[0] for row in rows.fetchall()}
    is_urgent = clocks.urgency(desk, category, case.report_id) == URGENT
    return proposal.of_kind(category, found.sensitivity, media, is_urgent)
