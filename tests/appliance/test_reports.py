from collections.abc import Callable
from dataclasses import replace

import pytest

from appliance import cases, ledger, reports
from appliance.cases.outcomes import NONE
from appliance.desk import BOX, Desk
from appliance.errors import NotFound
from sync.db import transaction
from sync.errors import Unreadable
from sync.messages import Answer, PublicState, ReportBody
from tests.appliance.office import (
    MANY,
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


def test_a_report_opens_a_case_with_the_next_serial_of_the_indian_year(desk: Desk, watch: Watch) -> None:
    watch.now = START - 6 * 3600  # 23:30 IST on 31 December
    assert receive(desk, body(1)) == "JNP-2025-00001"
    watch.now = START - 5 * 3600
    assert [receive(desk, body(n)) for n in (2, 3)] == ["JNP-2026-00001", "JNP-2026-00002"]


def test_what_was_told_comes_back_as_it_came(desk: Desk) -> None:
    serial = receive(desk, body(1, fear="yes", happening_now=True, contact="none"))
    (told,) = cases.get(desk, serial).reports
    assert (told.text, told.place, told.fear) == ("every night at the mill", "near the mill", "yes")
    assert told.answers[0] == Answer("what", "", "barrels behind the mill")
    assert told.happening_now and not told.can_write_back and not told.is_addition


def test_the_arrival_is_kept_to_the_minute(desk: Desk, watch: Watch) -> None:
    watch.now = START + 119.5
    (told,) = cases.get(desk, receive(desk, body(1))).reports
    assert told.received_at == START + 60


def test_words_lie_in_no_file_in_clear(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1, note="ask the mill owner")
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    raw = desk.config.box_db.read_bytes()
    assert b"liquor" in raw
    for words in (b"barrels", b"every night", b"near the mill", b"mill owner"):
        assert words not in raw


def test_the_same_report_twice_is_one(desk: Desk) -> None:
    serial = receive(desk, body(1, evidence=(manifest(b"film"),)))
    assert receive(desk, body(1, evidence=(manifest(b"film"),))) == serial
    with transaction(desk.conn):
        reports.add(desk, body(1), "another message id", START)
    assert cases.counts(desk)["received"] == 1
    assert len(cases.get(desk, serial).evidence) == 1


def test_nothing_remains_when_the_transaction_fails(desk: Desk) -> None:
    with pytest.raises(RuntimeError), transaction(desk.conn):
        reports.add(desk, body(1), "m1", START)
        raise RuntimeError
    assert cases.open_cases(desk, BOX, cases.Filter(), None).rows == ()
    assert receive(desk, body(2)) == "JNP-2026-00001"


def test_an_addition_joins_its_case_and_raises_its_version(desk: Desk) -> None:
    serial = receive(desk, body(1))
    assert receive(desk, body(2, adds_to=body(1).handle, text="they moved")) == serial
    case = cases.get(desk, serial)
    assert [told.is_addition for told in case.reports] == [False, True]
    assert (case.version, case.history[-1].act) == (2, "add")


def test_an_addition_to_an_unknown_report_is_a_case_of_its_own(desk: Desk) -> None:
    first = receive(desk, body(1))
    assert receive(desk, body(2, adds_to=body(9).handle)) != first


@pytest.mark.parametrize("named", ["GZP", ""])
def test_what_is_added_counts_in_the_district_of_its_box_whatever_it_names(desk: Desk, named: str) -> None:
    first = receive(desk, body(1))
    cases.screen(desk, first, SUPERVISOR, 1)
    close(desk, first, SP, 2, "insufficient")
    follower = receive(desk, body(2, adds_to=body(1).handle, district=named, thana=""))
    orphan = receive(desk, body(3, adds_to=body(9).handle, district=named, thana=""))
    assert {cases.get(desk, serial).district for serial in (follower, orphan)} == {"JNP"}
    assert cases.get(desk, follower).thana == cases.get(desk, first).thana


def test_an_addition_to_a_closed_case_opens_one_that_follows_it(desk: Desk) -> None:
    first = receive(desk, body(1))
    cases.screen(desk, first, SUPERVISOR, 1)
    close(desk, first, SP, 2, "insufficient")
    second = receive(desk, body(2, adds_to=body(1).handle))
    assert cases.get(desk, second).follows == first
    assert cases.get(desk, first).status == "closed"


def over(desk: Desk, *told: ReportBody) -> str:
    """A case of the first report, to which the others were added, closed."""
    (first, *_) = [receive(desk, one) for one in told]
    cases.screen(desk, first, SUPERVISOR, cases.get(desk, first).version)
    close(desk, first, SP, cases.get(desk, first).version, "insufficient")
    return first


def test_what_follows_a_closed_case_is_filed_as_that_one(desk: Desk) -> None:
    first = receive(desk, body(1, category="other"))
    cases.correct(desk, first, SUPERVISOR, 1, "drugs", "JNP-02", "it is about drugs")
    cases.screen(desk, first, SUPERVISOR, 2)
    close(desk, first, SP, 3, "insufficient")
    late = body(2, adds_to=body(1).handle, category="other", district="", thana="", answers=())
    case = cases.get(desk, receive(desk, late))
    assert (case.follows, case.category, case.thana) == (first, "drugs", "JNP-02")
    assert (case.district, case.sensitivity) == ("JNP", "restricted")


def test_a_thana_that_the_earlier_case_lacks_is_the_one_that_was_added(desk: Desk) -> None:
    over(desk, body(1, thana=""))
    assert cases.get(desk, receive(desk, body(2, adds_to=body(1).handle))).thana == "JNP-01"


def test_what_follows_a_closed_case_is_as_strict_as_all_that_its_page_shows(desk: Desk) -> None:
    first, other = receive(desk, body(1, category="other")), receive(desk, body(2, fear="yes"))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, first)
    cases.reclassify(desk, first, SP, 2, "secret", True, True, "a girl")
    cases.screen(desk, first, SUPERVISOR, 3)
    close(desk, first, SP, 4, "insufficient")
    late = body(3, category="other", answers=())
    for added_to in (body(1), body(2)):
        added = receive(desk, replace(late, handle=added_to.handle[::-1], adds_to=added_to.handle))
        case = ledger.find(desk, added)
        assert (case.sensitivity, case.victim, case.child) == ("secret", 1, 1)


def test_what_follows_a_closed_case_is_stricter_where_it_says_more_itself(desk: Desk) -> None:
    over(desk, body(1, category="other"))
    added = receive(desk, body(2, adds_to=body(1).handle, category="women_child"))
    assert (cases.get(desk, added).category, cases.get(desk, added).sensitivity) == ("other", "secret")


def told_state(desk: Desk, number: int = 1) -> str:
    """What the relay was told last of the receipt of that report."""
    return [one.state for one in commands(desk, "state", PublicState) if one.handle == body(number).handle][
        -1
    ]


def on(desk: Desk, serial: str, act: Callable[..., None], *more: object) -> None:
    """An act of a leader on the newest version of a case."""
    act(desk, serial, SP, cases.get(desk, serial).version, *more)


def test_a_receipt_says_that_work_goes_on_from_when_somebody_read_what_was_added_after_the_end(
    desk: Desk,
) -> None:
    over(desk, body(1))
    added = receive(desk, body(2, adds_to=body(1).handle))
    assert told_state(desk) == "closed"  # a word right behind the addition would tell the line that it is one
    on(desk, added, cases.screen)
    assert told_state(desk) == "in_work"
    cases.close(desk, added, SUPERVISOR, 2, "insufficient", "", NONE, MANY)
    assert told_state(desk) == "closed"
    on(desk, added, cases.reopen, "look again")
    assert told_state(desk) == "in_work"


def test_it_is_over_when_all_that_was_told_under_the_receipt_is(desk: Desk) -> None:
    first = over(desk, body(1))
    added = receive(desk, body(2, adds_to=body(1).handle))
    on(desk, added, cases.screen)
    on(desk, first, cases.reopen, "look again")
    cases.close(desk, added, SUPERVISOR, 2, "insufficient", "", NONE, MANY)
    assert told_state(desk) == "in_work"
    cases.close(desk, first, SUPERVISOR, cases.get(desk, first).version, "insufficient", "", NONE, MANY)
    assert told_state(desk) == "closed"


def test_the_way_back_ends_with_the_report_s_own_case_though_what_was_added_is_worked_on(desk: Desk) -> None:
    first = receive(desk, body(1))
    on(desk, first, cases.quarantine, "advert")
    added = receive(desk, body(2, adds_to=body(1).handle))
    on(desk, added, cases.screen)
    on(desk, first, cases.release)
    on(desk, first, cases.screen)
    cases.close(desk, first, SUPERVISOR, cases.get(desk, first).version, "insufficient", "", NONE, MANY)
    told = [one for one in commands(desk, "state", PublicState) if one.handle == body(1).handle]
    assert [(one.state, one.version) for one in told] == [("in_work", 1), ("closed", 2), ("in_work", 3)]
    assert not any(report.can_write_back for report in cases.get(desk, first).reports)


def test_what_staff_entered_has_no_receipt_also_when_something_is_added(desk: Desk) -> None:
    first = over(desk, body(1))
    desk.conn.execute("update case_file set source='phone'")
    desk.conn.execute("delete from outbox")
    on(desk, receive(desk, body(2, adds_to=body(1).handle)), cases.screen)
    assert cases.get(desk, first).status == "closed" and commands(desk, "state", PublicState) == []


def test_an_addition_to_a_duplicate_shows_at_the_case_it_belongs_to(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, main)
    receive(desk, body(3, adds_to=body(2).handle))
    last = cases.get(desk, main).history[-1]
    assert (last.act, last.detail) == ("add", other)


def test_an_addition_has_no_receipt_and_so_no_public_state(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle))
    cases.screen(desk, serial, SUPERVISOR, 2)
    assert [state.handle for state in commands(desk, "state", PublicState)] == [body(1).handle]


def test_the_closing_is_told_of_what_was_added_too_so_that_its_way_back_ends(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle))
    cases.screen(desk, serial, SUPERVISOR, 2)
    close(desk, serial, SP, 3, "unfounded")
    closed = [state for state in commands(desk, "state", PublicState) if state.state == "closed"]
    assert {state.handle for state in closed} == {body(1).handle, body(2).handle}


@pytest.mark.parametrize(
    ("changes", "sensitivity"),
    [
        ({}, "open"),
        ({"category": "drugs"}, "restricted"),
        ({"category": "women_child"}, "secret"),
        ({"category": "of a newer catalogue"}, "restricted"),
        ({"police_involved": "yes"}, "secret"),
    ],
)
def test_the_category_says_how_sensitive_a_case_is(
    desk: Desk, changes: dict[str, str], sensitivity: str
) -> None:
    assert cases.get(desk, receive(desk, body(1, **changes))).sensitivity == sensitivity


@pytest.mark.parametrize("handle", ["", "a/1", "../x", "ह" * 8])
def test_a_handle_that_is_none_is_refused(desk: Desk, handle: str) -> None:
    with pytest.raises(Unreadable):
        receive(desk, body(1, handle=handle))


def test_a_file_name_that_is_a_path_or_taken_is_refused(desk: Desk) -> None:
    film = manifest(b"film")
    receive(desk, body(1, evidence=(film,)))
    for number, files in ((2, (film,)), (3, (manifest(b"x", 3), manifest(b"y", 3)))):
        with pytest.raises(Unreadable, match="known already"):
            receive(desk, body(number, evidence=files))
    odd = film.__class__(**{**vars(film), "file_id": "../../etc/passwd"})
    with pytest.raises(Unreadable, match="not of our form"):
        receive(desk, body(4, evidence=(odd,)))


def test_an_unknown_report_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        reports.told(desk, 99)
