"""The questions that an office asks its pages, and their like for a general tool on the same file."""

import random
import sqlite3
from dataclasses import dataclass
from urllib.parse import quote

from bench.office import peers

CASES_ASKED = 40
_CASES = "case_file"


@dataclass(frozen=True)
class Question:
    """``ours``: addresses asked in turn; ``theirs``: of Datasette, () where it has no such thing."""

    name: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...] = ()


def questions(conn: sqlite3.Connection) -> tuple[Question, ...]:
    """All of them, for what is in this box."""
    return (*_lists(conn), *_searches(), *_cases(conn), *_figures())


def _lists(conn: sqlite3.Connection) -> tuple[Question, ...]:
    (thana,) = conn.execute(
        f"select thana from {_CASES} group by 1 order by count(*) desc limit 1"
    ).fetchone()
    (middle,) = conn.execute(f"select max(id) / 2 from {_CASES}").fetchone()
    return (
        Question("list, newest first", ("/cases",), (peers.table(_CASES),)),
        Question("the same, its page", ("/cases",), (peers.page(_CASES),)),
        Question("half-way down", (f"/cases?after={middle}",), (peers.table(_CASES, id__lt=str(middle)),)),
        _filter("status: new", status="received"),
        _filter("status: closed", status="closed"),
        _filter("category: drugs", category="drugs"),
        _filter("class: secret", sensitivity="secret"),
        _filter("the busiest thana", thana=thana),
        _filter("thana and category", thana=thana, category="mining"),
    )


def _filter(name: str, **wanted: str) -> Question:
    query = "&".join(f"{key}={quote(value)}" for key, value in wanted.items())
    return Question(name, (f"/cases?{query}",), (peers.table(_CASES, **wanted),))


def _searches() -> tuple[Question, ...]:
    return (
        _search("search: a common Hindi word", "शराब", "told:शराब"),
        _search("search: two words, Latin", "motarsaikil chori", "dmtrskl AND dcuri"),
        _search("search: one vehicle", "UP62ZZ0023", "up62zz0023"),
        _search("search: nothing", "zzzzqqqq", "zzzzqqqq"),
    )


def _search(name: str, text: str, match: str) -> Question:
    query = f"select rowid >> 16 from word where word match '{match}' order by rowid desc limit 50"
    return Question(name, (f"/cases?text={quote(text)}",), (peers.sql("search", query),))


def _cases(conn: sqlite3.Connection) -> tuple[Question, ...]:
    (highest,) = conn.execute(f"select max(id) from {_CASES}").fetchone()
    rng = random.Random(7)
    ids = [rng.randrange(1, highest + 1) for _ in range(CASES_ASKED)]
    serials = [conn.execute(f"select serial from {_CASES} where id=?", (one,)).fetchone()[0] for one in ids]
    return (
        Question(
            "a case",
            tuple(f"/cases/{serial}" for serial in serials),
            tuple(f"/box/{_CASES}/{one}.json" for one in ids),
        ),
    )


def _figures() -> tuple[Question, ...]:
    weekly = f"select week, count(*) from {_CASES} group by week order by week desc limit 26"
    thanas = f"select thana, count(*) from {_CASES} where week > (select max(week) - 5 from {_CASES}) group by thana"
    return (
        Question("trend", ("/figures",), (peers.sql("box", weekly),)),
        Question("thanas compared", ("/figures/thanas",), (peers.sql("box", thanas),)),
        Question("map", ("/figures/map",)),
        Question("weekly review", ("/figures/review",)),
    )
