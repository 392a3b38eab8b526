"""A POST that never ends does not keep its thread for ever; one that comes in time is not touched."""

import socket
import threading

import pytest

from relay import patience
from relay.patience import Patience
from tests.stations import FakeClock


def test_a_post_that_trickles_is_ended_when_its_time_is_over() -> None:
    clock = FakeClock(0.0)
    posts, (ours, theirs) = Patience(clock, 20), socket.socketpair()
    with ours, theirs, posts.with_post(ours):
        theirs.sendall(b"{")
        clock.now = 20
        posts.look()
        assert ours.recv(1) == b"{"
        clock.now = 20.1
        posts.look()
        ours.settimeout(10)
        assert ours.recv(1) == b""


def test_a_connection_whose_post_has_come_is_left_alone() -> None:
    clock = FakeClock(0.0)
    posts, (ours, theirs) = Patience(clock, 20), socket.socketpair()
    with ours, theirs:
        with posts.with_post(ours):
            pass
        clock.now = 100
        posts.look()
        theirs.sendall(b"next")
        assert ours.recv(4) == b"next"


def test_a_connection_that_is_closed_meanwhile_is_no_matter() -> None:
    clock = FakeClock(0.0)
    posts, (ours, theirs) = Patience(clock, 20), socket.socketpair()
    with theirs, posts.with_post(ours):
        ours.close()
        clock.now = 100
        posts.look()


def test_without_a_server_there_is_nothing_to_end() -> None:
    before = threading.active_count()
    with Patience().with_post(None):
        assert threading.active_count() == before


@pytest.mark.slow
def test_a_thread_of_its_own_looks_and_there_is_one() -> None:
    posts, (ours, theirs) = Patience(come_within_s=0), socket.socketpair()
    before = threading.active_count()
    with ours, theirs:
        ours.settimeout(10)
        with posts.with_post(ours), posts.with_post(theirs):
            assert threading.active_count() == before + 1
            assert ours.recv(1) == b""
    assert patience.COME_WITHIN_S < 30
