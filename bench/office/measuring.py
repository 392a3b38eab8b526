"""What is asked, of whom, how often; and the table of it."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import median

from appliance.analysis.periods import WEEK, Window
from appliance.figures import reading
from appliance.figures.reading import Choice
from bench import place, report
from bench.office import district, peers, serving
from bench.office.district import Filled, Say
from bench.office.load import Target, ask
from bench.office.questions import Question, questions
from bench.office.serving import Weight
from bench.place import Place
from sync import db
from sync.clock import week_of

DEFAULT_N, MOST_N = 1_000_000, 2_000_000
CLIENTS, SECONDS, REQUESTS = 8, 2.0, 1000
TREND_WEEKS = 52


@dataclass(frozen=True)
class Side:
    """Milliseconds of one program: ``one`` client (median of the runs' medians), then ``many`` at once."""

    one_ms: float
    many_p50_ms: float
    many_p95_ms: float
    per_s: float


@dataclass(frozen=True)
class Answer:
    """One question, answered by our pages and, where it has such a thing, by Datasette."""

    name: str
    ours: Side
    theirs: Side | None


@dataclass(frozen=True)
class Measured:
    """All of it. ``trend``: milliseconds of the trend from the tallies, and of the plain GROUP BY over cases."""

    filled: Filled
    answers: tuple[Answer, ...]
    trend_ms: tuple[float, float]
    weight: Weight
    load: float


def measure(here: Place, n: int, runs: int, say: Say) -> Measured:
    """Fills a box with ``n`` reports and asks; raises ChildProcessError where a page refuses."""
    root = here.fleet.roots[serving.SEAT]
    say(f"office: {n} reports")
    filled = district.fill(root, n, say)
    with closing(db.connect_to_read(root / "box.db")) as conn:
        asked, trend = questions(conn), _trend(conn, runs)
    ours, weight = _ask_ours(here, asked, runs, say)
    with peers.datasette(here, root / "box.db", root / "search.db") as target:
        theirs = {one.name: _side(target, one.theirs, runs, say) for one in asked if one.theirs}
    answers = tuple(Answer(one.name, ours[one.name], theirs.get(one.name)) for one in asked)
    return Measured(filled, answers, trend, weight, place.load())


def _ask_ours(
    here: Place, asked: Sequence[Question], runs: int, say: Say
) -> tuple[Mapping[str, Side], Weight]:
    with serving.pages(here) as (target, pid):
        sides = {one.name: _side(target, one.ours, runs, say) for one in asked}
        paths = [path for one in asked for path in one.ours]
        rounds = -(-REQUESTS // (len(paths) * CLIENTS))
        ask(target, paths, CLIENTS, 0, least=len(paths) * rounds)
        return sides, serving.weigh(pid)


def _side(target: Target, paths: tuple[str, ...], runs: int, say: Say) -> Side:
    say(f"  {paths[0][:90]}")
    ask(target, paths[:1], 1, 0, least=1)  # what is read for the first time is no part of it
    alone = [ask(target, paths, 1, SECONDS / 2) for _ in range(runs)]
    many = ask(target, paths, CLIENTS, SECONDS)
    return Side(median(times.p50 for times in alone), many.p50, many.p95, many.per_s)


def _trend(conn: sqlite3.Connection, runs: int) -> tuple[float, float]:
    last = week_of(time.time())
    window = Window(WEEK, last - TREND_WEEKS + 1, last)
    plain = "select week, count(*) from case_file where week between ? and ? group by week"
    kept = _timed(lambda: reading.standings(conn, window, Choice(), "period"), runs)
    counted = _timed(lambda: conn.execute(plain, (window.first, window.last)).fetchall(), runs)
    return kept, counted


def _timed(work: Callable[[], object], runs: int) -> float:
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return median(found)


def shown(found: Measured) -> str:
    """For a terminal."""
    filled, (kept, counted) = found.filled, found.trend_ms
    sizes = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in filled.size_bytes.items())
    spent = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in filled.seconds.items())
    title = f"The office's pages with {filled.cases:,} reports: milliseconds of a whole page"
    return "\n".join(
        (
            *(title, "=" * len(title)),
            f"made: {spent}; {sizes}; load at the end {found.load:.1f}",
            f"{CLIENTS} clients: over TLS, kept alive, on the same machine; 1: median of the runs' medians",
            "",
            *report.table([_HEAD, *(_row(answer) for answer in found.answers)]),
            "",
            f"trend of {TREND_WEEKS} weeks: from tallies {kept:.2f} ms, plain GROUP BY {counted:.1f} ms:"
            f" {counted / kept:.0f}x",
            f"{found.weight.workers} workers after {REQUESTS} requests: PSS {found.weight.pss:.0f} MB,"
            f" USS {found.weight.uss:.0f} MB",
        )
    )


def as_dict(found: Measured) -> dict[str, object]:
    """Ready for JSON."""
    return {**asdict(found), "filled": {**asdict(found.filled), "root": ""}}


_HEAD = (
    *("question", "ours: 1", "p50 of 8", "p95 of 8", "answers/s"),
    *("Datasette: 1", "p95 of 8", "answers/s", "ours is, 1", "p95 of 8"),
)


def _row(answer: Answer) -> tuple[str, ...]:
    ours, theirs = answer.ours, answer.theirs
    mine = (f"{ours.one_ms:.1f}", f"{ours.many_p50_ms:.0f}", f"{ours.many_p95_ms:.0f}", f"{ours.per_s:.0f}")
    if theirs is None:
        return (answer.name, *mine, "-", "-", "-", "", "")
    times = (f"{theirs.one_ms / ours.one_ms:.2f}x", f"{theirs.many_p95_ms / ours.many_p95_ms:.2f}x")
    return (
        answer.name,
        *mine,
        f"{theirs.one_ms:.0f}",
        f"{theirs.many_p95_ms:.0f}",
        f"{theirs.per_s:.0f}",
        *times,
    )
