"""The tables of ``box.db`` and ``keys.db``. Text, answers and notes lie under the field key."""

from sqlite_utils import Database, Migrations

from appliance.migrations import chains, clocks, desk, evidence, figures, first, followers, people
from sync import exchange

BOX = Migrations("box")
KEYS = Migrations("keys")

_OFFICE_COLUMNS = (
    "claimed_by text not null default ''",  # login name of who took it up at the desk
    "clock text not null default ''",  # limit that runs: screen | assign | acknowledge | report | feedback
    "due_at integer",  # when it ends; null: none, or paused
    "left_s integer",  # what is left of a paused one
    "level integer not null default 0",  # escalated to: 0 post, 1 CO, 2 SP, 3 range
    "victim integer not null default 0",  # evidence shows a victim
    "child integer not null default 0",  # a child is concerned
    "source text not null default 'informant'",  # informant | phone | walk_in
    "practice integer not null default 0",  # made up, for training
    "hold integer not null default 0",  # legal hold: nothing of it is erased
    "erased_at integer",  # when its words and evidence were erased
    "asked integer not null default 0",  # a question to the informant is open
)

_RESULTS = (
    """
-- What a case came to in numbers, while it is closed.
create table result(
    case_id integer primary key references case_file,
    arrests integer not null,
    fir_locked blob not null,           -- number of the FIR; context fir:<serial>; empty without one
    agency text not null                -- the office it was passed to; '' if none
) strict
""",
    """
-- What was seized, in the unit of its kind.
create table seizure(
    case_id integer not null references case_file,
    kind text not null,
    amount integer not null check(amount > 0),
    primary key(case_id, kind)
) strict, without rowid
""",
)


@BOX(name="001_first")
def _first(database: Database) -> None:
    for statement in (*first.STATEMENTS, *exchange.SCHEMA):
        database.conn.execute(statement)


@BOX(name="002_way_back_and_news")
def _way_back_and_news(database: Database) -> None:
    # 0: the report came without its key, or the key is gone: an answer could never leave
    database.conn.execute("alter table report add column has_key integer not null default 1")
    # 1: the informant added something after the last act of a person
    database.conn.execute("alter table case_file add column news integer not null default 0")


@BOX(name="003_duties")
def _duties(database: Database) -> None:
    database.conn.execute(
        """
-- Who holds a post, from when until when; his number stands nowhere else.
create table post_holder(
    id integer primary key,
    post text not null,
    locked blob not null,               -- name, number and language; context holder:<post>
    since integer not null,
    until integer                       -- null: until further notice
) strict
"""
    )
    database.conn.execute(
        """
-- A case given to the holder of a post, and what he answered.
create table duty(
    name text primary key,              -- random, the relay's name of it
    case_id integer not null references case_file,
    holder_id integer references post_holder, -- null: the post had no holder, nothing was sent
    post text not null,
    message_id text unique,             -- outbox row that carries it
    state text not null,                -- of duties.STATES
    at integer not null,
    actor text not null,
    brief_locked blob not null          -- context duty:<name>; empty without a brief
) strict, without rowid
"""
    )
    database.conn.execute("create index duty_case on duty(case_id)")
    # the post whose officer sent it; '' where the informant did
    database.conn.execute("alter table evidence add column post text not null default ''")


@BOX(name="004_concerns")
def _concerns(database: Database) -> None:
    database.conn.execute(
        """
-- Thanas whose people a case is about, as the office marked them; what reports say of it stands there.
create table concern(
    case_id integer not null references case_file,
    thana text not null,
    actor text not null,                -- login name
    primary key(case_id, thana)
) strict, without rowid
"""
    )


@BOX(name="004_monthly_keys")
def _monthly_keys(database: Database) -> None:
    for statement in exchange.MONTHLY_KEYS:
        database.conn.execute(statement)


@BOX(name="005_office")
def _office(database: Database) -> None:
    for column in _OFFICE_COLUMNS:
        database.conn.execute(f"alter table case_file add column {column}")
    # the post for which a person of the roles co and sho sits at the desk
    database.conn.execute("alter table person add column post text not null default ''")
    for statement in _RESULTS:
        database.conn.execute(statement)


@BOX(name="006_sign_in")
def _sign_in(database: Database) -> None:
    for statement in people.STATEMENTS:
        database.conn.execute(statement)


@BOX(name="008_figures")
def _figures_of_pages(database: Database) -> None:
    for statement in figures.STATEMENTS:
        database.conn.execute(statement)


@BOX(name="009_evidence")
def _evidence(database: Database) -> None:
    for statement in evidence.STATEMENTS:
        database.conn.execute(statement)


@BOX(name="007_search")
def _search(database: Database) -> None:
    # the index of words asks at each question whether something was erased since
    database.conn.execute("create index report_erased on report(erased_at) where erased_at is not null")


@BOX(name="010_clocks")
def _clocks(database: Database) -> None:
    for statement in clocks.STATEMENTS:
        database.conn.execute(statement)


@BOX(name="011_desk")
def _desk(database: Database) -> None:
    for statement in desk.STATEMENTS:
        database.conn.execute(statement)


@KEYS(name="001_first")
def _first_keys(database: Database) -> None:
    database.conn.execute(
        """
-- Opens the relay's vault row of one report. Erased seven days after the case was closed; never backed up.
create table report_key(
    handle text primary key,
    report_key blob not null
) strict, without rowid
"""
    )


@BOX(name="012_steps_and_handovers")
def _steps_and_handovers(database: Database) -> None:
    for statement in (
        """
-- When a duty came to each of its states.
create table duty_step(
    duty text not null references duty,
    state text not null,
    at integer not null,                -- whole minutes
    primary key(duty, state)
) strict, without rowid
""",
        """
-- A post given from one officer to the next, and what the first left in writing.
create table handover(
    id integer primary key,
    post text not null,
    at integer not null,
    actor text not null,                -- login name of who wrote it
    open_cases integer not null,        -- with the post at that time
    note_locked blob not null           -- context handover:<post>:<at>
) strict
""",
        "create index handover_post on handover(post, id)",
        "create index case_by_post on case_file(post, id) where post<>''",
        "create index audit_actor on audit(actor, id)",
        "create index audit_object on audit(object, id)",
        "create index audit_act on audit(act, id)",
    ):
        database.conn.execute(statement)


@BOX(name="013_kept")
def _kept(database: Database) -> None:
    for statement in (
        "drop index case_over",  # erased cases would stay on the list of what is to be erased for ever
        "create index case_kept on case_file(closed_at) where closed_at is not null and erased_at is null",
        "drop index audit_evidence",  # audit_object does the same
    ):
        database.conn.execute(statement)


@BOX(name="007_list_at_a_million")
def _list_at_a_million(database: Database) -> None:
    # Each of these lists walked over every case of the box where few of them match: 2.4 s at a million.
    for name, condition in (
        ("feedback", "status in ('reported_back', 'verified')"),
        ("with_files", "files > 0"),
        ("victim", "victim = 1"),
        ("child", "child = 1"),
        ("now", "urgent = 1"),
    ):
        database.conn.execute(f"create index case_{name} on case_file(id) where {condition}")


@BOX(name="014_followed")
def _followed(database: Database) -> None:
    # what is erased asks for each case which others follow it
    database.conn.execute("create index case_follows on case_file(follows) where follows is not null")


@BOX(name="015_agency_locked")
def _agency_locked(database: Database) -> None:
    # free text: under the field key as the number of the FIR; `agency` is '' from now on; context agency:<serial>
    database.conn.execute("alter table result add column agency_locked blob not null default x''")


@BOX(name="016_tally_by_thana")
def _tally_by_thana(database: Database) -> None:
    for statement in figures.BY_THANA:
        database.conn.execute(statement)


@BOX(name="017_closed_in_a_week")
def _closed_in_a_week(database: Database) -> None:
    # the weekly review asks who was arrested in the cases of a week, and walked over every case for it
    database.conn.execute("create index case_closed on case_file(closed_at) where closed_at is not null")


@BOX(name="019_chain_ends")
def _chain_ends(database: Database) -> None:
    for statement in chains.STATEMENTS:
        database.conn.execute(statement)


@BOX(name="020_transfers_begin")
def _transfers_begin(database: Database) -> None:
    # 1: whoever comes is told on his phone of each open case of the post, on his first day
    database.conn.execute("alter table post_holder add column tell integer not null default 0")
    # 0: his first day is still to come, or the cases of his post do not tell of it yet
    database.conn.execute("alter table post_holder add column is_begun integer not null default 0")
    now = "cast(strftime('%s', 'now') as integer)"
    database.conn.execute(f"update post_holder set is_begun = 1 where since <= {now}")


@BOX(name="018_hurry")
def _hurry(database: Database) -> None:
    for statement in clocks.HURRY:
        database.conn.execute(statement)


@BOX(name="020_logins_of_posts")
def _logins_of_posts(database: Database) -> None:
    # from when until when somebody sits at a desk for his post; null: of no post, or from before this was kept
    database.conn.execute("alter table person add column post_since integer")
    # null: until further notice
    database.conn.execute("alter table person add column post_until integer")


@BOX(name="021_seen_by_sender")
def _seen_by_sender(database: Database) -> None:
    for statement in exchange.SEEN_BY_SENDER:
        database.conn.execute(statement)


@BOX(name="022_additions")
def _additions(database: Database) -> None:
    # answers to a report and to all that was added to it are counted together
    database.conn.execute("create index report_adds_to on report(adds_to) where adds_to is not null")


@BOX(name="023_desks_empty_once")
def _desks_empty_once(database: Database) -> None:
    # 1: his time is over, and who sat at a desk with him was signed out; before this was kept nobody was
    database.conn.execute("alter table post_holder add column is_over integer not null default 0")
    now = "cast(strftime('%s', 'now') as integer)"
    # what came while the box was off, for the upgrade too, comes with the first run after it
    ran = f"coalesce((select ran_at from job_run where name='duties'), {now})"
    database.conn.execute(f"update post_holder set is_over = 1 where until <= {ran}")


@BOX(name="023_own_last_day")
def _own_last_day(database: Database) -> None:
    # the end of the days he himself was given, whichever transfer ends them earlier; null: until further notice
    database.conn.execute("alter table person add column own_until integer")
    database.conn.execute("update person set own_until = post_until")


@BOX(name="024_done_at_once")
def _done_at_once(database: Database) -> None:
    # 1: the time at which it was entered, not a day that was chosen: moved along where the clock stood ahead then
    now = "cast(strftime('%s', 'now') as integer)"
    for table, column in (
        ("person", "post_since"),
        ("person", "post_until"),
        ("post_holder", "since"),
        ("post_holder", "until"),
    ):
        database.conn.execute(f"alter table {table} add column {column}_at_once integer not null default 0")
        database.conn.execute(f"update {table} set {column}_at_once = 1 where {column} <= {now}")


@BOX(name="025_back_and_forth")
def _back_and_forth(database: Database) -> None:
    # how far it was moved back with a clock that was set back, or was behind at its entry: so far it comes forward
    for table, column in (
        ("person", "post_since"),
        ("person", "post_until"),
        ("post_holder", "since"),
        ("post_holder", "until"),
    ):
        database.conn.execute(f"alter table {table} add column {column}_back_s integer not null default 0")


@BOX(name="025_clock_in_doubt")
def _clock_in_doubt(database: Database) -> None:
    # how far the clock went ahead with nobody to bear it out, less the running time since; seconds
    database.conn.execute("alter table box_time add column doubt_s real not null default 0")


@BOX(name="026_holders_own_last_day")
def _holders_own_last_day(database: Database) -> None:
    # as of a person; who leaves on the day on which another comes is taken to do so for him
    database.conn.execute("alter table post_holder add column own_until integer")
    database.conn.execute(
        "update post_holder set own_until = until where not exists"
        " (select 1 from post_holder next where next.post = post_holder.post and next.since = post_holder.until)"
    )


@BOX(name="027_last_case")
def _last_case(database: Database) -> None:
    # the newest case that the box had when his time was over, wherever its clock stood; null: from before this was kept
    database.conn.execute("alter table post_holder add column last_case integer")


@BOX(name="028_relays_hour")
def _relays_hour(database: Database) -> None:
    # the hour that the relay had signed by the last look, epoch seconds: a newer one tells whether this clock is right
    database.conn.execute("alter table box_time add column greeted integer")


@BOX(name="029_rings")
def _rings(database: Database) -> None:
    for statement in clocks.RINGS:
        database.conn.execute(statement)


@BOX(name="030_days_still_to_come")
def _days_still_to_come(database: Database) -> None:
    # what came before its day by a clock ahead stayed so once that was right; where it is behind the relay tells.
    # on some boxes the look at the clock failed for weeks: whatever was written last tells how late it was at least
    last = (
        "select max(wall, coalesce((select ran_at from job_run where name='duties'), 0),"
        " coalesce((select at from audit order by id desc limit 1), 0)) from box_time where drift >= 0"
    )
    for flag, at in (("is_begun", "since"), ("is_over", "until")):
        database.conn.execute(
            f"update post_holder set {flag} = 0 where {flag} = 1 and not {at}_at_once and {at} > ({last})"
        )


@BOX(name="031_files_after_acts")
def _files_after_acts(database: Database) -> None:
    # the newest row of the history when the file came: who acted before has not seen it; null: not here
    database.conn.execute("alter table evidence add column came_after integer")
    # arrived_at is a whole minute: what was done within it may have come first
    before = "select max(history.id) from case_report join history using(case_id)"
    before += " where report_id = evidence.report_id and history.at < arrived_at + 60"
    database.conn.execute(f"update evidence set came_after = coalesce(({before}), 0) where state = 'here'")


@BOX(name="032_duties_in_order")
def _duties_in_order(database: Database) -> None:
    # its place among those of its case: a clock that is set says nothing of which came later
    database.conn.execute("alter table duty add column no integer not null default 0")
    database.conn.execute(
        "update duty set no = (select count(*) from duty before where before.case_id = duty.case_id"
        " and (before.at, before.name) <= (duty.at, duty.name))"
    )


@BOX(name="033_written_down")
def _written_down(database: Database) -> None:
    # each name that was written over an officer's row that did not open: a wrong one is corrected, and stays barred
    database.conn.execute(
        "create table written_down(id integer primary key, holder_id integer not null references post_holder(id),"
        " locked blob not null)"
    )
    database.conn.execute("create index written_down_holder on written_down(holder_id)")


@BOX(name="034_followers_as_strict")
def _followers_as_strict(database: Database) -> None:
    followers.mend(database.conn)
