from collections.abc import Callable

import pytest

from appliance import audit, cases, history
from appliance.cases import Cursor, Filter, Quantities, Seizure
from appliance.desk import BOX, Desk
from appliance.errors import Conflict, Forbidden, NotAllowed, NotFound
from sync.errors import Unreadable
from sync.messages import PublicState
from tests.appliance.office import (
    ANALYST,
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
    receive,
)

SEIZED = Quantities(seizures=(Seizure("liquor", 40),))


def through(desk: Desk, serial: str) -> None:
    """Takes a new case as far as its report back (version 5)."""
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    cases.start(desk, serial, SCREENER, 3)
    cases.report_back(desk, serial, SCREENER, 4, note="two barrels found")


def test_a_case_goes_all_the_way(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1))
    through(desk, serial)
    cases.verify(desk, serial, SUPERVISOR, 5)
    cases.answer(desk, serial, SUPERVISOR, 6, "action_taken", ("raid",))
    watch.now = START + 3600
    close(desk, serial, SP, 7, "seizure", "done", SEIZED)
    case = cases.get(desk, serial)
    assert (case.status, case.post, case.outcome, case.version) == ("closed", POST, "seizure", 8)
    assert case.found == SEIZED
    assert (case.opened_at, case.changed_at) == (START, START + 3600)
    assert [entry.to_status for entry in case.history] == [
        *(
            "received",
            "screened",
            "assigned",
            "in_action",
            "reported_back",
            "verified",
            "feedback_sent",
            "closed",
        )
    ]
    assert [entry.note for entry in case.history if entry.note] == ["two barrels found", "done"]


def test_every_act_is_audited_under_the_name_of_whoever_acted(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    assert audited(desk) == [("box", "case.receive", serial), ("asha", "case.screen", serial)]


def test_a_late_click_names_who_was_faster_and_changes_nothing(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    with pytest.raises(Conflict, match="asha") as caught:
        cases.mark_duplicate(desk, serial, SUPERVISOR, 1, serial)
    assert (caught.value.by, caught.value.act) == ("asha", "screen")
    assert cases.get(desk, serial).version == 2


@pytest.mark.parametrize(
    "act", [cases.screen, cases.start, cases.report_back], ids=["screen", "start", "report_back"]
)
def test_a_role_that_may_not_is_refused(desk: Desk, act: Callable[..., None]) -> None:
    serial = receive(desk, body(1))
    with pytest.raises(Forbidden):
        act(desk, serial, ANALYST, 1)
    assert cases.get(desk, serial).version == 1


def test_a_screener_neither_assigns_nor_answers_nor_closes(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    with pytest.raises(Forbidden):
        cases.assign(desk, serial, SCREENER, 2, POST)
    with pytest.raises(Forbidden):
        cases.answer(desk, serial, SCREENER, 2, "taken_up", ())
    with pytest.raises(Forbidden):
        close(desk, serial, SCREENER, 2, "unfounded")
    assert cases.acts_for("screened", "screener") == (
        *("read", "mark_duplicate", "quarantine", "claim", "unclaim", "reclassify", "correct", "concern"),
    )


def test_values_that_are_in_no_list_are_refused(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    with pytest.raises(NotAllowed, match="no post"):
        cases.assign(desk, serial, SUPERVISOR, 2, "SHO GZP-01")
    with pytest.raises(NotAllowed, match="no outcome"):
        close(desk, serial, SUPERVISOR, 2, "forgotten")
    with pytest.raises(NotAllowed, match="there is no case 'JNP-2026-99999'"):
        cases.mark_duplicate(desk, serial, SUPERVISOR, 2, "JNP-2026-99999")
    with pytest.raises(NotFound):
        cases.get(desk, "JNP-2026-99999")


def test_a_receipt_holder_is_told_in_work_once_then_closed(desk: Desk) -> None:
    serial = receive(desk, body(1))
    assert commands(desk, "state", PublicState) == []
    through(desk, serial)
    cases.verify(desk, serial, SUPERVISOR, 5)
    close(desk, serial, SP, 6, "seizure", found=SEIZED)
    handle = body(1).handle
    assert commands(desk, "state", PublicState) == [
        PublicState(1, handle, "in_work", 1),
        PublicState(1, handle, "closed", 2),
    ]


def test_a_duplicate_keeps_its_report_and_ends_with_its_case(desk: Desk, watch: Watch) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, other, SCREENER, 1, main)
    assert cases.get(desk, other).duplicate_of == main
    assert cases.get(desk, main).duplicates == (other,)
    cases.screen(desk, main, SCREENER, 2)
    assert cases.get(desk, other).can_answer
    close(desk, main, SUPERVISOR, 3, "unfounded")
    assert cases.get(desk, other).status == "duplicate"
    assert not cases.get(desk, other).can_answer
    states = {state.handle: state.state for state in commands(desk, "state", PublicState)}
    assert states == {body(1).handle: "closed", body(2).handle: "closed"}


def test_a_duplicate_of_a_closed_case_is_over_at_once(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.screen(desk, main, SCREENER, 1)
    close(desk, main, SUPERVISOR, 2, "unfounded")
    cases.screen(desk, other, SCREENER, 1)
    with pytest.raises(NotAllowed) as refused:
        cases.mark_duplicate(desk, other, SUPERVISOR, 2, main)
    assert refused.value.reason == "untold_by_link"
    cases.answer(desk, other, SUPERVISOR, 2, "not_found", ())
    cases.mark_duplicate(desk, other, SUPERVISOR, 3, main)
    assert commands(desk, "state", PublicState)[-1] == PublicState(1, body(2).handle, "closed", 2)


def test_duplicates_move_along_with_the_case_they_were_linked_to(desk: Desk) -> None:
    first, second, third = (receive(desk, body(n)) for n in (1, 2, 3))
    cases.mark_duplicate(desk, first, SCREENER, 1, second)
    cases.mark_duplicate(desk, second, SCREENER, 2, third)
    assert cases.get(desk, third).duplicates == (first, second)
    with pytest.raises(NotAllowed, match="cannot have duplicates"):
        cases.mark_duplicate(desk, third, SCREENER, 2, first)


def test_nothing_is_a_duplicate_of_itself(desk: Desk) -> None:
    serial = receive(desk, body(1))
    with pytest.raises(NotAllowed):
        cases.mark_duplicate(desk, serial, SCREENER, 1, serial)


def test_the_queue_comes_newest_first_a_page_at_a_time(desk: Desk) -> None:
    serials = [receive(desk, body(n)) for n in range(5)]
    first = cases.open_cases(desk, BOX, Filter(), None, limit=2)
    assert first.next is not None
    second = cases.open_cases(desk, BOX, Filter(), Cursor.read(str(first.next)), limit=2)
    third = cases.open_cases(desk, BOX, Filter(), second.next, limit=2)
    assert [row.serial for page in (first, second, third) for row in page.rows] == serials[::-1]
    assert third.next is None


def test_a_new_case_does_not_shift_the_next_page(desk: Desk) -> None:
    serials = [receive(desk, body(n)) for n in range(4)]
    page = cases.open_cases(desk, BOX, Filter(), None, limit=2)
    receive(desk, body(9))
    assert [row.serial for row in cases.open_cases(desk, BOX, Filter(), page.next).rows] == serials[1::-1]


@pytest.mark.parametrize("text", ["", "-1", "1e3", "९", "9" * 19])
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        Cursor.read(text)


@pytest.mark.parametrize(
    "flt",
    [
        Filter(status="screened"),
        Filter(category="drugs"),
        Filter(thana="JNP-02"),
        Filter(sensitivity="restricted"),
        Filter(text=" jnp-2026-00002 "),
        Filter("screened", "drugs", "JNP-02", "restricted", "00002"),
    ],
)
def test_the_queue_is_filtered(desk: Desk, flt: Filter) -> None:
    receive(desk, body(1))
    wanted = receive(desk, body(2, category="drugs", thana="JNP-02"))
    cases.screen(desk, wanted, SCREENER, 1)
    assert [row.serial for row in cases.open_cases(desk, BOX, flt, None).rows] == [wanted]


def test_a_row_shows_what_the_queue_needs(desk: Desk) -> None:
    serial = receive(desk, body(1, evidence=(manifest(b"a", 1), manifest(b"b", 2))))
    receive(desk, body(2, adds_to=body(1).handle, happening_now=True))
    cases.answer(desk, serial, SUPERVISOR, 2, "taken_up", ())
    (row,) = cases.open_cases(desk, BOX, Filter(), None).rows
    assert (row.evidence_count, row.happening_now, row.version) == (2, True, 3)
    assert (row.can_answer, row.replies_left, row.hour) == (True, 9, body(1).hour)


def test_counts_name_every_status(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2))
    cases.screen(desk, serial, SCREENER, 1)
    counts = cases.counts(desk)
    assert tuple(counts) == cases.STATUSES
    assert {status: count for status, count in counts.items() if count} == {"received": 1, "screened": 1}


@pytest.mark.parametrize("table", ["audit", "history"])
@pytest.mark.parametrize("statement", ["update {} set act='x' where id=2", "delete from {} where id=2"])
def test_a_changed_or_missing_row_breaks_its_chain(desk: Desk, table: str, statement: str) -> None:
    through(desk, receive(desk, body(1)))
    verify = {"audit": audit.verify, "history": history.verify}[table]
    assert verify(desk.conn) is None
    desk.conn.execute(statement.format(table))
    assert verify(desk.conn) in (2, 3)
