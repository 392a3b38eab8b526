"""Cases of what was added after an end, from before they were as strict as what they quote: migration 034."""

import sqlite3

from appliance.migrations.figures import RECOUNT

_OWN = """
select own.id, coalesce(case when own.category = 'other' and told.category = 'other' then before.category end,
own.category), case when own.thana = '' then before.district else own.district end,
case when own.thana = '' then before.thana else own.thana end
from case_file own join case_file before on before.id = own.follows join report told on told.id = own.report_id
where own.id = ? and not exists (select 1 from history where case_id = own.id and act = 'correct')
"""
"""How one is filed as the case that it follows, where nobody corrected what the addition says itself."""
_RANK = "case {0}.sensitivity when 'open' then 0 when 'restricted' then 1 else 2 end"
_QUOTED = f"""
with recursive quoted(target, id) as (
    select id, id from case_file where follows is not null and erased_at is null
    union
    select main.id, main.id from case_file linked join case_file main on main.id = linked.duplicate_of
    where linked.follows is not null and main.erased_at is null
    union
    select target, follows from quoted join case_file using(id) where follows is not null
    union
    select target, duplicate_of from quoted join case_file using(id) where duplicate_of is not null
    union
    select target, linked.id from quoted join case_file linked on linked.duplicate_of = quoted.id
), strictest(id, rank, victim, child) as (
    select target, max({_RANK.format("one")}), max(one.victim), max(one.child)
    from quoted join case_file one on one.id = quoted.id group by target
)
select own.id, case strictest.rank when 0 then 'open' when 1 then 'restricted' else 'secret' end,
strictest.victim, strictest.child from strictest join case_file own using(id)
where {_RANK.format("own")} < strictest.rank or own.victim < strictest.victim or own.child < strictest.child
"""
"""Each that is milder than what its page quotes, and what it becomes."""
_TELLS = (
    "insert or ignore into digest_dirty select district, thana, category, week, status from case_file"
    " where id=? and practice=0",
    "insert or ignore into digest_dirty select district, thana, category, week, 'late' from case_file"
    " where id=? and practice=0 and clock<>'' and level=3",
    "insert or ignore into tally_dirty select district, category, week, sensitivity, victim, child"
    " from case_counted where id=?",
)
"""The next digest tells the cells in which a case counts."""


def mend(conn: sqlite3.Connection) -> None:
    """Files and classes each of them as one of today, in the caller's transaction."""
    filed = _file(conn)
    if _class(conn) or filed:
        for statement in RECOUNT:
            conn.execute(statement)


def _file(conn: sqlite3.Connection) -> bool:
    """The earliest first: others may follow it."""
    rows = conn.execute(
        "select id, category, district, thana from case_file where follows is not null and erased_at is null"
        " and (category = 'other' or thana = '') order by id"
    )
    is_changed = False
    for case_id, *was in rows.fetchall():
        found = conn.execute(_OWN, (case_id,)).fetchone()
        if found is not None and list(found[1:]) != was:
            _change(conn, case_id, "category=?, district=?, thana=?", *found[1:])
            is_changed = True
    return is_changed


def _class(conn: sqlite3.Connection) -> bool:
    milder = conn.execute(_QUOTED).fetchall()
    for case_id, *strict in milder:
        _change(conn, case_id, "sensitivity=?, victim=?, child=?", *strict)
    return bool(milder)


def _change(conn: sqlite3.Connection, case_id: int, columns: str, *values: object) -> None:
    _tell(conn, case_id)
    conn.execute(f"update case_file set {columns} where id=?", (*values, case_id))
    _tell(conn, case_id)


def _tell(conn: sqlite3.Connection, case_id: int) -> None:
    for statement in _TELLS:
        conn.execute(statement, (case_id,))
