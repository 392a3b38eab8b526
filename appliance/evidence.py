"""Evidence files: what is known of each, and their bytes, opened only as far as asked for."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from appliance import audit, content_keys
from appliance.desk import BOX, Desk
from appliance.errors import NotFound
from sync import metadata, transfer
from sync.clock import whole_minute
from sync.db import transaction
from sync.errors import Unavailable, Unreadable
from sync.metadata import Damaged, Sealed, Unsupported
from sync.sealing import files, locks

log = logging.getLogger(__name__)

SCAN_TIMEOUT_S = 20.0
EXAMINE_FOR_S = 10.0
"""Jobs follow one another on one thread, and the service must say within a minute that it lives."""
MOST_WAITING = 500
"""How many files a run may pass over because the machine lacks what they need, before it looks at no more."""
COMING, HERE, DAMAGED, ERASED = "coming", "here", "damaged", "erased"
_INFO = (
    "select evidence.*, serial from evidence join case_report using(report_id)"
    " join case_file on case_file.id = case_report.case_id"
)


@dataclass(frozen=True)
class EvidenceInfo:
    """One file: of which case and report, what it is, its hashes (hex SHA-256) at each hand.

    ``state``: coming, here, damaged or erased. ``scan_alarm`` names metadata that the relay should have dropped.
    ``post``: whose officer sent it, "" where the informant did.
    """

    file_id: str
    report_id: int
    serial: str
    kind: str
    mime: str
    size_bytes: int
    sha256_received: str
    sha256_kept: str
    sha256_sealed: str
    dropped: tuple[str, ...]
    tool: str
    state: str
    arrived_at: int | None
    scan_alarm: str
    post: str


def info(desk: Desk, file_id: str) -> EvidenceInfo:
    """What is known of one file; raises NotFound."""
    row = desk.conn.execute(f"{_INFO} where file_id=?", (file_id,)).fetchone()
    if row is None:
        raise NotFound("there is no such evidence file here")
    return _info(row)


def of_case(desk: Desk, case_id: int) -> tuple[EvidenceInfo, ...]:
    """The files of a case, in the order of its reports."""
    rows = desk.conn.execute(f"{_INFO} where case_id=? order by evidence.rowid", (case_id,))
    return tuple(_info(row) for row in rows)


def came_after(desk: Desk, case_id: int) -> tuple[int, ...]:
    """Of each file of the informants that is here, the newest row of the history when it came."""
    rows = desk.conn.execute(
        "select came_after from evidence join case_report using(report_id)"
        " where case_id=? and post='' and state=? and came_after is not null",
        (case_id, HERE),
    )
    return tuple(row[0] for row in rows.fetchall())


def content(desk: Desk, found: EvidenceInfo, start: int, end: int) -> Iterator[bytes]:
    """Bytes ``start`` to ``end`` (exclusive) of a file that is here, opening only the frames they lie in.

    Who may have them, and that he had them, is for the caller to say (``viewing``, ``package``). Raises Erased; the
    iterator raises Unreadable where the file on disk was altered.
    """
    return _bytes(desk, found, _key(desk, found), start, end)


def arrived(conn: sqlite3.Connection, file_id: str, now: float) -> None:
    """A file came whole and with the right ciphertext; in the caller's transaction.

    What was acted on before has not seen it, unless it was here already and comes again, as after a restore.
    """
    at = whole_minute(now)
    conn.execute(
        "update evidence set state=?, arrived_at=?, examined_at=null, came_after=coalesce(came_after,"
        " (select max(id) from history)) where file_id=? and state not in (?,?)",
        (HERE, at, file_id, HERE, ERASED),
    )
    audit.write(conn, at, BOX.name, "evidence.arrive", file_id)


def damaged(conn: sqlite3.Connection, file_id: str, now: float) -> None:
    """A file came with another ciphertext than its manifest says; in the caller's transaction."""
    conn.execute(
        "update evidence set state=?, came_after=null where file_id=? and state<>?",
        (DAMAGED, file_id, ERASED),
    )
    audit.write(conn, whole_minute(now), BOX.name, "evidence.damaged", file_id)


def examine_new(desk: Desk, now: float, limit: int = 20) -> int:
    """Opens and hashes files that came since, and looks once more for metadata in them. Gives how many.

    A file that does not open or has another hash is marked damaged; metadata found is a ``scan_alarm``. Where the disk
    spoilt it, the relay is asked for it again. What this machine cannot examine now keeps nothing else waiting:
    Unavailable or OSError is raised once the others are done.
    """
    rows = desk.conn.execute(
        f"{_INFO} where evidence.state=? and examined_at is null limit ?", (HERE, MOST_WAITING)
    ).fetchall()
    done, began = 0, desk.clock()
    missing: Unavailable | OSError | None = None
    for row in rows:
        if done == limit or desk.clock() - began > EXAMINE_FOR_S:
            break  # the next run goes on
        try:
            _examine(desk, _info(row), now)
            done += 1
        except (Unavailable, OSError) as error:
            missing = error
    if missing is not None:
        raise missing
    return done


def _examine(desk: Desk, found: EvidenceInfo, now: float) -> None:
    alarm = None
    try:
        alarm = _alarm(desk, found)
    except (Unreadable, FileNotFoundError) as error:
        log.warning("evidence %s does not open: %s", found.file_id, type(error).__name__)
    at, path = whole_minute(now), desk.config.evidence_folder / found.file_id
    with transaction(desk.conn):
        if alarm is None:
            damaged(desk.conn, found.file_id, now)
        else:
            audit.write(desk.conn, at, BOX.name, "evidence.examine", found.file_id)
        if alarm:
            audit.write(desk.conn, at, BOX.name, "evidence.metadata", found.file_id)
        desk.conn.execute(
            "update evidence set examined_at=?, scan_alarm=? where file_id=?",
            (at, alarm or "", found.file_id),
        )
        # Ciphertext that is what the relay sealed and yet does not open would come no better a second time.
        is_spoilt = alarm is None and not transfer.is_whole(path, found.sha256_sealed)
        is_asked_for = is_spoilt and transfer.ask_again(desk.conn, found.file_id)
    if is_asked_for:
        path.unlink(missing_ok=True)


def ask_for_missing(desk: Desk) -> int:
    """After a restore: asks the relay for every file that is not on this disk. Gives how many; one transaction."""
    rows = desk.conn.execute(
        "select file_id, state from evidence where state in (?,?)", (HERE, COMING)
    ).fetchall()
    gone = [row for row in rows if not (desk.config.evidence_folder / row["file_id"]).exists()]
    with transaction(desk.conn):
        for row in gone:
            transfer.ask_again(desk.conn, row["file_id"])
            desk.conn.execute("update evidence set state=? where file_id=?", (COMING, row["file_id"]))
    return len(gone)


def _alarm(desk: Desk, found: EvidenceInfo) -> str:
    """Names of metadata that is left in a file, "" for none; raises Unreadable when its hash is another.

    Read piece by piece, whatever its size; what strangers sent is looked into by a child that is shut in.
    """
    digest, key = sha256(), _key(desk, found)
    for chunk in _bytes(desk, found, key, 0, found.size_bytes):
        digest.update(chunk)
    if digest.hexdigest() != found.sha256_kept:
        raise Unreadable("evidence file: not what its manifest says")
    path = desk.config.evidence_folder / found.file_id
    try:
        names = metadata.scan_sealed(Sealed(path, key, found.size_bytes, found.sha256_kept), SCAN_TIMEOUT_S)
    except (Damaged, Unsupported) as error:
        return type(error).__name__
    return ", ".join(names)


def _bytes(desk: Desk, found: EvidenceInfo, key: bytes, start: int, end: int) -> Iterator[bytes]:
    with (desk.config.evidence_folder / found.file_id).open("rb") as source:
        yield from files.open_range(source, key, found.size_bytes, start, end)


def _key(desk: Desk, found: EvidenceInfo) -> bytes:
    key = content_keys.of(desk, found.report_id)
    (locked,) = desk.conn.execute(
        "select locked_key from evidence where file_id=?", (found.file_id,)
    ).fetchone()
    return locks.unlock(key, locked, f"evidence:{found.file_id}")


def _info(row: sqlite3.Row) -> EvidenceInfo:
    plain = {name: row[name] for name in EvidenceInfo.__dataclass_fields__ if name != "dropped"}
    return EvidenceInfo(dropped=tuple(json.loads(row["dropped"])), **plain)
