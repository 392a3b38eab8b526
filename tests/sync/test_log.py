"""The relay's log: a report cannot be left out, moved, dated anew or exchanged unseen."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import log
from tests.vectors.make import recorded

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=8)


def test_the_vector_is_made_the_same_today() -> None:
    head = log.EMPTY
    for index, entry in enumerate(recorded("log")):
        leaf = log.leaf(index, entry["hour"], bytes.fromhex(entry["hash"]))
        head = log.extend(head, leaf)
        assert (leaf.hex(), head.hex()) == (entry["leaf"], entry["head"])


def test_the_vector_follows_from_the_words_of_the_protocol() -> None:
    first, second = recorded("log")[:2]
    index, hour = (0).to_bytes(8, "big"), first["hour"].to_bytes(8, "big")
    leaf = sha256(b"satark/1 leaf\0" + index + hour + bytes.fromhex(first["hash"])).digest()
    head = sha256(b"satark/1 head\0" + leaf).digest()
    assert (leaf.hex(), head.hex()) == (first["leaf"], first["head"])
    assert sha256(b"satark/1 head\0" + head + bytes.fromhex(second["leaf"])).hexdigest() == second["head"]


def test_an_empty_log_has_the_empty_head() -> None:
    assert log.head_of([]) == log.EMPTY


@given(LEAVES)
def test_the_head_can_be_computed_leaf_by_leaf(leaves: list[bytes]) -> None:
    assert log.head_of(leaves) == log.extend(log.head_of(leaves[:-1]), leaves[-1])


@given(LEAVES, st.data())
def test_a_log_without_one_leaf_has_another_head(leaves: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    assert log.head_of(leaves[:at] + leaves[at + 1 :]) != log.head_of(leaves)


@pytest.mark.slow
@given(LEAVES, st.data())
def test_a_log_in_another_order_has_another_head(leaves: list[bytes], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(leaves))
    assert (log.head_of(shuffled) == log.head_of(leaves)) == (list(shuffled) == leaves)


@given(
    st.tuples(st.integers(0, 2**40), st.integers(0, 2**40), st.binary(min_size=32, max_size=32)), st.data()
)
def test_a_leaf_says_index_hour_and_envelope(entry: tuple[int, int, bytes], data: st.DataObject) -> None:
    other = data.draw(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40), st.just(entry[2])))
    assert (log.leaf(*entry) == log.leaf(*other)) == (entry == other)
    assert log.leaf(*entry) != log.leaf(entry[0], entry[1], bytes(32 - len(entry[2])) + entry[2][::-1] + b"x")
