"""Cases in which words stand: a portion at a time, either way, only those that the person may see."""

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
_TOP = LAST >> index.CASE_BITS
"""Above the id of any case."""
_SERIAL = re.compile(r"[A-Z]{2,8}-\d{4}-\d{1,9}")
_NUMBER = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class _Way:
    """From the newest case to older ones, or the other way. A walk goes by places, which fall either way."""

    is_rising: bool

    def mirrored(self, number: int) -> int:
        """The place of a case, and the case at a place."""
        return _TOP - number if self.is_rising else number

    def first(self, beyond: int | None) -> int:
        """The place below which the walk begins."""
        return LAST if beyond is None else max(0, self.mirrored(beyond))


@dataclass(frozen=True)
class Portion:
    """Ids of some cases as the walk met them. ``rest``: beyond this id none was looked at; None where all were."""

    case_ids: tuple[int, ...]
    rest: int | None = None


def matching(
    desk: Desk, actor: Actor, text: str, before: int | None = None, limit: int = 50
) -> tuple[int, ...]:
    """Ids of cases that ``text`` is about: those of ``portion``."""
    return portion(desk, actor, text, before, limit).case_ids


def portion(
    desk: Desk, actor: Actor, text: str, beyond: int | None, limit: int, is_rising: bool = False
) -> Portion:
    """The newest ``limit`` cases that ``text`` is about, below the case id ``beyond``; fewer after MOST_STEPS.

    ``is_rising``: the oldest above it, which come first.

    Every word must be in the case, in any of its spellings; a serial, or its number alone, finds its case. Roles of
    the office find what informants told; those who sit for a post find what the office wrote; the others find nothing.
    """
    if actor.role not in READERS or limit < 1:
        return Portion(())
    keeping.freshen(desk)
    way = _Way(is_rising)
    first = way.first(beyond)
    serials = sorted((way.mirrored(one) for one in _by_serial(desk, text)), reverse=True)
    with index.reading(desk) as conn:
        texts = columns(actor)
        walk = _Walk(
            [_Falling(conn, one.expression(texts), first, way) for one in terms(desk, text) if texts]
        )
        places = _merged([one for one in serials if one < first], walk)
        wanted = tuple(islice(_visible(desk, actor, map(way.mirrored, places), way), limit))
    ends = [] if walk.rest is None else [walk.rest]
    end = max([*ends, *map(way.mirrored, wanted[limit - 1 :])], default=None)
    return Portion(wanted, None if end is None else way.mirrored(end))


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
    found = desk.conn.execute(f"select id from case_file where serial in ({marks})", wanted)
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


def _visible(desk: Desk, actor: Actor, ids: Iterator[int], way: _Way) -> Iterator[int]:
    condition, values = rights.scope(desk, actor).condition
    order = "asc" if way.is_rising else "desc"
    while chunk := list(islice(ids, _CHUNK)):
        marks = ",".join("?" * len(chunk))
        rows = desk.conn.execute(
            f"select id from case_file where id in ({marks}) and {condition} order by id {order}",
            (*chunk, *values),
        )
        for row in rows.fetchall():
            if actor.role in OFFICE or rights.may_see(desk, actor, ledger.by_id(desk, row[0])):
                yield row[0]


@dataclass
class _Walk:
    """The places of cases that hold every term, in any of their documents; from the highest down.

    ``rest``: after MOST_STEPS steps, the place below which it did not look.
    """

    lists: list["_Falling"]
    rest: int | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[int]:
        steps = 0
        while self.lists:
            lowest = min(one.place for one in self.lists)
            if lowest < 0:
                return
            if steps >= MOST_STEPS:
                self.rest = lowest + 1
                return
            if all(one.place == lowest for one in self.lists):
                yield lowest
                lowest -= 1
            for one in self.lists:
                steps += one.go_to(lowest)


@dataclass
class _Falling:
    """The cases of one term, their places in falling order; ``place`` is where it stands, -1 at the end."""

    conn: sqlite3.Connection
    expression: str
    first: int
    way: _Way
    place: int = -1

    def __post_init__(self) -> None:
        self._ask(self.first - 1)

    def go_to(self, highest: int) -> int:
        """Goes on until ``place`` is not above ``highest``; gives how many steps that took."""
        steps = 0
        while self.place > highest:
            steps += 1
            if steps % _NEAR == 0:
                self._ask(highest)
            else:
                self._next()
        return steps

    def _ask(self, highest: int) -> None:
        if self.way.is_rising:
            limit, rest = self.way.mirrored(highest) << index.CASE_BITS, "rowid >= ? order by rowid"
        else:
            limit, rest = min(highest + 1 << index.CASE_BITS, LAST), "rowid < ? order by rowid desc"
        query = f"select rowid from word where word match ? and {rest}"
        self._rows = self.conn.execute(query, (self.expression, limit))
        self._next()

    def _next(self) -> None:
        row = self._rows.fetchone()
        self.place = self.way.mirrored(index.case_of(row[0])) if row else -1
