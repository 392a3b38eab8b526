"""Ways back that end: a closed report's row of the vault goes once no answer to it waits, in a week at the latest.

Nobody can write to the informant of a closed report, so its way back need only outlive answers ordered before. A case
that is opened again does not bring it back.
"""

import sqlite3
from collections.abc import Iterable

from relay.vault import CLOSED_LIFE_S
from sync.clock import DAY_S, IST_OFFSET_S, day_of


def begin(conn: sqlite3.Connection, handle: str, now: float) -> None:
    """The report of that handle is closed; in the caller's transaction.

    Its week counts from the beginning of the day: what stands here does not name one closing among a day's.
    """
    until = day_of(now) * DAY_S - IST_OFFSET_S + CLOSED_LIFE_S
    conn.execute("insert into closing values(?,?) on conflict do nothing", (handle, until))


def over(conn: sqlite3.Connection, now: float) -> list[str]:
    """The handles whose way back is over: no answer waits, or might still be refused, or the week is past.

    An answer that waits counts though its report key is forgotten: its box sends it again after a restart.
    """
    rows = conn.execute(
        "select handle from closing where until<=? or not exists (select 1 from reply"
        " where reply.handle=closing.handle and reply.state in ('waiting', 'sending', 'sent'))",
        (now,),
    )
    return [row["handle"] for row in rows.fetchall()]


def forget(conn: sqlite3.Connection, handles: Iterable[str]) -> None:
    """Their rows of the vault are gone; in the caller's transaction."""
    conn.executemany("delete from closing where handle=?", [(handle,) for handle in handles])
