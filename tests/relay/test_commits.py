"""Group commit: what waits goes together, is answered only once it is stored, and nobody pays for another's fault."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relay.commits import Commits, Turn
from relay.events import Event, Update
from sync.errors import Unavailable
from tests.waiting import wait_until


def update(name: str) -> Update:
    return Update(name, Event("text", "100", None, 0, name))


class Disk:
    """Keeps what is written, one group after the other; a group waits until the disk is let go."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.free = threading.Event()
        self.free.set()
        self.faults: dict[str, Exception] = {}

    def write(self, updates: list[Update], _now: float) -> None:
        self.groups.append([update.tag_source for update in updates])
        assert self.free.wait(10)
        for one in updates:
            if one.tag_source in self.faults:
                raise self.faults[one.tag_source]


@contextmanager
def posting(commits: Commits, *names: str) -> Iterator[dict[str, Exception | None]]:
    """Posts from as many threads; gives what became of those that are answered."""
    answers: dict[str, Exception | None] = {}

    def post(name: str) -> None:
        try:
            commits.put([update(name)], 0)
            answers[name] = None
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            answers[name] = error

    threads = [threading.Thread(target=post, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    yield answers
    for thread in threads:
        thread.join(10)


def together(disk: Disk, *names: str) -> dict[str, Exception | None]:
    """What becomes of POSTs that all came while another was being written."""
    commits = Commits(disk.write)
    disk.free.clear()
    with posting(commits, "first") as first:
        wait_until(lambda: disk.groups, what="the first is being written")
        with posting(commits, *names) as others:
            wait_until(lambda: len(commits._waiting) == len(names), what="the others wait")
            assert first == others == {}
            disk.free.set()
    assert first == {"first": None}
    return others


def test_what_waits_while_one_writes_goes_together() -> None:
    disk = Disk()
    assert together(disk, "a", "b", "c") == dict.fromkeys("abc")
    assert [sorted(group) for group in disk.groups] == [["first"], ["a", "b", "c"]]


def test_one_that_cannot_be_written_fails_alone() -> None:
    disk = Disk()
    disk.faults["b"] = ValueError("odd")
    answers = together(disk, "a", "b", "c")
    assert answers == {"a": None, "b": disk.faults["b"], "c": None}


@pytest.mark.parametrize(
    "fault", [sqlite3.OperationalError("full"), OSError(28, "x"), Unavailable("no keys")]
)
def test_a_fault_of_the_machine_is_told_to_all_at_once(fault: Exception) -> None:
    disk = Disk()
    disk.faults["b"] = fault
    assert together(disk, "a", "b", "c") == dict.fromkeys("abc", fault)
    assert len(disk.groups) == 2


def test_the_next_after_a_fault_is_written() -> None:
    disk = Disk()
    disk.faults["a"] = OSError(28, "x")
    commits = Commits(disk.write)
    with pytest.raises(OSError, match="28"):
        commits.put([update("a")], 0)
    commits.put([update("b")], 0)
    assert disk.groups == [["a"], ["b"]]


def test_one_whose_writer_was_torn_away_is_not_answered() -> None:
    class Torn(BaseException):
        """Nothing catches it."""

    def write(_updates: list[Update], _now: float) -> None:
        commits._waiting.clear()
        raise Torn

    commits = Commits(write)
    with pytest.raises(Torn):
        commits.put([update("a")], 0)


def test_many_threads_lose_and_double_nothing() -> None:
    disk = Disk()
    commits = Commits(disk.write)
    names = [f"{number}" for number in range(40)]
    with posting(commits, *names) as answers:
        pass
    assert answers == dict.fromkeys(names)
    assert sorted(name for group in disk.groups for name in group) == sorted(names)


def test_a_turn_waits_for_the_one_before(tmp_path: Path) -> None:
    mine, theirs, took = Turn(tmp_path), Turn(tmp_path), threading.Event()

    def take() -> None:
        with theirs:
            took.set()

    with mine:
        waiting = threading.Thread(target=take)
        waiting.start()
        assert not took.wait(0.05)
    assert took.wait(10)
    waiting.join()


def test_a_process_that_dies_gives_its_turn_back(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        Turn(tmp_path).__enter__()
        os._exit(0)
    os.waitpid(child, 0)
    with Turn(tmp_path):
        assert list(tmp_path.iterdir()) == []
