"""Whose answers count: of the node that a report went to, ten in all, and never of anybody who sends a handle."""

import pytest

from relay.downlink import BUDGET
from sync.clock import DAY_S, WEEK_S
from sync.errors import SatarkError
from sync.messages import Contact, Reply
from tests.relay.builders import GZP_BOX, JNP_BOX, RANGE_ID, FakeRelay, told
from tests.relay.desk import HANDLE, KEY, Desk

TAKEN_UP = "आपकी सूचना पर काम शुरू हो गया है"


@pytest.fixture
def desk(relay: FakeRelay) -> Desk:
    return Desk(relay)


def _home(desk: Desk, *, added: bool = False) -> Contact:
    """A report, or what was added to one, that went to Jaunpur: its handle and key."""
    desk.relay.submit(told())
    handle = desk.relay.held()[0].body.handle
    if added:
        desk.relay.submit(told(adds_to=handle))
    contact = desk.relay.held()[-1].contact
    assert contact is not None
    return contact


def _answer(contact: Contact, number: int = 1, key: bytes = b"", template: str = "taken_up") -> Reply:
    return Reply(1, contact.handle, key or contact.report_key, number, template, ())


@pytest.mark.parametrize("added", [False, True], ids=["report", "addition"])
@pytest.mark.parametrize("node", [GZP_BOX, RANGE_ID])
def test_no_node_but_the_one_a_report_went_to_can_answer_it(desk: Desk, node: str, added: bool) -> None:
    contact = _home(desk, added=added)
    with pytest.raises(SatarkError, match="did not go"):
        desk.take(_answer(contact), node)
    assert desk.relay.count("reply") == 0 and desk.keys == {}
    desk.take(_answer(contact), JNP_BOX)
    desk.later(3700)
    assert len(desk.got) == 1


def test_a_node_that_has_only_the_handle_cannot_answer_either(desk: Desk) -> None:
    contact = _home(desk)
    with pytest.raises(SatarkError, match="did not go"):
        desk.take(_answer(contact, key=bytes(32)), GZP_BOX)
    assert desk.relay.count("reply") == 0


def test_what_a_stranger_sent_for_a_handle_stands_in_nobodys_way(desk: Desk) -> None:
    contact = _home(desk, added=True)
    desk.take(_answer(contact, number=9, key=bytes(32), template="closed"), GZP_BOX)
    assert desk.states() == ["expired"]
    desk.take(_answer(contact), JNP_BOX)
    desk.later(3700)
    assert len(desk.got) == 1 and TAKEN_UP in desk.got[0][1]


def test_a_replayed_answer_with_other_words_changes_nothing(desk: Desk) -> None:
    desk.keep()
    desk.order()
    desk.take(Reply(1, HANDLE, KEY, 1, "action_taken", ("arrest",)))
    desk.later(3700)
    desk.take(Reply(1, HANDLE, KEY, 1, "closed", ()))
    desk.later()
    ((_, text),) = desk.got
    assert text.startswith(TAKEN_UP) and desk.states() == ["spent"]


def test_ten_answers_are_all_that_ever_goes(desk: Desk) -> None:
    desk.keep()
    for number in range(1, BUDGET + 1):
        desk.take(Reply(1, HANDLE, KEY, number, "closed", ()))
        desk.later(DAY_S)
    with pytest.raises(SatarkError):
        desk.take(Reply(1, HANDLE, KEY, BUDGET + 1, "closed", ()))
    desk.later(DAY_S)
    assert len(desk.relay.whatsapp.sent) == BUDGET


def _additions(desk: Desk, count: int) -> list[Contact]:
    """The ways back of a report and of what one person added to it ``count`` times."""
    first = _home(desk)
    for _ in range(count):
        desk.relay.submit(told(adds_to=first.handle))
    return [held.contact for held in desk.relay.held() if held.contact]


def test_who_adds_gets_no_more_answers_than_others_nor_two_in_a_day(desk: Desk) -> None:
    ways = _additions(desk, 3)
    for day in range(1, BUDGET + 1):
        for contact in ways:
            desk.take(_answer(contact, day, template="closed"))
        desk.later()
        assert len(desk.relay.whatsapp.sent) == day
    for contact in ways:
        with pytest.raises(SatarkError):
            desk.take(_answer(contact, BUDGET + 1, template="closed"))


def test_a_second_answer_of_the_day_waits_also_for_what_was_added(desk: Desk) -> None:
    first, added = _additions(desk, 1)
    desk.take(_answer(first, 1))
    desk.relay.told_time.now += 3700
    desk.run()
    assert len(desk.relay.whatsapp.sent) == 1
    desk.take(_answer(added, 2))
    desk.relay.told_time.now += 3700
    desk.run()
    assert len(desk.relay.whatsapp.sent) == 1
    desk.later()
    assert len(desk.relay.whatsapp.sent) == 2


def test_an_answer_to_what_was_added_takes_the_place_of_one_that_waits(desk: Desk) -> None:
    first, added = _additions(desk, 1)
    desk.take(_answer(first, 1))
    desk.take(_answer(added, 2))
    assert list(desk.keys) == [(added.handle, 2)]
    desk.take(_answer(first, 1))  # as its box sends it after a restart
    desk.later()
    assert len(desk.relay.whatsapp.sent) == 1
    assert sorted(desk.states()) == ["expired", "spent"]


def test_a_number_that_was_used_is_not_used_again_and_ends_nothing(desk: Desk) -> None:
    first, added = _additions(desk, 1)
    desk.take(_answer(first, 1))
    desk.take(_answer(added, 1, template="closed"))
    desk.restart()
    desk.take(_answer(first, 1))
    desk.later()
    ((_, text),) = desk.got
    assert TAKEN_UP in text
    assert sorted(desk.states()) == ["expired", "spent"]


def test_what_was_added_before_the_count_was_shared_is_counted_by_itself(desk: Desk) -> None:
    first = _home(desk)
    desk.keep()  # a row that names no first report
    desk.take(_answer(first, 1))
    desk.take(_answer(Contact(1, HANDLE, KEY), 1))
    desk.later()
    assert len(desk.relay.whatsapp.sent) == 2


def test_answers_are_counted_as_long_as_somebody_can_add(desk: Desk) -> None:
    first, added = _additions(desk, 1)
    desk.take(_answer(first, BUDGET, template="closed"))
    desk.later()
    desk.relay.pass_time(15 * WEEK_S)
    assert desk.relay.count("reply") == 1
    desk.relay.submit(told(adds_to=first.handle))
    late = desk.relay.held()[-1].contact
    assert late is not None and late.handle not in (first.handle, added.handle)
    desk.take(_answer(late, 1))
    desk.later()
    assert len(desk.relay.whatsapp.sent) == 1
