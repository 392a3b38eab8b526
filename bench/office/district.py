"""A box filled with N reports of three years: real tables, texts under keys, both chains, figures, index of words."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from appliance import search
from appliance.desk import Desk, open_desk
from provisioning.demo.year import course, rhythm
from provisioning.demo.year.writing import Past, Writer
from sync.clock import DAY_S

YEARS = 3
POOL = 20_000
"""So many different pasts; beyond them the same stories come again at other times."""
SEED = 20
Say = Callable[[str], None]


@dataclass(frozen=True)
class Filled:
    """A box's root with its reports; seconds that each part of filling it took, bytes of its files."""

    root: Path
    cases: int
    seconds: dict[str, float]
    size_bytes: dict[str, int]


def fill(root: Path, count: int, say: Say) -> Filled:
    """Writes ``count`` reports into the box under ``root`` and makes its index."""
    desk = open_desk(root, time.time)
    desk.conn.execute("pragma synchronous=OFF")
    began = time.monotonic()
    cases = Writer(desk, random.Random(SEED)).write(_counted(_pasts(desk, count), say))
    written = time.monotonic()
    desk.conn.execute("analyze")
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    say(f"  index of {cases} cases")
    search.catch_up(desk)
    seconds = {"rows": written - began, "index of words": time.monotonic() - written}
    desk.conn.close()
    sizes = {path.name: path.stat().st_size for path in (desk.config.box_db, desk.config.search_db)}
    return Filled(root, cases, seconds, sizes)


def _pasts(desk: Desk, count: int) -> Iterator[Past]:
    """Stories at the moments of three years; a story keeps its pace wherever it is told again."""
    rng, now = random.Random(SEED), int(time.time())
    district = course.of_box(desk)
    begin = now - YEARS * 365 * DAY_S
    moments = list(rhythm.moments(rng, begin, now, count / (YEARS * 365)))[:count]
    pool = list(course.pasts(replace(district, end=now), moments[-min(count, POOL) :], rng))
    yield from (_moved(rng.choice(pool), moment.at) for moment in moments[: -len(pool)])
    yield from pool


def _moved(past: Past, at: int) -> Past:
    shift = at - past.at
    steps = tuple(replace(step, at=step.at + shift) for step in past.steps)
    return replace(past, at=at, steps=steps, of=None if past.of is None else 1)


def _counted(pasts: Iterator[Past], say: Say) -> Iterator[Past]:
    for number, past in enumerate(pasts, 1):
        if number % 100_000 == 0:
            say(f"  {number} reports")
        yield past
