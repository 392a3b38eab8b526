"""The tables that every node has for its line."""

from sync import outbox, transfer

SCHEMA = (
    *outbox.SCHEMA,
    *transfer.SCHEMA,
    """
create table node_epoch(
    epoch text not null               -- name of this database; a restored one takes a new one
) strict
""",
    "insert into node_epoch values(lower(hex(randomblob(8))))",
    """
create table peer(
    node text primary key,
    run text not null,                -- of the last hello
    epoch text not null,
    message_key blob not null,        -- public key to seal messages to it
    issued_at integer not null,       -- of the last hello; only rises
    directory_version integer not null,
    log_size integer not null,        -- checkpoint of its log for us
    log_head blob not null,
    last_contact_at integer not null  -- when the last hello came
) strict
""",
    """
create table seen(
    message_id text primary key,      -- once stored, never again: the replay rule
    envelope_hash blob not null,
    log_index integer,
    result text not null,
    at integer not null
) strict, without rowid
""",
    """
create table acknowledge(
    id integer primary key,
    recipient text not null,
    message_id text not null,
    envelope_hash blob not null,
    log_index integer,
    result text not null
) strict
""",
    """
create table quarantine(
    id integer primary key,
    at integer not null,
    sender text not null,
    reason text not null,
    frame blob not null               -- as it came, for a newer version or a person to look at
) strict
""",
    "create table counter(name text primary key, value integer not null) strict, without rowid",
)

MONTHLY_KEYS = (
    *outbox.MONTHLY_KEYS,
    # the key that opens what must be there of the message; '' in rows from before this column
    "alter table seen add column key text not null default ''",
    "alter table peer add column contact_key blob not null default x''",  # empty: it takes no contact parts
    # our keys that it seals to or has sealed something to that is not over, by id; null: of version 1, says nothing
    "alter table peer add column sealed_to text",
    "alter table peer add column listed_since integer not null default 0",  # issued_at of its first hello with these
)
"""What came when boxes began to change their keys."""

SEEN_BY_SENDER = (
    "alter table seen rename to seen_before",
    """
create table seen(
    sender text not null,             -- node; '' in rows from before this column
    message_id text not null,         -- of this sender once stored, never again: the replay rule
    envelope_hash blob not null,
    log_index integer,
    result text not null,
    at integer not null,
    key text not null,                -- that opens what must be there of the message
    primary key(sender, message_id)
) strict, without rowid
""",
    "insert into seen select '', message_id, envelope_hash, log_index, result, at, key from seen_before",
    "drop table seen_before",
)
"""What came when an id counted for its sender alone: another node cannot use it first."""
