"""Answers to informants: templates with values from their lists, counted, and what became of each."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance import ledger, outgoing
from appliance.desk import Actor, Desk
from appliance.errors import BudgetSpent, NotAllowed, NotAnswerable
from appliance.ledger import CaseFile
from sync import outbox
from sync.catalogue import LANGUAGES
from sync.errors import ConfigError
from sync.outbox import LANE_REPLY

BUDGET = 10
"""Answers that one informant may get in all, whatever he adds; the last is kept for the outcome."""
_USED = """
select case_id, max(reply_no) from (
    select case_id, reply_no from reply where case_id in ({cases})
    union all
    select mine.case_id, reply_no from case_report mine join report told on told.id = mine.report_id
        join report other on other.handle = coalesce(told.adds_to, told.handle)
        join reply on reply.handle = other.handle
        where mine.case_id in ({cases})
    union all
    select mine.case_id, reply_no from case_report mine join report told on told.id = mine.report_id
        join report other on other.adds_to = coalesce(told.adds_to, told.handle)
        join reply on reply.handle = other.handle
        where mine.case_id in ({cases})
) group by case_id
"""
"""By case the highest number of an answer: in it, or to a report that one of its reports adds to or that adds to it."""
OUTCOME_TEMPLATES = frozenset({"action_taken", "not_found", "closed"})
QUESTION_TEMPLATES = frozenset({"need_more"})
"""What asks the informant for something: his answer comes as an addition."""
QUEUED, ACCEPTED, SETTLED, LOST = "queued", "accepted", "settled", "lost"


@dataclass(frozen=True)
class Command:
    """What lies in the outbox for one answer; link adds the report key."""

    handle: str
    reply_no: int
    template: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """One answer as the case page shows it.

    ``state``: queued, accepted (by the relay), settled (over there) or lost (its report key is gone).
    """

    reply_no: int
    template: str
    parameters: tuple[str, ...]
    state: str
    at: int
    actor: str
    text: str


@dataclass(frozen=True)
class Path:
    """Where an answer to a case goes: the newest report whose informant may be written to."""

    handle: str
    language: str


def preview(desk: Desk, serial: str, template: str, parameters: tuple[str, ...]) -> str:
    """Exactly the words that the informant's phone would show, in his language.

    Raises NotFound, NotAnswerable, or NotAllowed for a template or value that the catalogue does not have.
    """
    return _text(desk, _path(desk, ledger.find(desk, serial)).language, template, parameters)


def left(desk: Desk, case_id: int) -> int:
    """How many more answers the informant of a case may get."""
    return BUDGET - used(desk, [case_id]).get(case_id, 0)


def used(desk: Desk, case_ids: Iterable[int]) -> Mapping[int, int]:
    """How many answers are spent of those that the informants of each case may get; a case without any is left out.

    The relay counts what is added together with the first report, in whatever case it lies: no number goes twice.
    """
    query = _USED.format(cases=",".join(map(str, case_ids)))
    return dict(desk.conn.execute(query).fetchall())


def can_answer(desk: Desk, case: CaseFile) -> bool:
    """Whether there is a way to write back and an answer left."""
    return case.closed_at is None and _newest_path(desk, case.id) is not None and left(desk, case.id) > 0


def untold(desk: Desk, case: CaseFile) -> tuple[str, ...]:
    """Serials of a case and its duplicates whose informant can be answered and does not know what came of it.

    An answer that was lost told nothing, nor did one from before the case was opened again.
    """
    linked = (case, *ledger.duplicates_of(desk, case.id))
    return tuple(one.serial for one in linked if can_answer(desk, one) and not _is_told(desk, one.id))


def _is_told(desk: Desk, case_id: int) -> bool:
    row = desk.conn.execute(
        f"select 1 from reply where case_id=? and template in ({','.join('?' * len(OUTCOME_TEMPLATES))})"
        " and state<>? and at>(select coalesce(max(at), 0) from history where case_id=? and act='reopen')",
        (case_id, *sorted(OUTCOME_TEMPLATES), LOST, case_id),
    ).fetchone()
    return row is not None


def order(
    desk: Desk, case: CaseFile, actor: Actor, template: str, parameters: tuple[str, ...], now: float
) -> None:
    """Queues an answer in the caller's transaction; raises as ``preview`` does, and BudgetSpent."""
    path = _path(desk, case)
    _text(desk, path.language, template, parameters)
    remaining = left(desk, case.id)
    if remaining <= 0:
        raise BudgetSpent(f"{case.serial}: all {BUDGET} answers have been given")
    if remaining == 1 and template not in OUTCOME_TEMPLATES:
        raise BudgetSpent(f"{case.serial}: one answer is left", hint="It is kept for the outcome")
    command = Command(path.handle, BUDGET - remaining + 1, template, parameters)
    relay = outgoing.relay_of(desk)
    # An answer to a made-up report is read on its page and nowhere else.
    message_id = (
        desk.new_id() if case.practice else outgoing.put(desk, relay, "reply", LANE_REPLY, command, now)
    )
    desk.conn.execute(
        "insert into reply(case_id, handle, reply_no, template, parameters, message_id, state, at, actor)"
        " values(?,?,?,?,?,?,?,?,?)",
        (
            *(case.id, command.handle, command.reply_no, template, json.dumps(parameters)),
            *(message_id, SETTLED if case.practice else QUEUED, int(now), actor.name),
        ),
    )


def of_case(desk: Desk, case_id: int) -> tuple[Sent, ...]:
    """The answers to a case, oldest first."""
    rows = desk.conn.execute(
        "select reply.*, report.language from reply join report using(handle) where case_id=? order by reply_no",
        (case_id,),
    )
    return tuple(_sent(desk, row) for row in rows)


def accepted(conn: sqlite3.Connection, message_id: str) -> None:
    """The relay acknowledged the outbox row of an answer; in the caller's transaction."""
    conn.execute("update reply set state=? where message_id=? and state=?", (ACCEPTED, message_id, QUEUED))


def is_under_way(conn: sqlite3.Connection, handle: str) -> bool:
    """Whether an answer to that informant waits for the relay's acknowledgement."""
    row = conn.execute(
        "select 1 from reply join outbox using(message_id) where handle=? and outbox.state='due'", (handle,)
    ).fetchone()
    return row is not None


def settled(conn: sqlite3.Connection, items: Iterable[str]) -> None:
    """The relay is done with these answers (``<handle>/<reply_no>``); in the caller's transaction."""
    for item in items:
        handle, _, number = item.rpartition("/")
        if number.isdecimal():
            conn.execute(
                "update reply set state=? where handle=? and reply_no=?", (SETTLED, handle, int(number))
            )


def lost(conn: sqlite3.Connection, message_id: str) -> None:
    """The report key of an answer is gone: it can never leave, nor can another one to that informant.

    In the caller's transaction; takes the answer's row out of the outbox.
    """
    conn.execute(
        "update report set has_key=0 where handle=(select handle from reply where message_id=?)",
        (message_id,),
    )
    conn.execute("update reply set state=? where message_id=?", (LOST, message_id))
    outbox.drop(conn, message_id)


def requeue_unsettled(desk: Desk, now: float) -> int:
    """After a restart of the relay: sends again what it has not settled. Gives how many.

    In the caller's transaction. Also what it has not acknowledged gets a new message id: the relay may have taken the
    old one, lost its key with its memory, and would answer it as a repetition. It knows an answer by handle and number,
    so that none goes out twice.
    """
    rows = desk.conn.execute(
        "select * from reply where state in (?,?) order by id", (QUEUED, ACCEPTED)
    ).fetchall()
    relay = outgoing.relay_of(desk)
    for row in rows:
        outbox.drop(desk.conn, row["message_id"])
        parameters = tuple(json.loads(row["parameters"]))
        command = Command(row["handle"], row["reply_no"], row["template"], parameters)
        message_id = outgoing.put(desk, relay, "reply", LANE_REPLY, command, now)
        desk.conn.execute(
            "update reply set state=?, message_id=? where id=?", (QUEUED, message_id, row["id"])
        )
    return len(rows)


def _path(desk: Desk, case: CaseFile) -> Path:
    if case.closed_at is not None:
        raise NotAnswerable(f"{case.serial} is closed")
    path = _newest_path(desk, case.id)
    if path is None:
        raise NotAnswerable(f"{case.serial}: there is no way to write to the informant")
    return path


def _newest_path(desk: Desk, case_id: int) -> Path | None:
    row = desk.conn.execute(
        "select handle, language from case_report join report on report.id = report_id"
        " where case_id=? and contact='push' and has_key=1 order by report.id desc limit 1",
        (case_id,),
    ).fetchone()
    return Path(*row) if row else None


def _text(desk: Desk, language: str, template: str, parameters: tuple[str, ...]) -> str:
    found = desk.catalogue.template(template)
    if found is None:
        raise NotAllowed(f"there is no answer {template[:40]!r}")
    try:
        return found.text(language if language in LANGUAGES else LANGUAGES[0], parameters)
    except ConfigError as error:
        raise NotAllowed(error.what) from error


def _sent(desk: Desk, row: sqlite3.Row) -> Sent:
    parameters = tuple(json.loads(row["parameters"]))
    return Sent(
        reply_no=row["reply_no"],
        template=row["template"],
        parameters=parameters,
        state=row["state"],
        at=row["at"],
        actor=row["actor"],
        text=_text(desk, row["language"], row["template"], parameters),
    )
