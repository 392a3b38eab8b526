"""The tables of the desk: drafts, forms that act once, choices of a sign-in; what the list filters and counts by."""

_FORMS = (
    """
-- What a person has typed into a form and not sent.
create table form_draft(
    person text not null,               -- login name
    form text not null,                 -- which form, and of which case
    locked blob not null,               -- its fields; context draft:<person>:<form>
    saved_at integer not null,
    primary key(person, form)
) strict, without rowid
""",
    """
-- Forms that were sent, so that the same one twice acts once.
create table form_nonce(
    person text not null,               -- login name
    nonce text not null,                -- random, drawn by the page
    result text not null,               -- what came of it: a serial, a login name
    at integer not null,
    primary key(person, nonce)
) strict, without rowid
""",
)

_SITTING = """
-- What a person chose for as long as he is signed in.
create table sitting(
    token_hash blob primary key,        -- of login
    sound integer not null default 0,   -- 1: a tone for an urgent report that nobody has taken
    practice integer not null default 0 -- 1: he sees the cases made up for training, and no others
) strict, without rowid
"""

_MARKS = """
update case_file set
    urgent = max(urgent, (select happening_now from report where id = new.report_id)),
    feared = max(feared, (select fear = 'yes' from report where id = new.report_id)),
    files = files + (select count(*) from evidence where report_id = new.report_id)
where id = new.case_id
"""

_SEEN = """
-- Which cases a person has opened: the others stand out in his list.
create table case_seen(
    person text not null,               -- login name
    case_id integer not null references case_file,
    primary key(person, case_id)
) strict, without rowid
"""

# What the inbox filters and counts by. A list of a million cases cannot ask each one's reports; triggers keep the
# columns right whoever adds a report or a file.
_QUEUES = (
    _SEEN,
    "alter table case_file add column urgent integer not null default 0",  # a report says: happening now
    "alter table case_file add column feared integer not null default 0",  # an informant fears harm
    "alter table case_file add column files integer not null default 0",  # of all its reports
    """
update case_file set
    urgent = (select max(happening_now) from report join case_report on report_id = report.id
        where case_id = case_file.id),
    feared = (select max(fear = 'yes') from report join case_report on report_id = report.id
        where case_id = case_file.id),
    files = (select count(*) from evidence join case_report using(report_id) where case_id = case_file.id)
""",
    f"create trigger case_report_marks after insert on case_report begin {_MARKS}; end",
    "create trigger evidence_comes after insert on evidence begin update case_file set files = files + 1"
    " where id = (select case_id from case_report where report_id = new.report_id); end",
    "create trigger evidence_goes after delete on evidence begin update case_file set files = files - 1"
    " where id = (select case_id from case_report where report_id = old.report_id); end",
    "create index case_urgent on case_file(id) where urgent = 1 and status in ('received', 'screened')",
    "create index case_unclaimed on case_file(id) where claimed_by = '' and status in ('received', 'screened')",
    "create index case_claimed on case_file(claimed_by, id) where claimed_by <> ''",
    "create index case_feared on case_file(id) where feared = 1",
    "create index case_practice on case_file(id) where practice = 1",
    "create index case_opened on case_file(opened_at)",
)

STATEMENTS = (*_FORMS, _SITTING, *_QUEUES)
