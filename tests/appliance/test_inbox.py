import pytest

from appliance import cases, inbox, reports
from appliance.desk import Desk, open_keys
from appliance.inbox import KEY_LIFE_S
from sync.db import transaction
from sync.errors import Unreadable
from sync.messages import Contact
from tests.appliance.office import SCREENER, START, SUPERVISOR, Watch, body, receive


def contact(number: int, fill: bytes = b"k") -> Contact:
    return Contact(1, body(number).handle, fill * 32)


def close(desk: Desk, serial: str) -> None:
    cases.screen(desk, serial, SCREENER, cases.get(desk, serial).version)
    cases.close(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "unfounded")


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


def test_keys_die_seven_days_after_closing_and_leave_no_bytes(desk: Desk, watch: Watch) -> None:
    keys = open_keys(desk.config)
    fills = {1: b"dead", 2: b"live"}
    for number, fill in fills.items():
        receive(desk, body(number))
        inbox.add_key(keys, contact(number, fill))
    close(desk, "JNP-2026-00001")
    assert inbox.erase_due(keys, desk.conn, START + KEY_LIFE_S - 1) == 0
    assert inbox.erase_due(keys, desk.conn, START + KEY_LIFE_S) == 1
    assert inbox.find_key(keys, body(1).handle) is None
    assert inbox.find_key(keys, body(2).handle) == b"live" * 32
    lying = b"".join(path.read_bytes() for path in desk.config.root.glob("keys.db*"))
    assert (b"dead" * 8 in lying, b"live" * 8 in lying) == (False, True)


def test_the_keys_of_additions_and_duplicates_die_with_their_case(desk: Desk) -> None:
    keys = open_keys(desk.config)
    main, other = receive(desk, body(1)), receive(desk, body(2))
    receive(desk, body(3, adds_to=body(1).handle))
    for number in (1, 2, 3):
        inbox.add_key(keys, contact(number))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    close(desk, main)
    assert inbox.erase_due(keys, desk.conn, START + KEY_LIFE_S) == 3


def test_a_key_whose_report_has_not_come_is_kept(desk: Desk) -> None:
    keys = open_keys(desk.config)
    inbox.add_key(keys, contact(1))
    assert inbox.erase_due(keys, desk.conn, START + 99 * KEY_LIFE_S) == 0
