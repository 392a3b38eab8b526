"""What the office can do beside the straight way: verify, set aside, open again, take up, class, enter a tip, ask."""

from dataclasses import replace

import pytest

from appliance import cases, jobs
from appliance.cases import Quantities, Seizure, Tip
from appliance.cases.outcomes import NO_ACTION
from appliance.desk import Desk
from appliance.errors import Forbidden, NotAllowed
from sync.db import transaction
from sync.messages import Answer, PublicState
from tests.appliance.office import (
    ANALYST,
    POST,
    SCREENER,
    SP,
    SUPERVISOR,
    Watch,
    body,
    close,
    commands,
    receive,
)

TIP = Tip(
    *(
        "phone",
        "liquor",
        "JNP-02",
        "behind the school",
        "sold every evening",
        (Answer("what", "", "country liquor"),),
    ),
    *("hi", False, "no", "no"),
)


def reported(desk: Desk) -> str:
    """A case whose report back the supervisor noted (version 5)."""
    serial = receive(desk, body(1))
    for version, (act, more) in enumerate(
        [("screen", ()), ("assign", (POST,)), ("start", ()), ("report_back", ())], start=1
    ):
        getattr(cases, act)(desk, serial, SUPERVISOR, version, *more)
    return serial


def test_who_noted_the_report_back_cannot_verify_it(desk: Desk) -> None:
    serial = reported(desk)
    with pytest.raises(Forbidden, match="another person"):
        cases.verify(desk, serial, SUPERVISOR, 5)
    cases.verify(desk, serial, SP, 5, "seen the memo")
    assert cases.get(desk, serial).status == "verified"


def test_nothing_is_closed_before_its_verification(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        close(desk, reported(desk), SP, 5, "unfounded")


@pytest.mark.parametrize(
    ("outcome", "found", "lacks"),
    [
        ("fir", Quantities(), "number of the FIR"),
        ("arrest", Quantities(), "how many"),
        ("seizure", Quantities(arrests=1), "what was seized"),
        ("referred", Quantities(), "which office"),
        ("seizure", Quantities(seizures=(Seizure("gold", 1),)), "not on the list"),
        ("seizure", Quantities(seizures=(Seizure("drugs", 0),)), "between 1"),
        ("fir", Quantities(fir_no="1" * 81), "at most 80"),
    ],
)
def test_an_outcome_brings_its_quantity(desk: Desk, outcome: str, found: Quantities, lacks: str) -> None:
    serial = reported(desk)
    cases.verify(desk, serial, SP, 5)
    with pytest.raises(NotAllowed, match=lacks):
        close(desk, serial, SP, 6, outcome, found=found)
    assert cases.get(desk, serial).version == 6


def test_quantities_are_kept_and_the_fir_lies_locked(desk: Desk) -> None:
    serial, found = reported(desk), Quantities("0417/2026", 2, (Seizure("cash", 900), Seizure("drugs", 250)))
    cases.verify(desk, serial, SP, 5)
    close(desk, serial, SP, 6, "fir", "", found)
    assert cases.get(desk, serial).found == found
    assert b"0417" not in desk.conn.execute("select fir_locked from result").fetchone()[0]


def test_no_action_is_claimed_where_nobody_went(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    with pytest.raises(NotAllowed, match="nobody yet"):
        close(desk, serial, SP, 2, "arrest", found=Quantities(arrests=1))
    close(desk, serial, SP, 2, "already_known")


@pytest.mark.parametrize(
    "found", [Quantities(arrests=3), Quantities("12/2026"), Quantities(seizures=(Seizure("liquor", 4),))]
)
def test_what_was_done_does_not_stand_beside_an_outcome_without_action(desk: Desk, found: Quantities) -> None:
    serial = reported(desk)
    cases.verify(desk, serial, SP, 5)
    for outcome in NO_ACTION:
        with pytest.raises(NotAllowed) as refused:
            close(desk, serial, SP, 6, outcome, found=replace(found, agency="excise"))
        assert refused.value.reason == "no_action"


def test_nobody_is_cut_off_without_an_answer_unless_that_was_said(desk: Desk) -> None:
    main, double, silent = (receive(desk, body(n, contact="none" if n == 3 else "push")) for n in (1, 2, 3))
    for serial in (double, silent):
        cases.mark_duplicate(desk, serial, SCREENER, 1, main)
    cases.screen(desk, main, SCREENER, 3)
    cases.answer(desk, main, SP, 4, "taken_up", ())  # tells nothing of what came of it
    assert cases.get(desk, main).untold == (main, double)
    for agreed in (0, 1):
        with pytest.raises(NotAllowed) as refused:
            cases.close(desk, main, SP, 5, "insufficient", untold=agreed)
        assert refused.value.reason == "untold"
    cases.answer(desk, main, SP, 5, "not_found", ())
    cases.answer(desk, double, SP, 2, "not_found", ())
    cases.close(desk, main, SP, 6, "insufficient")
    assert cases.get(desk, main).status == "closed"


def test_an_answer_of_before_the_reopening_tells_nobody_of_what_comes_of_it_now(
    desk: Desk, watch: Watch
) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.answer(desk, serial, SP, 2, "not_found", ())
    cases.close(desk, serial, SP, 3, "insufficient")
    watch.now += 60
    cases.reopen(desk, serial, SP, 4, "they came back")
    assert cases.get(desk, serial).untold == ()  # there is no way back any more
    receive(desk, body(2, adds_to=body(1).handle))
    assert cases.get(desk, serial).untold == (serial,)


@pytest.mark.parametrize("outcome", ["verified_no_offence", "false_malicious"])
def test_what_an_enquiry_found_is_not_claimed_where_nobody_enquired(desk: Desk, outcome: str) -> None:
    serial = reported(desk)
    fresh = receive(desk, body(2))
    cases.screen(desk, fresh, SCREENER, 1)
    with pytest.raises(NotAllowed) as refused:
        close(desk, fresh, SP, 2, outcome)
    assert refused.value.reason == "unfound"
    cases.verify(desk, serial, SP, 5)
    close(desk, serial, SP, 6, outcome)
    assert cases.get(desk, serial).outcome == outcome


def test_the_office_it_was_passed_to_lies_locked_also_where_an_older_program_wrote_it(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    close(desk, serial, SP, 2, "referred", "", Quantities(agency="excise office"))
    assert cases.get(desk, serial).found.agency == "excise office"
    assert not [row for row in desk.conn.iterdump() if "excise office" in row]
    desk.conn.execute("update result set agency='excise office', agency_locked=x''")
    (tidy,) = (job for job in jobs.timetable(300) if job.name == "tidy")
    assert jobs.run_once(desk, tidy)
    assert cases.get(desk, serial).found.agency == "excise office"
    assert not [row for row in desk.conn.iterdump() if "excise office" in row]
    with transaction(desk.conn):
        assert cases.lock_older(desk) == 0


def test_a_closed_case_goes_on_with_its_duplicates(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    cases.screen(desk, main, SCREENER, 2)
    close(desk, main, SP, 3, "referred", "", Quantities(agency="excise"))
    with pytest.raises(NotAllowed, match="reason"):
        cases.reopen(desk, main, SP, 4)
    cases.reopen(desk, main, SP, 4, "they came back")
    again = cases.get(desk, main)
    assert (again.status, again.outcome, again.found) == ("screened", "", Quantities())
    states = [(state.handle, state.state) for state in commands(desk, "state", PublicState)]
    assert states[-2:] == [(body(1).handle, "in_work"), (body(2).handle, "in_work")]


def test_a_wrong_duplicate_goes_on_by_itself(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    cases.separate(desk, other, SUPERVISOR, 2, "another mill")
    alone = cases.get(desk, other)
    assert (alone.status, alone.duplicate_of) == ("screened", None)
    assert cases.get(desk, main).duplicates == ()


def test_what_is_set_aside_comes_back_whole(desk: Desk) -> None:
    serial = receive(desk, body(1))
    with pytest.raises(NotAllowed, match="reason"):
        cases.quarantine(desk, serial, SCREENER, 1)
    cases.quarantine(desk, serial, SCREENER, 1, "greetings only")
    told = cases.get(desk, serial).reports
    cases.release(desk, serial, SCREENER, 2)
    back = cases.get(desk, serial)
    assert (back.status, back.reports) == ("received", told)


def test_one_takes_a_case_and_only_a_leader_takes_it_over(desk: Desk) -> None:
    serial, other = receive(desk, body(1)), replace(SCREENER, name="eka")
    cases.claim(desk, serial, SCREENER, 1)
    with pytest.raises(NotAllowed, match="somebody else"):
        cases.claim(desk, serial, other, 2)
    with pytest.raises(NotAllowed, match="not yours"):
        cases.unclaim(desk, serial, other, 2)
    cases.claim(desk, serial, SUPERVISOR, 2)
    assert cases.get(desk, serial).file.claimed_by == SUPERVISOR.name
    cases.unclaim(desk, serial, SUPERVISOR, 3)
    assert cases.get(desk, serial).file.claimed_by == ""


def test_sensitivity_changes_with_a_reason_and_only_if_it_changes(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.reclassify(desk, serial, SCREENER, 1, "secret", True, True, "a girl of nine")
    case = cases.get(desk, serial)
    assert (case.sensitivity, case.file.victim, case.file.child) == ("secret", 1, 1)
    assert case.history[-1].detail == "secret/victim+child"
    with pytest.raises(NotAllowed, match="already"):
        cases.reclassify(desk, serial, SCREENER, 2, "secret", True, True, "again")
    with pytest.raises(NotAllowed, match="no class"):
        cases.reclassify(desk, serial, SCREENER, 2, "top", True, True, "again")


def test_a_question_is_open_until_the_informant_adds_something(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.answer(desk, serial, SUPERVISOR, 1, "need_more", ("place",))
    asked = cases.get(desk, serial)
    assert (asked.status, asked.file.asked, asked.history[-1].act) == ("received", 1, "ask")
    receive(desk, body(2, adds_to=body(1).handle))
    assert cases.get(desk, serial).file.asked == 0


def test_a_question_after_the_verification_is_no_feedback(desk: Desk) -> None:
    serial = reported(desk)
    cases.verify(desk, serial, SP, 5)
    cases.answer(desk, serial, SUPERVISOR, 6, "need_more", ("time",))
    assert cases.get(desk, serial).status == "verified"


def test_a_tip_entered_by_staff_is_a_case_nobody_is_written_to(desk: Desk) -> None:
    serial = cases.walk_in(desk, SCREENER, TIP)
    case = cases.get(desk, serial)
    assert (case.status, case.thana, case.file.source, case.can_answer) == (
        "received",
        "JNP-02",
        "phone",
        False,
    )
    assert (case.history[0].actor, case.reports[0].text) == (SCREENER.name, TIP.text)
    cases.screen(desk, serial, SCREENER, 1)
    close(desk, serial, SP, 2, "insufficient")
    assert desk.conn.execute("select count(*) from outbox").fetchone()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"source": "letter"},
        {"category": "x"},
        {"thana": "XXX-01"},
        {"text": " ", "answers": ()},
        {"text": "x" * 4001},
        {"fear": "maybe"},
        {"answers": (Answer("nowhere", "x", ""),)},
    ],
)
def test_a_tip_that_cannot_be_is_refused(desk: Desk, change: dict[str, object]) -> None:
    with pytest.raises(NotAllowed):
        cases.walk_in(desk, SCREENER, replace(TIP, **change))  # type: ignore[arg-type]  # odd on purpose
    with pytest.raises(Forbidden):
        cases.walk_in(desk, ANALYST, TIP)
    assert desk.conn.execute("select count(*) from case_file").fetchone()[0] == 0


@pytest.mark.parametrize("about", [{"category": "police_corruption"}, {"police_involved": "yes"}])
def test_what_is_told_of_police_is_not_entered_at_a_district(desk: Desk, about: dict[str, str]) -> None:
    tip = replace(TIP, answers=(), **about)  # type: ignore[arg-type]  # names of its fields
    with pytest.raises(NotAllowed, match="police"):
        cases.walk_in(desk, SCREENER, tip)
    assert desk.conn.execute("select count(*) from report").fetchone()[0] == 0


def test_a_case_is_as_strict_as_what_was_linked_to_it(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.reclassify(desk, other, SCREENER, 1, "secret", False, True, "a child is named")
    cases.mark_duplicate(desk, other, SCREENER, 2, main)
    case = cases.get(desk, main).file
    assert (case.sensitivity, case.victim, case.child) == ("secret", 0, 1)
