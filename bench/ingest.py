"""Reports made durable per second at the box, end to end, beside the usual paho + sqlite3 subscriber.

Ours ends when the sender has checked the box's signed acknowledgement of every report; theirs when every row is there.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import place as places
from bench import report, reports, steps
from bench.place import BASELINES, Place
from bench.report import Comparison, Run, Side
from bench.reports import Report
from bench.sender import RelayPart, Sender, forget_session
from provisioning import broker as brokers
from provisioning import enrol
from provisioning.demo.fleet import HOST
from provisioning.demo.world import listens
from sync import topics
from sync.db import PRAGMAS, connect_to_read
from sync.directory import Node
from sync.exchange import Identity
from sync.sealing.keys import SigningKey

DEFAULT_N = 2000
MOST_N = 2000
"""The broker's production queue drops what goes beyond: more at once would measure loss, not speed."""
START_S = 60.0
RUN_S = 180.0
LOOK_S, LOOK_IN_WAL_S = 0.05, 0.005
"""Between looks at the rows; without WAL a reader makes the writer wait, so seldom."""
_ONLY_TLS = ("cafile", "certfile", "keyfile", "crlfile", "tls_version", "require_certificate", "acl_file")
_IDENTITY = ("use_identity_as_username", "use_username_as_clientid", "allow_anonymous")
NAIVE = BASELINES / "naive_sub.py"
PRAGMA_LAUNCHER = Path(__file__).parent / "pragmas.py"


@dataclass(frozen=True)
class Field:
    """What every run shares: the place, who sends to whom, the reports, and how to speak of progress."""

    place: Place
    identity: Identity
    box: Node
    reports: Sequence[Report]

    @property
    def root(self) -> Path:
        """The box's root folder."""
        return self.place.fleet.roots["jaunpur"]


Measure = Callable[[Field], tuple[Run, str]]
"""One run: what was measured, and the command that was measured."""


def compare(place: Place, n: int, runs: int, say: Callable[[str], None]) -> Comparison:
    """``runs`` runs of ``n`` reports of each side in turn, each with a new process and an empty database."""
    field = _field(place, n)
    found: dict[str, list[Run]] = {name: [] for name in SIDES}
    commands: dict[str, str] = {}
    with _broker(place) as conf:
        for number in range(runs):
            for name, (measure, _) in SIDES.items():
                run, commands[name] = measure(field)
                found[name].append(report.check(name, run, n))
                say(f"ingest {number + 1}/{runs} {name}: {run.per_s:.0f}/s")
    sides = tuple(
        Side(name, {"command": commands[name], **told}, tuple(found[name]))
        for name, (_, told) in SIDES.items()
    )
    notes = steps.describe(steps.measure(field.root, field.identity, field.reports))
    return Comparison(
        "Reports made durable at the box per second", "/s", _common(field, runs, conf), sides, notes
    )


def plain_conf(production: str) -> str:
    """The production broker's configuration with one listener that lets anybody in, for loopback only."""
    kept = [line for line in production.splitlines() if not line.startswith(("#", *_ONLY_TLS, *_IDENTITY))]
    return "\n".join([*kept, "allow_anonymous true"]) + "\n"


def _field(place: Place, n: int) -> Field:
    fleet = place.fleet
    directory = enrol.load_directory(fleet.roots["relay"])
    signing = SigningKey((fleet.roots["relay"] / "keys" / "signing.key").read_bytes())
    identity = Identity(fleet.ids["relay"], secrets.token_hex(8), signing)
    box = directory.node(fleet.ids["jaunpur"])
    return Field(place, identity, box, reports.make(n, identity, box))


def _common(field: Field, runs: int, conf: str) -> dict[str, str]:
    told, travels = reports.sizes(field.reports)
    limits = [line for line in conf.splitlines() if line.startswith(("max_", "persistence ", "autosave"))]
    return {
        "broker": f"one Mosquitto process, one plain listener on {HOST} for all sides (no TLS for anybody); QoS 1;"
        f" {', '.join(limits)}",
        "load": f"{len(field.reports)} reports, sent as fast as the broker takes them; {told} bytes told,"
        f" {travels} bytes on the wire for ours (sealed, padded), {told} for theirs (plain)",
        "runs": f"{runs} of each side in turn, each with a new process and an empty database",
    }


@contextmanager
def _broker(place: Place) -> Iterator[str]:
    folder = place.folder / "broker"
    (folder / "data").mkdir(parents=True)
    conf = plain_conf(brokers.mosquitto_conf(folder, HOST, place.broker_port, as_root=os.geteuid() == 0))
    (folder / "mosquitto.conf").write_text(conf)
    command = [brokers.find_mosquitto(), "-c", str(folder / "mosquitto.conf")]
    with places.running(command, place.logs / "broker.log") as process:
        places.until(lambda: listens(place.broker_port), "the broker does not listen", process, START_S)
        yield conf


def _ours(field: Field) -> tuple[Run, str]:
    for name in ("box.db", "keys.db"):
        places.remove_database(field.root / name)
    port, me = field.place.broker_port, field.identity.node
    command = [sys.executable, "-m", "provisioning", "box", "link", "--root", str(field.root)]
    with (
        places.running(command, field.place.logs / "box-link.log") as process,
        Sender(port, me, topics.inbox(me)) as sender,
    ):
        relay = RelayPart(sender, field.identity, field.box)
        relay.greet(START_S)
        places.until_quiet(process)
        cpu_s, started = places.cpu_s(process.pid), time.perf_counter()
        acked = relay.deliver(field.reports, RUN_S, lambda: process.poll() is None)
        took_s = time.perf_counter() - started
        run = _run(process, acked, took_s, cpu_s, _kept(field.root))
        line = places.command_line(process, field.place.folder)
    forget_session(port, field.box.id)
    return run, line


def _kept(root: Path) -> tuple[int, int]:
    """(Reports that have all they need: row, case and report key; rows too many.)"""
    box, keys = connect_to_read(root / "box.db"), connect_to_read(root / "keys.db")
    rows, handles, filed, cases = box.execute(
        "select (select count(*) from report), (select count(distinct handle) from report),"
        " (select count(*) from case_report), (select count(*) from case_file)"
    ).fetchone()
    (known,) = keys.execute("select count(*) from report_key").fetchone()
    box.close()
    keys.close()
    return min(handles, filed, known), max(rows, cases) - handles


def _naive(launcher: Sequence[str], label: str, look_s: float, field: Field) -> tuple[Run, str]:
    database, port = field.place.folder / f"naive-{label}.db", field.place.broker_port
    name = f"naive-{label}"
    places.remove_database(database)
    command = [sys.executable, *launcher, str(NAIVE), str(port), str(database), "commit", name]
    payloads = [b"%d %s" % (number, one.plain) for number, one in enumerate(field.reports)]
    with (
        places.running(command, field.place.logs / f"{name}.log") as process,
        Sender(port, "bench-sender") as sender,
    ):
        probes = _probe(sender, process, database)
        places.until_quiet(process)
        cpu_s, started = places.cpu_s(process.pid), time.perf_counter()
        sender.send("t/x", payloads)
        _wait_for_rows(database, probes + len(payloads), look_s)
        took_s = time.perf_counter() - started
        run = _run(process, len(payloads), took_s, cpu_s, _kept_naive(database))
        line = places.command_line(process, field.place.folder)
    forget_session(port, name)
    return run, line


def _probe(sender: Sender, process: subprocess.Popen[bytes], database: Path) -> int:
    """Sends a probe until one is stored: the subscription stands. Gives how many rows are there then."""
    places.until(database.exists, "there is no database", process, START_S)
    last = 0.0

    def is_stored() -> bool:
        nonlocal last
        if time.monotonic() - last > 1:
            sender.send("t/x", [b"-1 probe"])
            last = time.monotonic()
        return _rows(database) > 0

    places.until(is_stored, "no probe is stored", process, START_S)
    return _rows(database)


def _wait_for_rows(database: Path, wanted: int, look_s: float) -> None:
    """Returns once they are there, or when time is up: the count that follows tells."""
    deadline = time.monotonic() + RUN_S
    while _rows(database) < wanted and time.monotonic() < deadline:
        time.sleep(look_s)


def _rows(database: Path) -> int:
    """The newest row id: one page is read, so that looking does not hold the writer up."""
    conn = connect_to_read(database)
    try:
        return int(conn.execute("select coalesce(max(id), 0) from m").fetchone()[0])
    finally:
        conn.close()


def _kept_naive(database: Path) -> tuple[int, int]:
    conn = connect_to_read(database)
    rows, distinct = conn.execute("select count(*), count(distinct n) from m where n>=0").fetchone()
    conn.close()
    return distinct, rows - distinct


def _run(
    process: subprocess.Popen[bytes], acked: int, took_s: float, cpu_before_s: float, kept: tuple[int, int]
) -> Run:
    cpu_ms = 1000 * (places.cpu_s(process.pid) - cpu_before_s) / max(acked, 1)
    return Run(acked / took_s, cpu_ms, places.rss_mb(process.pid), acked, *kept, places.load())


_PLAIN = "none: the report lies in clear at the broker and in the database"
SIDES: dict[str, tuple[Measure, dict[str, str]]] = {
    "ours (box link)": (
        _ours,
        {
            "database": f"{', '.join(PRAGMAS[1:3])}; group commit of box.db and keys.db; report, case, history, audit,"
            " counts and acknowledgement in each transaction",
            "crypto": "Ed25519 verified, two HPKE parts opened (X-Wing), text locked anew (AES-256-GCM), signed and"
            " sealed acknowledgements",
            "done when": "the sender has checked the signed acknowledgement of every report",
        },
    ),
    "naive, as it is": (
        partial(_naive, (), "default", LOOK_S),
        {
            "database": "SQLite's defaults (journal_mode=DELETE, synchronous=FULL), one commit per message",
            "crypto": _PLAIN,
            "done when": "every row is committed; nobody tells the sender",
        },
    ),
    "naive, WAL": (
        partial(_naive, (str(PRAGMA_LAUNCHER),), "wal", LOOK_IN_WAL_S),
        {
            "database": "journal_mode=WAL, synchronous=FULL, one commit per message",
            "crypto": _PLAIN,
            "done when": "every row is committed; nobody tells the sender",
        },
    ),
}
