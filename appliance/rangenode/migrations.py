"""The tables of ``range.db``: what the boxes told. No text of a report ever comes here."""

from sqlite_utils import Database, Migrations

RANGE = Migrations("range")

_TABLES = (
    """
-- How many cases of a box stand where; absolute numbers, the newest sequence number wins.
create table digest_cell(
    box text not null,                  -- node id
    epoch text not null,                -- name of the box's database
    district text not null,
    thana text not null,
    category text not null,
    week integer not null,
    status text not null,
    count integer not null,
    seq integer not null,               -- of the digest that told it
    primary key(box, epoch, district, thana, category, week, status)
) strict, without rowid
""",
    """
create table digest_seen(
    box text not null,
    epoch text not null,
    seq integer not null,               -- the lowest: all up to it have come (-1: none); then each that came
    primary key(box, epoch, seq)
) strict, without rowid
""",
    """
-- A box has one database at a time: only the counts of its newest epoch stand.
create table box_epoch(
    id integer primary key,
    box text not null,
    epoch text not null,
    first_at integer not null,
    unique(box, epoch)
) strict
""",
    """
create table contact(
    box text primary key,
    last_contact_at integer not null,
    directory_version integer not null
) strict, without rowid
""",
)


_TALLIES = """
-- What became of a box's cases of one kind, class and flags, opened in one week; the newest number wins.
create table tally_cell(
    box text not null,                  -- node id
    epoch text not null,                -- name of the box's database
    district text not null,
    category text not null,
    week integer not null,
    sensitivity text not null,
    victim integer not null,
    child integer not null,
    open integer not null,
    action integer not null,            -- closed, something was done
    none integer not null,              -- closed, nothing was
    duplicates integer not null,
    quarantined integer not null,
    seq integer not null,               -- of the digest that told it
    primary key(box, epoch, week, district, category, sensitivity, victim, child)
) strict, without rowid
"""


@RANGE(name="001_first")
def _first(database: Database) -> None:
    for statement in _TABLES:
        database.conn.execute(statement)


@RANGE(name="002_dense_numbers")
def _dense_numbers(database: Database) -> None:
    database.conn.execute("insert or ignore into digest_seen select distinct box, epoch, -1 from digest_seen")


@RANGE(name="003_tallies")
def _tallies(database: Database) -> None:
    database.conn.execute(_TALLIES)
