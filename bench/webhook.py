"""Webhook messages made durable per second: our relay's web process beside Flask + pywa + one INSERT."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import place as places
from bench import report
from bench.place import BASELINES, Place
from bench.report import Comparison, Run, Side
from provisioning.demo.fleet import HOST, free_port
from provisioning.demo.world import listens
from relay import config
from relay.epochs import EpochStore
from relay.identity import IntakeKeys
from sync.db import PRAGMAS, connect_to_read

DEFAULT_N = 3000
MOST_N = 20_000
THREADS = 8
TEXT_BYTES = 300
WARM_UP = 100
START_S = 60.0
LOAD_S = 300.0
_RATE = re.compile(
    r"webhooks n=(\d+) threads=\d+ text=\d+: (?P<rate>[\d.]+)/s; p50 (?P<p50>[\d.]+) p95 [\d.]+ p99 (?P<p99>[\d.]+) ms;"
    r" acked (?P<acked>\d+) .*\n +cpu (?P<cpu>[\d.]+) ms per webhook; rss (?P<rss>[\d.]+) MB"
)


@dataclass(frozen=True)
class Server:
    """One side while it runs: where it listens, where its rows go, and how they are counted."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    secret: str
    database: Path
    count: str
    """SQL for (rows, distinct messages)."""


Start = Callable[[Place], AbstractContextManager[Server]]


def compare(
    place: Place, n: int, runs: int, say: Callable[[str], None], threads: int = THREADS
) -> Comparison:
    """``runs`` runs of ``n`` messages of each side in turn, each with a new process and an empty database."""
    make_keys(place)
    found: dict[str, list[Run]] = {name: [] for name in SIDES}
    settings: dict[str, dict[str, str]] = {}
    for number in range(runs):
        for name, (start, _) in SIDES.items():
            with start(place) as server:
                run = _measure(server, n, threads, f"r{number}")
                settings[name] = {"command": places.command_line(server.process, place.folder)}
            found[name].append(report.check(name, run, n + WARM_UP))
            say(f"webhook, {threads} at once, {number + 1}/{runs} {name}: {run.per_s:.0f}/s")
    sides = tuple(
        Side(name, {**settings[name], **told}, tuple(found[name])) for name, (_, told) in SIDES.items()
    )
    title = f"Webhook messages made durable per second, {threads} clients at once"
    return Comparison(title, "/s", _common(n, runs, threads), sides, {})


def parse_load(output: str) -> tuple[float, float, float, float, float, int]:
    """Rate, p50 and p99 (ms), CPU ms, RSS MB and number acknowledged, of what webhook_load.py prints."""
    match = _RATE.search(output)
    if match is None:
        raise ValueError(f"webhook_load.py said something else: {output[:300]!r}")
    rate, p50, p99, cpu, rss = (float(match[name]) for name in ("rate", "p50", "p99", "cpu", "rss"))
    return rate, p50, p99, cpu, rss, int(match["acked"])


def _common(n: int, runs: int, threads: int) -> dict[str, str]:
    return {
        "load": f"webhook_load.py: {n} signed messages of {TEXT_BYTES} bytes of text, {threads} threads, plain HTTP on"
        f" {HOST}, after a warm-up of {WARM_UP}",
        "runs": f"{runs} of each side in turn, each with a new process and an empty database;"
        " kept/sent includes the warm-up; a run in which anything was refused, lost or doubled ends the bench",
    }


def _measure(server: Server, n: int, threads: int, tag: str) -> Run:
    places.until(lambda: listens(server.port), "the server does not listen", server.process, START_S)
    warm = _load(server, WARM_UP, THREADS, f"w{tag}")
    places.until_quiet(server.process)
    rate, p50, p99, cpu, rss, acked = _load(server, n, threads, tag)
    conn = connect_to_read(server.database)
    rows, distinct = conn.execute(server.count).fetchone()
    conn.close()
    return Run(rate, cpu, rss, acked + warm[-1], rows, rows - distinct, places.load(), p50, p99)


def _load(server: Server, n: int, threads: int, tag: str) -> tuple[float, float, float, float, float, int]:
    command = [sys.executable, str(BASELINES / "webhook_load.py"), "--port", str(server.port)]
    command += ["--path", server.path, "--secret", server.secret, "--n", str(n), "--threads", str(threads)]
    command += ["--text", str(TEXT_BYTES), "--tag", tag, "--pid", str(server.process.pid)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_S, check=True)
    return parse_load(done.stdout)


def make_keys(place: Place) -> None:
    """What the intake process makes before the web process can take anything."""
    settings, now = config.load(place.fleet.roots["relay"]), time.time()
    IntakeKeys(settings.runtime_dir).renew(now)
    EpochStore(settings.epoch_store).publish_tag_keys(settings.runtime_dir, now)


@contextmanager
def ours(place: Place) -> Iterator[Server]:
    """The relay's web process, with an empty database."""
    root = place.fleet.roots["relay"]
    places.remove_database(root / "relay.db")
    command = [sys.executable, "-m", "provisioning", "relay", "web", "--root", str(root)]
    count = "select (select count(*) from event), (select count(*) from tag)"
    with places.running(command, place.logs / "relay-web.log") as process:
        yield Server(
            process,
            place.fleet.ports["relay"],
            "/webhook",
            place.fleet.secrets["app_secret"],
            root / "relay.db",
            count,
        )


def _pywa(mode: str) -> Start:
    @contextmanager
    def start(place: Place) -> Iterator[Server]:
        database, port = place.folder / f"pywa-{mode}.db", free_port()
        places.remove_database(database)
        if mode == "wal":  # two workers that switch a new database over at once stop each other
            with closing(sqlite3.connect(database)) as conn:
                conn.execute("pragma journal_mode=wal")
        command = ["env", f"DB={database}", f"MODE={mode}", sys.executable, "-m", "gunicorn", "-w", "2"]
        command += [
            "--chdir",
            str(BASELINES),
            "--log-level",
            "warning",
            "-b",
            f"{HOST}:{port}",
            "pywa_server:app",
        ]
        count = "select count(*), count(distinct wamid) from report"
        with places.running(command, place.logs / f"pywa-{mode}.log") as process:
            yield Server(process, port, "/wh", "s3cret", database, count)

    return start


SIDES: dict[str, tuple[Start, dict[str, str]]] = {
    "ours (relay web)": (
        ours,
        {
            "database": f"one connection per worker; {', '.join(PRAGMAS[1:3])}; a transaction for all POSTs that wait",
            "crypto": "HMAC of the body checked; message sealed (AES-256-GCM); id kept as keyed tags only",
            "twice": "refused by a unique tag, across workers and restarts",
        },
    ),
    "pywa, WAL": (
        _pywa("wal"),
        {
            "database": "connection opened per message; journal_mode=WAL, synchronous=FULL; one INSERT",
            "crypto": "HMAC of the body checked; number and text stored in clear",
            "twice": "remembered in each worker's memory",
        },
    ),
    "pywa, plain": (
        _pywa("plain"),
        {
            "database": "connection opened per message; SQLite's defaults (journal_mode=DELETE, synchronous=FULL)",
            "crypto": "HMAC of the body checked; number and text stored in clear",
            "twice": "remembered in each worker's memory",
        },
    ),
}
