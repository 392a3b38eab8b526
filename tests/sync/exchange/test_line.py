"""Stations at the ends of a bad line: every report takes effect exactly once, and what was answered leaves."""

import random
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import db, exchange, transfer
from sync.frames import CHUNK_BYTES
from sync.messages import Manifest
from tests.stations import BOX_ID, RELAY_ID, FakeLine, Station, World
from tests.vectors.make import REPORT, fixed

FILE_ID = "cd" * 16


def settled(*stations: Station) -> bool:
    return all(station.waiting() == 0 for station in stations)


def close(*stations: Station) -> None:
    for station in stations:
        station.conn.close()


@pytest.mark.slow
@given(seed=st.integers(0, 2**32), drop=st.sampled_from([0.0, 0.2, 0.5]), restarts=st.booleans())
@settings(max_examples=8)
def test_every_message_takes_effect_exactly_once_over_a_bad_line(
    seed: int, drop: float, restarts: bool
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), random.Random(seed))
        relay, box, top = (Station(world, node) for node in world.keys)
        line = FakeLine([relay, box, top], drop=drop, repeat=0.3, shuffle=True)
        for number in range(6):
            relay.send_report(box, f"{number:032x}")
            relay.send_report(top, f"{number + 100:032x}")
            box.send_reply(relay, f"{number + 200:032x}")

        def disturb() -> None:
            if restarts and world.rng.random() < 0.1:
                world.rng.choice([relay, box, top]).restart()

        line.run_until(lambda: settled(relay, box, top), turns=2000, each=disturb)
        assert box.stored() == {f"{n:032x}": 1 for n in range(6)}
        assert top.stored() == {f"{n + 100:032x}": 1 for n in range(6)}
        assert relay.stored() == {f"{n + 200:032x}": 1 for n in range(6)}
        close(relay, box, top)


def test_each_row_is_answered_once_and_all_rows_have_left(
    line: FakeLine, relay: Station, box: Station
) -> None:
    line.repeat = 0.5
    for number in range(20):
        relay.send_report(box, f"{number:032x}")
    line.run_until(lambda: settled(relay))
    answers = relay.conn.execute("select result, times from answered").fetchall()
    assert [tuple(row) for row in answers] == [("committed", 1)] * 20
    line.turn()
    assert relay.exchange.outgoing(200) == box.exchange.outgoing(200) == []


def test_an_idle_line_carries_nothing_but_greetings(line: FakeLine) -> None:
    before = len(line.carried)
    for _ in range(240):
        line.turn()
    assert len(line.carried) - before == 2 * 2 * 4  # two stations, two peers each, every 60 s


def send_file(relay: Station, box: Station, content: bytes, message_id: str = "ab" * 16) -> None:
    """A report with one evidence file."""
    (relay.root / "media").mkdir()
    (relay.root / "media" / FILE_ID).write_bytes(content)
    digest = sha256(content).hexdigest()
    file = Manifest(FILE_ID, "photo", "image/jpeg", len(content), "", "", digest, bytes(32), (), "")
    relay.send_report(box, message_id, replace(REPORT, evidence=(file,)))
    with db.transaction(relay.conn):
        transfer.offer(relay.conn, FILE_ID, box.node, message_id, f"media/{FILE_ID}", len(content))


def has_file(box: Station, content: bytes) -> bool:
    path = box.root / "evidence" / FILE_ID
    return path.exists() and path.read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize(("drop", "restarts"), [(0.0, False), (0.3, False), (0.2, True)])
def test_a_file_follows_its_report_and_both_ends_hear_of_it_once(
    line: FakeLine, relay: Station, box: Station, drop: float, restarts: bool
) -> None:
    content = fixed("evidence", 30 * CHUNK_BYTES + 5)
    came, left = list[tuple[str, str]](), list[str]()
    send_file(relay, box, content)
    line.drop, line.repeat, line.shuffle = drop, 0.2, True

    def each() -> None:
        came.extend(box.program.files_came)
        left.extend(relay.program.files_left)
        box.program.files_came, relay.program.files_left = [], []
        if restarts and line.rng.random() < 0.2:
            line.rng.choice([relay, box]).restart()

    line.run_until(lambda: bool(left), turns=2000, each=each)
    assert has_file(box, content)
    assert came == [(FILE_ID, "here")]
    assert left == [FILE_ID]


@pytest.mark.slow
@pytest.mark.parametrize("frames_each_turn", [1, 3, 100])
def test_a_file_takes_little_more_frames_than_it_has_chunks(
    line: FakeLine, relay: Station, box: Station, frames_each_turn: int
) -> None:
    chunk_count = 64
    send_file(relay, box, fixed("evidence", chunk_count * CHUNK_BYTES))
    line.capacity = frames_each_turn
    for _ in range(300):
        if relay.program.files_left:
            break
        line.turn(0.064)  # a frame of 32 KiB at 4 Mbit/s
    chunks = [arrival for _, arrival in line.carried if arrival.frame[:1] == b"C"]
    assert relay.program.files_left
    assert len(chunks) <= 1.25 * chunk_count


def test_a_chunk_before_its_report_is_refused_and_comes_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    content = fixed("evidence", 2 * CHUNK_BYTES)
    send_file(relay, box, content)
    with db.transaction(relay.conn):
        transfer.report_acknowledged(relay.conn, "ab" * 16, 0)
    (early,) = transfer.due(relay.conn, relay.now, 1)
    assert len(list(early.chunks(relay.root))) == 2
    line.run_until(lambda: bool(relay.program.files_left))
    assert has_file(box, content)


def test_a_new_database_gets_reports_and_files_again(line: FakeLine, relay: Station, box: Station) -> None:
    content = fixed("evidence", 3 * CHUNK_BYTES)
    send_file(relay, box, content)
    line.run_until(lambda: bool(relay.program.files_left))
    box.lose_database()
    (box.root / "evidence" / FILE_ID).unlink()
    assert box.stored() == {}
    relay.program.files_left = []
    line.run_until(lambda: bool(relay.program.files_left))
    assert box.stored() == {"ab" * 16: 1}
    assert has_file(box, content)
    assert relay.program.greetings[-1][:2] == (BOX_ID, True)


def test_an_old_word_on_a_file_counts_for_nothing_after_a_new_database(
    line: FakeLine, relay: Station, box: Station
) -> None:
    content = fixed("evidence", 3 * CHUNK_BYTES)
    send_file(relay, box, content)
    line.run_until(lambda: bool(relay.program.files_left))
    old_words = [(node, arrival) for node, arrival in line.carried if node == RELAY_ID]
    box.lose_database()
    (box.root / "evidence" / FILE_ID).unlink()
    relay.program.files_left = []

    def replay() -> None:
        relay.exchange.accept([arrival for _, arrival in old_words])

    line.run_until(lambda: bool(relay.program.files_left), each=replay)
    assert has_file(box, content)


def test_a_restored_database_under_a_new_name_gets_reports_and_files_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    content = fixed("evidence", 3 * CHUNK_BYTES)
    send_file(relay, box, content)
    line.run_until(lambda: bool(relay.program.files_left))
    for table in ("stored", "seen", "file_in"):  # what came after the backup
        box.conn.execute(f"delete from {table}")
    (box.root / "evidence" / FILE_ID).unlink()
    relay.program.files_left = []
    with db.transaction(box.conn):
        name = exchange.new_epoch(box.conn)
    assert box.value("select epoch from node_epoch") == name
    line.run_until(lambda: bool(relay.program.files_left))
    assert box.stored() == {"ab" * 16: 1}
    assert has_file(box, content)


def test_a_file_spoilt_after_it_was_complete_comes_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    content = fixed("evidence", 3 * CHUNK_BYTES)
    send_file(relay, box, content)
    line.run_until(lambda: bool(relay.program.files_left))
    (box.root / "evidence" / FILE_ID).unlink()
    relay.program.files_left = []
    with db.transaction(box.conn):
        assert transfer.ask_again(box.conn, FILE_ID)
    line.run_until(lambda: bool(relay.program.files_left))
    assert has_file(box, content)
    assert not transfer.ask_again(box.conn, "ee" * 16)
