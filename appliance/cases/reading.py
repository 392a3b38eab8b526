"""One case with everything that hangs on it."""

from dataclasses import dataclass, replace

from appliance import concerns, duties, evidence, history, ledger, replies, reports, rights, sensitivity
from appliance.cases import outcomes
from appliance.cases.outcomes import Quantities
from appliance.desk import SHO, Actor, Desk
from appliance.duties import Given
from appliance.evidence import EvidenceInfo
from appliance.history import Entry
from appliance.ledger import CaseFile
from appliance.replies import Sent
from appliance.reports import Told


@dataclass(frozen=True)
class Case:
    """A case as its page shows it: codes, times in epoch seconds, reports oldest first.

    ``duplicate_of`` and ``follows`` are serials or None; ``duplicates`` the cases linked to this one, ``followers``
    those of what was added to it after its end. ``concerned``: thanas whose people it is about, ``marked`` those marked
    by hand; ``barred``: posts that must not get it,
    ``in_doubt``: some perhaps only as an officer's row does not open.
    ``untold``: of the case and its duplicates those whose informant can be told what came of it, and was not;
    ``asked``: those whose informant was asked something and added nothing since.
    ``file``: its row, with claim, clock, flags and hold.
    """

    serial: str
    status: str
    category: str
    district: str
    thana: str
    sensitivity: str
    post: str
    outcome: str
    opened_at: int
    changed_at: int
    version: int
    reports: tuple[Told, ...]
    evidence: tuple[EvidenceInfo, ...]
    history: tuple[Entry, ...]
    replies: tuple[Sent, ...]
    duties: tuple[Given, ...]
    can_answer: bool
    untold: tuple[str, ...]
    asked: tuple[str, ...]
    replies_left: int
    duplicate_of: str | None
    duplicates: tuple[str, ...]
    follows: str | None
    followers: tuple[CaseFile, ...]
    concerned: tuple[str, ...]
    marked: tuple[str, ...]
    barred: frozenset[str]
    in_doubt: bool
    found: Quantities
    file: CaseFile


def seen(desk: Desk, serial: str, actor: Actor) -> Case:
    """The case of that serial, for a page; raises NotFound, also where ``actor`` may not see it.

    Its reports hold what the table of classes lets him read of them; its history lacks, for a designated officer, the
    notes of everybody but himself and his post's phone: the office writes there what no brief may hold. Of what it
    follows, and what follows it, only what he may see is named.
    """
    file = ledger.find(desk, serial)
    rights.check(desk, actor, file)
    case = get(desk, serial)
    told = sensitivity.seen_by(actor.role, file, case.reports)
    read = tuple(_named(desk, actor, _read_by(actor, entry)) for entry in case.history)
    before = file.follows is not None and rights.may_see(desk, actor, ledger.by_id(desk, file.follows))
    after = tuple(one for one in case.followers if rights.may_see(desk, actor, one))
    follows = case.follows if before else None
    return replace(case, reports=told, history=read, follows=follows, followers=after)


def _named(desk: Desk, actor: Actor, entry: Entry) -> Entry:
    is_hidden = entry.act == ledger.FOLLOWS and not rights.may_see(
        desk, actor, ledger.find(desk, entry.detail)
    )
    return replace(entry, detail="") if is_hidden else entry


def _read_by(actor: Actor, entry: Entry) -> Entry:
    is_read = actor.role != SHO or entry.actor in (actor.name, actor.post)
    return entry if is_read else replace(entry, note="")


def get(desk: Desk, serial: str) -> Case:
    """The case of that serial, whoever asks; raises NotFound."""
    case = ledger.find(desk, serial)
    duplicates = ledger.duplicates_of(desk, case.id)
    return Case(
        serial=case.serial,
        status=case.status,
        category=case.category,
        district=case.district,
        thana=case.thana,
        sensitivity=case.sensitivity,
        post=case.post,
        outcome=case.outcome,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        version=case.version,
        reports=reports.of_case(desk, case.id),
        evidence=evidence.of_case(desk, case.id),
        history=history.entries(desk, case.id, case.serial),
        replies=replies.of_case(desk, case.id),
        duties=duties.of_case(desk, case.id),
        can_answer=replies.can_answer(desk, case),
        untold=replies.untold(desk, case),
        asked=tuple(one.serial for one in (case, *duplicates) if one.asked),
        replies_left=replies.left(desk, case.id),
        duplicate_of=_serial(desk, case.duplicate_of),
        duplicates=tuple(duplicate.serial for duplicate in duplicates),
        follows=_serial(desk, case.follows),
        followers=ledger.followers(desk, case),
        concerned=concerns.thanas(desk, case),
        marked=concerns.marked(desk, case.id),
        barred=concerns.barred(desk, case),
        in_doubt=concerns.in_doubt(desk, case),
        found=outcomes.read(desk, case),
        file=case,
    )


def _serial(desk: Desk, case_id: int | None) -> str | None:
    return None if case_id is None else ledger.by_id(desk, case_id).serial
