"""Whose answers count: of the node that a report went to, ten in all, and never of anybody who sends a handle."""

import pytest

from relay.downlink import BUDGET
from sync.clock import DAY_S
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
