"""Frames that go: as much as there is room for, the urgent first, each again until it is answered."""

from dataclasses import replace

import pytest

from sync import db, frames, transfer
from sync.errors import Unavailable
from sync.frames import CHUNK_BYTES, Chunk
from sync.outbox import Parcel
from sync.sealing import envelopes
from tests.stations import BOX_ID, FakeLine, Station
from tests.vectors.make import REPORT, fixed


def purposes(station: Station, room: int = 200) -> list[str]:
    """What a station sends now: purposes, or "chunk"."""
    found = []
    for departure in station.exchange.outgoing(room):
        content = frames.read(departure.frame)
        chunk = isinstance(content, Chunk)
        found.append("chunk" if chunk else envelopes.read(bytes(content)).header.purpose)  # type: ignore[arg-type]  # bytes where it is no chunk
    return found


def offer_file(relay: Station, box: Station, chunk_count: int) -> None:
    content = fixed("evidence", chunk_count * CHUNK_BYTES)
    (relay.root / "f").write_bytes(content)
    with db.transaction(relay.conn):
        transfer.offer(relay.conn, "ab" * 16, box.node, "m", "f", len(content))
        transfer.report_acknowledged(relay.conn, "m", relay.now)


def test_text_leaves_before_replies_and_these_before_files(
    line: FakeLine, relay: Station, box: Station
) -> None:
    offer_file(relay, box, 2)
    relay.send_reply(box, "01" * 16)
    relay.send_report(box, "02" * 16)
    assert purposes(relay) == ["report", "reply", "chunk", "chunk"]


def test_a_row_goes_again_until_it_is_answered_and_not_before_its_time(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.send_report(box, "01" * 16)
    assert purposes(relay) == ["report"]
    assert purposes(relay) == []
    line.clock.now += 2.0 * 1.25
    first = relay.exchange.outgoing(200)
    line.clock.now += 4.0 * 1.25
    assert relay.exchange.outgoing(200) == first
    box.exchange.accept([])
    assert relay.value("select attempts from outbox") == 3


def test_no_more_rows_leave_than_there_is_room_for(line: FakeLine, relay: Station, box: Station) -> None:
    for number in range(10):
        relay.send_report(box, f"{number:032x}")
    assert len(purposes(relay, 4)) == 4
    assert len(purposes(relay, 100)) == 6


def test_files_wait_while_the_room_is_full_of_text(line: FakeLine, relay: Station, box: Station) -> None:
    offer_file(relay, box, 20)
    for number in range(10):
        relay.send_report(box, f"{number:032x}")
    assert purposes(relay, 10) == ["report"] * 10
    assert purposes(relay, 20) == ["chunk"] * transfer.BURST_CHUNKS


@pytest.mark.slow
def test_many_acknowledgements_fit_into_few_frames(line: FakeLine, relay: Station, box: Station) -> None:
    for number in range(100):
        relay.send_report(box, f"{number:032x}")
    line.send(relay)
    line.deliver()
    departures = box.exchange.outgoing(200)
    assert [departure.recipient for departure in departures] == ["n0000000a"] * 3
    assert box.value("select count(*) from acknowledge") == 0


def test_a_crash_before_anything_was_sent_sends_it_again(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.send_report(box, "01" * 16)
    relay.exchange.outgoing(200)
    relay.restart()
    line.run_until(lambda: relay.waiting() == 0)
    assert box.stored() == {"01" * 16: 1}


def test_a_row_that_can_never_fit_a_frame_does_not_stop_the_others(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.put(Parcel("02" * 16, BOX_ID, "report", 0, bytes(frames.FRAME_MAX_BYTES), relay.now - 1, b"h"))
    relay.send_report(box, "01" * 16)
    line.run_until(lambda: box.stored() == {"01" * 16: 1})
    assert relay.value("select count(*) from outbox where message_id=?", "02" * 16) == 1


def test_reports_of_little_and_of_more_text_weigh_the_same_on_the_line(
    line: FakeLine, relay: Station, box: Station
) -> None:
    for number, text in enumerate(("", "x", "x" * 1000)):
        relay.send_report(box, f"{number:032x}", replace(REPORT, text=text))
    sizes = {len(departure.frame) for departure in relay.exchange.outgoing(200)}
    assert sizes == {2 * frames.STEP_BYTES}


def test_a_file_that_is_gone_does_not_keep_the_others(line: FakeLine, relay: Station, box: Station) -> None:
    offer_file(relay, box, 1)
    (relay.root / "f").unlink()
    relay.send_report(box, "01" * 16)
    assert purposes(relay) == ["report"]
    assert relay.counter("file_gone") == 1


def test_a_database_that_takes_nothing_just_now_is_said_to_be_away(
    line: FakeLine, relay: Station, box: Station
) -> None:
    relay.send_report(box, "01" * 16)
    relay.conn.execute("pragma query_only=1")
    with pytest.raises(Unavailable, match="storage does not serve"):
        relay.exchange.outgoing(200)
    relay.conn.execute("pragma query_only=0")
    assert purposes(relay) == ["report"]
