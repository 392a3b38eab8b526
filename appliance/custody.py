"""Who had a file in hand, and why: reasons in a hash chain of their own, and the whole way of one file put together.

The audit trail says who did what and when; ``custody`` holds what it has no room for: the reason, and the hash of what
was handed on. A hand is read from wherever it stands, never written twice.
"""

import sqlite3
from dataclasses import dataclass, replace

from appliance import audit, evidence
from appliance.desk import OF_POSTS, Actor, Desk
from appliance.errors import NotAllowed
from appliance.evidence import EvidenceInfo
from sync.sealing import locks

_COLUMNS = "id, prev_hash, hash, at, actor, act, object, reason, note_locked, digest"
VIEW, SAVE, EXPORT, EXPORT_CUT = "view", "save", "export", "export_cut"
_OPENED = frozenset({VIEW, SAVE, "evidence.open"})
REASONS = ("screening", "find", "brief", "verify", "duplicate", "investigation", "other")
"""Why somebody opens a file; "other" needs words of his own."""
EXPORT_REASONS = ("court", "investigation", "forensic", "other")
"""Why a package is made."""
NOTE_CHARS = 500
"""Longest reason in somebody's own words."""
_OF_CASE = ("hold", "unhold", "reclassify", "erase")
"""Acts on a case that are hands on its files too; they stand in its history."""


@dataclass(frozen=True)
class Hand:
    """One step on the way of a file. ``act``: what was done; ``at`` epoch seconds, None where only the hour is known.

    ``reason`` is a code, ``note`` somebody's words, ``digest`` the hash (hex SHA-256) taken at that hand.
    """

    at: int | None
    actor: str
    display: str
    act: str
    reason: str = ""
    note: str = ""
    digest: str = ""


def check_reason(reason: str, note: str, reasons: tuple[str, ...], must_explain: bool) -> None:
    """Raises NotAllowed for a reason that is none, or that lacks the words it needs."""
    if reason not in reasons:
        raise NotAllowed("a reason is needed", hint="Choose why the file is opened")
    if (must_explain or reason == "other") and not note.strip():
        raise NotAllowed("this needs a reason in your own words", hint="Write why the file is needed")
    if len(note) > NOTE_CHARS:
        raise NotAllowed(f"a reason has at most {NOTE_CHARS} characters", hint="Write it shorter")


def write(desk: Desk, actor: Actor, act: str, of: str, reason: str, note: str = "", digest: str = "") -> None:
    """Adds a row, in the caller's transaction. ``of``: a file id, or the serial of the case that was handed on."""
    now = int(desk.clock())
    locked = locks.lock(desk.field_key, note.encode(), _context(of, now)) if note else b""
    fields = (now, actor.name, act, of, reason, locked, digest)
    prev = audit.end(desk.conn, "custody").head
    desk.conn.execute(
        "insert into custody(at, actor, act, object, reason, note_locked, digest, prev_hash, hash)"
        " values(?,?,?,?,?,?,?,?,?)",
        (*fields, prev, audit.chained(prev, fields)),
    )


def verify(conn: sqlite3.Connection) -> int | None:
    """The id of the first row that does not fit the chain, or None."""
    return audit.first_broken(conn.execute(f"select {_COLUMNS} from custody order by id"))


def hands(desk: Desk, found: EvidenceInfo) -> tuple[Hand, ...]:
    """Everything that happened to one file, oldest first."""
    known = (*_noted(desk, found.file_id), *_audited(desk, found), *_of_its_case(desk, found))
    return (*_before_us(found), *sorted(known, key=lambda hand: hand.at or 0))


def hands_for(desk: Desk, actor: Actor, found: EvidenceInfo) -> tuple[Hand, ...]:
    """The same as ``actor`` may read it: a post's desk reads neither others' words nor which of them opened it."""
    whole = hands(desk, found)
    if actor.role not in OF_POSTS:
        return whole
    return tuple(
        hand if hand.actor in ("", actor.name) else replace(hand, note="")
        for hand in whole
        if hand.actor == actor.name or hand.act not in _OPENED
    )


def exports(desk: Desk, serial: str) -> tuple[Hand, ...]:
    """The packages that were made of a case, oldest first."""
    return tuple(_noted(desk, serial))


def exports_for(desk: Desk, actor: Actor, serial: str) -> tuple[Hand, ...]:
    """The same as ``actor`` may read it: a post's desk reads nobody's words but its own."""
    made = exports(desk, serial)
    if actor.role not in OF_POSTS:
        return made
    return tuple(hand if hand.actor == actor.name else replace(hand, note="") for hand in made)


def _before_us(found: EvidenceInfo) -> tuple[Hand, ...]:
    """The three hashes that came with the file."""
    if found.post:  # an officer's own photo goes the same way
        first = Hand(None, "", "", "taken_by_officer", digest=found.sha256_received)
    else:
        first = Hand(None, "", "", "received", digest=found.sha256_received)
    looked_through = "untouched" if found.sha256_kept == found.sha256_received else "cleaned"
    return (
        first,
        Hand(None, "", "", looked_through, note=", ".join(found.dropped), digest=found.sha256_kept),
        Hand(None, "", "", "sealed", digest=found.sha256_sealed),
    )


def _audited(desk: Desk, found: EvidenceInfo) -> list[Hand]:
    rows = desk.conn.execute(
        "select at, actor, coalesce(display, actor) as display, act from audit"
        " left join person on person.name = actor"
        " where object=? and act>='evidence.' and act<'evidence/'"
        " and act<>'evidence.uncover' order by audit.id",  # stands among the reasons already
        (found.file_id,),
    )
    hashes = {"evidence.arrive": found.sha256_sealed, "evidence.examine": found.sha256_kept}
    return [
        Hand(row["at"], row["actor"], row["display"], row["act"], digest=hashes.get(row["act"], ""))
        for row in rows.fetchall()
    ]


def _noted(desk: Desk, of: str) -> list[Hand]:
    rows = desk.conn.execute(
        "select custody.*, coalesce(display, actor) as display from custody"
        " left join person on person.name = actor where object=? order by custody.id",
        (of,),
    )
    return [
        Hand(
            *(row["at"], row["actor"], row["display"], row["act"], row["reason"]),
            *(_unlock(desk, row), row["digest"]),
        )
        for row in rows.fetchall()
    ]


def _of_its_case(desk: Desk, found: EvidenceInfo) -> list[Hand]:
    marks = ",".join("?" * len(_OF_CASE))
    rows = desk.conn.execute(
        "select history.at, history.actor, coalesce(display, history.actor) as display, act, detail from history"
        " join case_file on case_file.id = case_id left join person on person.name = history.actor"
        f" where serial=? and act in ({marks}) order by history.id",
        (found.serial, *_OF_CASE),
    )
    of_case = [
        Hand(row["at"], row["actor"], row["display"], row["act"], row["detail"]) for row in rows.fetchall()
    ]
    return [*of_case, *_noted(desk, found.serial)]


def _unlock(desk: Desk, row: sqlite3.Row) -> str:
    if not row["note_locked"]:
        return ""
    return locks.unlock(desk.field_key, row["note_locked"], _context(row["object"], row["at"])).decode()


def _context(of: str, at: int) -> str:
    return f"custody:{of}:{at}"


def files_of(desk: Desk, case_id: int) -> tuple[EvidenceInfo, ...]:
    """The files of a case whose bytes are here: what a package holds."""
    return tuple(found for found in evidence.of_case(desk, case_id) if found.state == evidence.HERE)
