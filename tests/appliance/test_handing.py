"""Handing a post over: what is open, a locked note, the new holder's phone; a post sees nothing of another's."""

from dataclasses import replace

import pytest

from appliance import cases, duties, escalation, handing, holders, ledger, practice
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound, OwnPeople
from appliance.handing import Told
from sync.clock import DAY_S
from sync.messages import Duty
from tests.appliance.office import ANALYST, POST, SCREENER, SP, SUPERVISOR, Watch, body, commands, receive

SHO = Actor("ram", "Ram", "sho", POST)
OTHER = "SHO JNP-02"


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
    assert handing.hand_over(desk, SHO, POST, "two cases", False) == Told()
    (note,) = handing.notes(desk, SP, POST)
    assert (note.note, note.open_cases, note.actor) == ("two cases", 2, "ram")


def test_the_present_holder_is_told_with_the_brief_of_the_one_before(desk: Desk, watch: Watch) -> None:
    given(desk, 1, "Look behind it")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    assert handing.hand_over(desk, SP, POST, "one case", True) == Told(1)
    assert [duty.brief for duty in commands(desk, "duty", Duty)] == ["Look behind it"]


def test_who_was_told_above_that_it_is_late_stays_told(desk: Desk, watch: Watch) -> None:
    circle = "CO City"
    for post, number in ((POST, "9812345678"), (circle, "9812345670"), ("SP JNP", "9812345671")):
        holders.appoint(desk, SP, post, f"Officer {post}", number, "hi")
    serial = given(desk, 1)
    watch.now += 5 * DAY_S
    assert escalation.run(desk, watch.now) == 2
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    assert handing.hand_over(desk, SP, POST, "one case", True) == Told(1)
    told = [(duty.post, duty.state) for duty in cases.get(desk, serial).duties]
    assert sorted(told) == [
        (circle, "queued"), (POST, "queued"), (POST, "withdrawn"), ("SP JNP", "queued"),
    ]  # fmt: skip


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


def moved(desk: Desk, watch: Watch) -> str:
    """A report on the people of the first thana lies with the other one, whose post their holder now takes over."""
    for post, number in ((POST, "9812345678"), (OTHER, "9812345679")):
        holders.appoint(desk, SP, post, f"Officer {number}", number, "hi")
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SP, 2, OTHER)
    watch.now += 3600
    holders.appoint(desk, SP, OTHER, "Officer 9812345678", "9812345678", "hi")
    return serial


def test_an_officer_is_not_told_of_a_case_about_himself_that_lay_with_his_new_post(
    desk: Desk, watch: Watch
) -> None:
    moved(desk, watch)
    before = commands(desk, "duty", Duty)
    assert handing.hand_over(desk, SP, OTHER, "note", True) == Told(0, 1)
    assert commands(desk, "duty", Duty) == before


def test_who_takes_a_posts_phone_is_not_given_the_notice_about_his_own_people(
    desk: Desk, watch: Watch
) -> None:
    for post, name, number in ((POST, "Ram", "9812345678"), (OTHER, "Sita", "9812345679")):
        holders.appoint(desk, SP, post, name, number, "hi")
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SP, 2, OTHER)
    watch.now += 3600
    holders.appoint(desk, SP, OTHER, "Ram", "9812345679", "hi")
    (duty,) = cases.get(desk, serial).duties
    assert (duty.holder, duty.state) == ("Sita", "withdrawn")


def test_no_caller_can_send_a_case_to_those_it_is_about(desk: Desk, watch: Watch) -> None:
    case = ledger.find(desk, moved(desk, watch))
    with pytest.raises(OwnPeople):
        duties.order(desk, case, SP, "", watch.now)


def test_a_note_does_not_count_cases_that_the_post_may_not_see(desk: Desk, watch: Watch) -> None:
    moved(desk, watch)
    for actor in (SP, Actor("ram", "Ram", "sho", OTHER)):
        handing.hand_over(desk, actor, OTHER, "note", False)
    assert [one.open_cases for one in handing.notes(desk, SP, OTHER)] == [0, 0]


def test_a_brief_that_may_no_longer_leave_stays_while_the_note_is_kept(desk: Desk) -> None:
    serial = given(desk, 1, "Look behind it")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    cases.reclassify(desk, serial, SP, ledger.find(desk, serial).version, "secret", False, False, "threats")
    assert handing.hand_over(desk, SP, POST, "one case", True) == Told(1)
    assert [duty.brief for duty in commands(desk, "duty", Duty)] == [""]
    assert [one.note for one in handing.notes(desk, SP, POST)] == ["one case"]


def test_a_form_that_came_twice_hands_over_once(desk: Desk, watch: Watch) -> None:
    given(desk, 1)
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi")
    first, again = (handing.hand_over(desk, SP, POST, "one case", True, "5" * 32) for _ in range(2))
    assert first == again == Told(1)
    assert len(handing.notes(desk, SP, POST)) == len(commands(desk, "duty", Duty)) == 1


def test_handing_over_leaves_practice_cases_alone(desk: Desk, watch: Watch) -> None:
    serial, trainer = practice.lay_out(desk, SP)[0], replace(SP, practice=True)
    cases.screen(desk, serial, trainer, 1)
    cases.assign(desk, serial, trainer, 2, POST)
    assert handing.hand_over(desk, SP, POST, "nothing", True) == Told()
    assert (ledger.find(desk, serial).version, handing.notes(desk, SP, POST)[0].open_cases) == (3, 0)
