"""One person alone takes no report out of the work: who closes what nobody verified is not who screened it."""

import pytest

from appliance import cases
from appliance.cases.outcomes import FINDINGS, NO_ACTION
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed, SamePerson
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, body, close, receive

UNVERIFIED = [outcome for outcome in NO_ACTION if outcome not in {*FINDINGS, "referred"}]


def screened(desk: Desk, actor: Actor, number: int = 1) -> str:
    serial = receive(desk, body(number))
    cases.screen(desk, serial, actor, 1)
    return serial


@pytest.mark.parametrize("outcome", UNVERIFIED)
def test_who_screened_a_case_cannot_close_it_unverified_and_another_can(desk: Desk, outcome: str) -> None:
    serial = screened(desk, SUPERVISOR)
    with pytest.raises(SamePerson, match="another person"):
        close(desk, serial, SUPERVISOR, 2, outcome)
    close(desk, serial, SP, 2, outcome)
    assert cases.get(desk, serial).outcome == outcome


def test_who_took_it_back_into_work_cannot_close_it_unverified(desk: Desk) -> None:
    serial = screened(desk, SCREENER)
    close(desk, serial, SP, 2, "unfounded")
    cases.reopen(desk, serial, SUPERVISOR, 3, "they came back")
    with pytest.raises(SamePerson):
        close(desk, serial, SUPERVISOR, 4, "unfounded")
    other = receive(desk, body(2))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, serial)
    cases.separate(desk, other, SUPERVISOR, 2, "another mill")
    with pytest.raises(SamePerson):
        close(desk, other, SUPERVISOR, 3, "unfounded")


def test_what_its_closer_linked_to_a_case_does_not_go_with_it_unverified(desk: Desk) -> None:
    main, hidden = screened(desk, SCREENER), receive(desk, body(2))
    cases.mark_duplicate(desk, hidden, SUPERVISOR, 1, main)
    with pytest.raises(SamePerson):
        close(desk, main, SUPERVISOR, 3, "unfounded")
    close(desk, main, SP, 3, "unfounded")


def test_nobody_links_what_no_other_person_read_to_a_closed_case(desk: Desk) -> None:
    main, unread = screened(desk, SCREENER), receive(desk, body(2, contact="none"))
    close(desk, main, SP, 2, "unfounded")
    for version in (1, 2):
        with pytest.raises(NotAllowed) as refused:
            cases.mark_duplicate(desk, unread, SUPERVISOR, version, main)
        assert refused.value.reason == "unread"
        if version == 1:
            cases.screen(desk, unread, SUPERVISOR, 1)
    cases.mark_duplicate(desk, unread, SP, 2, main)
    assert cases.get(desk, unread).status == "duplicate"


def test_who_screened_a_case_closes_it_once_it_was_verified(desk: Desk) -> None:
    serial = screened(desk, SUPERVISOR)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    cases.start(desk, serial, SCREENER, 3)
    cases.report_back(desk, serial, SCREENER, 4, "nothing there")
    cases.verify(desk, serial, SUPERVISOR, 5)
    close(desk, serial, SUPERVISOR, 6, "unfounded")
    assert cases.get(desk, serial).status == "closed"
