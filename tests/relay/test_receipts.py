"""Receipts: 16 digits, found in any writing, kept as a tag, and a state that only moves forward."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import receipts
from sync.db import transaction
from tests.relay.builders import GZP_BOX, JNP_BOX, FakeRelay

HANDLE, MESSAGE = "a" * 32, "b" * 32
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
codes = st.integers(0, 2**64).map(lambda seed: receipts.new_code(random.Random(seed)))


def _add(relay: FakeRelay, code: str = "x", handle: str = HANDLE, message_id: str = MESSAGE) -> bytes:
    tag = receipts.tag(relay.epochs, code)
    with transaction(relay.conn):
        receipts.add(relay.conn, tag, handle, message_id, JNP_BOX, relay.now)
    return tag


@given(codes, st.sampled_from(["", " ", "-", "."]), st.booleans())
def test_a_receipt_is_found_however_it_is_written(code: str, between: str, hindi: bool) -> None:
    written = between.join(code[at : at + 4] for at in range(0, 16, 4))
    written = written.translate(DEVANAGARI) if hindi else written
    assert receipts.find_code(f"स्थिति {written}।") == code
    assert receipts.find_code(written) == code


@given(codes, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, by: int) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert receipts.find_code(wrong) is None


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    found = receipts.find_code(text)
    assert found is None or (len(found) == 16 and found.isascii() and found.isdigit())


def test_codes_do_not_repeat(rng: random.Random) -> None:
    assert len({receipts.new_code(rng) for _ in range(1000)}) == 1000


def test_only_the_right_code_knows_its_state_and_the_disk_does_not_know_the_code(relay: FakeRelay) -> None:
    code = receipts.new_code(relay.rng)
    tag = _add(relay, code)
    assert receipts.state_of(relay.conn, tag) == "kept"
    assert receipts.state_of(relay.conn, receipts.tag(relay.epochs, receipts.new_code(relay.rng))) is None
    assert tag in relay.disk() and code.encode() not in relay.disk()


def test_the_relays_own_states_only_move_forward(relay: FakeRelay) -> None:
    tag = _add(relay)
    for state, expected in [
        ("on_its_way", "on_its_way"),
        ("delivered", "delivered"),
        ("on_its_way", "delivered"),
        ("kept", "delivered"),
    ]:
        receipts.advance(relay.conn, MESSAGE, state)
        assert receipts.state_of(relay.conn, tag) == expected


def _push(relay: FakeRelay, state: str, version: int, node: str = JNP_BOX, handle: str = HANDLE) -> bool:
    with transaction(relay.conn):
        return receipts.pushed(relay.conn, handle, node, state, version, relay.now)


def test_a_box_pushes_states_and_an_old_version_changes_nothing(relay: FakeRelay) -> None:
    tag = _add(relay)
    assert _push(relay, "in_work", 2)
    assert not _push(relay, "delivered", 1)
    assert not _push(relay, "closed", 2)
    assert receipts.state_of(relay.conn, tag) == "in_work"
    assert _push(relay, "closed", 3)
    receipts.advance(relay.conn, MESSAGE, "delivered")
    assert receipts.state_of(relay.conn, tag) == "closed"


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["in_work", "closed"])), max_size=8))
def test_the_highest_version_that_came_first_stands(relay: FakeRelay, pushes: list[tuple[int, str]]) -> None:
    relay.conn.execute("delete from receipt")
    tag = _add(relay)
    highest, expected = 0, "kept"
    for version, state in pushes:
        assert _push(relay, state, version) == (version > highest)
        highest, expected = (version, state) if version > highest else (highest, expected)
    assert receipts.state_of(relay.conn, tag) == expected


@pytest.mark.parametrize(
    ("node", "handle", "state"),
    [(GZP_BOX, HANDLE, "closed"), (JNP_BOX, "c" * 32, "closed"), (JNP_BOX, HANDLE, "acquitted")],
    ids=["another node", "unknown handle", "unknown state"],
)
def test_a_push_that_is_not_for_this_receipt_changes_nothing(
    relay: FakeRelay, node: str, handle: str, state: str
) -> None:
    tag = _add(relay)
    assert not _push(relay, state, 9, node, handle)
    assert receipts.state_of(relay.conn, tag) == "kept"


def test_the_time_of_closing_is_noted_and_taken_back_when_it_opens_again(relay: FakeRelay) -> None:
    _add(relay)
    _push(relay, "closed", 1)
    assert relay.value("select closed_at from receipt") == int(relay.now)
    _push(relay, "in_work", 2)
    assert relay.value("select closed_at from receipt") is None
