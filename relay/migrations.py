"""The relay's databases. ``relay.db`` never holds a number in clear or under a key that lies beside it.

What is sealed under the intake key (RAM only) dies with it after 48 hours; what is locked under an epoch key dies
with that key, which lives in a store apart from this disk.
"""

from sqlite_utils import Database, Migrations

from sync import exchange, log

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
