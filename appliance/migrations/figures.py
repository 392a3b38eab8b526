"""The tables of figures, and the views that say the same from the cases themselves: migration 008."""

_WHERE = """
    district text not null,
    thana text not null,
    category text not null,
    sensitivity text not null,
    victim integer not null,
    child integer not null,
"""
_KEY = "district, thana, category, sensitivity, victim, child"
_WHOLE = "(select 'week' as unit union all select 'month')"

_COUNTS = (
    f"""
insert into tally
select unit, case unit when 'day' then day when 'week' then week else month end as period, {_KEY},
    sum(open), sum(action), sum(none), sum(duplicates), sum(quarantined), sum(answered)
from case_counted, (select 'day' as unit union all select 'week' union all select 'month')
group by 1, 2, {_KEY}
""",
    f"""
insert into tally_closed
select unit, case unit when 'week' then week else month end as period, {_KEY}, outcome, count(*)
from took_counted, {_WHOLE} where event = 'closed' group by 1, 2, {_KEY}, outcome
""",
    f"""
insert into tally_took
select unit, case unit when 'week' then week else month end as period, event, kind, thana, took, count(*)
from (select *, category as kind from took_counted union all select *, '' from took_counted), {_WHOLE}
group by 1, 2, 3, 4, 5, 6
""",
)
STATEMENTS = (
    f"""
-- Cases opened in a day, week or month, by what became of them; kept in the transaction of every change.
create table tally(
    unit text not null,                 -- day | week | month
    period integer not null,            -- number of it, as analysis/periods.py counts
{_WHERE}
    open integer not null,              -- neither closed nor of a side state
    action integer not null,            -- closed, something was done
    none integer not null,              -- closed, nothing was
    duplicates integer not null,
    quarantined integer not null,
    answered integer not null,          -- of the first three: the informant was written to
    primary key(unit, period, {_KEY})
) strict, without rowid
""",
    f"""
-- Cases closed in a week or month, by outcome; duplicates are no cases of their own.
create table tally_closed(
    unit text not null,                 -- week | month
    period integer not null,
{_WHERE}
    outcome text not null,
    count integer not null,
    primary key(unit, period, {_KEY}, outcome)
) strict, without rowid
""",
    """
-- How long it took, of what happened in a week or month.
create table tally_took(
    unit text not null,                 -- week | month
    period integer not null,
    event text not null,                -- begun: hours from arrival until work began; closed: days
    category text not null,             -- '' for all together
    thana text not null,
    took integer not null,
    count integer not null,
    primary key(unit, period, event, category, thana, took)
) strict, without rowid
""",
    """
-- Tallies of weeks that changed after the last digest.
create table tally_dirty(
    district text not null,
    category text not null,
    week integer not null,
    sensitivity text not null,
    victim integer not null,
    child integer not null,
    primary key(district, category, week, sensitivity, victim, child)
) strict, without rowid
""",
    """
-- One row per case that counts, as it adds to a tally: what the tables are filled from and checked against.
create view case_counted as
select id, day, (day + 3) / 7 as week,
    strftime('%Y', day * 86400, 'unixepoch') * 12 + strftime('%m', day * 86400, 'unixepoch') - 1 as month,
    district, thana, category, sensitivity, victim, child,
    result = 'open' as open, result = 'action' as action, result = 'none' as none,
    result = 'duplicate' as duplicates, result = 'quarantined' as quarantined,
    result in ('open', 'action', 'none') and answered as answered
from (select *, (opened_at + 19800) / 86400 as day,
    case when status in ('duplicate', 'quarantined') then status when closed_at is null then 'open'
        when outcome in ('fir', 'arrest', 'seizure', 'preventive', 'challan', 'rescue') then 'action'
        else 'none' end as result,
    exists(select 1 from history where case_id = case_file.id and act = 'answer') as answered
    from case_file where practice = 0)
""",
    """
-- One row per case and event: begun, closed.
create view took_counted as
select id, event, day, (day + 3) / 7 as week,
    strftime('%Y', day * 86400, 'unixepoch') * 12 + strftime('%m', day * 86400, 'unixepoch') - 1 as month,
    district, thana, category, sensitivity, victim, child, outcome, took
from (
    select *, 'begun' as event, (begun_at + 19800) / 86400 as day,
        min(max(begun_at - opened_at, 0) / 3600, 2400) as took
    from (select *,
        (select min(at) from history where case_id = case_file.id and to_status = 'in_action') as begun_at
        from case_file where practice = 0)
    where begun_at is not null
    union all
    select *, null, 'closed', (closed_at + 19800) / 86400, min(max(closed_at - opened_at, 0) / 86400, 400)
    from case_file
    where practice = 0 and closed_at is not null and status not in ('duplicate', 'quarantined'))
""",
    *_COUNTS,
    """
insert into tally_dirty
select distinct district, category, period, sensitivity, victim, child from tally where unit = 'week'
""",
    # whose figures a case about police must not be in is asked with every page of a post
    "create index report_category on report(category)",
    "create index report_on_police on report(id) where police_involved = 'yes'",
    """
-- The outline of the district or range, as it was imported: drawn on the map of thanas.
create table outline(
    id integer primary key check(id = 1),
    path text not null,                 -- of SVG, in units of analysis/mapping.py
    west integer not null,
    north integer not null,
    east integer not null,
    south integer not null,
    source text not null,
    licence text not null,
    sha256 text not null,               -- hex: of the file it came from
    at integer not null
) strict
""",
)

_COUNT_BY_THANA = """
insert into tally_thana
select unit, period, district, thana,
    sum(open), sum(action), sum(none), sum(duplicates), sum(quarantined), sum(answered)
from tally group by 1, 2, 3, 4
"""
BY_THANA = (
    """
-- The same as `tally`, of all kinds and classes together: a trend of years reads some thousand rows of it.
create table tally_thana(
    unit text not null,                 -- day | week | month
    period integer not null,
    district text not null,
    thana text not null,
    open integer not null,
    action integer not null,
    none integer not null,
    duplicates integer not null,
    quarantined integer not null,
    answered integer not null,
    primary key(unit, period, district, thana)
) strict, without rowid
""",
    _COUNT_BY_THANA,
)

_CELL = "district, thana, category, week, status"
RECOUNT = (
    *(f"delete from {table}" for table in ("rollup", "tally", "tally_closed", "tally_took", "tally_thana")),
    f"insert into rollup select {_CELL}, count(*) from case_file where practice=0 group by {_CELL}",
    *_COUNTS,
    _COUNT_BY_THANA,
)
"""All counts anew, of the tables as they are since 016: for a migration that changes cases."""
