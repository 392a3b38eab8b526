"""What WhatsApp refuses for reasons that only a technician can mend: counted by code and hour, of nobody's message."""

import logging
import sqlite3
from dataclasses import dataclass

from sync.clock import DAY_S, hour_of

log = logging.getLogger(__name__)

KEEP_HOURS = 7 * 24
_HELP: tuple[tuple[frozenset[int], str, str], ...] = (
    (
        frozenset({131042}),
        "payment",
        "Put a working payment method on the WhatsApp account: until then nothing arrives",
    ),
    (
        frozenset({0, 10, 190, 131005, *range(200, 300)}),
        "token",
        "Make a new token of the system user with whatsapp_business_messaging, into secrets/graph_token, and restart",
    ),
    (
        frozenset({368, 130497, 131031, 131045, *range(133005, 133017)}),
        "account",
        "Look into WhatsApp Manager: the account or the number is blocked, restricted or not registered",
    ),
    (
        frozenset({132000, 132001, 132012, 132015, 132016}),
        "template",
        "Compare the approved templates with docs/OPERATIONS.md: missing, paused, or of another form",
    ),
)
_OTHER = ("request", "Look the code up in Meta's list of error codes; check graph_url and phone_number_id")


@dataclass(frozen=True)
class Trouble:
    """One code: how often it came, the last hour (since the epoch) in which it did, what it is about, what to do."""

    code: int
    count: int
    hour: int
    about: str
    fix: str


def note(conn: sqlite3.Connection, code: int, now: float) -> None:
    """Counts a refusal and logs the first of each hour as an alarm; in the caller's transaction."""
    conn.execute(
        "insert into trouble values(?,?,1) on conflict do update set count=count+1", (code, hour_of(now))
    )
    (count,) = conn.execute(
        "select count from trouble where code=? and hour=?", (code, hour_of(now))
    ).fetchone()
    if count == 1:
        about, fix = help_for(code)
        log.error("alarm: WhatsApp refuses with code %d (%s). %s", code, about, fix)


def recent(conn: sqlite3.Connection, now: float, within_s: float = DAY_S) -> list[Trouble]:
    """What came in the last ``within_s`` seconds, the newest first."""
    rows = conn.execute(
        "select code, sum(count), max(hour) from trouble where hour>? group by code order by max(hour) desc, code",
        (hour_of(now - within_s),),
    ).fetchall()
    return [Trouble(code, count, hour, *help_for(code)) for code, count, hour in rows]


def help_for(code: int) -> tuple[str, str]:
    """What a code is about, in a word, and what to do."""
    return next(((about, fix) for codes, about, fix in _HELP if code in codes), _OTHER)


def heard(conn: sqlite3.Connection, now: float) -> None:
    """WhatsApp told us something of a message; in the caller's transaction. Only the hour is kept."""
    conn.execute(
        "insert into heard values(1, ?) on conflict do update set hour=excluded.hour where hour<excluded.hour",
        (hour_of(now),),
    )


def silent_hours(conn: sqlite3.Connection, now: float) -> int | None:
    """Whole hours since WhatsApp last told us anything; None when it never did."""
    row = conn.execute("select hour from heard").fetchone()
    return None if row is None else max(0, hour_of(now) - int(row["hour"]))


def forget(conn: sqlite3.Connection, now: float) -> None:
    """Drops what is older than a week; in the caller's transaction."""
    conn.execute("delete from trouble where hour<=?", (hour_of(now) - KEEP_HOURS,))
