"""Opening databases: pragmas that are really set, migrations with a copy first, transactions that end."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from sync import db
from sync.errors import SchemaTooNew
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
FULL, WAL = 2, "wal"
EXPECTED = {
    "busy_timeout": 15000,
    "journal_mode": WAL,
    "synchronous": FULL,
    "foreign_keys": 1,
    "wal_autocheckpoint": 1000,
    "journal_size_limit": 67108864,
    "trusted_schema": 0,
    "secure_delete": 1,
    "temp_store": 2,
    "mmap_size": 0,
    "cell_size_check": 1,
    "auto_vacuum": 2,
}


def migrations(*names: str) -> Migrations:
    """A set whose every migration makes a table of its name."""
    made = Migrations("test")
    for name in names:
        made(name=name)(lambda database, name=name: database.conn.execute(f"create table {name}(x unique)"))
    return made


def tables(conn: sqlite3.Connection) -> set[str]:
    rows = conn.execute("select name from sqlite_schema where type='table' and name not like '%sqlite%'")
    return {row["name"] for row in rows.fetchall()}


@pytest.fixture
def conn(tmp_path: Path) -> sqlite3.Connection:
    return db.open_db(tmp_path / "a.db", migrations("one"))


def count(conn: sqlite3.Connection) -> int:
    return int(conn.execute("select count(*) from one").fetchone()[0])


@pytest.mark.parametrize("pragma", EXPECTED)
def test_the_pragma_is_really_set(tmp_path: Path, pragma: str) -> None:
    path = tmp_path / "new" / "a.db"
    for conn in (db.open_db(path, migrations("one")), db.connect(path)):
        assert conn.execute(f"pragma {pragma}").fetchone()[0] == EXPECTED[pragma]
        conn.close()


def test_every_pragma_of_the_module_is_looked_at_here() -> None:
    assert {pragma.split("=")[0] for pragma in db.PRAGMAS} | {"auto_vacuum"} == set(EXPECTED)


def test_a_connection_to_read_refuses_to_write_and_to_create(
    tmp_path: Path, conn: sqlite3.Connection
) -> None:
    reader = db.connect_to_read(tmp_path / "a.db")
    assert reader.execute("select count(*) as n from one").fetchone()["n"] == 0
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("insert into one values(1)")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        db.connect_to_read(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_factory_of_the_test_is_used(tmp_path: Path) -> None:
    asked: list[str] = []

    def factory(path: str) -> sqlite3.Connection:
        asked.append(path)
        return db.plain(path)

    db.open_db(tmp_path / "a.db", migrations("one"), factory).close()
    assert asked == [str(tmp_path / "a.db")]


def test_migrations_run_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    for names in (("one",), ("one", "two", "three"), ("one", "two", "three")):
        opened = db.open_db(path, migrations(*names))
        assert tables(opened) == set(names)
        opened.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    db.open_db(tmp_path / "a.db", migrations("one", "two")).close()
    with pytest.raises(SchemaTooNew, match=r"a\.db holds migration 'two'.*Upgrade this node"):
        db.open_db(tmp_path / "a.db", migrations("one"))


def test_a_copy_is_made_before_a_migration_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    first = db.open_db(path, migrations("one"))
    first.execute("insert into one values(7)")
    first.close()
    assert list(tmp_path.glob("*.before-*")) == []
    db.open_db(path, migrations("one", "two")).close()
    copy = db.connect_to_read(tmp_path / "a.db.before-two")
    assert tables(copy) == {"one"}
    assert copy.execute("select x from one").fetchone()["x"] == 7
    assert copy.execute("pragma integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("name", sorted(db.NEVER_COPIED))
def test_no_copy_is_made_of_what_must_be_in_no_backup(tmp_path: Path, name: str) -> None:
    db.open_db(tmp_path / name, migrations("one")).close()
    db.open_db(tmp_path / name, migrations("one", "two")).close()
    assert {path.name for path in tmp_path.iterdir()} == {name}


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db.open_db(path, migrations("one")).close()
    broken = migrations("one", "two")
    broken(name="three")(lambda database: database.conn.execute("create nonsense"))
    with pytest.raises(sqlite3.OperationalError):
        db.open_db(path, broken)
    again = db.open_db(path, migrations("one"))
    assert tables(again) == {"one"}


class OvertakenMigrations(Migrations):
    """Another process of the node migrates between our look at what is pending and our own migration."""

    def __init__(self, path: Path) -> None:
        super().__init__("test")
        self._path, self._waits = path, True

    def pending(self, db: sqlite_utils.Database) -> list[Migrations._Migration]:
        found = super().pending(db)
        if self._waits:
            self._waits = False
            overtake(self._path)
        return found


def overtake(path: Path) -> None:
    db.open_db(path, migrations("one", "two")).close()


def test_the_copy_shows_the_old_schema_even_when_another_process_was_faster(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db.open_db(path, migrations("one")).close()
    late = OvertakenMigrations(path)
    for migration in migrations("one", "two")._migrations:
        late(name=migration.name)(migration.fn)
    db.open_db(path, late).close()
    assert tables(db.connect_to_read(tmp_path / "a.db.before-two")) == {"one"}


OPENER = """
import sys, time
from pathlib import Path
from sync import db
from tests.sync.test_db import migrations
path, go, ready = map(Path, sys.argv[1:4])
ready.touch()
while not go.exists():
    time.sleep(0.001)
for name in ("new.db", "old.db"):
    conn = db.open_db(path / name, migrations("one", "two", "three"))
    with db.transaction(conn):
        conn.execute("insert into three values(?)", (sys.argv[3],))
    conn.close()
"""


@pytest.mark.slow
def test_processes_that_open_at_once_all_come_through(tmp_path: Path) -> None:
    db.open_db(tmp_path / "old.db", migrations("one")).close()
    go = tmp_path / "go"
    ready = [tmp_path / f"ready{number}" for number in range(4)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(tmp_path), str(go), str(mark)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for mark in ready
    ]
    wait_until(lambda: all(mark.exists() for mark in ready), 30, "processes that are ready")
    go.touch()
    complaints = [process.communicate(timeout=60)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 4, complaints
    for name in ("new.db", "old.db"):
        conn = db.connect_to_read(tmp_path / name)
        assert conn.execute("select count(*) as n from three").fetchone()["n"] == 4
        assert conn.execute("select count(*) as n from _sqlite_migrations").fetchone()["n"] == 3


def test_a_transaction_is_there_for_others_when_it_ends(tmp_path: Path, conn: sqlite3.Connection) -> None:
    other = db.connect(tmp_path / "a.db")
    with db.transaction(conn):
        conn.execute("insert into one values(1)")
        assert count(other) == 0
    assert count(other) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, sqlite3.OperationalError])
def test_a_transaction_that_fails_leaves_nothing(
    conn: sqlite3.Connection, error: type[BaseException]
) -> None:
    with pytest.raises(error), db.transaction(conn):
        conn.execute("insert into one values(1)")
        raise error
    assert count(conn) == 0
    assert not conn.in_transaction


def test_a_transaction_takes_the_write_lock_at_once(tmp_path: Path, conn: sqlite3.Connection) -> None:
    other = db.connect(tmp_path / "a.db")
    other.execute("pragma busy_timeout=0")
    with db.transaction(conn), pytest.raises(sqlite3.OperationalError, match="locked"), db.transaction(other):
        raise AssertionError("two writers at once")
    assert not other.in_transaction


def test_cutting_the_log_gives_way_to_a_reader_and_waits_as_others_do_afterwards(
    tmp_path: Path, conn: sqlite3.Connection
) -> None:
    conn.execute("create table t(x)")
    with closing(db.connect_to_read(tmp_path / "a.db")) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from t").fetchone()
        conn.execute("insert into t values(1)")
        began = time.monotonic()
        assert not db.cut_log(conn)
        assert time.monotonic() - began < 7.5  # half of what others wait
        reader.execute("rollback")
    assert db.cut_log(conn) and (tmp_path / "a.db-wal").stat().st_size == 0
    assert conn.execute("pragma busy_timeout").fetchone()[0] == EXPECTED["busy_timeout"]


def test_a_transaction_inside_another_is_refused(conn: sqlite3.Connection) -> None:
    nested = pytest.raises(sqlite3.OperationalError, match="within a transaction")
    with db.transaction(conn), nested, db.transaction(conn):
        raise AssertionError("nested")


def test_a_commit_that_fails_is_rolled_back(conn: sqlite3.Connection) -> None:
    conn.execute("create table child(x references one(x) deferrable initially deferred)")
    with pytest.raises(sqlite3.IntegrityError), db.transaction(conn):
        conn.execute("insert into child values(5)")
    assert not conn.in_transaction
    with db.transaction(conn):
        conn.execute("insert into one values(1)")
    assert count(conn) == 1


def test_a_savepoint_that_fails_is_undone_alone(conn: sqlite3.Connection) -> None:
    with db.transaction(conn):
        conn.execute("insert into one values(1)")
        with pytest.raises(ValueError, match="inner"), db.savepoint(conn):
            conn.execute("insert into one values(2)")
            raise ValueError("inner")
        with db.savepoint(conn):
            conn.execute("insert into one values(3)")
    assert [row["x"] for row in conn.execute("select x from one order by x").fetchall()] == [1, 3]


def test_savepoints_nest(conn: sqlite3.Connection) -> None:
    with db.transaction(conn), db.savepoint(conn):
        conn.execute("insert into one values(1)")
        with pytest.raises(ValueError, match="deep"), db.savepoint(conn):
            conn.execute("insert into one values(2)")
            raise ValueError("deep")
    assert count(conn) == 1


def test_a_savepoint_kept_is_lost_with_its_transaction(conn: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match="outer"), db.transaction(conn):
        with db.savepoint(conn):
            conn.execute("insert into one values(1)")
        raise ValueError("outer")
    assert count(conn) == 0
