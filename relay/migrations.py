"""The relay's databases. ``relay.db`` never holds a number in clear or under a key that lies beside it.

What is sealed under the intake key (RAM only) dies with it after 48 hours; what is locked under an epoch key dies
with that key, which lives in a store apart from this disk.
"""

import json

from sqlite_utils import Database, Migrations

from sync import exchange, log
from sync.sealing import envelopes

relay_db = Migrations("relay")
vault_db = Migrations("vault")

_FIRST = (
    """
create table event(                   -- what WhatsApp delivered, until a step of the conversation has used it
    id integer primary key,
    key_day integer not null,         -- intake key it is sealed under
    sealed blob not null,
    state text not null default 'new' -- new | odd (not understood) | poisoned
) strict
""",
    "create index event_new on event(id) where state='new'",
    """
create table tag(                     -- update already taken: HMAC, kept over 7 days of retries
    tag blob primary key,
    week integer not null
) strict, without rowid
""",
    """
create table draft(                   -- one unfinished conversation
    person blob primary key,          -- HMAC under the intake key of key_day
    key_day integer not null,
    sealed blob not null,
    wake_at real                      -- when the dialogue wants to go on by itself
) strict, without rowid
""",
    """
create table chat_out(                -- a message of the bot that has not been handed to WhatsApp
    id integer primary key,
    person blob not null,
    opaque text not null unique,      -- our own name of it, echoed in its statuses
    key_day integer not null,
    sealed blob not null,             -- recipient and payload; emptied once sent
    due_at real not null,
    attempts integer not null default 0,
    state text not null default 'queued' -- queued | sending | sent | delivered | read | failed
) strict
""",
    "create index chat_out_waiting on chat_out(id) where state in ('queued', 'sending')",
    "create index chat_out_person on chat_out(person, id) where state in ('queued', 'sending')",
    """
create table fetch(                   -- a photo still at WhatsApp; its id is the dialogue's slot
    id integer primary key autoincrement,
    key_day integer not null,
    sealed blob not null,             -- who sent it and WhatsApp's name of it
    due_at real not null,
    attempts integer not null default 0,
    tried_at real                     -- when it was first tried in vain
) strict
""",
    """
create table held(                    -- an acknowledged report before its release: can be undone, needs no other key
    message_id text primary key,
    handle text not null unique,
    recipient text not null,          -- node
    body_key text not null,
    body blob not null,               -- sealed part
    contact_key text not null,
    contact blob not null,
    release_at real not null
) strict
""",
    """
create table evidence_file(           -- ciphertext in media/, of a draft, a held or a released report
    file_id text primary key,
    message_id text,                  -- null while the draft is open
    size_bytes integer not null,      -- of the ciphertext
    made_at integer not null
) strict, without rowid
""",
    """
create table receipt(                 -- what a receipt holder may ask; no way leads from here to a person
    tag blob primary key,             -- HMAC of the code under the pepper
    handle text not null unique,
    message_id text not null unique,  -- the envelope that carries it
    node text not null,
    state text not null,              -- kept | on_its_way | delivered | in_work | closed
    version integer not null default 0,
    made_at integer not null,
    closed_at integer
) strict, without rowid
""",
    """
create table token(                   -- a button whose effect is on disk; the button's own code is not
    hash blob primary key,
    effect text not null,             -- undo
    message_id text not null
) strict, without rowid
""",
    """
create table reply(                   -- an answer to an informant; its report key and the number are only in memory
    handle text not null,
    reply_no integer not null,
    node text not null,               -- who asked for it
    locked blob,                      -- template and parameters under the epoch key, until spent
    week integer not null,
    due_at real not null,
    state text not null,              -- waiting | sending | sent (a status may follow) | spent | expired
    settled integer not null default 0,
    templates integer not null default 0, -- sent because the informant last wrote more than 24 hours ago
    tries integer not null default 0, -- that found him silent for so long
    primary key(handle, reply_no)
) strict, without rowid
""",
    log.SCHEMA,
    *exchange.SCHEMA,
)

_OUTBOUND = (
    "alter table chat_out add column doubts integer not null default 0",  # sent with an outcome nobody told
    "alter table chat_out add column posted_hour integer",  # in which it was last sent, since the epoch: never finer
    "drop index chat_out_waiting",
    "drop index chat_out_person",
    # states of chat_out from here on: queued | sending | unknown | sent | delivered | read | failed
    "create index chat_out_due on chat_out(due_at, id) where state in ('queued', 'sending', 'unknown')",
    "create index chat_out_person on chat_out(person, id) where state in ('queued', 'sending', 'unknown')",
    "create index chat_out_posted on chat_out(person, posted_hour)",
    "alter table reply drop column templates",
    "alter table reply drop column tries",
    # the informant last wrote more than 24 hours ago: a template goes instead
    "alter table reply add column window_closed integer not null default 0",
    "alter table reply add column pushed_day integer",  # the day (IST) it went: one a day, words for seven
    """
create table offer(                   -- a button that shows the words of an answer; its own code is not on disk
    hash blob primary key,
    handle text not null,
    reply_no integer not null
) strict, without rowid
""",
    """
create table heard(                   -- the last hour in which WhatsApp told us anything of our messages
    id integer primary key check(id=1),
    hour integer not null
) strict
""",
    """
create table trouble(                 -- refusals that call a technician: codes and counts, of nobody's message
    code integer not null,            -- WhatsApp's
    hour integer not null,            -- since the epoch
    count integer not null,
    primary key(code, hour)
) strict, without rowid
""",
    """
create table meter(                   -- messages that WhatsApp accepted; they cost money
    month text not null,              -- of the Indian calendar, such as 2026-11
    number_id text not null,          -- our own business number's id
    free_form integer not null default 0,
    templates integer not null default 0,
    warned integer not null default 0,
    primary key(month, number_id)
) strict, without rowid
""",
)


@relay_db()
def first(db: Database) -> None:
    """The first schema of relay.db."""
    for statement in _FIRST:
        db.execute(statement)


@relay_db()
def failed_send(db: Database) -> None:
    """Statuses ``failed`` of messages that are not the bot's own: perhaps of an answer to an informant."""
    db.execute(
        """
create table failed_send(
    opaque text primary key,          -- our random name of the message; no row leads from it to a handle
    error_code integer not null,      -- WhatsApp's
    at integer not null               -- the hour: it goes with the next but one
) strict, without rowid
"""
    )


@relay_db()
def stops(db: Database) -> None:
    """People who want no answers."""
    db.execute(
        """
create table stop(
    tag blob primary key,             -- HMAC of the person under a key of its week in the epoch store
    week integer not null             -- in which it was said; it goes with its key
) strict, without rowid
"""
    )


@relay_db()
def duties(db: Database) -> None:
    """Cases that boxes give to officers, and the messages to them on the second number."""
    db.execute(
        """
create table duty(                    -- a notice, and how far its officer has answered
    name text primary key,            -- the box's random name of it
    node text not null,               -- who gave it
    week integer not null,            -- epoch key it is locked and tagged under
    locked blob,                      -- number, brief, token of its buttons; null once it is over
    token_hash blob unique,
    phone_tag blob,                   -- HMAC of the officer's number
    user_tag blob,                    -- HMAC of his business-scoped id, once he has shown the token
    state text not null,              -- noticed | delivered | accepted | cannot | acted | could_not | over
    notes integer not null default 0,
    changed integer not null,         -- counts changes: the duty touched last has the highest
    expires_at integer not null
) strict, without rowid
"""
    )
    db.execute(
        """
create table duty_out(                -- a message to an officer, or one sentence to a stranger
    id integer primary key,
    opaque text not null unique,      -- our own name of it, echoed in its statuses
    duty text not null,               -- '' for a stranger
    week integer not null,
    locked blob not null,             -- recipient and words under the epoch key; emptied once it arrived
    due_at real not null,
    attempts integer not null default 0,
    as_template integer not null default 0, -- the 24 hours are over: the approved template goes
    state text not null default 'queued', -- queued | sent | delivered | read | failed
    made_at integer not null          -- the hour
) strict
"""
    )
    db.execute("create index duty_out_waiting on duty_out(due_at) where state='queued'")
    db.execute(
        """
create table duty_photo(              -- an officer's photo that is being fetched
    slot integer primary key,         -- of fetch
    duty text not null
) strict
"""
    )


@relay_db()
def outbound(db: Database) -> None:
    """Messages whose outcome nobody told yet, the pace of each person's, and answers that are read by a tap."""
    for statement in _OUTBOUND:
        db.execute(statement)


@relay_db()
def sent_drafts(db: Database) -> None:
    """The drafts of held reports, for who takes one back to change it."""
    db.execute(
        """
create table sent_draft(
    message_id text primary key,      -- of the held report; goes with it
    person blob not null,             -- HMAC under the intake key of key_day
    key_day integer not null,
    sealed blob not null
) strict
"""
    )


@relay_db()
def officers_doubts(db: Database) -> None:
    """How often a message to an officer went without a word of WhatsApp on it."""
    db.execute("alter table duty_out add column doubts integer not null default 0")


@relay_db()
def monthly_keys(db: Database) -> None:
    """Which keys of a box each row of the outbox is sealed to, and which of ours it holds."""
    for statement in exchange.MONTHLY_KEYS:
        db.execute(statement)
    rows = "select message_id, purpose, content from outbox where purpose in ('report', 'duty_answer')"
    for message_id, purpose, content in db.conn.execute(rows).fetchall():
        keys = _keys_of_answer(content) if purpose == "duty_answer" else _keys_of_report(content)
        db.execute("update outbox set sealed_to=? where message_id=?", (" ".join(keys), message_id))


def _keys_of_report(content: bytes) -> list[str]:
    return [part.key for part in envelopes.read(content).parts]


def _keys_of_answer(content: bytes) -> list[str]:
    return [str(json.loads(content)["key"])]


@relay_db()
def closings(db: Database) -> None:
    """Closed reports whose row of the vault is not gone yet; those of before had a week from their closing."""
    db.execute(
        """
create table closing(
    handle text primary key,
    until integer not null            -- the row goes then at the latest, as soon as no answer waits before
) strict, without rowid
"""
    )
    db.execute(
        "insert into closing select handle, closed_at + 604800 from receipt where closed_at is not null"
    )


@relay_db()
def fate_of_notices(db: Database) -> None:
    """Which messages to officers are notices: known also when their words are gone. The first of each duty was one."""
    db.execute("alter table duty_out add column is_notice integer not null default 0")
    db.execute(
        "update duty_out set is_notice=1 where id in (select min(id) from duty_out where duty<>'' group by duty)"
    )


@relay_db()
def seen_by_sender(db: Database) -> None:
    """Whose message each id was."""
    for statement in exchange.SEEN_BY_SENDER:
        db.execute(statement)


@relay_db()
def one_budget(db: Database) -> None:
    """Answers to a report and to what was added to it are counted together; those of before each by itself."""
    # the handle under which an answer is counted: of the report that its own one adds to, or its own
    db.execute("alter table reply add column first text not null default ''")
    db.execute("update reply set first=handle")
    db.execute("create index reply_first on reply(first, reply_no)")


@relay_db()
def takes(db: Database) -> None:
    """How often a waiting thing was taken after a start that found it: what kills each step is not taken for ever."""
    db.execute("alter table event add column takes integer not null default 0")


@relay_db()
def wakes(db: Database) -> None:
    """The same of a conversation that goes on by itself."""
    db.execute("alter table draft add column takes integer not null default 0")


@vault_db()
def first_vault(db: Database) -> None:
    """The first schema of vault.db: one row per report whose informant can be answered."""
    db.execute(
        """
create table vault(
    handle text primary key,
    week integer not null,            -- epoch key that is half of this row's key
    locked blob not null,             -- number or business-scoped id, padded to one size
    expires_at integer not null
) strict, without rowid
"""
    )
