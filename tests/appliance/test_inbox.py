import pytest

from appliance import cases, inbox, ledger, replies, reports
from appliance.desk import Desk, open_keys
from appliance.errors import NotAnswerable
from appliance.inbox import KEY_LIFE_S
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import Unreadable
from sync.messages import Contact
from tests.appliance.office import MANY, SCREENER, START, SUPERVISOR, Watch, body, receive


def contact(number: int, fill: bytes = b"k") -> Contact:
    return Contact(1, body(number).handle, fill * 32)


def close(desk: Desk, serial: str) -> None:
    cases.screen(desk, serial, SCREENER, cases.get(desk, serial).version)
    cases.close(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "unfounded", untold=MANY)


def test_a_report_is_committed_each_time_it_comes(desk: Desk) -> None:
    for _ in range(2):
        with transaction(desk.conn):
            reports.add(desk, body(1), "m1", START)
    assert cases.counts(desk)["received"] == 1


def test_a_report_that_cannot_be_taken_raises_for_the_quarantine(desk: Desk) -> None:
    with pytest.raises(Unreadable), transaction(desk.conn):
        reports.add(desk, body(1, handle="../x"), "m1", START)
    assert cases.counts(desk)["received"] == 0


def test_the_first_key_of_a_handle_stays(desk: Desk) -> None:
    keys = open_keys(desk.config)
    inbox.add_key(keys, contact(1))
    inbox.add_key(keys, contact(1, b"x"))
    assert inbox.find_key(keys, body(1).handle) == b"k" * 32
    assert inbox.find_key(keys, body(2).handle) is None


def kept(desk: Desk, number: int, fill: bytes = b"k") -> str:
    """A report with its key; gives the serial of its case."""
    inbox.add_key(open_keys(desk.config), contact(number, fill))
    return receive(desk, body(number))


def test_keys_die_with_their_case_and_leave_no_bytes(desk: Desk) -> None:
    keys = open_keys(desk.config)
    main, _ = kept(desk, 1, b"dead"), kept(desk, 2, b"live")
    assert inbox.erase_due(keys, desk.conn, START) == 0
    close(desk, main)
    assert inbox.erase_due(keys, desk.conn, START) == 1
    assert inbox.find_key(keys, body(1).handle) is None
    assert inbox.find_key(keys, body(2).handle) == b"live" * 32
    lying = b"".join(path.read_bytes() for path in desk.config.root.glob("keys.db*"))
    assert (b"dead" * 8 in lying, b"live" * 8 in lying) == (False, True)


def test_the_keys_of_additions_and_duplicates_die_with_their_case(desk: Desk) -> None:
    keys = open_keys(desk.config)
    main, other = kept(desk, 1), kept(desk, 2)
    inbox.add_key(keys, contact(3))
    receive(desk, body(3, adds_to=body(1).handle))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    close(desk, main)
    assert inbox.erase_due(keys, desk.conn, START) == 3


@pytest.mark.parametrize("state", ["queued", "accepted"])
def test_an_answer_that_is_not_settled_keeps_its_key_for_a_week(desk: Desk, watch: Watch, state: str) -> None:
    keys, serial = open_keys(desk.config), kept(desk, 1)
    cases.answer(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "taken_up", ())
    watch.now += DAY_S
    close(desk, serial)
    desk.conn.execute("update reply set state=?", (state,))
    assert inbox.erase_due(keys, desk.conn, watch.now + KEY_LIFE_S - 1) == 0
    assert inbox.erase_due(keys, desk.conn, watch.now + KEY_LIFE_S) == 1


def test_the_last_settled_answer_ends_it(desk: Desk) -> None:
    keys, serial = open_keys(desk.config), kept(desk, 1)
    cases.answer(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "taken_up", ())
    close(desk, serial)
    with transaction(desk.conn):
        replies.settled(desk.conn, [f"{body(1).handle}/1"])
    assert inbox.erase_due(keys, desk.conn, START) == 1


def test_nobody_of_a_closed_case_can_be_written_to_once_it_is_open_again(desk: Desk) -> None:
    """The relay's half of the way is gone at the closing: the page must say so, not lose an answer later."""
    keys, serial = open_keys(desk.config), kept(desk, 1)
    close(desk, serial)
    cases.reopen(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "closed by mistake")
    case = ledger.find(desk, serial)
    assert not replies.can_answer(desk, case)
    with pytest.raises(NotAnswerable):
        cases.answer(desk, serial, SUPERVISOR, case.version, "taken_up", ())
    assert reports.told(desk, case.report_id).is_way_lost
    assert inbox.erase_due(keys, desk.conn, START) == 1
    inbox.add_key(keys, contact(2))
    receive(desk, body(2, adds_to=body(1).handle))
    assert replies.can_answer(desk, ledger.find(desk, serial))
    assert inbox.erase_due(keys, desk.conn, START) == 0


def test_a_key_of_a_case_closed_by_an_earlier_program_goes_and_is_not_offered(desk: Desk) -> None:
    keys, serial = open_keys(desk.config), kept(desk, 1)
    close(desk, serial)
    desk.conn.execute("update report set has_key=1")
    assert inbox.erase_due(keys, desk.conn, START) == 1
    cases.reopen(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "closed by mistake")
    assert not replies.can_answer(desk, ledger.find(desk, serial))


def test_a_key_whose_report_has_not_come_is_kept(desk: Desk) -> None:
    keys = open_keys(desk.config)
    inbox.add_key(keys, contact(1))
    assert inbox.erase_due(keys, desk.conn, START + 99 * KEY_LIFE_S) == 0
