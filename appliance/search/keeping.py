"""Keeps the index up with ``box.db``: what came since, from the first row where the index is new, damaged or old."""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from appliance import filed, history, reports
from appliance.desk import Desk
from appliance.search import index
from appliance.search.index import Document
from sync.db import transaction
from sync.errors import Unavailable, Unreadable
from sync.sealing import locks

RULES = 2
"""Rises when words or keys are made otherwise: every index is then made anew."""
AT_ONCE = 2000
CHEAP, PATIENCE_MS = 200, 100
"""So many new rows, and so long for somebody else who writes, may a page wait."""
ERASED_TOGETHER_S = 120
"""Two reports erased at the same moment may be seen one by one."""
_NEW_REPORTS = """
select report_id, case_id from case_report where report_id > ? and report_id <= ? order by report_id limit ?
"""
_NEW_HISTORY = """
select history.id, history.case_id, history.version, history.at, act, detail, note_locked, serial
from history join case_file on case_file.id = history.case_id
where history.id > ? and history.id <= ? order by history.id limit ?
"""
_OF_CASE = (
    "select report_id, case_id from case_report where case_id=? and report_id <= ? order by report_id",
    "select history.id, case_id, history.version, history.at, act, detail, note_locked, serial from history"
    " join case_file on case_file.id = case_id where case_id=? and history.id <= ? order by history.id",
)


@dataclass(frozen=True)
class Mark:
    """How far the index is, or what it should reach: last report, last history row, number of erased reports."""

    report: int
    history: int
    erased: int


def catch_up(desk: Desk, for_s: float = math.inf) -> int:
    """Indexes what is missing, in transactions of AT_ONCE rows; gives how many rows were looked at.

    Stops after ``for_s`` seconds; the next call goes on.
    """
    ends_at, done = desk.clock() + for_s, 0
    with index.opened(desk) as conn:
        with transaction(conn):
            _begin_anew_if_wrong(desk, conn)
        while added := _step(desk, conn):
            done += added
            if desk.clock() >= ends_at:
                break
    return done


def freshen(desk: Desk) -> None:
    """Before a question: indexes what is missing, if it is little and nobody else is at it."""
    with suppress(Unavailable), index.reading(desk) as conn:
        if _is_right(desk, conn) and not _missing(desk, conn):
            return
    with suppress(sqlite3.OperationalError), index.opened(desk) as conn:
        conn.execute(f"pragma busy_timeout={PATIENCE_MS}")
        missing = _missing(desk, conn) if _is_right(desk, conn) else sum(vars(_wanted(desk)).values())
        if missing <= CHEAP:
            with transaction(conn):
                _begin_anew_if_wrong(desk, conn)
            _step(desk, conn)


def is_whole(desk: Desk) -> bool:
    """Whether everything can be found; raises Unavailable where there is no index."""
    with index.reading(desk) as conn:
        return _is_right(desk, conn) and _missing(desk, conn) <= CHEAP


def _wanted(desk: Desk) -> Mark:
    row = desk.conn.execute(
        "select (select coalesce(max(id), 0) from report), (select coalesce(max(id), 0) from history),"
        " (select count(*) from report where erased_at is not null)"
    ).fetchone()
    return Mark(*row)


def _reached(conn: sqlite3.Connection) -> Mark:
    known = dict(conn.execute("select name, value from progress where name<>'for'").fetchall())
    return Mark(*(int(known.get(name, 0)) for name in ("report", "history", "erased")))


def _missing(desk: Desk, conn: sqlite3.Connection) -> int:
    """How many rows the index lacks."""
    wanted, reached = _wanted(desk), _reached(conn)
    return sum(
        abs(there - here) for there, here in zip(vars(wanted).values(), vars(reached).values(), strict=True)
    )


def _begin_anew_if_wrong(desk: Desk, conn: sqlite3.Connection) -> None:
    if not _is_right(desk, conn):
        index.clear(conn)
        conn.execute("insert into progress values('for', ?)", (_maker(desk),))


def _is_right(desk: Desk, conn: sqlite3.Connection) -> bool:
    """Whether it was made for this database by these rules; a restored database may be behind it."""
    made_for = conn.execute("select value from progress where name='for'").fetchone()
    wanted, reached = _wanted(desk), _reached(conn)
    is_ahead = reached.report > wanted.report or reached.history > wanted.history
    return made_for is not None and made_for[0] == _maker(desk) and not is_ahead


def _maker(desk: Desk) -> str:
    (epoch,) = desk.conn.execute("select epoch from node_epoch").fetchone()
    return f"{epoch}/{RULES}"


def _step(desk: Desk, conn: sqlite3.Connection) -> int:
    """One transaction; gives how many rows it looked at, 0 when nothing was left to do."""
    with transaction(conn):
        wanted, at = _wanted(desk), _reached(conn)
        told = desk.conn.execute(_NEW_REPORTS, (at.report, wanted.report, AT_ONCE)).fetchall()
        acts = desk.conn.execute(_NEW_HISTORY, (at.history, wanted.history, AT_ONCE)).fetchall()
        index.put(conn, [*_of_reports(desk, told), *_of_history(desk, acts)])
        reached = Mark(
            told[-1]["report_id"] if told else at.report,
            acts[-1]["id"] if acts else at.history,
            wanted.erased,
        )
        erased = _forget(desk, conn, at, reached) if wanted.erased != at.erased else 0
        marks = [(name, str(value)) for name, value in vars(reached).items()]
        conn.executemany("insert or replace into progress values(?,?)", marks)
        return len(told) + len(acts) + erased


def _forget(desk: Desk, conn: sqlite3.Connection, at: Mark, reached: Mark) -> int:
    """Drops the cases of which a report was erased since, and puts in what is left of them."""
    (last,) = conn.execute("select coalesce(max(value), 0) from progress where name='erased_at'").fetchone()
    rows = desk.conn.execute(
        "select distinct case_id from report join case_report on report_id = report.id"
        " where erased_at >= ? and report.id <= ?",
        (int(last) - ERASED_TOGETHER_S, at.report),
    ).fetchall()
    (newest,) = desk.conn.execute("select coalesce(max(erased_at), 0) from report").fetchone()
    conn.execute("insert or replace into progress values('erased_at', ?)", (str(newest),))
    cases = [row[0] for row in rows]
    dropped = index.drop(conn, cases)
    for case_id in cases:
        told = desk.conn.execute(_OF_CASE[0], (case_id, reached.report)).fetchall()
        acts = desk.conn.execute(_OF_CASE[1], (case_id, reached.history)).fetchall()
        index.put(conn, [*_of_reports(desk, told), *_of_history(desk, acts)])
    return dropped


def _of_reports(desk: Desk, rows: list[sqlite3.Row]) -> Iterator[Document]:
    for row in rows:
        told = _told(desk, row["report_id"])
        if told:
            yield Document(row["case_id"], told=told)


def _told(desk: Desk, report_id: int) -> str:
    """What an informant told, with the names of the thana; "" where it was erased, or is spoilt."""
    try:
        said = reports.told(desk, report_id)
    except Unreadable:
        return ""
    answers = (answer.text for answer in said.answers)
    return "\n".join(
        (said.text, *answers, said.place, _thana(desk, said.thana) if said.erased_at is None else "")
    )


def _thana(desk: Desk, code: str) -> str:
    thana = desk.directory.thana(code)
    return f"{thana.name_hi}\n{thana.name_en}" if thana else ""


def _of_history(desk: Desk, rows: list[sqlite3.Row]) -> Iterator[Document]:
    for row in rows:
        office = "\n".join(text for text in _office_texts(desk, row) if text)
        if office:
            yield Document(row["case_id"], office=office)


def _office_texts(desk: Desk, row: sqlite3.Row) -> Iterator[str]:
    """The note of a change; of an assignment its brief, of an end the number of the FIR, of a correction the thana."""
    yield _note(desk, row)
    if row["act"] == filed.CORRECT:
        yield _thana(desk, filed.read(row["detail"])[1].thana)
    if row["act"] == "assign":
        briefs = desk.conn.execute(
            "select name, brief_locked from duty where case_id=? and post=? and at=?",
            (row["case_id"], row["detail"], row["at"]),
        )
        for brief in briefs.fetchall():
            yield _opened(desk, brief["brief_locked"], f"duty:{brief['name']}")
    if row["act"] == "close":
        ends = desk.conn.execute("select fir_locked from result where case_id=?", (row["case_id"],))
        for end in ends.fetchall():
            yield _opened(desk, end["fir_locked"], f"fir:{row['serial']}")


def _note(desk: Desk, row: sqlite3.Row) -> str:
    try:
        return history.note(desk, row)
    except Unreadable:
        return ""


def _opened(desk: Desk, locked: bytes, context: str) -> str:
    try:
        return locks.unlock(desk.field_key, locked, context).decode() if locked else ""
    except Unreadable:
        return ""
