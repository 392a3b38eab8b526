"""The key of one report's words and files: random, under the field key, and deleted when the report is erased.

What lies under it cannot be opened once it is gone, wherever a page of it was left. Reports from before there were
such keys lie under the field key itself.
"""

from appliance.desk import Desk
from appliance.errors import Erased, NotFound
from sync.sealing import locks


def keep(desk: Desk, report_id: int, key: bytes) -> None:
    """Keeps a new report's key, in the caller's transaction."""
    locked = locks.lock(desk.field_key, key, _context(report_id))
    desk.conn.execute("insert into content_key values(?,?)", (report_id, locked))


def of(desk: Desk, report_id: int) -> bytes:
    """The key under which a report's words and files lie; raises Erased where it was deleted, or NotFound."""
    row = desk.conn.execute(
        "select erased_at, content_key.locked as locked from report left join content_key on report_id = id"
        " where id=?",
        (report_id,),
    ).fetchone()
    if row is None:
        raise NotFound("there is no such report here")
    if row["erased_at"] is not None:
        raise Erased("the words and files of this report were erased")
    if row["locked"] is None:
        return desk.field_key
    return locks.unlock(desk.field_key, row["locked"], _context(report_id))


def _context(report_id: int) -> str:
    return f"content:{report_id}"
