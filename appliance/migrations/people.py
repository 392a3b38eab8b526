"""Second steps, first passwords, sign-ins that others can name."""

STATEMENTS = (
    # 1: the password was made by the program and must be changed at its first use
    "alter table person add column must_change integer not null default 0",
    "alter table person add column password_at integer not null default 0",
    # null: no second factor yet; context factor:<name>
    "alter table person add column totp_locked blob",
    # the last 30 seconds of which a code was taken: none works twice
    "alter table person add column totp_step integer not null default 0",
    # shown to its person and not proven by a code yet; context offered:<name>
    "alter table person add column totp_offered blob",
    """
-- What replaces a phone, or a lost one, each once; its row goes when it was used.
create table printed_code(
    person_id integer not null references person,
    number integer not null,            -- its place on the sheet, and the beginning of the code
    code_hash text not null,            -- argon2id, as a password's
    primary key(person_id, number)
) strict, without rowid
""",
    """
-- Where somebody signed in from before; the address is a tag.
create table known_address(
    person_id integer not null references person,
    address_tag blob not null,
    seen_at integer not null,
    primary key(person_id, address_tag)
) strict, without rowid
""",
    # whoever is signed in while the box is brought up to date signs in once more
    "drop table login",
    """
create table login(
    token_hash blob primary key,
    ref text not null unique,           -- what others may call this sign-in by
    person_id integer not null references person,
    created_at integer not null,
    last_seen_at integer not null,
    fresh_at integer not null,          -- when its person last gave password or code
    code_at integer,                    -- when the second factor was given; null: not yet
    address_tag blob not null
) strict, without rowid
""",
)
