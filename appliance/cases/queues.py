"""Which cases a list asks for: the queues of the office's day, and filters, as conditions over ``case_file``."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance import ledger, rights
from appliance.desk import OF_POSTS, Actor, Desk

MOST_COUNTED = 1000
"""A queue is counted up to here: people need "many", not a number that costs a second to find."""

_WAITS = "status in ('received', 'screened')"
_OVER = "status in ('closed', 'duplicate', 'quarantined')"
# Urgent cases that wait: nobody has taken them yet, or something urgent came that nobody has acted on.
_URGENT_WAITS = (
    f"select id from case_file indexed by case_urgent where urgent=1 and {_WAITS} and claimed_by=''"
    " union select id from case_file where news=2 and status<>'closed' and status<>'duplicate'"
)
# A condition must stand as it does in the index that serves it (migrations 011 and 018).
_QUEUES = {
    "new": "status='received'",
    "unclaimed": f"claimed_by='' and {_WAITS}",
    "mine": "",
    "overdue": "unlikely(due_at<=:now)",
    "feedback": "status in ('reported_back', 'verified', 'feedback_sent')",
    "spam": f"status='quarantined' and erased_at is null and not exists(select 1 {ledger.CONFIRMATION})",
    "all": "status<>'quarantined'",
    "closed": "status='closed'",
}
QUEUES = tuple(_QUEUES)
OF_A_POST = ("new", "mine", "overdue", "all", "closed")
"""Queues of somebody who sits for a post: to accept, with the post, over the limit, all he sees, ended."""
FLAGS = ("victim", "child")


@dataclass(frozen=True)
class Filter:
    """Which cases; "" means any. ``text``: a serial, the start of one or its number.

    ``queue``: one of QUEUES. ``flag``: one of FLAGS. ``evidence``: yes | no. ``fear``: yes. ``urgent``: yes | waits
    (of which ``urgent_waiting`` counts). ``since``, ``until``: epoch seconds of the arrival, the second not included.
    ``ids``: no others than these.
    """

    status: str = ""
    category: str = ""
    thana: str = ""
    sensitivity: str = ""
    text: str = ""
    queue: str = ""
    post: str = ""
    flag: str = ""
    evidence: str = ""
    fear: str = ""
    urgent: str = ""
    since: int | None = None
    until: int | None = None
    ids: tuple[int, ...] | None = None


Condition = tuple[str, dict[str, object]]


def wanted(desk: Desk, actor: Actor, flt: Filter) -> Condition:
    """SQL and its named values: what ``flt`` asks for and ``actor`` may see."""
    parts = [_own(desk, actor), _queue(desk, actor, flt.queue), *_filters(flt), *_text(desk, flt.text)]
    return " and ".join(sql for sql, _ in parts if sql), {k: v for _, more in parts for k, v in more.items()}


def sizes(desk: Desk, actor: Actor) -> dict[str, int]:
    """How many cases stand in each of his queues; MOST_COUNTED + 1 means "more than that"."""
    own, values = _own(desk, actor)
    found = {}
    for name in queues_of(actor):
        sql, more = _queue(desk, actor, name)
        query = (
            f"select count(*) from (select 1 from case_file where {own} and {sql} limit {MOST_COUNTED + 1})"
        )
        (found[name],) = desk.conn.execute(query, {**values, **more}).fetchone()
    return found


def urgent_waiting(desk: Desk, actor: Actor) -> int:
    """How many urgent cases wait for somebody, of those he sees; a hundred at most: those that nobody has taken yet,
    and those to which something urgent came that nobody has acted on since."""
    own, values = _own(desk, actor)
    query = (
        f"select count(*) from (select 1 from case_file where id in ({_URGENT_WAITS}) and {own} limit 100)"
    )
    return int(desk.conn.execute(query, values).fetchone()[0])


def queues_of(actor: Actor) -> tuple[str, ...]:
    """The queues that a person works on."""
    return OF_A_POST if actor.role in OF_POSTS else QUEUES


def _own(desk: Desk, actor: Actor) -> Condition:
    sql, values = rights.scope(desk, actor).condition
    named = {f"own{at}": value for at, value in enumerate(values)}
    for name in named:
        sql = sql.replace("?", f":{name}", 1)
    barred = rights.barred_cases(desk, actor)
    if barred:
        sql = f"{sql} and case_file.id not in ({','.join(map(str, sorted(barred)))})"
    return sql, dict(named)


def _queue(desk: Desk, actor: Actor, name: str) -> Condition:
    if name not in queues_of(actor):
        return "", {}
    if actor.role in OF_POSTS and name in ("new", "mine"):
        waits = "status='assigned'" if name == "new" else f"not {_OVER}"
        return f"case_file.post=:sits and case_file.post<>'' and {waits}", {"sits": actor.post}
    if name == "mine":
        return f"claimed_by=:me and claimed_by<>'' and not {_OVER}", {"me": actor.name}
    sql = _QUEUES[name]
    return sql, {"now": int(desk.clock())} if ":now" in sql else {}


def _filters(flt: Filter) -> Iterator[Condition]:
    for column in ("status", "category", "thana", "sensitivity"):
        if value := getattr(flt, column):
            yield f"case_file.{column}=:{column}", {column: value}
    if flt.post:
        yield "case_file.post=:post and case_file.post<>''", {"post": flt.post}  # as its index has it
    if flt.flag in FLAGS:
        yield f"case_file.{flt.flag}=1", {}
    if flt.evidence in ("yes", "no"):
        yield ("files>0" if flt.evidence == "yes" else "files=0"), {}
    if flt.fear == "yes":
        yield "feared=1", {}
    if flt.urgent == "yes":
        yield "urgent=1", {}
    if flt.urgent == "waits":
        yield f"case_file.id in ({_URGENT_WAITS})", {}
    if flt.ids is not None:
        yield f"case_file.id in ({','.join(str(int(one)) for one in flt.ids)})", {}
    yield from _days(flt)


def _days(flt: Filter) -> Iterator[Condition]:
    # Cases are numbered as they come: the day's first and last number bound the walk, the time itself decides.
    if flt.since is not None:
        first = "select id from case_file where opened_at>=:since order by opened_at, id limit 1"
        yield f"case_file.id>=({first}) and +opened_at>=:since", {"since": flt.since}
    if flt.until is not None:
        last = "select id from case_file where opened_at<:until order by opened_at desc, id desc limit 1"
        yield f"case_file.id<=({last}) and +opened_at<:until", {"until": flt.until}


def _text(desk: Desk, text: str) -> Iterator[Condition]:
    text = text.strip().upper()
    if not text:
        return
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        series = desk.conn.execute("select prefix, year from serial_counter").fetchall()
        known = {f"number{at}": f"{row[0]}-{row[1]}-{int(text):05}" for at, row in enumerate(series)}
        yield f"serial in ({','.join(':' + name for name in known)})", dict(known)
    else:
        yield "serial>=:text and serial<:text_end", {"text": text, "text_end": text + "\U0010ffff"}


def newest(desk: Desk, actor: Actor) -> str:
    """A word that changes with every change of a case in ``actor``'s scope."""
    own, values = rights.scope(desk, actor).condition
    (versions,) = desk.conn.execute(
        f"select coalesce(sum(version), 0) from case_file where {own}", values
    ).fetchone()
    return f"{versions}"
