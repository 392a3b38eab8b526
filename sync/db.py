"""Opens every SQLite database of the product: pragmas, migrations with a backup first, refusal of newer schemas.

The pragmas and their reasons were measured (power cuts lose acknowledged rows under synchronous=NORMAL).
"""

import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from sync.errors import SchemaTooNew

log = logging.getLogger(__name__)

Factory = Callable[[str], sqlite3.Connection]
"""Makes a raw connection to a path; tests give one that cuts the power."""

NEVER_COPIED = frozenset(("vault.db", "keys.db", "search.db"))
"""In no backup, by name: a copy outlives the rows and keys that are destroyed, and shredding is then a word."""
ANEW_MOST_BYTES = 384 * 2**20
"""Two seconds, eleven where both cores are busy, in which others wait to write; and as much memory."""
_NOT_NOW = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_NO_ROOM = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR))
_TRIES, _PAUSE_S = 100, 0.05
_CUT_MS = 200
PRAGMAS = (
    "busy_timeout=15000",  # longer than a database of ANEW_MOST_BYTES is written anew
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
    "cell_size_check=ON",
)


def plain(path: str) -> sqlite3.Connection:
    """The default factory: autocommit mode (we write BEGIN ourselves), usable from the thread that owns it now."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15.0)


def connect(path: Path, factory: Factory = plain) -> sqlite3.Connection:
    """Opens an existing or new database with the product's pragmas; rows come as ``sqlite3.Row``."""
    conn = factory(str(path))
    conn.row_factory = sqlite3.Row
    if conn.execute("pragma page_count").fetchone()[0] == 0:
        conn.execute("pragma auto_vacuum=INCREMENTAL")
    for pragma in PRAGMAS:
        _set(conn, pragma)
    return conn


def _set(conn: sqlite3.Connection, pragma: str) -> None:
    """Sets a pragma; the change to WAL does not wait by itself while another process makes it at this moment."""
    for _ in range(_TRIES):
        try:
            conn.execute(f"pragma {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
    conn.execute(f"pragma {pragma}")


def cut_log(conn: sqlite3.Connection) -> bool:
    """Cuts the log of ``conn``'s database, whose pages still hold what was deleted; False where somebody reads it.

    Outside a transaction. It waits for readers only a moment: nobody else can write meanwhile.
    """
    (before_ms,) = conn.execute("pragma busy_timeout").fetchone()
    conn.execute(f"pragma busy_timeout={_CUT_MS}")
    try:
        (is_busy, _, _) = conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    finally:
        conn.execute(f"pragma busy_timeout={before_ms}")
    return not is_busy


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Opens an existing database for reading only."""
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute("pragma busy_timeout=5000")
    conn.execute("pragma query_only=ON")
    return conn


def open_db(path: Path, migrations: Migrations, factory: Factory = plain) -> sqlite3.Connection:
    """Opens ``path`` and brings it to the newest schema of ``migrations``.

    A database with rows is copied to ``<name>.before-<migration>`` first, but those of NEVER_COPIED. Raises
    SchemaTooNew when it holds a migration this program does not know. Safe when several processes of a node start
    at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = connect(path, factory)
    database = sqlite_utils.Database(conn)
    _refuse_newer(path, migrations, database)
    if migrations.pending(database):
        _migrate(path, conn, migrations, database)
    return conn


def known(migrations: Migrations) -> frozenset[str]:
    """Names of the migrations this program has; sqlite-utils offers no public way to ask."""
    return frozenset(migration.name for migration in migrations._migrations)


def _migrate(
    path: Path, conn: sqlite3.Connection, migrations: Migrations, database: sqlite_utils.Database
) -> None:
    # The outer transaction makes a second process wait here; it then finds nothing pending.
    with transaction(conn):
        pending = migrations.pending(database)
        if pending and migrations.applied(database) and path.name not in NEVER_COPIED:
            _back_up(path, path.with_name(f"{path.name}.before-{pending[0].name}"))
        migrations.apply(database)


def _refuse_newer(path: Path, migrations: Migrations, database: sqlite_utils.Database) -> None:
    unknown = [m.name for m in migrations.applied(database) if m.name not in known(migrations)]
    if unknown:
        raise SchemaTooNew(
            f"{path.name} holds migration {unknown[0]!r}, which this program does not know",
            hint="Upgrade this node, or restore the copy made before that migration",
        )


def _back_up(path: Path, target: Path) -> None:
    # A connection of its own: one that holds the write lock cannot be copied from.
    with closing(connect_to_read(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def write_anew(conn: sqlite3.Connection, slot: int) -> bool:
    """Writes the whole file in the order of its keys, once per ``slot`` (a number from 1, kept in the file's header).

    In its pages rows otherwise lie as they came, also when no column tells. False where it was done or left out for
    that slot, and where others are writing now: the next call tries again. It is left out, with a warning, where the
    file is larger than ANEW_MOST_BYTES or the disk has too little room; ``was_left_out`` knows it until the next slot.
    """
    if abs(_slot_written(conn)) == slot:
        return False
    try:
        is_done = _has_room(conn) and _vacuum(conn)
        conn.execute(f"pragma user_version={slot if is_done else -slot}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NOT_NOW | _NO_ROOM:
            raise
        return False
    if not is_done:
        log.warning("a database was not written anew: too large, or too little room on the disk")
    return is_done


def was_left_out(conn: sqlite3.Connection) -> bool:
    """Whether the file was not written anew for the last slot: its pages show the order in which rows came."""
    return _slot_written(conn) < 0


def _slot_written(conn: sqlite3.Connection) -> int:
    """The slot for which the file was last written anew; with a minus the one for which it was left out."""
    return int(conn.execute("pragma user_version").fetchone()[0])


def _vacuum(conn: sqlite3.Connection) -> bool:
    """False where the disk is full: whoever keeps house must not end by that."""
    try:
        conn.execute("vacuum")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NO_ROOM:
            raise
        return False
    return True


def _has_room(conn: sqlite3.Connection) -> bool:
    """The log takes as much as the file, beside what others write meanwhile."""
    size_bytes, path = _size_bytes(conn), conn.execute("pragma database_list").fetchone()[2]
    return size_bytes <= ANEW_MOST_BYTES and shutil.disk_usage(path).free >= 2 * size_bytes


def _size_bytes(conn: sqlite3.Connection) -> int:
    return int(
        conn.execute("pragma page_count").fetchone()[0] * conn.execute("pragma page_size").fetchone()[0]
    )


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One write transaction: takes the write lock at once, commits at the end, rolls back on any exception."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield conn
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(conn: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that can fail by itself: undone on any exception, the rest stands."""
    conn.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK TO part")
            conn.execute("RELEASE part")
        raise
    conn.execute("RELEASE part")
