"""All figures counted anew and told anew to the range: when cases came in by another way, or the range lost its own."""

import sqlite3

from appliance.figures.standing import CELL
from appliance.figures.tallies import recounts

_TOLD = "district, category, period, sensitivity, victim, child"


def rebuild(conn: sqlite3.Connection) -> None:
    """Fills every table of figures from the cases; the next digests tell all. In the caller's transaction."""
    conn.execute("delete from rollup")
    conn.execute(
        f"insert into rollup select {CELL}, count(*) from case_file where practice=0 group by {CELL}"
    )
    for table, counted in recounts().items():
        conn.execute(f"delete from {table}")
        conn.execute(f"insert into {table} {counted}")
    tell_all(conn)


def tell_all(conn: sqlite3.Connection) -> None:
    """The next digests tell every count; in the caller's transaction."""
    conn.execute(f"insert or ignore into digest_dirty select {CELL} from rollup")
    conn.execute(f"insert or ignore into tally_dirty select distinct {_TOLD} from tally where unit='week'")
