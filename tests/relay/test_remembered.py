"""Keys are read when their folder has changed, and never used once they are gone."""

import gc
import os
import threading
import weakref
from pathlib import Path

import pytest

from relay.epochs import tag_keys
from relay.identity import IntakeKey
from relay.remembered import LOOK_EVERY_S, SETTLED_S, Remembered, RememberedKeys, look_often
from sync.clock import DAY_S
from sync.errors import Unavailable
from tests.relay.builders import FakeRelay
from tests.stations import FakeClock
from tests.waiting import wait_until


class Reads:
    """Counts how often a folder is read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __call__(self) -> list[str]:
        self.count += 1
        return sorted(path.name for path in self.folder.iterdir())


def at(folder: Path, changed_at: float) -> None:
    os.utime(folder, (changed_at, changed_at))


def test_an_unchanged_folder_is_read_once(tmp_path: Path) -> None:
    clock, reads = FakeClock(), Reads(tmp_path)
    remembered = Remembered(tmp_path, reads, clock)
    at(tmp_path, clock.now - 10)
    assert [remembered(), remembered()] == [[], []]
    assert reads.count == 1


def test_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    clock, reads = FakeClock(), Reads(tmp_path)
    remembered = Remembered(tmp_path, reads, clock)
    at(tmp_path, clock.now - 10)
    remembered()
    (tmp_path / "new").touch()
    at(tmp_path, clock.now - 5)
    assert remembered() == ["new"]


def test_a_folder_that_has_just_changed_is_not_yet_trusted(tmp_path: Path) -> None:
    clock, reads = FakeClock(), Reads(tmp_path)
    remembered = Remembered(tmp_path, reads, clock)
    at(tmp_path, clock.now - SETTLED_S / 2)
    remembered()
    (tmp_path / "in the same tick").touch()
    at(tmp_path, clock.now - SETTLED_S / 2)
    assert remembered() == ["in the same tick"]


def test_the_key_of_a_new_day_is_used_at_once(relay: FakeRelay) -> None:
    keys = RememberedKeys(relay.config.runtime_dir, relay.clock)
    before = keys.newest()
    relay.pass_time(DAY_S)
    assert keys.newest() == relay.keys.newest() != before


def test_keys_that_are_gone_are_not_used(relay: FakeRelay) -> None:
    runtime_dir = relay.config.runtime_dir
    relay.told_time.now += 10**9  # long after the files were made
    keys = RememberedKeys(runtime_dir, relay.clock)
    tags = Remembered(runtime_dir / "tags", lambda: tag_keys(runtime_dir), relay.clock)
    assert keys.newest() is keys.newest()
    assert tags() is tags()
    for path in [*runtime_dir.glob("intake/*.key"), *runtime_dir.glob("tags/*.key")]:
        path.unlink()
    with pytest.raises(Unavailable):
        keys.newest()
    with pytest.raises(Unavailable):
        tags()


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no intake key yet"):
        RememberedKeys(tmp_path, FakeClock()).newest()


@pytest.mark.slow
def test_a_destroyed_key_is_let_go_of_although_nobody_posts(relay: FakeRelay) -> None:
    relay.told_time.now += 10**9
    keys = RememberedKeys(relay.config.runtime_dir, relay.clock)
    key: weakref.ref[IntakeKey] = weakref.ref(keys.newest())
    keys.remembered.look()
    gc.collect()
    assert key() is keys.newest()
    for path in relay.config.runtime_dir.glob("intake/*.key"):
        path.unlink()
    keys.remembered.look()
    gc.collect()
    assert key() is None


@pytest.mark.slow
def test_a_folder_that_is_gone_takes_its_keys_with_it(tmp_path: Path) -> None:
    folder, clock = tmp_path / "keys", FakeClock()
    folder.mkdir()
    at(folder, clock.now - 10)
    remembered = Remembered(folder, lambda: IntakeKey(1, b"secret"), clock)
    key = weakref.ref(remembered())
    folder.rmdir()
    remembered.look()
    gc.collect()
    assert key() is None


def test_it_is_looked_for_in_time_and_as_long_as_somebody_remembers(tmp_path: Path) -> None:
    clock, rests, go_on = FakeClock(), list[float](), threading.Semaphore(0)
    at(tmp_path, clock.now - 10)
    reads = Reads(tmp_path)
    remembered = Remembered(tmp_path, reads, clock)
    remembered()

    def rest(seconds: float) -> None:
        rests.append(seconds)
        assert go_on.acquire(timeout=10)

    before = set(threading.enumerate())
    look_often(remembered, rest=rest)
    (looker,) = set(threading.enumerate()) - before
    wait_until(lambda: rests, what="the first look")
    at(tmp_path, clock.now - 5)
    go_on.release()
    wait_until(lambda: len(rests) == 2, what="the second look")
    assert remembered._found is None and rests == [LOOK_EVERY_S] * 2
    del remembered
    go_on.release()
    looker.join(10)
    assert not looker.is_alive() and looker.daemon
