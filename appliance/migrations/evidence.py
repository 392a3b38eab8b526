"""Custody, permits and what is erased: migration 009."""

STATEMENTS = (
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
