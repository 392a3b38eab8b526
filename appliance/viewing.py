"""Opening a file: a reason first, then for a short while a permit of this person for this file; each is noted."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance import audit, custody, evidence, ledger, rights, sensitivity
from appliance.desk import Actor, Desk
from appliance.errors import Covered, Forbidden, NotAllowed, NotFound
from appliance.evidence import EvidenceInfo
from appliance.ledger import CaseFile
from appliance.sensitivity import Rule
from sync.db import transaction

LOOK_S = 60
"""A picture is covered again after a minute, a file can be saved for as long."""
PLAY_S = 10 * 60
"""Sound and film can be played for ten minutes."""
# What a browser shows by itself, and the ending of its name when saved; everything else is only ever saved.
SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "video/3gpp": "3gp",
}
# Of a kind we know, but for a program outside the browser.
SAVED = {"application/pdf": "pdf", "audio/amr": "amr", "audio/3gpp": "3gp"}


@dataclass(frozen=True)
class File:
    """One file as its page shows it to one person. ``until``: end of his permit, None where it is covered for him."""

    info: EvidenceInfo
    case: CaseFile
    rule: Rule
    must_explain: bool
    until: int | None

    @property
    def is_shown(self) -> bool:
        """Whether a browser shows it by itself."""
        return self.info.mime in SHOWN


def look(desk: Desk, actor: Actor, file_id: str) -> File:
    """What ``actor`` may know of a file; raises NotFound, or Forbidden where he may not open it at all."""
    found = evidence.info(desk, file_id)
    case = ledger.find(desk, found.serial)
    if not rights.may_see(desk, actor, case):
        raise NotFound("there is no such evidence file here")
    if not may_open(actor, case, found):
        raise Forbidden("this role does not open this file")
    rule = sensitivity.rule(case)
    until = None if not rule.is_veiled else _until(desk, actor, found)
    return File(found, case, rule, actor.role in rule.explains, until)


def may_open(actor: Actor, case: CaseFile, found: EvidenceInfo) -> bool:
    """Whether the table lets this person open this file of a case that he sees."""
    is_his_own = bool(found.post) and found.post == actor.post
    if not sensitivity.sees_media(actor.role, case, is_his_own):
        return False
    return found.mime in SHOWN or actor.role in sensitivity.rule(case).saves


def uncover(desk: Desk, actor: Actor, file_id: str, reason: str, note: str = "") -> int:
    """Gives this person a permit for this file and notes why; gives the second at which it ends.

    Raises NotFound, Forbidden, or NotAllowed where the file is not here or the reason is none.
    """
    file = look(desk, actor, file_id)
    if file.info.state != evidence.HERE:
        raise NotAllowed(f"this file is {file.info.state}", hint="It can be opened once it is here")
    custody.check_reason(reason, note, custody.REASONS, file.must_explain)
    now = desk.clock()
    until = int(now) + _lasts_s(file.info)
    with transaction(desk.conn):
        desk.conn.execute("delete from permit where until<=?", (int(now),))
        desk.conn.execute("insert or replace into permit values(?,?,?,0)", (file_id, actor.name, until))
        custody.write(desk, actor, custody.VIEW if file.is_shown else custody.SAVE, file_id, reason, note)
        audit.write(desk.conn, now, actor.name, "evidence.uncover", file_id)
    return until


def cover(desk: Desk, actor: Actor, file_id: str) -> None:
    """Ends this person's permit for this file now."""
    with transaction(desk.conn):
        desk.conn.execute("delete from permit where file_id=? and actor=?", (file_id, actor.name))


def read(desk: Desk, actor: Actor, file_id: str, start: int, end: int) -> Iterator[bytes]:
    """Bytes ``start`` to ``end`` (exclusive), opening only the frames they lie in.

    Raises Covered without a permit of this person for this file, else as ``look``; the iterator raises Unreadable where
    the file on disk was altered. The first byte under a permit is noted in the audit trail before it goes.
    """
    file = look(desk, actor, file_id)
    if file.info.state != evidence.HERE:
        raise NotAllowed(f"this file is {file.info.state}", hint="It can be opened once it is here")
    if file.rule.is_veiled and file.until is None:
        raise Covered(file_id)
    content = evidence.content(desk, file.info, start, end)
    with transaction(desk.conn):
        first = desk.conn.execute(
            "update permit set is_opened=1 where file_id=? and actor=? and is_opened=0", (file_id, actor.name)
        )
        if first.rowcount or not file.rule.is_veiled:
            audit.write(desk.conn, desk.clock(), actor.name, "evidence.open", file_id)
    return content


def _lasts_s(found: EvidenceInfo) -> int:
    is_played = found.mime in SHOWN and not found.mime.startswith("image/")
    return PLAY_S if is_played else LOOK_S


def _until(desk: Desk, actor: Actor, found: EvidenceInfo) -> int | None:
    now = int(desk.clock())
    row = desk.conn.execute(
        "select until from permit where file_id=? and actor=? and until>? and until<=?",  # none longer: it was set back
        (found.file_id, actor.name, now, now + _lasts_s(found)),
    ).fetchone()
    return int(row[0]) if row else None
