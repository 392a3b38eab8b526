"""The tables of ``box.db`` and ``keys.db``. Text, answers and notes lie under the field key."""

from sqlite_utils import Database, Migrations

from appliance.migrations import clocks, desk, figures, people
from sync import exchange

BOX = Migrations("box")
KEYS = Migrations("keys")

_REPORTS = (
    """
-- What informants told; never changed.
create table report(
    id integer primary key,
    message_id text not null unique,
    handle text not null unique,        -- name of the reply path; never shown
    received_at integer not null,       -- arrival at this box, whole minutes: the office's clocks start here
    hour integer not null,              -- hour since the epoch in which it was sent
    category text not null,
    district text not null,
    thana text not null,                -- code of the directory, '' where unknown
    language text not null,
    happening_now integer not null,
    fear text not null,                 -- yes | no | unsure
    police_involved text not null,      -- yes | no | unsure
    incomplete integer not null,        -- 1: the informant stopped half-way
    contact text not null,              -- push | none
    adds_to text,                       -- handle of the report it adds to
    missing_evidence integer not null,  -- files that the relay could not take
    locked blob not null                -- answers, text and place; context report:<handle>
) strict
""",
    """
-- One row per photo, video, voice note or document.
create table evidence(
    file_id text primary key,
    report_id integer not null references report,
    kind text not null,
    mime text not null,
    size_bytes integer not null,
    sha256_received text not null,      -- hex: at the relay, as it came
    sha256_kept text not null,          -- hex: after its metadata was dropped
    sha256_sealed text not null,        -- hex: of the ciphertext that lies here
    dropped text not null,              -- JSON list: names of the metadata that was dropped
    tool text not null,
    locked_key blob not null,           -- opens the file; context evidence:<file_id>
    state text not null,                -- coming | here | damaged
    arrived_at integer,
    examined_at integer,                -- when it was opened and hashed after arrival
    scan_alarm text not null default '' -- metadata that the relay should have dropped
) strict
""",
    "create index evidence_report on evidence(report_id)",
    "create index evidence_unexamined on evidence(file_id) where state='here' and examined_at is null",
)

_CASES = (
    """
-- The office's work on one or more reports.
create table case_file(
    id integer primary key,
    serial text not null unique,        -- what the office calls it
    report_id integer not null references report, -- the first one
    status text not null,
    version integer not null,           -- rises with every change
    category text not null,
    district text not null,
    thana text not null,
    week integer not null,              -- of its opening, Indian time
    sensitivity text not null,          -- open | restricted | secret
    post text not null,                 -- who has it; '' nobody yet
    opened_at integer not null,
    changed_at integer not null,
    outcome text not null,              -- '' while open
    closed_at integer,                  -- of a duplicate: when the case it belongs to was closed
    duplicate_of integer references case_file,
    follows integer references case_file -- the closed case that its first report adds to
) strict
""",
    "create index case_status on case_file(status, id)",
    "create index case_category on case_file(category, id)",
    "create index case_thana on case_file(thana, id)",
    "create index case_duplicates on case_file(duplicate_of) where duplicate_of is not null",
    """
create table case_report(
    case_id integer not null references case_file,
    report_id integer not null unique references report,
    primary key(case_id, report_id)
) strict, without rowid
""",
    """
-- Every change of a case; a hash chain over all rows.
create table history(
    id integer primary key,
    case_id integer not null references case_file,
    version integer not null,           -- of the case after this change
    at integer not null,
    actor text not null,                -- login name
    act text not null,
    from_status text not null,
    to_status text not null,
    detail text not null,               -- a code: post, outcome, template or serial
    note_locked blob not null,          -- context note:<serial>:<version>; empty without a note
    prev_hash blob not null,
    hash blob not null
) strict
""",
    "create index history_case on history(case_id, id)",
    """
-- Who did what, reading evidence included; a hash chain.
create table audit(
    id integer primary key,
    at integer not null,
    actor text not null,
    act text not null,
    object text not null,               -- serial, file id or login name
    prev_hash blob not null,
    hash blob not null
) strict
""",
    """
create table serial_counter(
    prefix text not null,
    year integer not null,
    next integer not null,
    primary key(prefix, year)
) strict, without rowid
""",
)

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

_ANSWERS = (
    """
-- Answers to informants: a template with values of its lists.
create table reply(
    id integer primary key,
    case_id integer not null references case_file,
    handle text not null,               -- newest reply path of the case at that time
    reply_no integer not null,          -- counts the answers of the case
    template text not null,
    parameters text not null,           -- JSON list
    message_id text not null unique,    -- outbox row that carries it
    state text not null,                -- queued | accepted | settled | lost
    at integer not null,
    actor text not null,
    unique(case_id, reply_no)
) strict
""",
    "create index reply_handle on reply(handle, reply_no)",
    """
-- What a receipt holder may be told.
create table public_state(
    handle text primary key,
    state text not null,
    version integer not null            -- only rises
) strict, without rowid
""",
)

_PEOPLE = (
    """
create table person(
    id integer primary key,
    name text not null unique,          -- login name
    display text not null,
    role text not null,
    password_hash text not null,
    active integer not null default 1,
    created_at integer not null
) strict
""",
    """
create table login(
    token_hash blob primary key,
    person_id integer not null references person,
    created_at integer not null,
    last_seen_at integer not null
) strict, without rowid
""",
    """
-- Failed sign-ins; the name is a tag, because people type passwords into the wrong field.
create table login_failure(
    name_tag blob primary key,
    failures integer not null,
    last_at integer not null
) strict, without rowid
""",
)

_FIGURES = (
    """
-- How many cases stand where; kept in the transaction that changes a case.
create table rollup(
    district text not null,
    thana text not null,
    category text not null,
    week integer not null,
    status text not null,
    count integer not null check(count >= 0),
    primary key(district, thana, category, week, status)
) strict, without rowid
""",
    """
-- Cells that changed after the last digest.
create table digest_dirty(
    district text not null,
    thana text not null,
    category text not null,
    week integer not null,
    status text not null,
    primary key(district, thana, category, week, status)
) strict, without rowid
""",
    "create table digest_state(epoch text primary key, next_seq integer not null) strict, without rowid",
    """
-- The last period in which a job was done.
create table job_run(
    name text primary key,
    period integer not null,
    ran_at integer not null
) strict, without rowid
""",
    """
-- What the daily checks of this database found.
create table finding(
    name text primary key,
    text text not null,                 -- '' when all is well
    at integer not null
) strict, without rowid
""",
)


_EVIDENCE = (
    """
-- The key of one report's words and files, under the field key; the row is deleted to erase them.
create table content_key(
    report_id integer primary key references report,
    locked blob not null                -- context content:<report_id>
) strict
""",
    # when the words and files of a report were erased
    "alter table report add column erased_at integer",
    """
-- Who may see a file right now; for a minute, or as long as it plays.
create table permit(
    file_id text not null references evidence,
    actor text not null,                -- login name
    until integer not null,
    is_opened integer not null default 0, -- 1: its first byte went, which the audit trail has
    primary key(file_id, actor)
) strict, without rowid
""",
    """
-- Why somebody saw, saved or handed on what, which the audit trail has no room for; a hash chain.
create table custody(
    id integer primary key,
    at integer not null,
    actor text not null,                -- login name
    act text not null,                  -- view | save | export | export_cut
    object text not null,               -- file id; of an export the serial
    reason text not null,               -- code of custody.REASONS
    note_locked blob not null,          -- context custody:<object>:<at>; empty without a note
    digest text not null,               -- hex SHA-256 of a package; '' otherwise
    prev_hash blob not null,
    hash blob not null
) strict
""",
    "create index custody_object on custody(object, id)",
    "create index audit_evidence on audit(object, id) where act>='evidence.' and act<'evidence/'",
    """
-- Cases whose words and files are erased; is_done: no file and no old page of the database holds them any more.
create table erasure(
    case_id integer primary key references case_file,
    at integer not null,
    reports integer not null,
    files integer not null,
    is_done integer not null default 0
) strict
""",
    "create index erasure_unfinished on erasure(case_id) where is_done=0",
    "create index case_over on case_file(closed_at) where closed_at is not null",
)


@BOX(name="001_first")
def _first(database: Database) -> None:
    for statement in (*_REPORTS, *_CASES, *_ANSWERS, *_PEOPLE, *_FIGURES, *exchange.SCHEMA):
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
    for statement in _EVIDENCE:
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
