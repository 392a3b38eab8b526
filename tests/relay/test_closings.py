"""The way back to a closed report: it outlives no more than the answers ordered before, and a week bounds them."""

import pytest

from relay.migrations import relay_db
from relay.vault import CLOSED_LIFE_S
from sync import db
from sync.clock import DAY_S
from sync.messages import PublicState, Reply
from tests.relay.builders import GZP_BOX, JNP_BOX, FakeRelay, told
from tests.relay.desk import HANDLE, KEY, Desk


@pytest.fixture
def desk(relay: FakeRelay) -> Desk:
    return Desk(relay)


def close(desk: Desk, handle: str = HANDLE, node: str = JNP_BOX, version: int = 2) -> None:
    desk.take(PublicState(1, handle, "closed", version), node)


def is_reachable(desk: Desk, handle: str = HANDLE) -> bool:
    """Whether its row of the vault is there after a round of housekeeping."""
    desk.relay.keep_house()
    return desk.relay.vault().has(handle)


def reported(desk: Desk) -> str:
    """A report with a receipt; its handle."""
    desk.relay.submit(told())
    return desk.relay.held()[-1].body.handle


def test_the_way_back_to_a_closed_report_goes_at_once(desk: Desk) -> None:
    closed, open_ = reported(desk), reported(desk)
    close(desk, closed)
    assert not is_reachable(desk, closed)
    assert is_reachable(desk, open_)
    assert desk.relay.count("closing") == 0


def test_so_does_that_of_an_addition_which_has_no_receipt(desk: Desk) -> None:
    desk.keep()
    desk.take(PublicState(1, HANDLE, "in_work", 1), JNP_BOX)
    assert is_reachable(desk)
    close(desk)
    assert not is_reachable(desk)


def test_an_answer_ordered_before_the_closing_still_goes(desk: Desk) -> None:
    desk.keep()
    desk.order()
    close(desk)
    assert is_reachable(desk)
    desk.relay.told_time.now += 4000
    desk.run()
    assert len(desk.got) == 1
    assert is_reachable(desk)  # WhatsApp may still say that it failed
    desk.wait_for_statuses()
    assert not is_reachable(desk)


def test_an_answer_that_waits_for_tomorrow_keeps_it_until_then(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.relay.told_time.now += 4000
    desk.run()
    desk.order(number=2)
    close(desk)
    desk.relay.told_time.now += 4000
    desk.run()
    assert len(desk.got) == 1
    assert is_reachable(desk)
    desk.later()
    desk.wait_for_statuses()
    assert len(desk.got) == 2
    assert not is_reachable(desk)


def test_a_relay_that_forgot_the_report_key_still_sends_what_comes_again(desk: Desk) -> None:
    desk.keep()
    desk.order()
    close(desk)
    desk.restart()
    assert is_reachable(desk)
    desk.order()
    desk.later()
    assert len(desk.got) == 1
    desk.wait_for_statuses()
    assert not is_reachable(desk)


def test_an_answer_that_comes_no_more_keeps_it_for_a_week_at_most(desk: Desk) -> None:
    desk.keep()
    desk.order()
    close(desk)
    desk.restart()
    desk.relay.told_time.now += CLOSED_LIFE_S - DAY_S
    assert is_reachable(desk)
    desk.relay.told_time.now += DAY_S
    assert not is_reachable(desk)
    desk.order()
    desk.later()
    assert desk.got == []


def test_a_case_opened_again_does_not_bring_it_back(desk: Desk) -> None:
    handle = reported(desk)
    desk.take(Reply(1, handle, KEY, 1, "taken_up", ()))
    close(desk, handle)
    desk.take(PublicState(1, handle, "in_work", 3), JNP_BOX)
    assert not is_reachable(desk, handle)


def test_a_closing_that_comes_behind_the_word_of_its_opening_again_ends_it_all_the_same(desk: Desk) -> None:
    handle = reported(desk)
    desk.take(PublicState(1, handle, "in_work", 3), JNP_BOX)
    close(desk, handle, JNP_BOX, 2)
    assert not is_reachable(desk, handle)
    assert desk.relay.conn.execute("select state, version from receipt").fetchone()[:] == ("in_work", 3)


def test_another_box_does_not_end_it(desk: Desk) -> None:
    handle = reported(desk)
    close(desk, handle, GZP_BOX, 2)
    assert is_reachable(desk, handle)


def test_a_handle_nobody_knows_leaves_no_row(desk: Desk) -> None:
    close(desk, "f" * 32)
    assert desk.relay.count("closing") == 0


def test_a_relay_upgraded_ends_those_closed_before(relay: FakeRelay) -> None:
    desk = Desk(relay)
    handle = reported(desk)
    relay.conn.execute("update receipt set state='closed', closed_at=?", (int(relay.now),))
    relay.conn.execute("drop table closing")
    relay.conn.execute("delete from _sqlite_migrations where name='closings'")
    db.open_db(relay.config.root / "relay.db", relay_db).close()
    assert not is_reachable(desk, handle)
