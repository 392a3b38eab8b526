"""The vault: a row opens with the box's report key and our epoch key together, and with nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.epochs import EpochStore
from relay.events import Sender
from relay.migrations import vault_db
from relay.vault import LIFE_S, PADDED_BYTES, Reachable, Vault
from sync.clock import HOUR_S, WEEK_S
from sync.db import open_db
from sync.sealing import envelopes, locks
from tests.relay.builders import JNP_BOX, NUMBER, SENDER, forms
from tests.stations import FakeClock

NOW = FakeClock().now
HANDLE, KEY = "0123456789abcdef" * 2, bytes(range(32))


class Store:
    """A vault whose parts a test can reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epochs = EpochStore.initialise(folder / "epochs")
        self.conn = open_db(folder / "vault.db", vault_db)
        self.vault = Vault(self.conn, self.epochs)

    def keep(self, handle: str = HANDLE, sender: Sender = SENDER, now: float = NOW) -> None:
        self.vault.keep(handle, KEY, sender, "hi", now)

    def keep_once(self) -> None:
        """The same row for every example of a test."""
        if not self.handles():
            self.keep()

    def locked(self, handle: str = HANDLE) -> bytes:
        return bytes(self.conn.execute("select locked from vault where handle=?", (handle,)).fetchone()[0])

    def handles(self) -> list[str]:
        return [row[0] for row in self.conn.execute("select handle from vault order by handle")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_both_halves_together_open_a_row(store: Store) -> None:
    store.keep()
    assert store.vault.open(HANDLE, KEY) == Reachable(SENDER, "hi")


@given(st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
def test_any_other_report_key_opens_nothing(store: Store, key: bytes) -> None:
    store.keep_once()
    assert store.vault.open(HANDLE, key) is None


@given(st.integers(0, 255))
def test_one_wrong_bit_in_the_report_key_opens_nothing(store: Store, bit: int) -> None:
    store.keep_once()
    wrong = (int.from_bytes(KEY) ^ (1 << bit)).to_bytes(32)
    assert store.vault.open(HANDLE, wrong) is None


def test_another_epoch_key_of_the_same_week_opens_nothing(store: Store, tmp_path: Path) -> None:
    store.keep()
    other = EpochStore.initialise(tmp_path / "other")
    other.current(NOW)
    assert Vault(store.conn, other).open(HANDLE, KEY) is None


def test_without_the_epoch_key_a_row_is_noise(store: Store, tmp_path: Path) -> None:
    store.keep()
    assert Vault(store.conn, EpochStore.initialise(tmp_path / "empty")).open(HANDLE, KEY) is None


def test_a_row_moved_to_another_handle_or_week_does_not_open(store: Store) -> None:
    store.keep()
    store.epochs.current(NOW + WEEK_S)
    other = "f" * 32
    store.conn.execute(
        "insert into vault select ?, week, locked, expires_at from vault where handle=?", (other, HANDLE)
    )
    assert store.vault.open(other, KEY) is None
    store.conn.execute("update vault set week=week+1 where handle=?", (HANDLE,))
    assert store.vault.open(HANDLE, KEY) is None


def test_a_row_of_an_earlier_version_is_still_read(store: Store) -> None:
    plain = b'{"language":"hi","sender":{"phone":"919812345678","user_id":""}}'
    week, epoch_key = store.epochs.current(NOW)
    key = locks.derive(KEY + epoch_key, "contact", bytes.fromhex(HANDLE))
    locked = locks.lock(key, envelopes.pad(plain, PADDED_BYTES), f"vault:{HANDLE}")
    store.conn.execute("insert into vault values(?,?,?,?)", (HANDLE, week, locked, NOW + LIFE_S))
    assert store.vault.open(HANDLE, KEY) == Reachable(SENDER, "hi", at_once=False, node="", first="")
    store.keep("f" * 32)
    assert len(store.locked()) == len(store.locked("f" * 32))


def test_wishes_look_alike(store: Store) -> None:
    for n, at_once in enumerate((False, True)):
        store.vault.keep(f"{n:032x}", KEY, SENDER, "hi", NOW, at_once=at_once, node=JNP_BOX)
    assert [store.vault.open(f"{n:032x}", KEY) for n in range(2)] == [
        Reachable(SENDER, "hi", at_once, JNP_BOX) for at_once in (False, True)
    ]
    assert len(store.locked(f"{0:032x}")) == len(store.locked(f"{1:032x}"))


def test_an_unknown_handle_opens_nothing(store: Store) -> None:
    assert store.vault.open("not even hex", KEY) is None


def test_numbers_and_ids_of_any_length_look_alike(store: Store) -> None:
    people = [
        SENDER,
        Sender("", "911"),
        Sender("IN.12345678901234567890", ""),
        Sender("IN.ENT." + "a" * 128, ""),
    ]
    for n, sender in enumerate(people):
        store.keep(f"{n:032x}", sender)
        store.vault.keep(f"{n + 9:032x}", KEY, sender, "hi", NOW, node=JNP_BOX, first=HANDLE)
    assert len({len(store.locked(handle)) for handle in store.handles()}) == 1
    assert store.vault.open(f"{3:032x}", KEY) == Reachable(people[3], "hi")


def test_two_rows_of_one_person_share_nothing(store: Store) -> None:
    store.keep("1" * 32)
    store.keep("2" * 32)
    one, two = store.locked("1" * 32), store.locked("2" * 32)
    assert not {one[at : at + 8] for at in range(len(one) - 8)} & {
        two[at : at + 8] for at in range(len(two) - 8)
    }


def test_the_number_is_nowhere_in_the_file(store: Store) -> None:
    store.keep()
    data = b"".join(path.read_bytes() for path in store.folder.glob("vault.db*"))
    assert HANDLE.encode() in data
    assert not [form for form in forms(NUMBER.encode()) if form in data]


def test_its_report_key_is_nowhere_in_the_file(store: Store) -> None:
    store.keep()
    data = b"".join(path.read_bytes() for path in store.folder.glob("vault.db*"))
    assert not [form for form in forms(KEY) if form in data]


def test_its_row_tells_the_hour_and_not_the_second(store: Store) -> None:
    store.keep(now=NOW + 1234)
    assert store.conn.execute("select expires_at from vault").fetchone()[0] == NOW + LIFE_S


def test_a_forgotten_row_is_gone(store: Store) -> None:
    store.keep()
    store.vault.forget(HANDLE)
    store.vault.forget(HANDLE)
    assert store.vault.open(HANDLE, KEY) is None and store.handles() == []


def test_rows_of_reports_that_are_over_go_before_their_time(store: Store) -> None:
    other = "f" * 32
    store.keep()
    store.keep(other)
    store.vault.expire(NOW, [HANDLE])
    assert store.handles() == [other]
    assert store.vault.has(other) and not store.vault.has(HANDLE)


def test_rows_expire_and_their_epoch_key_with_the_last_of_them(store: Store) -> None:
    store.keep("1" * 32, now=NOW)
    store.keep("2" * 32, now=NOW + HOUR_S)
    week, _ = store.epochs.current(NOW)
    store.vault.expire(NOW + LIFE_S)
    assert store.handles() == ["2" * 32] and store.epochs.key(week)
    store.vault.expire(NOW + LIFE_S + HOUR_S)
    assert store.handles() == [] and store.epochs.key(week) is None
