"""Handing a post over: what is open, a locked note, the new holder's phone; a post sees nothing of another's."""

import pytest

from appliance import cases, handing, holders
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound
from sync.messages import Duty
from tests.appliance.office import ANALYST, POST, SCREENER, SP, SUPERVISOR, Watch, body, commands, receive

SHO = Actor("ram", "Ram", "sho", POST)


def given(desk: Desk, number: int, brief: str = "") -> str:
    serial = receive(desk, body(number))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, "", brief)
    return serial


def test_what_is_open_and_nothing_else_is_handed_over(desk: Desk, watch: Watch) -> None:
    serials = [given(desk, number) for number in (1, 2)]
    receive(desk, body(3))
    assert sorted(case.serial for case in handing.open_cases(desk, SHO, POST)) == serials
    watch.now += 60
    assert handing.hand_over(desk, SHO, POST, "two cases", False) == 0
    (note,) = handing.notes(desk, SP, POST)
    assert (note.note, note.open_cases, note.actor) == ("two cases", 2, "ram")


def test_the_present_holder_is_told_with_the_brief_of_the_one_before(desk: Desk, watch: Watch) -> None:
    given(desk, 1, "Look behind it")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    assert handing.hand_over(desk, SP, POST, "one case", True) == 1
    assert [duty.brief for duty in commands(desk, "duty", Duty)] == ["Look behind it"]


@pytest.mark.parametrize(
    "actor", [SCREENER, ANALYST, Actor("x", "X", "sho", "SHO JNP-02"), Actor("y", "Y", "sho")]
)
def test_others_find_no_such_post(desk: Desk, actor: Actor) -> None:
    for call in (handing.open_cases, handing.notes):
        with pytest.raises(NotFound):
            call(desk, actor, POST)
    with pytest.raises(NotFound):
        handing.hand_over(desk, actor, POST, "n", False)


def test_a_note_is_needed_and_only_leaders_tell_phones(desk: Desk) -> None:
    for note in ("", "n" * 4001):
        with pytest.raises(NotAllowed):
            handing.hand_over(desk, SP, POST, note, False)
    with pytest.raises(Forbidden):
        handing.hand_over(desk, SHO, POST, "n", True)
    assert handing.notes(desk, SP, POST) == ()
