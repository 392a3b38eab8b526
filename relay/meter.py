"""What messages cost: those that WhatsApp accepted, by month and business number, free-form and templates apart."""

import logging
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.clock import IST_OFFSET_S

log = logging.getLogger(__name__)

_COUNT = {False: "free_form", True: "templates"}


@dataclass(frozen=True)
class Month:
    """The messages of one business number in one month of the Indian calendar ("2026-11")."""

    month: str
    number_id: str
    free_form: int
    templates: int

    @property
    def messages(self) -> int:
        """All of them: since October 2026 each is charged."""
        return self.free_form + self.templates

    def cost_inr(self, price_inr: float) -> float:
        """An estimate: some are never delivered, which costs nothing."""
        return self.messages * price_inr


def month_of(now: float) -> str:
    """The month of the Indian calendar."""
    return datetime.fromtimestamp(now + IST_OFFSET_S, UTC).strftime("%Y-%m")


def accepted(conn: sqlite3.Connection, number_id: str, is_template: bool, now: float) -> None:
    """One more; in the caller's transaction. ``number_id``: our own business number's id at WhatsApp."""
    column = _COUNT[is_template]
    conn.execute(
        f"insert into meter(month, number_id, {column}) values(?,?,1)"
        f" on conflict do update set {column}={column}+1",
        (month_of(now), number_id),
    )


def this_month(conn: sqlite3.Connection, now: float) -> list[Month]:
    """The month so far, a line per number."""
    rows = conn.execute(
        "select month, number_id, free_form, templates from meter where month=? order by number_id",
        (month_of(now),),
    ).fetchall()
    return [Month(*row) for row in rows]


def warn(conn: sqlite3.Connection, now: float, limit: int, price_inr: float) -> None:
    """Logs once a month and number that ``limit`` messages were reached; in the caller's transaction."""
    for month in this_month(conn, now):
        if month.messages < limit:
            continue
        changed = conn.execute(
            "update meter set warned=1 where month=? and number_id=? and warned=0",
            (month.month, month.number_id),
        )
        if changed.rowcount:
            log.warning(
                "%d messages this month (%d templates), about %.0f rupees: more than expected, or time for a larger"
                " monthly_messages_warning",
                *(month.messages, month.templates, month.cost_inr(price_inr)),
            )
