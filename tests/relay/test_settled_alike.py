"""What a box hears of its answers does not depend on the phone behind them."""

from collections.abc import Callable

import pytest

from relay import stops
from relay.whatsapp import SendError
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S
from sync.db import transaction
from tests.relay.builders import SENDER, FakeRelay
from tests.relay.desk import HANDLE, Desk

NO_SUCH_PHONE = 131026


def says_stop(desk: Desk) -> None:
    with transaction(desk.relay.conn):
        stops.stop(desk.relay.conn, desk.relay.epochs, SENDER, desk.relay.now)


def is_gone(desk: Desk) -> None:
    desk.relay.whatsapp.trouble = [SendError(NO_SUCH_PHONE, 400)] * 5


def fails_later(desk: Desk) -> None:
    desk.relay.told_time.now += HOUR_S  # it has gone
    desk.run()
    desk.fail(NO_SUCH_PHONE)


def reads_it(desk: Desk) -> None:
    """As most do."""


def batches(desk: Desk, happens: Callable[[Desk], object]) -> list[tuple[str, ...]]:
    """The answers of each batch that is told over; both were ordered on one day, some hours before its batch."""
    relay = desk.relay
    relay.told_time.now += (16 * HOUR_S - IST_OFFSET_S - relay.now) % DAY_S
    began = relay.now
    desk.keep()
    desk.run()  # from now on its batches go at four in the afternoon
    relay.told_time.now = began + 17 * HOUR_S
    desk.order(number=1)
    happens(desk)
    relay.told_time.now = began + 20 * HOUR_S
    desk.run()
    desk.order(number=2)
    for _ in range(3 * 24):
        relay.told_time.now += HOUR_S
        desk.run()
    return [message.items for _, message in desk.settled()]


@pytest.mark.parametrize("happens", [reads_it, says_stop, is_gone, fails_later])
def test_an_answer_in_vain_is_over_when_another_would_have_been(
    relay: FakeRelay, happens: Callable[[Desk], object]
) -> None:
    assert batches(Desk(relay), happens) == [(f"{HANDLE}/1",), (f"{HANDLE}/2",)]
