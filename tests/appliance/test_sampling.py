"""The auditor's sample: drawn by chance, the same all week, another the next, each reading noted."""

from dataclasses import replace

import pytest

from appliance import cases, ledger, practice, printouts, sampling
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotFound
from sync.clock import WEEK_S
from tests.appliance.office import (
    ANALYST,
    POST,
    SCREENER,
    SP,
    SUPERVISOR,
    Watch,
    audited,
    body,
    close,
    receive,
)

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


def test_what_was_linked_or_closed_without_an_officer_is_drawn_too(desk: Desk, watch: Watch) -> None:
    main, linked, closed, worked = (receive(desk, body(number)) for number in (1, 2, 3, 4))
    cases.mark_duplicate(desk, linked, SCREENER, 1, main)
    for serial in (closed, worked):
        cases.screen(desk, serial, SCREENER, 1)
    close(desk, closed, SUPERVISOR, 2, "unfounded")
    cases.assign(desk, worked, SUPERVISOR, 2, POST)
    assert sampling.draw(desk, AUDITOR).in_all == 2
    found = {one.act: (one.serial, one.detail) for _ in range(40) for one in _in_time(desk, watch)}
    assert found == {"mark_duplicate": (linked, main), "close": (closed, "unfounded")}


def _in_time(desk: Desk, watch: Watch) -> tuple[sampling.Drawn, ...]:
    watch.now += WEEK_S / 10
    return sampling.draw(desk, AUDITOR).drawn


@pytest.mark.parametrize(("sensitivity", "child"), [("restricted", False), ("secret", False), ("open", True)])
def test_words_of_a_stricter_class_reach_the_head_and_not_the_auditor(
    desk: Desk, sensitivity: str, child: bool
) -> None:
    serial = receive(desk, body(1))
    cases.reclassify(desk, serial, SP, 1, sensitivity, False, child, "as told")
    cases.quarantine(desk, serial, SUPERVISOR, 2, "names the girl of another report")
    (one,) = sampling.draw(desk, AUDITOR).drawn
    (told,) = one.reports
    assert (told.text, told.place, one.reason, one.is_outline) == ("", "", "", True)
    assert [(answer.choice, answer.text) for answer in told.answers] == [("daily", "")]
    assert sampling.draw(desk, SP).drawn[0].reports[0].text == body(1).text


def test_practice_cases_are_not_drawn(desk: Desk) -> None:
    serial = practice.lay_out(desk, SP)[0]
    cases.quarantine(desk, serial, replace(SCREENER, practice=True), 1, "an advertisement")
    assert sampling.draw(desk, AUDITOR) == sampling.Sample((), 0)


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


def test_paper_with_the_words_of_a_strict_case_is_for_leaders(desk: Desk) -> None:
    plain, strict = receive(desk, body(1)), receive(desk, body(2))
    cases.reclassify(desk, strict, SCREENER, 1, "open", False, True, "a child is named")
    with pytest.raises(Forbidden):
        printouts.note(desk, SCREENER, ledger.find(desk, strict))
    printouts.note(desk, SUPERVISOR, ledger.find(desk, strict))
    printouts.note(desk, SCREENER, ledger.find(desk, plain))
    cases.mark_duplicate(desk, plain, SCREENER, 1, strict)  # now the paper would hold the words of both
    with pytest.raises(Forbidden):
        printouts.note(desk, SCREENER, ledger.find(desk, plain))
