"""The office corrects kind of crime and thana of a case: everything follows, and what was told stays as it was."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import audit, cases, clocks, digest, escalation, figures, history, ledger, rights, search
from appliance.analysis.periods import WEEK, Window
from appliance.cases import Filter
from appliance.desk import OFFICE, ROLES, Actor, Desk
from appliance.errors import BriefRefused, Conflict, Forbidden, NotAllowed, OwnPeople
from appliance.figures import reading
from appliance.figures.scope import scope
from appliance.posts import posts
from appliance.suggesting import suggest
from sync.clock import MINUTE_S, week_of
from sync.directory import RANGE
from sync.messages import LATE, Digest, DutyOver
from tests.appliance.office import (
    DIRECTORY,
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    audited,
    body,
    close,
    commands,
    manifest,
    open_office,
    receive,
)
from tests.appliance.test_what_comes import PHOTO, at

HERE, THERE, CIRCLE, OTHER_POST = "JNP-01", "JNP-02", "CO City", "SHO JNP-02"
CITY = Actor("gita", "Gita", "co", CIRCLE)
REASON = "the informant names the mill"


def correct(
    desk: Desk, serial: str, category: str, thana: str = HERE, actor: Actor = SCREENER, note: str = REASON
) -> None:
    cases.correct(desk, serial, actor, ledger.find(desk, serial).version, category, thana, note)


def filed(desk: Desk, serial: str) -> tuple[str, str, str]:
    case = ledger.find(desk, serial)
    return case.category, case.district, case.thana


def due_in(desk: Desk, serial: str) -> int:
    due_at = ledger.find(desk, serial).due_at
    assert due_at is not None
    return (due_at - int(START)) // MINUTE_S


def listed(desk: Desk, actor: Actor = SUPERVISOR, **wanted: Any) -> list[str]:
    return [row.serial for row in cases.open_cases(desk, actor, Filter(**wanted), None).rows]


def test_the_case_is_filed_anew_and_what_was_told_stays(desk: Desk) -> None:
    serial = receive(desk, body(1, category="other"))
    told = cases.get(desk, serial).reports
    correct(desk, serial, "drugs", THERE)
    case = cases.get(desk, serial)
    assert filed(desk, serial) == ("drugs", "JNP", THERE)
    assert case.reports == told and (told[0].category, told[0].thana) == ("other", HERE)
    done = case.history[-1]
    assert (done.act, done.actor, done.note) == ("correct", SCREENER.name, REASON)
    assert done.detail == "other/JNP-01>drugs/JNP-02"
    assert (SCREENER.name, "case.correct", serial) in audited(desk)
    assert audit.verify(desk.conn) is None and history.verify(desk.conn) is None


@pytest.mark.parametrize(
    ("category", "thana", "note", "reason"),
    [
        ("liquor", HERE, REASON, "same_place"),
        ("drugs", HERE, " ", "no_reason"),
        ("bicycles", HERE, REASON, ""),
        ("drugs", "XXX-01", REASON, "no_thana"),
        ("drugs", "GZP-01", REASON, "no_thana"),
        ("police_corruption", HERE, REASON, "police_kind"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    desk: Desk, category: str, thana: str, note: str, reason: str
) -> None:
    serial = receive(desk, body(1))
    before = cases.get(desk, serial)
    with pytest.raises(NotAllowed) as refused:
        correct(desk, serial, category, thana, note=note)
    assert refused.value.reason == reason
    assert cases.get(desk, serial) == before


@pytest.mark.parametrize("role", ROLES)
def test_who_sets_class_and_flags_may_correct_and_nobody_else(desk: Desk, role: str) -> None:
    serial = at(desk, "assigned")
    actor = Actor(role, role, role, {"co": CIRCLE, "sho": POST}.get(role, ""))
    if role in OFFICE:
        correct(desk, serial, "drugs", actor=actor)
    else:
        with pytest.raises(Forbidden):
            correct(desk, serial, "drugs", actor=actor)


def test_of_two_who_correct_it_one_is_told_who_was_faster(desk: Desk) -> None:
    serial = receive(desk, body(1))
    correct(desk, serial, "drugs")
    with pytest.raises(Conflict) as told:
        cases.correct(desk, serial, SUPERVISOR, 1, "arms", HERE, REASON)
    assert (told.value.by, told.value.act) == (SCREENER.name, "correct")
    assert filed(desk, serial)[0] == "drugs"


def test_a_thana_that_is_known_to_be_wrong_may_be_taken_away(desk: Desk) -> None:
    serial = receive(desk, body(1))
    correct(desk, serial, "liquor", "")
    assert filed(desk, serial) == ("liquor", "JNP", "")


def test_lists_and_the_search_follow(desk: Desk) -> None:
    serial = receive(desk, body(1, category="other"))
    correct(desk, serial, "drugs", THERE)
    assert listed(desk, category="drugs") == listed(desk, thana=THERE) == [serial]
    assert listed(desk, category="other") == listed(desk, thana=HERE) == []
    for text in ("Line Bazar", "लाइन बाजार", "Kotwali"):  # of the thana told of too: it stands in the report
        assert search.matching(desk, SUPERVISOR, text) == (ledger.find(desk, serial).id,)


def test_the_post_of_the_other_thana_is_suggested(desk: Desk) -> None:
    serial = receive(desk, body(1))
    correct(desk, serial, "liquor", THERE)
    case, known = ledger.find(desk, serial), posts(desk.directory, "JNP")
    assert suggest(DIRECTORY, "JNP", case.thana, case.category, (), known, frozenset()).post == OTHER_POST


def test_a_case_that_was_given_stays_with_its_post_and_is_seen_by_its_thana_at_once(desk: Desk) -> None:
    serial = receive(desk, body(1, thana=THERE))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, OTHER_POST)
    assert not rights.may_see(desk, CITY, ledger.find(desk, serial)) and listed(desk, CITY) == []
    correct(desk, serial, "liquor", HERE)
    case = ledger.find(desk, serial)
    assert (case.status, case.post, commands(desk, "duty_over", DutyOver)) == ("assigned", OTHER_POST, [])
    assert rights.may_see(desk, CITY, case) and listed(desk, CITY) == [serial]
    correct(desk, serial, "liquor", THERE)
    assert listed(desk, CITY) == []


# What the case counts as.


def standing(desk: Desk, by: str) -> dict[str | int, int]:
    window = Window(WEEK, week_of(START), week_of(START))
    found = reading.standings(desk.conn, window, scope(desk, SP).narrow(), by)
    return {key: one.incidents for key, one in found.items() if one.incidents}


def test_figures_move_from_the_old_cell_to_the_new(desk: Desk) -> None:
    receive(desk, body(2))
    serial = at(desk, "in_action", category="other")
    correct(desk, serial, "drugs", THERE)
    assert standing(desk, "category") == {"liquor": 1, "drugs": 1}
    assert standing(desk, "thana") == {HERE: 1, THERE: 1}
    assert figures.rollups(desk.conn) == figures.recount(desk.conn)
    assert figures.wrong_tallies(desk.conn) == 0


def test_the_range_is_told_both_cells(desk: Desk) -> None:
    serial = receive(desk, body(1, category="other"))
    digest.build_due(desk)
    correct(desk, serial, "drugs", THERE)
    digest.build_due(desk)
    told = commands(desk, "digest", Digest)[-1]
    counts = {(cell.category, cell.thana): cell.count for cell in told.cells}
    assert counts == {("other", HERE): 0, ("drugs", THERE): 1}
    assert {tally.category: tally.open for tally in told.tallies} == {"other": 0, "drugs": 1}


def test_what_the_range_sees_as_late_moves_along(desk: Desk, watch: Watch) -> None:
    serial = at(desk, "assigned")
    watch.now += 8 * 86400
    escalation.run(desk, watch.now)
    assert ledger.find(desk, serial).is_at_range
    digest.build_due(desk)
    correct(desk, serial, "drugs", THERE)
    digest.build_due(desk)
    told = commands(desk, "digest", Digest)[-1]
    late = {(cell.category, cell.thana): cell.count for cell in told.cells if cell.status == LATE}
    assert late == {("liquor", HERE): 0, ("drugs", THERE): 1}


CORRECTIONS = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["other", "drugs", "arms", "women_child"]),
    st.sampled_from([HERE, THERE, ""]),
)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(CORRECTIONS, max_size=6), st.sampled_from(["received", "in_action", "verified"]))
def test_after_any_corrections_the_figures_equal_a_recount(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[int, str, str]], status: str
) -> None:
    desk = open_office(tmp_path_factory.mktemp("box"), Watch())
    serials = [at(desk, status, number) for number in (1, 2, 3)]
    for which, category, thana in wanted:
        if filed(desk, serials[which]) != (category, "JNP", thana):
            correct(desk, serials[which], category, thana)
    assert figures.rollups(desk.conn) == figures.recount(desk.conn)
    assert figures.wrong_tallies(desk.conn) == 0
    desk.conn.close()


# Strictness: class, flags and clock only ever tighten.


def test_a_stricter_kind_makes_class_and_flags_stricter_and_a_milder_one_nothing(desk: Desk) -> None:
    serial = receive(desk, body(1, evidence=(PHOTO,)))
    correct(desk, serial, "women_child")
    case = ledger.find(desk, serial)
    assert (case.sensitivity, case.victim) == ("secret", 1)
    correct(desk, serial, "liquor")
    case = ledger.find(desk, serial)
    assert (case.sensitivity, case.victim) == ("secret", 1)


def test_another_thana_alone_raises_no_class_that_the_head_has_lowered(desk: Desk) -> None:
    serial = receive(desk, body(1, category="drugs"))
    cases.reclassify(desk, serial, SP, 1, "open", False, False, "known to everybody")
    correct(desk, serial, "drugs", THERE)
    assert ledger.find(desk, serial).sensitivity == "open"


def test_an_urgent_kind_makes_it_urgent_from_the_correction_on(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1, category="other"))
    assert due_in(desk, serial) == 240
    watch.now += 60 * MINUTE_S
    correct(desk, serial, "arms")
    assert due_in(desk, serial) == 75
    cases.screen(desk, serial, SCREENER, 2)
    assert due_in(desk, serial) == 90


def test_an_urgent_kind_ends_a_pause_and_what_had_stood_still_does_not_count(
    desk: Desk, watch: Watch
) -> None:
    serial = at(desk, "screened", category="other")
    cases.pause(desk, serial, SUPERVISOR, 2, "agency", "the bank answers")
    watch.now += 600 * MINUTE_S
    correct(desk, serial, "arms")
    case = ledger.find(desk, serial)
    assert (case.left_s, due_in(desk, serial)) == (None, 630)


def test_the_informant_is_told_no_later_and_no_earlier_for_an_urgent_kind(desk: Desk) -> None:
    serial = at(desk, "verified", category="other")
    before = due_in(desk, serial)
    correct(desk, serial, "arms")
    assert due_in(desk, serial) == before


def test_what_would_end_earlier_anyhow_gets_no_more_time(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1, category="other"))
    watch.now += 239 * MINUTE_S
    correct(desk, serial, "arms")
    assert due_in(desk, serial) == 240


def test_a_milder_kind_loosens_no_clock_of_this_lap_or_the_next(desk: Desk) -> None:
    serial = receive(desk, body(1, category="arms"))
    correct(desk, serial, "other")
    assert due_in(desk, serial) == 15
    cases.screen(desk, serial, SCREENER, 2)
    cases.assign(desk, serial, SUPERVISOR, 3, POST)
    assert due_in(desk, serial) == 30
    run = clocks.get(desk, ledger.find(desk, serial))
    assert run is not None and run.is_urgent


# A duplicate's words are read in the case it is linked to.


def linked(desk: Desk, **told: Any) -> tuple[str, str]:
    main = receive(desk, body(1, category="other"))
    duplicate = receive(desk, body(2, category="other", **told))
    cases.mark_duplicate(desk, duplicate, SCREENER, 1, main)
    return main, duplicate


def test_a_duplicate_that_is_corrected_makes_its_case_as_strict_and_as_urgent(
    desk: Desk, watch: Watch
) -> None:
    main, duplicate = linked(desk, evidence=(PHOTO,))
    before = ledger.find(desk, main)
    watch.now += 60 * MINUTE_S
    correct(desk, duplicate, "women_child")
    after = ledger.find(desk, main)
    assert (before.sensitivity, after.sensitivity, after.victim) == ("open", "secret", 1)
    assert (due_in(desk, main), after.category) == (75, "other")
    done = cases.get(desk, main).history[-1]
    assert (done.act, done.actor, done.detail) == ("link_stricter", SCREENER.name, duplicate)
    cases.screen(desk, main, SCREENER, after.version)
    with pytest.raises(BriefRefused):
        cases.assign(desk, main, SUPERVISOR, ledger.find(desk, main).version, POST, brief="behind the mill")


def test_linked_first_and_corrected_second_wins_no_time(desk: Desk) -> None:
    main, duplicate = linked(desk)
    correct(desk, duplicate, "arms")
    assert due_in(desk, main) == 15
    run = clocks.get(desk, ledger.find(desk, main))
    assert run is not None and run.is_urgent


def test_a_duplicate_that_is_classed_anew_makes_its_case_as_strict_and_never_milder(desk: Desk) -> None:
    main, duplicate = linked(desk)
    cases.reclassify(desk, duplicate, SCREENER, 2, "secret", True, True, "she is named")
    after = ledger.find(desk, main)
    assert (after.sensitivity, after.victim, after.child) == ("secret", 1, 1)
    cases.reclassify(desk, duplicate, SP, 3, "open", False, False, "another one")
    assert ledger.find(desk, main) == after


def test_what_its_case_is_already_is_not_raised_and_stands_in_no_history(desk: Desk) -> None:
    main, duplicate = linked(desk)
    before = cases.get(desk, main)
    correct(desk, duplicate, "liquor", THERE)
    assert cases.get(desk, main).history == before.history
    cases.reclassify(desk, duplicate, SCREENER, 3, "secret", False, False, "he is known")
    cases.reclassify(desk, main, SP, before.version + 1, "open", False, False, "known to everybody")
    cases.reclassify(desk, duplicate, SP, 4, "restricted", False, False, "known to everybody")
    correct(desk, duplicate, "liquor", HERE)
    assert ledger.find(desk, main).sensitivity == "open"


def test_a_duplicate_that_happened_then_rings_no_second_alarm_when_it_is_corrected(desk: Desk) -> None:
    main, duplicate = linked(desk, happening_now=True)
    cases.screen(desk, main, SUPERVISOR, ledger.find(desk, main).version)
    correct(desk, duplicate, "women_child")
    assert ledger.find(desk, main).news == 0


# Reports on police.


@pytest.mark.parametrize("told", [{"thana": HERE}, {"thana": ""}], ids=str)
def test_a_report_on_police_stays_kept_from_the_thana_it_named_and_is_from_the_right_one(
    desk: Desk, told: dict[str, str]
) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", **told))
    correct(desk, serial, "liquor", THERE)
    assert cases.get(desk, serial).barred == {POST, CIRCLE, OTHER_POST}
    correct(desk, serial, "liquor", "")
    assert cases.get(desk, serial).barred == {POST, CIRCLE, OTHER_POST}


def test_a_correction_before_the_report_on_police_frees_nobody(desk: Desk) -> None:
    serial = receive(desk, body(1))
    correct(desk, serial, "liquor", THERE)
    receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", thana=""))
    assert cases.get(desk, serial).barred == {POST, CIRCLE, OTHER_POST}


def test_a_post_that_turns_out_to_be_over_its_own_people_loses_the_case(desk: Desk) -> None:
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SP, 2, OTHER_POST)
    correct(desk, serial, "liquor", THERE)
    case = cases.get(desk, serial)
    assert (case.status, case.post, case.file.clock) == ("screened", "", "assign")
    with pytest.raises(OwnPeople):
        cases.assign(desk, serial, SP, case.version, OTHER_POST)


def test_another_case_of_the_incident_is_taken_back_too(desk: Desk) -> None:
    main = at(desk, "assigned", 1, thana=THERE)
    cases.assign(desk, main, SP, ledger.find(desk, main).version, OTHER_POST)
    other = receive(desk, body(2, police_involved="yes"))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    assert ledger.find(desk, main).post == OTHER_POST
    correct(desk, other, "liquor", THERE)
    assert ledger.find(desk, main).post == ""


def test_the_thana_of_one_case_corrected_keeps_what_a_duplicate_tells_of_police_from_both(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2, police_involved="yes"))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    correct(desk, main, "liquor", THERE)
    assert cases.get(desk, main).barred == cases.get(desk, other).barred == {POST, CIRCLE, OTHER_POST}


def test_a_thana_that_no_report_on_police_names_is_kept_from_nobody_by_a_correction(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", thana="GZP-01", district="GZP"))
    correct(desk, serial, "liquor", THERE)
    assert cases.get(desk, serial).concerned == ("GZP-01",)


def test_another_kind_hides_no_report_on_police_in_any_list_or_count(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle, category="police_corruption", thana=""))
    cases.screen(desk, serial, SCREENER, 2)
    cases.assign(desk, serial, SP, 3, OTHER_POST)
    correct(desk, serial, "drugs")
    assert listed(desk, CITY) == []
    assert scope(desk, CITY).hidden == (ledger.find(desk, serial).id,)


def test_at_the_range_a_kind_on_police_keeps_it_from_their_posts_and_a_later_one_frees_nobody(
    tmp_path: Path,
) -> None:
    desk, actor = open_office(tmp_path, Watch(), RANGE), Actor("dig", "Dig", "range")
    serial = receive(desk, body(1, district="", thana=""))
    correct(desk, serial, "police_corruption", "GZP-01", actor)
    assert filed(desk, serial) == ("police_corruption", "GZP", "GZP-01")
    assert cases.get(desk, serial).barred == {"SHO GZP-01", "CO Sadar"}
    correct(desk, serial, "liquor", "GZP-01", actor)
    assert cases.get(desk, serial).barred == {"SHO GZP-01", "CO Sadar"}
    assert cases.get(desk, serial).marked == ("GZP-01",)
    cases.unconcern(desk, serial, actor, ledger.find(desk, serial).version, "GZP-01", "a slip")
    assert cases.get(desk, serial).barred == frozenset()


RANGE_HEAD = Actor("dig", "Dig", "range")


@pytest.mark.parametrize("is_added_first", [True, False])
def test_at_the_range_a_report_that_names_another_thana_frees_none_that_the_kind_bars(
    tmp_path: Path, is_added_first: bool
) -> None:
    desk = open_office(tmp_path, Watch(), RANGE)
    serial = receive(desk, body(1, district="", thana=""))
    if is_added_first:
        receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", thana=THERE))
    correct(desk, serial, "police_corruption", "GZP-01", RANGE_HEAD)
    if not is_added_first:
        receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", thana=THERE))
    assert cases.get(desk, serial).concerned == ("GZP-01", THERE)
    cases.screen(desk, serial, RANGE_HEAD, ledger.find(desk, serial).version)
    for post in ("SHO GZP-01", "CO Sadar"):
        with pytest.raises(OwnPeople):
            cases.assign(desk, serial, RANGE_HEAD, ledger.find(desk, serial).version, post)
    correct(desk, serial, "liquor", "GZP-01", RANGE_HEAD)
    assert cases.get(desk, serial).concerned == ("GZP-01", THERE)
    assert cases.get(desk, serial).marked == ("GZP-01",)  # what the report itself says needs no mark


def test_what_a_report_on_police_keeps_from_the_filed_thanas_needs_no_mark(tmp_path: Path) -> None:
    desk = open_office(tmp_path, Watch(), RANGE)
    serial = receive(desk, body(1, police_involved="yes", district="GZP", thana="GZP-01"))
    correct(desk, serial, "police_corruption", THERE, RANGE_HEAD)
    correct(desk, serial, "liquor", THERE, RANGE_HEAD)
    case = cases.get(desk, serial)
    assert (case.concerned, case.marked) == (("GZP-01", THERE), ())


def test_a_kind_taken_off_a_duplicate_frees_no_thana_of_the_case_that_it_belongs_to(tmp_path: Path) -> None:
    desk = open_office(tmp_path, Watch(), RANGE)
    main, other = (receive(desk, body(number, district="GZP", thana="GZP-01")) for number in (1, 2))
    cases.mark_duplicate(desk, other, RANGE_HEAD, 1, main)
    correct(desk, main, "liquor", THERE, RANGE_HEAD)
    correct(desk, other, "police_corruption", "GZP-01", RANGE_HEAD)
    assert cases.get(desk, main).concerned == ("GZP-01", THERE)
    correct(desk, other, "liquor", "GZP-01", RANGE_HEAD)
    assert cases.get(desk, main).concerned == ("GZP-01", THERE)


# What is added goes on.


def test_a_kind_that_this_catalogue_no_longer_has_leaves_the_thana_correctable(desk: Desk) -> None:
    serial = receive(desk, body(1, category="bicycles"))
    correct(desk, serial, "bicycles", THERE)
    assert filed(desk, serial) == ("bicycles", "JNP", THERE)


def test_what_is_added_as_another_kind_changes_no_correction(desk: Desk) -> None:
    serial = receive(desk, body(1, category="other"))
    correct(desk, serial, "drugs", THERE)
    receive(desk, body(2, adds_to=body(1).handle, category="other", thana="", evidence=(manifest(b"x", 7),)))
    assert filed(desk, serial) == ("drugs", "JNP", THERE)
    assert len(cases.get(desk, serial).reports) == 2


def test_a_case_opened_by_what_was_added_to_a_closed_one_can_be_corrected(desk: Desk) -> None:
    first = receive(desk, body(1))
    cases.screen(desk, first, SCREENER, 1)
    close(desk, first, SP, 2, "unfounded")
    after = receive(desk, body(2, adds_to=body(1).handle, category="other", thana=""))
    correct(desk, after, "drugs", HERE)
    assert filed(desk, after) == ("drugs", "JNP", HERE)
    assert ledger.find(desk, after).follows == ledger.find(desk, first).id


@pytest.mark.parametrize("status", ["received", "assigned", "verified"])
def test_no_clock_is_lost(desk: Desk, status: str) -> None:
    serial = at(desk, status)
    before = ledger.find(desk, serial)
    correct(desk, serial, "drugs", THERE)
    after = ledger.find(desk, serial)
    assert (after.clock, after.due_at, after.level) == (before.clock, before.due_at, before.level)


def test_what_is_confirmed_as_spam_gets_no_limit_by_a_correction_where_it_never_had_a_clock(
    desk: Desk,
) -> None:
    serial = receive(desk, body(1, category="other"))
    cases.quarantine(desk, serial, SCREENER, 1, "spam")
    cases.confirm_spam(desk, serial, SUPERVISOR, 2)
    desk.conn.execute("delete from case_clock")  # as at a box that confirmed it before there were clocks
    correct(desk, serial, "arms")
    case = ledger.find(desk, serial)
    assert (case.clock, case.due_at, clocks.get(desk, case)) == ("", None, None)
    cases.release(desk, serial, SUPERVISOR, case.version, "no spam")
    escalation.run(desk, desk.clock())
    assert due_in(desk, serial) == 15  # of the kind it is now
