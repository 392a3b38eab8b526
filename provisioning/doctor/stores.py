"""Checks of the databases: whole, of a known schema, and whether what must leave leaves."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance import migrations as box_schema
from appliance.rangenode import migrations as range_schema
from provisioning.doctor.finding import FAIL, OK, WARN, Finding, Node
from relay import migrations as relay_schema
from sync import db
from sync.clock import DAY_S, HOUR_S
from sync.directory import RANGE, RELAY

OUTBOX_WARN_S, OUTBOX_FAIL_S = 2 * HOUR_S, 3 * DAY_S
CONTACT_WARN_S = HOUR_S
TROUBLE = ("refused.", "quarantine", "unsendable", "id_used_twice")
"""How the names of those counters begin that say that something was not taken."""
NO_COUNT = "hello_issued"  # kept among the counters, but a time


@dataclass(frozen=True)
class Schema:
    """The migrations of one database that this program knows, by name."""

    name: str
    known: frozenset[str]


def schemas(role: str) -> dict[str, Schema]:
    """The databases of a role and their schemas."""
    if role == RELAY:
        return {
            "relay.db": Schema("relay", db.known(relay_schema.relay_db)),
            "vault.db": Schema("vault", db.known(relay_schema.vault_db)),
        }
    own = {
        "box.db": Schema("box", db.known(box_schema.BOX)),
        "keys.db": Schema("keys", db.known(box_schema.KEYS)),
    }
    return {**own, "range.db": Schema("range", db.known(range_schema.RANGE))} if role == RANGE else own


def check_databases(node: Node) -> list[Finding]:
    """Each opens, its pages agree, and no newer program has changed it."""
    return [_database(node.root / name, schema) for name, schema in schemas(node.role).items()]


def _database(path: Path, schema: Schema) -> Finding:
    if not path.exists():
        return Finding("database", WARN, f"{path.name} is not there yet")
    if not os.access(path, os.R_OK):
        return Finding("database", WARN, f"{path.name} is closed to this user: not looked at")
    try:
        with closing(db.connect_to_read(path)) as conn:
            return _examine(conn, path.name, schema)
    except sqlite3.Error as error:
        return Finding("database", FAIL, f"{path.name}: {error}")


def _examine(conn: sqlite3.Connection, name: str, schema: Schema) -> Finding:
    (word,) = conn.execute("pragma quick_check(1)").fetchone()
    if word != "ok":
        return Finding("database", FAIL, f"{name}: its pages do not agree")
    rows = conn.execute(
        "select name from _sqlite_migrations where migration_set=?", (schema.name,)
    ).fetchall()
    strange = {row["name"] for row in rows} - schema.known
    if strange or not rows:
        return Finding("database", FAIL, f"{name}: of a schema this program does not know")
    return Finding("database", OK, f"{name}: whole, {len(rows)} migrations")


def check_order(node: Node) -> list[Finding]:
    """Whether the relay's databases were written anew after the last slot, so that no page tells who wrote first."""
    if node.role != RELAY:
        return []
    paths = [node.root / name for name in schemas(RELAY)]
    return [_order(path) for path in paths if path.exists() and os.access(path, os.R_OK)]


def _order(path: Path) -> Finding:
    try:
        with closing(db.connect_to_read(path)) as conn:
            is_left_out = db.was_left_out(conn)
    except sqlite3.Error as error:
        return Finding("order", FAIL, f"{path.name}: {error}")
    size = f"{path.name}: {path.stat().st_size / 2**20:.0f} MiB"
    return Finding("order", WARN if is_left_out else OK, f"{size}, {'not ' * is_left_out}written anew")


def check_outbox(node: Node) -> list[Finding]:
    """How much waits for an acknowledgement, how long already, and what a receiver put aside."""
    return of_main_database(node, "outbox", _outbox)


def _outbox(conn: sqlite3.Connection, now: float) -> Finding:
    waiting, oldest = conn.execute(
        "select count(*), min(created_at) from outbox where state='due'"
    ).fetchone()
    aside = conn.execute("select count(*) from outbox where state='quarantined'").fetchone()[0]
    age_s = now - oldest if waiting else 0.0
    evidence = f"{waiting} waiting, the oldest for {age_s / HOUR_S:.1f} hours; {aside} put aside by receivers"
    if age_s > OUTBOX_FAIL_S:
        return Finding("outbox", FAIL, evidence)
    return Finding("outbox", WARN if age_s > OUTBOX_WARN_S or aside else OK, evidence)


def check_peers(node: Node) -> list[Finding]:
    """When each other node was last heard."""
    return of_main_database(node, "peers", _peers)


def _peers(conn: sqlite3.Connection, now: float) -> Finding:
    rows = conn.execute("select node, last_contact_at from peer order by node").fetchall()
    ages_s = {row["node"]: now - row["last_contact_at"] for row in rows}
    silent = [
        f"{name} for {age_s / HOUR_S:.1f} hours" for name, age_s in ages_s.items() if age_s > CONTACT_WARN_S
    ]
    if silent:
        return Finding("peers", WARN, f"silent: {', '.join(silent)}")
    return Finding("peers", OK if rows else WARN, f"{len(rows)} heard in the last hour")


def check_arrivals(node: Node) -> list[Finding]:
    """What came and was not taken: frames refused, and envelopes that are kept whole for a newer program."""
    return of_main_database(node, "arrivals", _arrivals)


def _arrivals(conn: sqlite3.Connection, now: float) -> Finding:
    del now  # these count since the database was made
    kept, size_bytes = conn.execute(
        "select count(*), coalesce(sum(length(frame)), 0) from quarantine"
    ).fetchone()
    counted = conn.execute(
        "select name, value from counter where name<>? order by name", (NO_COUNT,)
    ).fetchall()
    bad = [row["name"] for row in counted if row["name"].startswith(TROUBLE) and row["value"]]
    evidence = f"{kept} in quarantine ({size_bytes / 1024:.0f} KiB)"
    evidence += "".join(f"; {row['name']} {row['value']}" for row in counted)
    return Finding("arrivals", WARN if kept or bad else OK, evidence)


def check_clock_set(node: Node) -> list[Finding]:
    """Whether the box's timetable found its clock set back, or so far ahead that it erases nothing by it."""
    return [] if node.role == RELAY else of_main_database(node, "clock_set", _clock_set)


def _clock_set(conn: sqlite3.Connection, now: float) -> Finding:
    del now  # the timetable forgets it by itself
    rows = conn.execute("select text from finding where name in ('clock', 'erasing') and text<>''")
    texts = "; ".join(row["text"] for row in rows)
    return Finding("clock_set", WARN if texts else OK, texts or "not set back")


def of_main_database(
    node: Node, id_: str, ask: Callable[[sqlite3.Connection, float], Finding]
) -> list[Finding]:
    """Asks the database with the outbox; nothing where ``check_databases`` says that it is not there."""
    path = node.root / ("relay.db" if node.role == RELAY else "box.db")
    if not path.exists() or not os.access(path, os.R_OK):
        return []
    try:
        with closing(db.connect_to_read(path)) as conn:
            return [ask(conn, node.machine.clock())]
    except sqlite3.Error as error:
        return [Finding(id_, FAIL, f"{path.name}: {error}")]
