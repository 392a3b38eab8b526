"""``search.db``: opened where the settings say, and what it keeps of each document."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from appliance.desk import Desk
from appliance.search.migrations import SEARCH
from appliance.search.romankey import keys
from appliance.search.words import words
from sync import db, identifiers
from sync.errors import SchemaTooNew, Unavailable
from sync.identifiers import PHONE, Found

CASE_BITS = 16
"""A document's id is case id << 16 plus its number: newest cases have the largest ids, and pages need no sorting."""
COLUMNS = ("told", "told_key", "office", "office_key")
_FEWEST_DIGITS = 4
_NATIONAL_DIGITS = 10


@dataclass(frozen=True)
class Document:
    """One text of a case, or several that came together: what informants told, what the office wrote."""

    case_id: int
    told: str = ""
    office: str = ""


@contextmanager
def opened(desk: Desk) -> Iterator[sqlite3.Connection]:
    """The index for writing, made where it is missing; one that is damaged is thrown away and made anew."""
    path = desk.config.search_db
    try:
        conn = _checked(path)
    except (sqlite3.DatabaseError, SchemaTooNew) as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # busy, or no room: nothing is wrong with the file
        _empty(path)
        conn = _checked(path)
    with closing(conn):
        yield conn


def _checked(path: Path) -> sqlite3.Connection:
    conn = db.open_db(path, SEARCH)
    conn.execute("select count(*) from progress").fetchone()
    return conn


def _empty(path: Path) -> None:
    """Cuts the file to nothing: a new one would have another mode, and be closed to the other processes."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    os.truncate(path, 0)


@contextmanager
def reading(desk: Desk) -> Iterator[sqlite3.Connection]:
    """The index for a question; raises Unavailable where there is none, or it is damaged."""
    try:
        with closing(db.connect_to_read(desk.config.search_db)) as conn:
            yield conn
    except sqlite3.DatabaseError as error:
        hint = "The timetable makes it anew; satark doctor names the folder"
        raise Unavailable("the index of words is not there", hint=hint) from error


def put(conn: sqlite3.Connection, documents: Iterable[Document]) -> int:
    """Adds documents, in the caller's transaction; gives how many."""
    taken: dict[int, int] = {}
    rows = [(_next_id(conn, one.case_id, taken), *_row(one)) for one in documents]
    rows.sort()  # FTS5 is fastest when ids rise
    conn.executemany(f"insert into word(rowid, {', '.join(COLUMNS)}) values(?,?,?,?,?)", rows)
    conn.executemany("insert into document values(?)", [(row[0],) for row in rows])
    return len(rows)


def clear(conn: sqlite3.Connection) -> None:
    """Forgets everything, in the caller's transaction."""
    conn.execute("insert into word(word) values('delete-all')")
    conn.execute("delete from document")
    conn.execute("delete from progress")


def drop(conn: sqlite3.Connection, case_ids: Iterable[int]) -> int:
    """Forgets cases whose words were erased, in the caller's transaction; gives how many documents.

    A contentless index wants to be told what it is to forget: the words are read out of the index itself, which takes
    one look at all of it.
    """
    ids = [
        row[0]
        for case_id in case_ids
        for row in conn.execute("select id from document where id between ? and ?", _span(case_id)).fetchall()
    ]
    if not ids:
        return 0
    marks = ", ".join("?" * len(COLUMNS))
    for id_, content in _contents(conn, ids):
        conn.execute(
            f"insert into word(word, rowid, {', '.join(COLUMNS)}) values('delete', ?, {marks})",
            (id_, *(content.get(column, "") for column in COLUMNS)),
        )
    conn.executemany("delete from document where id=?", [(id_,) for id_ in ids])
    conn.execute("insert into word(word) values('optimize')")  # until then deleted words lie in old segments
    return len(ids)


def holds(conn: sqlite3.Connection, case_id: int) -> bool:
    """Whether words of that case are in the index."""
    row = conn.execute("select 1 from document where id between ? and ?", _span(case_id)).fetchone()
    return row is not None


def case_of(document_id: int) -> int:
    """The case that a document belongs to."""
    return document_id >> CASE_BITS


def named_ones(text: str) -> list[str]:
    """Vehicles, phones and the like in ``text``, as words of the index: however they were typed, one form."""
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return []
    return [*chain.from_iterable(map(forms, identifiers.find(text)))]


def forms(one: Found) -> tuple[str, ...]:
    """The words of the index for an identifier: one, of a phone also that without the country's code."""
    plain = "".join(words(one.value))
    return (plain, plain[-_NATIONAL_DIGITS:]) if one.kind == PHONE else (plain,)


def _row(document: Document) -> tuple[str, ...]:
    told, office = words(document.told), words(document.office)
    return (
        " ".join((*told, *named_ones(document.told))),
        " ".join(chain.from_iterable(map(keys, told))),
        " ".join((*office, *named_ones(document.office))),
        " ".join(chain.from_iterable(map(keys, office))),
    )


def _span(case_id: int) -> tuple[int, int]:
    return case_id << CASE_BITS, (case_id + 1 << CASE_BITS) - 1


def _next_id(conn: sqlite3.Connection, case_id: int, taken: dict[int, int]) -> int:
    """``taken``: the last id given in this call, by case."""
    if case_id in taken:
        taken[case_id] += 1
    else:
        first, last = _span(case_id)
        (highest,) = conn.execute(
            "select max(id) from document where id between ? and ?", (first, last)
        ).fetchone()
        taken[case_id] = first if highest is None else highest + 1
    return taken[case_id]


def _contents(conn: sqlite3.Connection, ids: list[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """(document, column -> its words in their order)."""
    conn.execute("create temp table wanted(id integer primary key)")
    conn.executemany("insert into wanted values(?)", [(id_,) for id_ in ids])
    rows = conn.execute(
        "select term, doc, col, offset from place where doc in (select id from wanted)"
    ).fetchall()
    conn.execute("drop table wanted")
    found: dict[int, dict[str, list[tuple[int, str]]]] = {id_: {} for id_ in ids}
    for term, doc, column, offset in rows:
        found[doc].setdefault(column, []).append((offset, term))
    for id_, columns in found.items():
        yield id_, {column: " ".join(term for _, term in sorted(terms)) for column, terms in columns.items()}
