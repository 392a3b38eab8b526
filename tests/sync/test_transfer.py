"""Evidence files: whatever happens to their chunks, a file appears under its name once, whole and byte-identical."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import db, frames, transfer
from sync.frames import CHUNK_BYTES, Chunk
from sync.messages import FileState
from sync.outbox import Retry
from tests.vectors.make import fixed

FILE_ID = "ab" * 16
RETRY = Retry(2.0, 60.0)
T0 = 1_000_000.0
SIZES = [1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES - 7, 9 * CHUNK_BYTES]
CONTENT = fixed("evidence", max(SIZES))


class PowerCut(Exception):
    """Ends a transaction as a kill would."""


def opened() -> sqlite3.Connection:
    conn = db.connect(Path(":memory:"))
    for statement in transfer.SCHEMA:
        conn.execute(statement)
    return conn


@pytest.fixture
def conn() -> sqlite3.Connection:
    return opened()


def chunks_of(data: bytes, file_id: str = FILE_ID) -> list[Chunk]:
    total = frames.chunk_count(len(data))
    return [Chunk(file_id, n, total, data[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES]) for n in range(total)]


@dataclass
class Box:
    """The receiving end of one file; ``seen``: what its program was told in transactions that lasted."""

    folder: Path
    data: bytes
    conn: sqlite3.Connection = field(default_factory=opened)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()
        digest = sha256(self.data).hexdigest()
        transfer.expect(self.conn, FILE_ID, "relay", len(self.data), digest)

    def restart(self) -> None:
        self.receiver = transfer.Receiver(self.folder / "incoming", self.folder / "evidence")

    def take(self, chunk: Chunk, cut: bool = False) -> None:
        """Takes one chunk; with ``cut`` the power goes after the file system and before the commit."""
        with suppress(PowerCut), db.transaction(self.conn):
            state = self.receiver.take(self.conn, chunk, "relay")
            if cut:
                raise PowerCut
            self.seen += [state] if state in ("here", "damaged") else []

    def is_whole(self) -> bool:
        path = self.folder / "evidence" / FILE_ID
        return path.exists() and path.read_bytes() == self.data

    def tell(self) -> list[FileState]:
        with db.transaction(self.conn):
            return [state for _, state in transfer.states_to_tell(self.conn, 10)]


@pytest.mark.slow
@given(size_bytes=st.sampled_from(SIZES), data=st.data())
def test_chunks_in_any_order_with_repeats_and_restarts_make_the_file_once(
    size_bytes: int, data: st.DataObject
) -> None:
    chunks = chunks_of(CONTENT[:size_bytes])
    order = data.draw(st.permutations(chunks)) + data.draw(st.lists(st.sampled_from(chunks), max_size=4))
    order = data.draw(st.permutations(order))
    with TemporaryDirectory() as folder:
        box = Box(Path(folder), CONTENT[:size_bytes])
        for number, chunk in enumerate(order):
            assert box.is_whole() == (box.seen == ["here"])
            if data.draw(st.booleans(), label=f"restart before {number}"):
                box.restart()
            box.take(chunk)
        assert box.seen == ["here"]
        assert box.is_whole()
        assert list((box.folder / "incoming").iterdir()) == []


def deliver_until_here(box: Box, events: Callable[[int], str]) -> None:
    """A sender that sends what the receiver says it lacks; ``events`` tells what happens to each chunk."""
    chunks, have, number = chunks_of(box.data), b"", 0
    for _ in range(200):
        for chunk in [c for c in chunks if not have or not have[c.number // 8] >> c.number % 8 & 1]:
            number += 1
            event = events(number)
            if event != "lost":
                box.take(chunk, cut=event == "cut")
            if event == "cut":
                box.restart()
        for state in box.tell():
            have = state.have
            if state.complete:
                return
    raise AssertionError("never complete")


@given(size_bytes=st.sampled_from(SIZES), seed=st.integers(0, 2**32))
def test_a_file_comes_through_losses_and_power_cuts(size_bytes: int, seed: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory() as folder:
        box = Box(Path(folder), CONTENT[:size_bytes])
        deliver_until_here(box, lambda number: rng.choice(["taken", "taken", "lost", "cut"]))
        assert box.is_whole()
        assert box.seen.count("here") == 1


def test_a_power_cut_between_rename_and_commit_is_no_damage(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[: 3 * CHUNK_BYTES])
    chunks = chunks_of(box.data)
    box.take(chunks[0])
    box.take(chunks[1])
    box.take(chunks[2], cut=True)
    box.restart()
    box.take(chunks[2])
    assert box.seen == ["here"]
    assert box.is_whole()


def test_a_wrong_hash_is_told_as_damage_and_the_file_is_asked_for_again(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[: 2 * CHUNK_BYTES])
    first, second = chunks_of(box.data)
    box.take(replace(first, data=second.data))
    box.take(second)
    assert box.seen == ["damaged"]
    assert box.tell() == [FileState(1, FILE_ID, b"", False)]
    assert list((tmp_path / "evidence").iterdir()) == []
    box.take(second)
    box.take(first)
    assert box.seen == ["damaged", "here"]
    assert box.is_whole()


def test_a_chunk_too_short_or_too_long_damages_only_itself(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[: CHUNK_BYTES + 10])
    first, last = chunks_of(box.data)
    box.take(replace(last, data=last.data + b"more"))
    box.take(first)
    assert box.seen == ["here"]
    assert box.is_whole()


@pytest.mark.parametrize(
    ("change", "sender"),
    [
        (lambda chunk: replace(chunk, file_id="cd" * 16), "relay"),
        (lambda chunk: replace(chunk, count=3), "relay"),
        (lambda chunk: chunk, "another"),
    ],
    ids=["unknown file", "other count", "other sender"],
)
def test_a_chunk_nobody_expects_is_refused(
    conn: sqlite3.Connection, tmp_path: Path, change: Callable[[Chunk], Chunk], sender: str
) -> None:
    transfer.expect(conn, FILE_ID, "relay", 2 * CHUNK_BYTES, "0" * 64)
    receiver = transfer.Receiver(tmp_path / "incoming", tmp_path / "evidence")
    first = chunks_of(CONTENT[: 2 * CHUNK_BYTES])[0]
    assert receiver.take(conn, change(first), sender) == "refused"
    assert list((tmp_path / "incoming").iterdir()) == []
    assert transfer.states_to_tell(conn, 10) == []


def test_expecting_a_file_twice_forgets_nothing(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[: 2 * CHUNK_BYTES])
    first, second = chunks_of(box.data)
    box.take(first)
    transfer.expect(box.conn, FILE_ID, "relay", len(box.data), sha256(box.data).hexdigest())
    box.take(second)
    assert box.seen == ["here"]


def test_every_chunk_makes_the_receiver_tell_once_also_of_a_finished_file(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[: 2 * CHUNK_BYTES])
    first, second = chunks_of(box.data)
    assert box.tell() == []
    box.take(first)
    assert box.tell() == [FileState(1, FILE_ID, b"\x01", False)]
    assert box.tell() == []
    box.take(second)
    box.take(second)
    assert box.tell() == [FileState(1, FILE_ID, b"\x03", True)]
    box.take(first)
    assert box.tell() == [FileState(1, FILE_ID, b"\x03", True)]


def offered(conn: sqlite3.Connection, size_bytes: int) -> None:
    transfer.offer(conn, FILE_ID, "box", "report-1", "media/f", size_bytes)


def numbers(conn: sqlite3.Connection, root: Path, now: float) -> list[int]:
    """Numbers of the chunks that go now."""
    found = []
    for file in transfer.due(conn, now, 10):
        transfer.sent(conn, file, now, RETRY, random.Random(1))
        found += [chunk.number for chunk in file.chunks(root)]
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "f").write_bytes(CONTENT)
    return tmp_path


def test_a_file_waits_for_its_report(conn: sqlite3.Connection, root: Path) -> None:
    offered(conn, len(CONTENT))
    assert numbers(conn, root, T0 + 1000) == []
    transfer.report_acknowledged(conn, "another", T0)
    assert numbers(conn, root, T0 + 1000) == []
    transfer.report_acknowledged(conn, "report-1", T0)
    assert numbers(conn, root, T0) == list(range(transfer.BURST_CHUNKS))


def under_way(conn: sqlite3.Connection, root: Path) -> None:
    """A file whose first burst has gone."""
    offered(conn, len(CONTENT))
    transfer.report_acknowledged(conn, "report-1", T0)
    assert numbers(conn, root, T0) == list(range(transfer.BURST_CHUNKS))


def test_the_next_burst_goes_when_the_last_one_is_there(conn: sqlite3.Connection, root: Path) -> None:
    under_way(conn, root)
    assert not transfer.told(conn, FileState(1, FILE_ID, b"\xff", False), "box", T0 + 1)
    (file,) = transfer.due(conn, T0 + 1, 10)
    assert [chunk.data for chunk in file.chunks(root)] == [c.data for c in chunks_of(CONTENT)[8:]]


def test_word_on_half_a_burst_calls_for_nothing_until_the_timer(conn: sqlite3.Connection, root: Path) -> None:
    under_way(conn, root)
    for have in (b"\x01", b"\x03", b"\x0f", b"\x0f"):
        assert not transfer.told(conn, FileState(1, FILE_ID, have, False), "box", T0 + 1)
        assert numbers(conn, root, T0 + 1) == []
    assert numbers(conn, root, T0 + 100) == [4, 5, 6, 7, 8]


def test_older_word_that_comes_later_takes_nothing_back(conn: sqlite3.Connection, root: Path) -> None:
    under_way(conn, root)
    for have in (b"\xff", b"\x03"):
        transfer.told(conn, FileState(1, FILE_ID, have, False), "box", T0 + 1)
    assert numbers(conn, root, T0 + 1) == [8]


def test_word_that_nothing_is_there_starts_anew_once(conn: sqlite3.Connection, root: Path) -> None:
    under_way(conn, root)
    transfer.told(conn, FileState(1, FILE_ID, b"\xff", False), "box", T0 + 1)
    transfer.told(conn, FileState(1, FILE_ID, b"", False), "box", T0 + 1)
    assert numbers(conn, root, T0 + 1) == list(range(transfer.BURST_CHUNKS))
    transfer.told(conn, FileState(1, FILE_ID, b"", False), "box", T0 + 1)
    assert numbers(conn, root, T0 + 1) == []


def test_without_word_a_burst_goes_again_later_and_later(conn: sqlite3.Connection, root: Path) -> None:
    offered(conn, len(CONTENT))
    transfer.report_acknowledged(conn, "report-1", T0)
    now, waits = T0, []
    for _ in range(5):
        assert numbers(conn, root, now) != []
        start = now
        while not transfer.due(conn, now, 10):
            now += 0.5
        waits.append(now - start)
    assert waits[0] <= RETRY.base_s * 1.25 + 0.5
    assert waits[-1] >= RETRY.base_s * 2**4 * 0.75


@pytest.mark.parametrize("sender", ["box", "another"])
def test_only_the_recipient_can_say_that_a_file_is_complete(
    conn: sqlite3.Connection, root: Path, sender: str
) -> None:
    offered(conn, len(CONTENT))
    transfer.report_acknowledged(conn, "report-1", T0)
    state = FileState(1, FILE_ID, b"\xff\x01", True)
    assert transfer.told(conn, state, sender, T0) == (sender == "box")
    assert not transfer.told(conn, state, sender, T0)
    assert (numbers(conn, root, T0 + 1000) == []) == (sender == "box")


def test_word_on_a_file_that_is_not_under_way_changes_nothing(conn: sqlite3.Connection) -> None:
    offered(conn, len(CONTENT))
    assert not transfer.told(conn, FileState(1, FILE_ID, b"\xff\x01", True), "box", T0)
    assert not transfer.told(conn, FileState(1, "cd" * 16, b"", True), "box", T0)
    assert transfer.due(conn, T0 + 1000, 10) == []


def test_a_file_spoilt_at_its_receiver_goes_again(conn: sqlite3.Connection, root: Path) -> None:
    offered(conn, len(CONTENT))
    transfer.report_acknowledged(conn, "report-1", T0)
    assert transfer.told(conn, FileState(1, FILE_ID, b"\xff\x01", True), "box", T0)
    assert not transfer.told(conn, FileState(1, FILE_ID, b"\x01", False), "box", T0 + 5)
    assert not transfer.told(conn, FileState(1, FILE_ID, b"", False), "another", T0 + 5)
    assert numbers(conn, root, T0 + 5) == []
    assert not transfer.told(conn, FileState(1, FILE_ID, b"", False), "box", T0 + 5)
    assert numbers(conn, root, T0 + 5) == list(range(transfer.BURST_CHUNKS))


def test_a_finished_file_does_not_tell_the_second_of_its_arrival(tmp_path: Path) -> None:
    box = Box(tmp_path, CONTENT[:10])
    (chunk,) = chunks_of(box.data)
    box.take(chunk)
    assert (tmp_path / "evidence" / FILE_ID).stat().st_mtime_ns % 60_000_000_000 == 0


def test_a_report_acknowledged_anew_sends_its_files_anew(conn: sqlite3.Connection, root: Path) -> None:
    offered(conn, len(CONTENT))
    transfer.report_acknowledged(conn, "report-1", T0)
    assert transfer.told(conn, FileState(1, FILE_ID, b"\xff\x01", True), "box", T0)
    transfer.report_acknowledged(conn, "report-1", T0 + 5)
    assert numbers(conn, root, T0 + 5) == list(range(transfer.BURST_CHUNKS))


@given(st.sets(st.integers(0, 70)), st.binary(max_size=4))
def test_any_bitmap_gives_chunks_of_this_file_that_it_lacks(there: set[int], junk: bytes) -> None:
    bitmap = bytearray(9)
    for number in there:
        bitmap[number // 8] |= 1 << number % 8
    with TemporaryDirectory() as folder:
        (Path(folder) / "f").write_bytes(b"x")
        file = transfer.Outgoing(FILE_ID, "box", "f", 71, bytes(bitmap) + junk, 0)
        found = [chunk.number for chunk in file.chunks(Path(folder))]
    assert found == sorted(set(range(71)) - there)[: transfer.BURST_CHUNKS]
