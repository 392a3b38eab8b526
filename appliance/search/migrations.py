"""The tables of ``search.db``: which words stand in which case. Made anew from ``box.db`` at any time, in no backup."""

from sqlite_utils import Database, Migrations

SEARCH = Migrations("search")
TOKENIZER = "unicode61 categories ''L* N* Co Mn Mc''"
"""The default takes vowel signs for spaces, and finds other words then."""

TABLES = (
    f"""
-- Words of what was told and of what the office wrote, each beside its roman keys; rowid: that of its document.
create virtual table word using fts5(
    told,      -- informants: text, answers, place
    told_key,
    office,    -- notes, briefs, numbers of FIRs
    office_key,
    content='', columnsize=0, tokenize='{TOKENIZER}'
)
""",
    """
-- What was indexed: id = case id * 65536 + number of the document in its case, so that newest cases come last.
create table document(id integer primary key) strict
""",
    """
-- How far: epoch of box.db, version of the rules, last report and last history row.
create table progress(name text primary key, value text not null) strict, without rowid
""",
    "create virtual table term using fts5vocab(word, row)",
    "create virtual table place using fts5vocab(word, instance)",
)


@SEARCH(name="001_first")
def _first(database: Database) -> None:
    for statement in TABLES:
        database.conn.execute(statement)


@SEARCH(name="002_no_terms")
def _no_terms(database: Database) -> None:
    # how rare a word is is counted no further than it matters: nothing reads this any more
    database.conn.execute("drop table term")
