"""The auditor's sample: drawn by chance, the same all week, another the next, each reading noted."""

import pytest

from appliance import cases, printouts, sampling
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotFound
from sync.clock import WEEK_S
from tests.appliance.office import ANALYST, SCREENER, SUPERVISOR, Watch, audited, body, receive

AUDITOR = Actor("dina", "Dina", "auditor")


def drawn(desk: Desk) -> list[str]:
    return [one.serial for one in sampling.draw(desk, AUDITOR).drawn]


def test_a_twentieth_is_drawn_anew_each_week(desk: Desk, watch: Watch) -> None:
    assert sampling.draw(desk, AUDITOR).drawn == ()
    for number in range(1, 61):
        cases.quarantine(desk, receive(desk, body(number)), SUPERVISOR, 1, "an advertisement")
    weeks = []
    for _ in range(4):
        assert drawn(desk) == drawn(desk)
        weeks.append(tuple(drawn(desk)))
        watch.now += WEEK_S
    assert {len(week) for week in weeks} == {3}
    assert len(set(weeks)) > 1
    assert ("dina", "quarantine.sample", weeks[0][0]) in audited(desk)


def test_one_is_looked_at_however_few_there_are(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.quarantine(desk, serial, SUPERVISOR, 1, "an advertisement")
    (one,) = sampling.draw(desk, AUDITOR).drawn
    assert (one.serial, one.by, one.reason) == (serial, "bina", "an advertisement")


@pytest.mark.parametrize("actor", [SCREENER, SUPERVISOR, ANALYST])
def test_others_draw_nothing(desk: Desk, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        sampling.draw(desk, actor)


def test_only_the_office_prints_and_each_paper_has_a_number(desk: Desk) -> None:
    case = cases.get(desk, receive(desk, body(1))).file
    numbers = [printouts.note(desk, SCREENER, case)[1] for _ in range(2)]
    assert numbers[0] < numbers[1]
    with pytest.raises(NotFound):
        printouts.note(desk, Actor("x", "X", "sho", "SHO JNP-02"), case)
    with pytest.raises((NotFound, Forbidden)):
        printouts.note(desk, AUDITOR, case)
