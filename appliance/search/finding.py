"""Cases in which words stand: newest first, a portion at a time, only those that the person may see."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from appliance import ledger, rights
from appliance.desk import OFFICE, READERS, SHO, Actor, Desk
from appliance.search import index, keeping, query, synonyms
from appliance.search.query import Term

LAST = 1 << 62
_NEAR = 48
"""So many steps are cheaper than a new question to the index."""
MOST_STEPS = 20_000
_CHUNK = 100
_SERIAL = re.compile(r"[A-Z]{2,8}-\d{4}-\d{1,9}")
_NUMBER = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class Portion:
    """Ids of some cases, newest first. ``rest``: those below this id were not looked at; None where all were."""

    case_ids: tuple[int, ...]
    rest: int | None = None


def matching(
    desk: Desk, actor: Actor, text: str, before: int | None = None, limit: int = 50
) -> tuple[int, ...]:
    """Ids of cases that ``text`` is about: those of ``portion``."""
    return portion(desk, actor, text, before, limit).case_ids


def portion(desk: Desk, actor: Actor, text: str, before: int | None = None, limit: int = 50) -> Portion:
    """The newest ``limit`` cases that ``text`` is about, below the case id ``before``; fewer after MOST_STEPS.

    Every word must be in the case, in any of its spellings; a serial, or its number alone, finds its case. Roles of
    the office find what informants told; those who sit for a post find what the office wrote; the others find nothing.
    """
    if actor.role not in READERS or limit < 1:
        return Portion(())
    keeping.freshen(desk)
    bound = LAST if before is None else before
    serials = [case_id for case_id in _by_serial(desk, text) if case_id < bound]
    with index.reading(desk) as conn:
        texts = columns(actor)
        walk = _Walk([_Falling(conn, one.expression(texts), bound) for one in terms(desk, text) if texts])
        wanted = tuple(islice(_visible(desk, actor, _merged(serials, walk)), limit))
    ends = [] if walk.rest is None else [walk.rest]
    return Portion(wanted, max([*ends, *wanted[limit - 1 :]], default=None))


def terms(desk: Desk, text: str) -> tuple[Term, ...]:
    """What a query asks for, with the synonyms of this box's thanas."""
    return query.read(text, synonyms.of_directory(desk.directory))


def columns(actor: Actor) -> tuple[str, ...]:
    """In which texts a person may look: the office in all, a circle officer in what the office wrote.

    A designated officer in none: his page shows no notes of the office, and a search would tell them word by word.
    """
    if actor.role == SHO:
        return ()
    return ("told", "office") if actor.role in OFFICE else ("office",)


def _by_serial(desk: Desk, text: str) -> list[int]:
    typed = text.strip().upper()
    if _SERIAL.fullmatch(typed):
        wanted = [typed]
    elif _NUMBER.fullmatch(typed):
        rows = desk.conn.execute("select prefix, year from serial_counter").fetchall()
        wanted = [f"{prefix}-{year}-{int(typed):05}" for prefix, year in rows]
    else:
        return []
    marks = ",".join("?" * len(wanted))
    found = desk.conn.execute(f"select id from case_file where serial in ({marks}) order by id desc", wanted)
    return [row[0] for row in found.fetchall()]


def _merged(some: list[int], walk: "_Walk") -> Iterator[int]:
    """Both in falling order, each once, as far as the walk went."""
    waiting = list(some)
    for other in walk:
        while waiting and waiting[0] > other:
            yield waiting.pop(0)
        if waiting and waiting[0] == other:
            waiting.pop(0)
        yield other
    yield from (one for one in waiting if walk.rest is None or one >= walk.rest)


def _visible(desk: Desk, actor: Actor, ids: Iterator[int]) -> Iterator[int]:
    condition, values = rights.scope(desk, actor).condition
    while chunk := list(islice(ids, _CHUNK)):
        marks = ",".join("?" * len(chunk))
        rows = desk.conn.execute(
            f"select id from case_file where id in ({marks}) and {condition} order by id desc",
            (*chunk, *values),
        )
        for row in rows.fetchall():
            if actor.role in OFFICE or rights.may_see(desk, actor, ledger.by_id(desk, row[0])):
                yield row[0]


@dataclass
class _Walk:
    """Cases that hold every term, in any of their documents; newest first.

    ``rest``: after MOST_STEPS steps, the case id below which it did not look.
    """

    lists: list["_Falling"]
    rest: int | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[int]:
        steps = 0
        while self.lists:
            lowest = min(one.case_id for one in self.lists)
            if lowest < 0:
                return
            if steps >= MOST_STEPS:
                self.rest = lowest + 1
                return
            if all(one.case_id == lowest for one in self.lists):
                yield lowest
                lowest -= 1
            for one in self.lists:
                steps += one.go_to(lowest)


@dataclass
class _Falling:
    """The cases of one term in falling order; ``case_id`` is the one it stands at, -1 at the end."""

    conn: sqlite3.Connection
    expression: str
    before: int
    case_id: int = -1

    def __post_init__(self) -> None:
        self._ask(self.before - 1)

    def go_to(self, highest: int) -> int:
        """Goes on until ``case_id`` is not above ``highest``; gives how many steps that took."""
        steps = 0
        while self.case_id > highest:
            steps += 1
            if steps % _NEAR == 0:
                self._ask(highest)
            else:
                self._next()
        return steps

    def _ask(self, highest: int) -> None:
        limit = min(highest + 1 << index.CASE_BITS, LAST)
        self._rows = self.conn.execute(
            "select rowid from word where word match ? and rowid < ? order by rowid desc",
            (self.expression, limit),
        )
        self._next()

    def _next(self) -> None:
        row = self._rows.fetchone()
        self.case_id = index.case_of(row[0]) if row else -1
