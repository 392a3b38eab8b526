"""What informants told: stored once, locked under the field key, opened for the case page."""

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance import content_keys, ledger, proposal
from appliance.desk import BOX, Actor, Desk
from appliance.errors import NotFound
from appliance.history import Change
from appliance.ledger import CaseFile, Opening
from appliance.proposal import Proposal
from sync import canonical
from sync.clock import whole_minute
from sync.errors import Unreadable
from sync.messages import Answer, Manifest, ReportBody
from sync.sealing import locks

INFORMANT = "informant"
UNKNOWN_CATEGORY = "restricted"
_FILE_ID = re.compile(r"[0-9a-f]{32}")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Words:
    """What a report says in the informant's own words; lies under the field key."""

    answers: tuple[Answer, ...]
    text: str
    place: str


@dataclass(frozen=True)
class Told:
    """One report as the case page shows it; codes, which the page writes out in its own language.

    ``erased_at``: when its words were erased; then there are no answers, no text and no place.

    ``received_at`` is the arrival at this box (whole minutes), ``hour`` when it was sent (hours since the epoch).
    ``can_write_back`` is False where the informant kept no way to contact him, and where it ``is_way_lost``.
    """

    report_id: int
    received_at: int
    hour: int
    category: str
    district: str
    thana: str
    place: str
    language: str
    answers: tuple[Answer, ...]
    text: str
    happening_now: bool
    fear: str
    police_involved: str
    incomplete: bool
    can_write_back: bool
    is_way_lost: bool
    is_addition: bool
    missing_evidence: int
    erased_at: int | None = None


def add(
    desk: Desk,
    body: ReportBody,
    message_id: str,
    now: float,
    has_key: bool = True,
    actor: Actor = BOX,
    source: str = INFORMANT,
) -> int:
    """Stores a report in the caller's transaction and opens its case, or puts it to the case it adds to.

    ``has_key``: its report key is kept here; ``actor``, ``source``: who entered it, and how it came
    (of somebody who trains: a practice case). Idempotent by
    message id and by handle; gives the report's id. Everything is noted to the whole
    minute. Raises Unreadable when a name in it cannot be one.
    """
    known = desk.conn.execute(
        "select id from report where message_id=? or handle=?", (message_id, body.handle)
    ).fetchone()
    if known is not None:
        return int(known[0])
    if not _HANDLE.fullmatch(body.handle):
        raise Unreadable("report: a name in it is not of our form")
    check_files(desk, body.evidence)
    now = whole_minute(now)
    report_id = _insert(desk, body, message_id, int(now), has_key)
    for manifest in body.evidence:
        expect(desk, report_id, manifest)
    _file(desk, body, report_id, now, actor, source)
    return report_id


def serial(desk: Desk, report_id: int) -> str:
    """The serial of the case that holds the report."""
    row = desk.conn.execute(
        "select serial from case_report join case_file on id = case_id where case_report.report_id=?",
        (report_id,),
    ).fetchone()
    return str(row[0])


def told(desk: Desk, report_id: int) -> Told:
    """One report, opened; raises NotFound."""
    row = desk.conn.execute("select * from report where id=?", (report_id,)).fetchone()
    if row is None:
        raise NotFound("there is no such report here")
    words = _words(desk, row)
    return Told(
        report_id=report_id,
        received_at=row["received_at"],
        hour=row["hour"],
        category=row["category"],
        district=row["district"],
        thana=row["thana"],
        place=words.place,
        language=row["language"],
        answers=words.answers,
        text=words.text,
        happening_now=bool(row["happening_now"]),
        fear=row["fear"],
        police_involved=row["police_involved"],
        incomplete=bool(row["incomplete"]),
        can_write_back=row["contact"] == "push" and bool(row["has_key"]),
        is_way_lost=row["contact"] == "push" and not row["has_key"],
        is_addition=row["adds_to"] is not None,
        missing_evidence=row["missing_evidence"],
        erased_at=row["erased_at"],
    )


def _words(desk: Desk, row: sqlite3.Row) -> Words:
    if row["erased_at"] is not None:
        return Words((), "", "")
    key = content_keys.of(desk, row["id"])
    return canonical.loads(Words, locks.unlock(key, row["locked"], f"report:{row['handle']}"))


def of_case(desk: Desk, case_id: int) -> tuple[Told, ...]:
    """The reports of a case, oldest first."""
    rows = desk.conn.execute(
        "select report_id from case_report where case_id=? order by report_id", (case_id,)
    )
    return tuple(told(desk, row[0]) for row in rows.fetchall())


def counts(desk: Desk, case_ids: Sequence[int]) -> tuple[int, int]:
    """How many reports these cases hold, and how many of those add to another."""
    marks = ",".join("?" * len(case_ids))
    row = desk.conn.execute(
        "select count(*), count(adds_to) from case_report join report on report.id = report_id"
        f" where case_id in ({marks})",
        case_ids,
    ).fetchone()
    return int(row[0]), int(row[1])


def check_files(desk: Desk, files: tuple[Manifest, ...]) -> None:
    """File ids become file names, and one that is taken would hide a file of another report; raises Unreadable."""
    ids = [manifest.file_id for manifest in files]
    if not all(_FILE_ID.fullmatch(file_id) for file_id in ids):
        raise Unreadable("report: a name in it is not of our form")
    marks = ",".join("?" * len(ids))
    taken = desk.conn.execute(f"select 1 from evidence where file_id in ({marks})", ids).fetchone()
    if taken or len(set(ids)) != len(ids):
        raise Unreadable("report: an evidence file of that name is known already")


def _insert(desk: Desk, body: ReportBody, message_id: str, received_at: int, has_key: bool) -> int:
    words, key = canonical.dumps(Words(body.answers, body.text, body.place)), locks.new_key()
    row = {
        "message_id": message_id,
        "handle": body.handle,
        "received_at": received_at,
        "hour": body.hour,
        "category": body.category,
        "district": body.district,
        "thana": body.thana,
        "language": body.language,
        "happening_now": int(body.happening_now),
        "fear": body.fear,
        "police_involved": body.police_involved,
        "incomplete": int(body.incomplete),
        "contact": body.contact,
        "adds_to": body.adds_to,
        "missing_evidence": body.missing_evidence,
        "has_key": int(has_key),
        "locked": locks.lock(key, words, f"report:{body.handle}"),
    }
    marks = ",".join(f":{column}" for column in row)
    cursor = desk.conn.execute(f"insert into report({','.join(row)}) values({marks})", row)
    assert cursor.lastrowid is not None
    content_keys.keep(desk, cursor.lastrowid, key)
    return cursor.lastrowid


def expect(desk: Desk, report_id: int, manifest: Manifest, post: str = "") -> None:
    """Notes a file that is to come, in the caller's transaction; ``post``: whose officer sends it."""
    key = content_keys.of(desk, report_id)
    desk.conn.execute(
        "insert into evidence(file_id, report_id, kind, mime, size_bytes, sha256_received, sha256_kept,"
        " sha256_sealed, dropped, tool, locked_key, post, state) values(?,?,?,?,?,?,?,?,?,?,?,?,'coming')",
        (
            *(manifest.file_id, report_id, manifest.kind, manifest.mime, manifest.size_bytes),
            *(manifest.sha256_received, manifest.sha256_kept, manifest.sha256_sealed),
            *(json.dumps(manifest.dropped), manifest.tool),
            locks.lock(key, manifest.key, f"evidence:{manifest.file_id}"),
            post,
        ),
    )


def _file(desk: Desk, body: ReportBody, report_id: int, now: float, actor: Actor, source: str) -> None:
    """Puts the report to a case. One that is over stays so: what is added then opens one that follows it."""
    target = ledger.of_handle(desk, body.adds_to) if body.adds_to else None
    if target is not None and _is_over(target):
        # one case is read for all that is still added to it, not one each
        target = ledger.open_follower(desk, target) or target
    if target is None or _is_over(target):
        ledger.open_case(desk, _opening(desk, body, report_id, target, actor, source), actor, now)
        return
    desk.conn.execute("insert into case_report values(?,?)", (target.id, report_id))
    _note_addition(desk, replace(target, asked=0), target, body, now)
    if target.duplicate_of is not None:
        # Nobody works on a duplicate: the case it belongs to must show that there is news. Its own informant may
        # have been asked something else.
        main = ledger.by_id(desk, target.duplicate_of)
        _note_addition(desk, main, main, body, now, target.serial)


def _is_over(case: CaseFile) -> bool:
    return case.closed_at is not None or case.erased_at is not None or case.status == "quarantined"


def _opening(
    desk: Desk, body: ReportBody, report_id: int, target: CaseFile | None, actor: Actor, source: str
) -> Opening:
    """What is added names no crime and no place: it is filed as the case that it follows."""
    category = target.category if target else body.category
    district, thana = _place(desk, body, target)
    classed = _classed(desk, body, target)
    follows = target.id if target else None
    return Opening(
        *(report_id, category, district, thana, classed.sensitivity, follows, source),
        *(int(classed.victim), int(classed.child), int(actor.practice)),
    )


def _classed(desk: Desk, body: ReportBody, target: CaseFile | None) -> Proposal:
    """As what came asks for; what follows another case is as strict as all of it that its page quotes."""
    came = _proposed(desk, body)
    if target is None:
        return came
    as_filed = _proposed(desk, replace(body, category=target.category))
    quoted = (ledger.as_came(desk, one) for one in ledger.linked(desk, target))
    return proposal.strictest_of(came, as_filed, *quoted)


def _place(desk: Desk, body: ReportBody, target: CaseFile | None) -> tuple[str, str]:
    """Where a case counts: what adds to an earlier report where that one does, whatever district it names."""
    own = desk.directory.node(desk.config.node_id).district
    is_ours = own is None or body.district == own
    if target is not None and (target.thana or not is_ours or not body.thana):
        return target.district, target.thana
    return (body.district, body.thana) if is_ours else (own or "", "")


def _note_addition(
    desk: Desk, after: CaseFile, case: CaseFile, body: ReportBody, now: float, detail: str = ""
) -> None:
    """The case is made as strict and as urgent as what came, whatever kind of crime that was filed under."""
    # Cut to the minute, an addition would seem to come before what somebody did in the same minute.
    at = max(now, case.changed_at)
    came = _proposed(desk, replace(body, category=case.category))
    ledger.save(desk, case, after, BOX, Change("add", case.status, case.status, detail), at, came)


def _proposed(desk: Desk, body: ReportBody) -> Proposal:
    category = desk.catalogue.category(body.category)
    return proposal.proposed(body, category.sensitivity if category else UNKNOWN_CATEGORY)
