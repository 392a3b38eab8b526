"""The tables of the office's clocks, and of the box's own."""

STATEMENTS = (
    """
-- The clock of a case; the limit that runs, its end and its level stand in the case's own row.
create table case_clock(
    case_id integer primary key references case_file,
    urgency text not null,              -- urgent | normal: class of its limits, for good
    begun_at integer not null,          -- arrival of the first report, or taken up again after closing
    since integer not null,             -- from when the limits count; a pause moves it
    step_at integer,                    -- when it goes up by one level; null: not any more, or paused
    pause text not null,                -- why it stands still; '' it does not
    paused_at integer,
    pause_until integer                 -- when it goes on by itself
) strict
""",
    """
-- The last look at the box's own clock.
create table box_time(
    id integer primary key check(id = 1),
    wall real not null,                 -- epoch seconds
    boot text not null,                 -- name of the machine's start
    uptime real not null,               -- seconds since then
    drift real not null                 -- how far the clock was set in all; below 0: back
) strict
""",
    "create index case_due on case_file(due_at) where due_at is not null",
    "create index case_unclocked on case_file(id) where clock='' and status in"
    " ('received','screened','assigned','acknowledged','in_action','reported_back','verified')",
    "create index clock_step on case_clock(step_at) where step_at is not null",
    "create index clock_pause on case_clock(pause_until) where pause_until is not null",
)

HURRY = (
    # urgency is the class of the lap's limits from now on: a case may become urgent
    "alter table case_clock add column stood_s integer not null default 0",  # paused in this lap, seconds
    "alter table case_clock add column hurried_at integer",  # something urgent came first in this lap
    "drop index case_unclocked",
    "create index case_unclocked on case_file(id) where clock='' and status in"
    " ('received','screened','assigned','acknowledged','in_action','reported_back','verified','feedback_sent')",
    "create index case_aside on case_file(id) where clock='' and status='quarantined' and erased_at is null",
    "drop index case_feedback",
    "create index case_feedback on case_file(id) where status in ('reported_back', 'verified', 'feedback_sent')",
    "create index case_urgent_news on case_file(id) where news=2",
)

RINGS = (
    """
-- Something urgent came to a case: the phone of the officer who has it rings, unless somebody acts first.
create table ring(
    case_id integer primary key references case_file,
    at integer not null                 -- when; never in the minute in which it came
) strict
""",
    # what came before this was kept; by the clock of the machine, as nothing else is known here
    "insert into ring select id, cast(strftime('%s', 'now') as integer) + 1200 from case_file where news=2",
)
