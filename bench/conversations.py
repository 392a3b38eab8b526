"""Steps of conversations per second, and what the intake process weighs with many of them open.

Run as a program it is the process that is measured: ``python -m bench.conversations ROOT PEOPLE STEPS`` prints one
line of JSON. Events go in by the spool and come out by the engine, with the relay's own databases and keys.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from bench import place as places
from bench import report, webhook
from bench.place import Place
from bench.report import Comparison, Run, Side
from relay import config, processes, spool
from relay.events import Event, Sender, Update
from relay.processes import Relay
from relay.spool import Spool
from sync.db import PRAGMAS

NAME = "ours (relay intake)"
PACE_N, OPEN_N = 1_000, 10_000
MOST_N = 20_000
ACTS = ("Hi", "हिन्दी", "11", "नहीं", "हां", "हर शाम पैसे लगाकर खेल होता है")
"""What everybody does first: greets, takes a language, a category, answers three questions."""
AT_ONCE = 200
RUN_S = 600.0


@dataclass(frozen=True)
class Taken:
    """What the measured process says of itself."""

    steps: int
    took_s: float
    cpu_s: float
    open_drafts: int
    rss_before_mb: float
    rss_mb: float


def compare_pace(place: Place, n: int, runs: int, say: Callable[[str], None]) -> Comparison:
    """``n`` people, several steps each: the rate counts."""
    return _compare("Steps of conversations made durable per second", place, n, len(ACTS), runs, say)


def compare_weight(place: Place, n: int, runs: int, say: Callable[[str], None]) -> Comparison:
    """``n`` people who have begun: the memory counts."""
    return _compare(f"Memory with {n} conversations open", place, n, 1, runs, say)


def _compare(
    title: str, place: Place, n: int, acts: int, runs: int, say: Callable[[str], None]
) -> Comparison:
    webhook.make_keys(place)
    found, empty_mb = [], 0.0
    for number in range(runs):
        taken = _measure(place, n, acts)
        empty_mb = taken.rss_before_mb
        per_s, cpu_ms = taken.steps / taken.took_s, 1000 * taken.cpu_s / taken.steps
        run = Run(per_s, cpu_ms, taken.rss_mb, n, taken.open_drafts, 0, places.load())
        found.append(report.check(NAME, run, n))
        say(f"{title}, {number + 1}/{runs}: {run.per_s:.0f}/s, {run.rss_mb:.0f} MB")
    common = {
        "load": f"{n} people, {acts} of their messages each, waiting in the spool; one thread takes the steps",
        "kept/sent": "conversations that are open, people who have begun one",
    }
    settings = {"database": f"{', '.join(PRAGMAS[1:3])}; one transaction per step: event, draft, answers"}
    notes = {"before the first message": f"{empty_mb:.0f} MB"}
    return Comparison(title, "/s", common, (Side(NAME, settings, tuple(found)),), notes)


def _measure(place: Place, people: int, acts: int) -> Taken:
    root = place.fleet.roots["relay"]
    for name in ("relay.db", "vault.db"):
        places.remove_database(root / name)
    command = [sys.executable, "-m", "bench.conversations", str(root), str(people), str(acts)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, check=False)
    if done.returncode:
        raise ChildProcessError(f"the measured process ended: {done.stderr.strip().splitlines()[-1]}")
    return Taken(**json.loads(done.stdout))


def measure_here(root: Path, people: int, acts: int) -> Taken:
    """In this very process; the databases of ``root`` are empty, its keys are made."""
    relay = Relay(config.load(root))
    inbox = Spool(relay.relay_db(), relay.keys, partial(spool.tag_keys, relay.config.runtime_dir))
    engine, conn, ids = processes.intake(relay), relay.relay_db(), count()
    before_mb, steps, took_s, cpu_s = _rss_mb(), 0, 0.0, 0.0
    for act in ACTS[:acts]:
        for start in range(0, people, AT_ONCE):
            group = range(start, min(start + AT_ONCE, people))
            inbox.put([_update(next(ids), person, act) for person in group], time.time())
        started, cpu_started = time.perf_counter(), time.process_time()
        while engine.step():
            steps += 1
        took_s += time.perf_counter() - started
        cpu_s += time.process_time() - cpu_started
    (drafts,) = conn.execute("select count(*) from draft").fetchone()
    return Taken(steps, took_s, cpu_s, drafts, before_mb, _rss_mb())


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _update(number: int, person: int, text: str) -> Update:
    sender = Sender(f"IN.9198{person:08d}", "")
    return Update(f"wamid.bench{number}", Event("text", "100", sender, int(time.time()), text))


if __name__ == "__main__":
    measured = measure_here(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(vars(measured)))
