"""What comes to a case later makes it as strict and as urgent as it is itself, and never less."""

from dataclasses import replace
from typing import Any

import pytest

from appliance import cases, duties, escalation, handing, holders, ledger
from appliance.cases import Filter
from appliance.desk import Actor, Desk
from appliance.evidence import of_case
from appliance.ledger import CaseFile
from appliance.viewing import may_open
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from sync.messages import Answer, Duty
from tests.appliance.office import (
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    body,
    close,
    commands,
    manifest,
    receive,
)

SHO = Actor("ram", "Ram", "sho", POST)
NOW: dict[str, Any] = {"happening_now": True, "text": "they are loading the truck"}
WAY = ("received", "screened", "assigned", "acknowledged", "in_action", "reported_back", "verified")


def at(desk: Desk, status: str, number: int = 1, **changes: Any) -> str:
    """A case that has come so far."""
    serial = receive(desk, body(number, **changes))
    steps = ("screen", "assign", "acknowledge", "start", "report_back", "verify")[: WAY.index(status)]
    for act in steps:
        actor = SUPERVISOR if act in ("assign", "verify") else SCREENER
        more = (POST,) if act == "assign" else ("done",)
        getattr(cases, act)(desk, serial, actor, ledger.find(desk, serial).version, *more)
    return serial


def add(desk: Desk, number: int, to: int = 1, **changes: Any) -> None:
    receive(desk, body(number, adds_to=body(to).handle, **changes))


def link(desk: Desk, serial: str, main: str, actor: Actor = SCREENER) -> None:
    cases.mark_duplicate(desk, serial, actor, ledger.find(desk, serial).version, main)


def strictness(case: CaseFile) -> tuple[str, int, int]:
    return case.sensitivity, case.victim, case.child


PHOTO = replace(manifest(b"x", 5, "image/jpeg"), kind="photo")


@pytest.mark.parametrize("comes", ["added", "added to a duplicate", "linked"])
@pytest.mark.parametrize(
    ("category", "says", "wanted"),
    [
        ("prostitution", {"evidence": (PHOTO,)}, ("restricted", 1, 0)),
        ("gambling", {"fear": "yes"}, ("restricted", 0, 0)),
        ("gambling", {"answers": (Answer("victim", "child", ""),)}, ("secret", 1, 1)),
    ],
)
def test_what_comes_later_makes_class_and_flags_stricter(
    desk: Desk, comes: str, category: str, says: dict[str, Any], wanted: tuple[str, int, int]
) -> None:
    serial = at(desk, "screened", category=category)
    if comes == "linked":
        link(desk, receive(desk, body(3, category=category, **says)), serial)
    elif comes == "added":
        add(desk, 3, **says)
    else:
        link(desk, receive(desk, body(2, category=category)), serial)
        add(desk, 3, to=2, **says)
    assert strictness(ledger.find(desk, serial)) == wanted
    add(desk, 4)
    assert strictness(ledger.find(desk, serial)) == wanted


def test_a_picture_of_a_victim_that_is_added_does_not_open_at_the_thana(desk: Desk) -> None:
    serial = at(desk, "assigned", category="prostitution")
    add(desk, 2, category="other", evidence=(PHOTO,))
    case = ledger.find(desk, serial)
    assert not may_open(SHO, case, of_case(desk, case.id)[0])


# Happening now


def waiting(desk: Desk) -> list[str]:
    """What the alarm counts, as the list shows it."""
    rows = cases.open_cases(desk, SCREENER, Filter(urgent="waits"), None).rows
    assert len(rows) == cases.urgent_waiting(desk, SCREENER)
    return [row.serial for row in rows]


LIMITS = {
    "received": 15 * MINUTE_S,
    "screened": 30 * MINUTE_S,
    "assigned": 30 * MINUTE_S,
    "in_action": 100 * MINUTE_S,
    "verified": 15 * MINUTE_S,
}
"""What a normal case still gets after something urgent came to it; at the office's end: to be read."""


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("status", sorted(LIMITS))
def test_an_urgent_addition_or_duplicate_makes_the_case_urgent(
    desk: Desk, watch: Watch, status: str, linked: bool
) -> None:
    serial = at(desk, status)
    watch.now += HOUR_S
    if linked:
        link(desk, receive(desk, body(2, **NOW)), serial)
    else:
        add(desk, 2, **NOW)
    case = ledger.find(desk, serial)
    assert case.due_at == watch.now + LIMITS[status]
    assert waiting(desk) == [serial]
    assert serial in [row.serial for row in cases.open_cases(desk, SCREENER, Filter(urgent="yes"), None).rows]
    watch.now += 4 * HOUR_S
    assert escalation.run(desk, watch.now) == 1
    assert waiting(desk) == [serial]
    cases.claim(desk, serial, SCREENER, ledger.find(desk, serial).version)
    assert waiting(desk) == []


def test_to_an_urgent_case_that_waits_for_its_end_what_comes_must_be_read_too(
    desk: Desk, watch: Watch
) -> None:
    serial = at(desk, "verified", category="cattle")
    watch.now += HOUR_S
    add(desk, 2)
    assert ledger.find(desk, serial).due_at == START + 14 * DAY_S
    add(desk, 3, **NOW)
    assert ledger.find(desk, serial).due_at == watch.now + 15 * MINUTE_S
    cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, POST)
    assert ledger.find(desk, serial).due_at == watch.now + 30 * MINUTE_S


def test_what_came_unread_while_the_post_worked_is_read_at_once_when_it_reports_back(
    desk: Desk, watch: Watch
) -> None:
    serial = at(desk, "in_action")
    add(desk, 2, **NOW)
    watch.now += MINUTE_S
    cases.report_back(desk, serial, SHO, ledger.find(desk, serial).version, "done")
    assert ledger.find(desk, serial).due_at == watch.now + 15 * MINUTE_S
    watch.now += 4 * HOUR_S
    assert escalation.run(desk, watch.now) == 1


@pytest.mark.parametrize("act", ["answer", "claim", "pause"])
def test_when_the_office_has_read_what_came_the_informants_weeks_count_again(
    desk: Desk, watch: Watch, act: str
) -> None:
    serial = at(desk, "verified")
    watch.now += HOUR_S
    add(desk, 2, **NOW)
    more = {"answer": ("need_more", ("place",)), "pause": ("event", "the fair")}.get(act, ())
    getattr(cases, act)(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, *more)
    case = ledger.find(desk, serial)
    assert (case.due_at or watch.now + (case.left_s or 0)) == START + 14 * DAY_S
    watch.now += 4 * DAY_S
    assert escalation.run(desk, watch.now) == 0
    cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, POST)
    assert ledger.find(desk, serial).due_at == watch.now + 30 * MINUTE_S  # urgent for good


def test_what_comes_never_gives_more_time(desk: Desk, watch: Watch) -> None:
    serial = at(desk, "assigned")
    watch.now += 5 * HOUR_S
    before = ledger.find(desk, serial)
    add(desk, 2, **NOW)
    add(desk, 3)
    watch.now += HOUR_S
    add(desk, 4, **NOW)
    assert ledger.find(desk, serial).due_at == before.due_at
    cases.assign(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "SHO JNP-02")
    assert ledger.find(desk, serial).due_at == watch.now + 30 * MINUTE_S  # urgent for good


def test_an_urgent_addition_ends_a_pause_and_another_does_not(desk: Desk, watch: Watch) -> None:
    serial = at(desk, "in_action")
    cases.pause(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "court", "a hearing")
    watch.now += DAY_S
    add(desk, 2)
    assert ledger.find(desk, serial).due_at is None
    add(desk, 3, **NOW)
    assert ledger.find(desk, serial).due_at == watch.now + 100 * MINUTE_S


def test_what_is_linked_to_a_case_whose_informant_was_answered_has_a_limit(desk: Desk, watch: Watch) -> None:
    serial = at(desk, "verified")
    cases.answer(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "closed", ())
    link(desk, receive(desk, body(2, **NOW)), serial)
    assert ledger.find(desk, serial).due_at == watch.now + 15 * MINUTE_S
    assert waiting(desk) == [serial]


def test_an_officers_notice_names_the_hurry_of_the_case(desk: Desk) -> None:
    holders.appoint(desk, SP, POST, "Ram Singh", "+919812345678", "en")
    holders.appoint(desk, SP, "SHO JNP-02", "Shyam Lal", "+919812345679", "en")
    told_at_once, told_later = at(desk, "assigned", 1, **NOW), at(desk, "assigned", 2)
    add(desk, 3, to=2, **NOW)
    assert "Urgent" in duties.preview(desk, told_at_once, "en").notice
    cases.assign(desk, told_later, SUPERVISOR, ledger.find(desk, told_later).version, "SHO JNP-02")
    assert [duty.urgency for duty in commands(desk, "duty", Duty)] == ["urgent", "normal", "urgent"]


@pytest.mark.parametrize("officer", [Actor(POST, POST, "officer", POST), SHO], ids=["phone", "desk"])
def test_an_officers_answer_is_news_and_no_alarm(desk: Desk, officer: Actor) -> None:
    serial = at(desk, "assigned", **NOW)
    with_post = ledger.find(desk, serial)
    cases.acknowledge(desk, serial, officer, with_post.version)
    assert waiting(desk) == []
    for number, act in ((2, cases.start), (3, cases.report_back)):
        add(desk, number, **NOW)
        act(desk, serial, officer, ledger.find(desk, serial).version, "done")
        assert waiting(desk) == [serial]  # what he answers says nothing of whether the office has read it


def test_what_somebody_does_with_another_case_or_a_post_reads_nothing_of_this_one(desk: Desk) -> None:
    serial, other = at(desk, "assigned"), at(desk, "received", 2)
    add(desk, 3, **NOW)
    assert handing.hand_over(desk, SUPERVISOR, POST, "one case", tell=True).cases == 1
    link(desk, other, serial)
    assert waiting(desk) == [serial]
    cases.claim(desk, serial, SCREENER, ledger.find(desk, serial).version)
    assert waiting(desk) == []


def test_a_post_that_loses_a_case_by_what_is_said_of_another_takes_no_alarm_along(desk: Desk) -> None:
    ended = at(desk, "screened")
    close(desk, ended, SUPERVISOR, ledger.find(desk, ended).version, "unfounded")
    serial = at(desk, "assigned", 2, adds_to=body(1).handle)
    add(desk, 3, to=2, **NOW)
    cases.reopen(desk, ended, SUPERVISOR, ledger.find(desk, ended).version, "there is more")
    cases.concern(desk, ended, SCREENER, ledger.find(desk, ended).version, "JNP-01")
    assert (ledger.find(desk, serial).status, waiting(desk)) == ("screened", [serial])


# Questions


def test_another_informants_addition_answers_no_question(desk: Desk) -> None:
    main, other = at(desk, "screened"), receive(desk, body(2))
    link(desk, other, main)
    cases.answer(desk, main, SUPERVISOR, ledger.find(desk, main).version, "need_more", ("place",))
    cases.pause(desk, main, SUPERVISOR, ledger.find(desk, main).version, "informant")
    add(desk, 3, to=2)
    case = ledger.find(desk, main)
    assert (case.asked, case.due_at, case.news) == (1, None, 1)
    add(desk, 4)
    case = ledger.find(desk, main)
    assert (case.asked, case.due_at is None) == (0, False)
