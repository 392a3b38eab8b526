"""The tables every box began with: reports, cases, answers, people, figures."""

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
STATEMENTS = (*_REPORTS, *_CASES, *_ANSWERS, *_PEOPLE, *_FIGURES)
