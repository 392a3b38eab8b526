"""What lies in a database's files where no row is any more: found where it is, and gone where the product erased it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.epochs import EpochStore
from relay.events import Sender
from relay.migrations import vault_db
from relay.vault import Vault
from sync.db import open_db
from sync.messages import Contact
from sync.sealing import locks
from tests.anonymity import carving
from tests.anonymity.seized import Seized

HANDLE, KEY = "5f" * 16, bytes(range(7, 39))
SENDER = Sender("", "919812345678")
NOW = 1_795_240_800.0


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A relay's folder with one row, whose key lies beside it in a file, and its epoch store."""
    made = Vault(
        open_db(tmp_path / "relay" / "vault.db", vault_db), EpochStore.initialise(tmp_path / "epochs")
    )
    (tmp_path / "relay" / "k_r").write_bytes(KEY)
    made.keep(HANDLE, KEY, SENDER, "hi", NOW)
    yield made
    made._conn.close()


def named(tmp_path: Path) -> list[Sender]:
    to = tmp_path / f"seized{len(list(tmp_path.glob('seized*')))}"
    return Seized("relay", [tmp_path / "relay", tmp_path / "epochs"], to).senders()


def test_a_row_that_is_deleted_is_cut_out_of_the_pages_it_lay_in(vault: Vault, tmp_path: Path) -> None:
    vault._conn.execute("pragma secure_delete=OFF")
    vault._conn.execute("delete from vault")
    vault._conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    assert named(tmp_path) == [SENDER]


def test_a_row_that_is_deleted_is_cut_out_of_a_log_that_was_not_cut(vault: Vault, tmp_path: Path) -> None:
    vault._conn.execute("delete from vault")
    assert named(tmp_path) == [SENDER]


def test_a_row_that_the_vault_forgot_is_nowhere(vault: Vault, tmp_path: Path) -> None:
    assert named(tmp_path) == [SENDER]
    vault.forget(HANDLE)
    assert named(tmp_path) == []


def test_a_key_is_cut_out_of_a_record_wherever_it_stands(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    conn.execute("create table one(a text, b integer, key blob, c text)")
    key = locks.new_key()
    conn.execute("insert into one values('x', 70000, ?, ?)", (key, "y" * 500))
    conn.execute("pragma secure_delete=OFF")
    conn.execute("drop table one")
    conn.close()
    assert key in carving.keys_in_records((tmp_path / "some.db").read_bytes())


def test_a_key_that_a_box_deleted_is_found_beside_its_handle(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    conn.execute("create table report_key(handle text primary key, report_key blob) strict, without rowid")
    contact = Contact(1, HANDLE, KEY)
    conn.execute("insert into report_key values(?,?)", (contact.handle, contact.report_key))
    conn.execute("pragma secure_delete=OFF")
    conn.execute("delete from report_key")
    conn.close()
    assert KEY in carving.keys_beside((tmp_path / "keys.db").read_bytes(), HANDLE)
