"""The intake key: new each Indian day, gone after 48 hours, and nothing is taken while there is none."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import Sender
from relay.identity import IntakeKey, IntakeKeys, write_secret
from sync.clock import DAY_S, IST_OFFSET_S, day_of
from sync.errors import Unavailable, Unreadable
from tests.relay.builders import SENDER, FakeRelay, Phone, enrol, post
from tests.stations import FakeClock

NOW = FakeClock().now
MIDNIGHT = (day_of(NOW) + 1) * DAY_S - IST_OFFSET_S


@pytest.fixture
def keys(tmp_path: Path) -> IntakeKeys:
    return IntakeKeys(tmp_path)


def test_without_a_key_there_is_nothing_to_seal_under(keys: IntakeKeys) -> None:
    with pytest.raises(Unavailable, match="no intake key yet"):
        keys.newest()
    assert keys.live() == []


def test_a_new_key_at_midnight_in_india_and_not_before(keys: IntakeKeys) -> None:
    first = keys.renew(NOW)
    assert keys.renew(MIDNIGHT - 1) == first
    second = keys.renew(MIDNIGHT)
    assert second.day == first.day + 1 and second.secret != first.secret
    assert keys.newest() == second
    assert keys.live() == [second, first]


def test_a_key_is_destroyed_after_48_hours(keys: IntakeKeys, tmp_path: Path) -> None:
    first = keys.renew(MIDNIGHT)
    keys.renew(MIDNIGHT + 2 * DAY_S - 1)
    assert keys.of(first.day) == first
    keys.renew(MIDNIGHT + 2 * DAY_S)
    assert keys.of(first.day) is None
    assert first.secret not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def test_a_key_that_vanishes_while_keys_are_read_is_no_error(
    keys: IntakeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keys.renew(NOW)
    monkeypatch.setattr(keys, "_days", lambda: [first.day - 1, first.day])
    assert keys.live() == [first]


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 10), st.integers(0, 10))
def test_what_is_sealed_opens_only_in_its_place_and_under_its_day(
    place: str, other: str, day: int, other_day: int
) -> None:
    sealed = IntakeKey(day, bytes(32)).seal(SENDER, place)
    again = IntakeKey(other_day, bytes(32))
    if (place, day) == (other, other_day):
        assert SENDER.phone.encode() in again.open(sealed, other)
    else:
        with pytest.raises(Unreadable):
            again.open(sealed, other)


def test_a_person_has_another_tag_under_each_key_and_by_each_name() -> None:
    one, two = IntakeKey(1, bytes(32)), IntakeKey(2, bytes(range(32)))
    tags = {key.person(who) for key in (one, two) for who in (SENDER, Sender("IN.1", ""), Sender("", "1"))}
    assert len(tags) == 6
    assert one.person(SENDER) == one.person(Sender("", SENDER.phone))


def test_a_second_writer_of_a_key_leaves_the_first_ones(tmp_path: Path) -> None:
    write_secret(tmp_path / "a.key", b"first")
    write_secret(tmp_path / "a.key", b"second")
    assert [p.name for p in tmp_path.iterdir()] == ["a.key"]
    assert (tmp_path / "a.key").read_bytes() == b"first"


def test_processes_that_make_a_key_at_once_go_on_with_the_same_one(tmp_path: Path) -> None:
    start, found = threading.Barrier(8), []

    def make() -> None:
        start.wait()
        found.append(IntakeKeys(tmp_path).renew(NOW))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_the_webhook_says_come_again_until_the_intake_process_has_made_a_key(
    relay: FakeRelay, tmp_path: Path
) -> None:
    body = b'{"entry": []}'
    assert post(enrol(tmp_path / "fresh"), body) == 503
    assert post(relay.config.root, body) == 200


def test_a_person_found_under_yesterdays_key_is_moved_to_todays(relay: FakeRelay, phone: Phone) -> None:
    phone.do("नमस्ते", "language|hi")
    yesterday = relay.keys.newest().day
    relay.pass_time(DAY_S / 2)
    assert relay.value("select key_day from draft") == yesterday
    phone.do("category|drugs")
    assert relay.conn.execute("select key_day, person from draft").fetchall()[0][:] == (
        yesterday + 1,
        relay.keys.newest().person(phone.who),
    )
    assert relay.count("draft") == 1
    relay.pass_time(DAY_S)  # yesterday's key is gone now
    phone.do("police|no")
    assert "बीच में रुक" in phone.got[-1]


def test_a_key_file_is_for_its_owner_and_group_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_secret(tmp_path / "a.key", bytes(32))
    finally:
        os.umask(before)
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o640
