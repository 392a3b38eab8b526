"""A case about a post's own people does not go to that post, to its circle's, or to whoever holds one of them."""

import pytest

from appliance import cases, holders
from appliance.desk import Desk
from appliance.errors import Forbidden, NotAllowed, OwnPeople
from sync.db import transaction
from sync.messages import Duty, DutyOver
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, close, commands, receive

CIRCLE, OTHER = "CO City", "SHO JNP-02"
NUMBER = "+919812345678"


def screened(desk: Desk, number: int = 1, /, **told: object) -> str:
    serial = receive(desk, body(number, **told))
    cases.screen(desk, serial, SCREENER, 1)
    return serial


def appoint(desk: Desk, post: str, number: str, name: str = "") -> None:
    holders.appoint(desk, SP, post, name or f"Officer {number[-4:]}", number, "hi")


@pytest.mark.parametrize("told", [{"police_involved": "yes"}, {"category": "police_corruption"}], ids=str)
def test_a_report_on_police_goes_neither_to_their_thana_nor_to_its_circle(
    desk: Desk, told: dict[str, str]
) -> None:
    serial = screened(desk, **told)
    assert cases.get(desk, serial).barred == {POST, CIRCLE}
    for post in (POST, CIRCLE):
        with pytest.raises(OwnPeople):
            cases.assign(desk, serial, SP, 2, post)
    cases.assign(desk, serial, SP, 2, OTHER)
    assert cases.get(desk, serial).post == OTHER


@pytest.mark.parametrize("told", ["no", "unsure"])
def test_any_other_report_goes_to_its_thana(desk: Desk, told: str) -> None:
    serial = screened(desk, police_involved=told)
    assert cases.get(desk, serial).barred == frozenset()
    cases.assign(desk, serial, SP, 2, POST)


def test_a_thana_without_a_known_circle_bars_its_own_post_only(desk: Desk) -> None:
    assert cases.get(desk, screened(desk, police_involved="yes", thana="JNP-02")).barred == {OTHER}


def test_who_holds_the_post_does_not_get_the_case_under_another_one_either(desk: Desk) -> None:
    appoint(desk, POST, NUMBER, "Ram")
    appoint(desk, OTHER, "98123 45678", "R. Singh")
    serial = screened(desk, police_involved="yes")
    with pytest.raises(OwnPeople):
        cases.assign(desk, serial, SP, 2, OTHER)
    appoint(desk, OTHER, "+919812345679")
    cases.assign(desk, serial, SP, 2, OTHER)


def test_a_report_on_police_that_names_no_thana_is_about_that_of_its_case(desk: Desk) -> None:
    serial = screened(desk)
    receive(desk, body(2, adds_to=body(1).handle, police_involved="yes", thana=""))
    assert cases.get(desk, serial).barred == {POST, CIRCLE}


def test_who_was_moved_to_another_post_after_it_was_told_does_not_get_it_there(
    desk: Desk, watch: Watch
) -> None:
    appoint(desk, POST, NUMBER)
    serial = screened(desk, police_involved="yes")
    watch.now += 60
    appoint(desk, POST, "+919812345679")
    appoint(desk, OTHER, NUMBER)
    with pytest.raises(OwnPeople):
        cases.assign(desk, serial, SP, 2, OTHER)
    watch.now += 60
    later = screened(desk, 2, police_involved="yes")
    cases.assign(desk, later, SP, 2, OTHER)


@pytest.mark.parametrize(
    ("before", "after", "is_he"),
    [
        ("SI R.K. Singh", "si  r k singh", True),
        ("SI R.K. Singh", "SI RK Singh", True),
        ("Ram Singh", "Ramsingh", True),
        ("निरीक्षक राम सिंह", "निरीक्षक राम\u200d सिंह", True),
        ("Ram", "Sita", False),
    ],
)
def test_who_took_a_post_with_its_own_number_is_known_by_his_name(
    desk: Desk, watch: Watch, before: str, after: str, is_he: bool
) -> None:
    appoint(desk, POST, NUMBER, before)
    serial = screened(desk, police_involved="yes")
    watch.now += 60
    appoint(desk, POST, NUMBER, "Who comes after")
    appoint(desk, OTHER, "+919812345679", after)
    assert cases.get(desk, serial).barred == {POST, CIRCLE, *([OTHER] if is_he else [])}


def test_the_office_marks_whose_people_a_case_is_about_and_the_post_that_has_it_loses_it(desk: Desk) -> None:
    appoint(desk, POST, NUMBER)
    serial = screened(desk)
    cases.assign(desk, serial, SP, 2, POST)
    cases.concern(desk, serial, SCREENER, 3, "JNP-01", "the constable is named")
    case = cases.get(desk, serial)
    assert (case.status, case.post, case.version) == ("screened", "", 4)
    (over,), (duty,) = commands(desk, "duty_over", DutyOver), commands(desk, "duty", Duty)
    assert over.duty == duty.duty
    with pytest.raises(OwnPeople):
        cases.assign(desk, serial, SP, 4, CIRCLE)


def test_a_mark_of_other_people_leaves_the_case_where_it_is(desk: Desk) -> None:
    serial = screened(desk)
    cases.assign(desk, serial, SP, 2, POST)
    cases.concern(desk, serial, SCREENER, 3, "JNP-02")
    case = cases.get(desk, serial)
    assert (case.status, case.post, case.concerned) == ("assigned", POST, ("JNP-02",))


def test_a_duplicate_says_it_of_the_case_it_is_linked_to(desk: Desk) -> None:
    main, double = screened(desk), screened(desk, 2)
    cases.assign(desk, main, SP, 2, POST)
    cases.concern(desk, double, SCREENER, 2, "JNP-01")
    cases.mark_duplicate(desk, double, SCREENER, 3, main)
    case = cases.get(desk, main)
    assert (case.status, case.post, case.barred) == ("screened", "", frozenset({POST, CIRCLE}))


def test_only_the_head_of_the_office_takes_a_mark_back_and_says_why(desk: Desk) -> None:
    serial = screened(desk)
    cases.concern(desk, serial, SCREENER, 2, "JNP-01")
    with pytest.raises(Forbidden):
        cases.unconcern(desk, serial, SUPERVISOR, 3, "JNP-01", "wrong")
    with pytest.raises(NotAllowed, match="reason"):
        cases.unconcern(desk, serial, SP, 3, "JNP-01", " ")
    cases.unconcern(desk, serial, SP, 3, "JNP-01", "another Ram Singh")
    assert cases.get(desk, serial).barred == frozenset()
    assert [(e.act, e.detail, e.actor) for e in cases.get(desk, serial).history][-2:] == [
        ("concern", "JNP-01", "asha"),
        ("unconcern", "JNP-01", "chand"),
    ]


def test_what_a_report_says_cannot_be_taken_back(desk: Desk) -> None:
    serial = screened(desk, police_involved="yes")
    with pytest.raises(NotAllowed, match="not marked"):
        cases.unconcern(desk, serial, SP, 2, "JNP-01", "I know them")
    assert cases.get(desk, serial).version == 2


def test_a_thana_nobody_knows_is_refused(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="there is no thana"):
        cases.concern(desk, receive(desk, body(1)), SCREENER, 1, "XXX-99")


def test_a_case_that_follows_another_knows_what_any_report_of_that_incident_said(desk: Desk) -> None:
    main, double = screened(desk), screened(desk, 2, police_involved="yes")
    cases.mark_duplicate(desk, double, SCREENER, 2, main)
    close(desk, main, SP, 3, "unfounded")
    for number, handle in ((3, body(1).handle), (4, body(2).handle)):
        follower = screened(desk, number, adds_to=handle)
        assert cases.get(desk, follower).barred == {POST, CIRCLE}


def test_what_a_duplicate_follows_counts_for_the_case_it_is_linked_to(desk: Desk) -> None:
    earlier = screened(desk, police_involved="yes")
    close(desk, earlier, SP, 2, "unfounded")
    double, main = screened(desk, 2, adds_to=body(1).handle), screened(desk, 3)
    cases.mark_duplicate(desk, double, SCREENER, 2, main)
    with pytest.raises(OwnPeople):
        cases.assign(desk, main, SP, 3, POST)


@pytest.mark.parametrize("is_duplicate", [False, True])
def test_a_post_loses_its_case_when_what_is_added_says_that_it_is_about_its_people(
    desk: Desk, is_duplicate: bool
) -> None:
    appoint(desk, POST, NUMBER)
    main, version, adds_to = screened(desk), 2, body(1).handle
    if is_duplicate:
        cases.mark_duplicate(desk, screened(desk, 2), SCREENER, 2, main)
        version, adds_to = 3, body(2).handle
    cases.assign(desk, main, SP, version, POST)
    for number, told in ((3, "no"), (4, "yes")):
        assert cases.get(desk, main).post == POST
        receive(desk, body(number, adds_to=adds_to, police_involved=told))
        with transaction(desk.conn):
            cases.added(desk, body(number).handle, desk.clock())
    case = cases.get(desk, main)
    assert (case.status, case.post, case.barred) == ("screened", "", frozenset({POST, CIRCLE}))
    assert (case.history[-1].act, case.history[-1].detail) == ("concern", "JNP-01")
    assert len(commands(desk, "duty_over", DutyOver)) == 1


def test_a_wrong_mark_of_a_duplicate_can_be_taken_back(desk: Desk) -> None:
    main, double = screened(desk), screened(desk, 2)
    cases.concern(desk, double, SCREENER, 2, "JNP-01")
    cases.mark_duplicate(desk, double, SCREENER, 3, main)
    cases.unconcern(desk, double, SP, cases.get(desk, double).version, "JNP-01", "another Ram Singh")
    assert (cases.get(desk, double).status, cases.get(desk, main).barred) == ("duplicate", frozenset())


def followed(desk: Desk) -> tuple[str, str]:
    """A case that was reopened, and the one that came in between, which is with a post."""
    first = screened(desk)
    close(desk, first, SP, 2, "insufficient")
    later = screened(desk, 2, adds_to=body(1).handle)
    cases.reopen(desk, first, SP, 3, "again")
    cases.assign(desk, later, SP, 2, POST)
    return first, later


def test_what_is_added_to_a_case_takes_those_that_follow_it_from_the_post(desk: Desk) -> None:
    _, later = followed(desk)
    receive(desk, body(3, adds_to=body(1).handle, police_involved="yes"))
    with transaction(desk.conn):
        cases.added(desk, body(3).handle, desk.clock())
    assert cases.get(desk, later).post == ""


def test_a_duplicate_takes_what_follows_its_case_from_the_post(desk: Desk) -> None:
    first, later = followed(desk)
    double = screened(desk, 3, police_involved="yes")
    cases.mark_duplicate(desk, double, SCREENER, 2, first)
    assert (cases.get(desk, later).post, cases.get(desk, later).barred) == ("", frozenset({POST, CIRCLE}))


@pytest.mark.parametrize("marked", [0, 1], ids=["the earlier one", "the later one"])
def test_a_mark_takes_every_linked_case_from_the_post(desk: Desk, marked: int) -> None:
    appoint(desk, POST, NUMBER)
    both = followed(desk)
    cases.assign(desk, both[0], SP, 4, POST)
    cases.concern(desk, both[marked], SCREENER, cases.get(desk, both[marked]).version, "JNP-01")
    assert [(case.status, case.post) for case in (cases.get(desk, one) for one in both)] == [
        ("screened", "")
    ] * 2
    assert len(commands(desk, "duty_over", DutyOver)) == 2
