"""Practice: made-up cases for training, which reach nothing outside the page."""

from dataclasses import replace

import pytest

from appliance import audit, cases, figures, health, history, ledger, practice, rights
from appliance.cases import Filter
from appliance.desk import BOX, Actor, Desk
from appliance.errors import Forbidden, NotFound
from tests.appliance.office import ANALYST, SCREENER, SP, SUPERVISOR, audited, body, close, receive

TRAINEE, TRAINER = replace(SCREENER, practice=True), replace(SUPERVISOR, practice=True)
HEAD = replace(SP, practice=True)


def serials(desk: Desk, actor: Actor) -> set[str]:
    return {row.serial for row in cases.open_cases(desk, actor, Filter(), None).rows}


def outbox(desk: Desk) -> int:
    return int(desk.conn.execute("select count(*) from outbox").fetchone()[0])


def test_who_trains_sees_practice_cases_and_no_others(desk: Desk) -> None:
    real, laid = receive(desk, body(1)), set(practice.lay_out(desk, SUPERVISOR))
    assert len(laid) == len(practice.stories())
    assert serials(desk, TRAINEE) == laid
    assert serials(desk, SCREENER) == {real}
    with pytest.raises(NotFound):
        cases.screen(desk, min(laid), SCREENER, 1)
    with pytest.raises(NotFound):
        cases.screen(desk, real, TRAINEE, 1)


def test_they_are_numbered_apart_and_leave_no_gap(desk: Desk) -> None:
    first = receive(desk, body(1))
    assert all(one.startswith("JNP-P-2026-") for one in practice.lay_out(desk, SUPERVISOR))
    assert (first, receive(desk, body(2))) == ("JNP-2026-00001", "JNP-2026-00002")


def test_whatever_is_done_with_one_nothing_leaves_the_box(desk: Desk) -> None:
    serial, other, spam = practice.lay_out(desk, SUPERVISOR)[:3]
    cases.claim(desk, serial, TRAINEE, 1)
    cases.screen(desk, serial, TRAINEE, 2)
    cases.assign(desk, serial, TRAINER, 3, "SHO JNP-02", "", "देखें")
    cases.acknowledge(desk, serial, TRAINEE, 4)
    cases.start(desk, serial, TRAINEE, 5)
    cases.report_back(desk, serial, TRAINEE, 6, "मिला")
    cases.verify(desk, serial, TRAINER, 7)
    cases.answer(desk, serial, TRAINER, 8, "taken_up", ())
    cases.mark_duplicate(desk, other, TRAINEE, 1, serial)
    cases.quarantine(desk, spam, TRAINEE, 1, "परीक्षण")
    version = cases.get(desk, serial).version
    close(desk, serial, HEAD, version, "unfounded")
    assert cases.get(desk, serial).status == "closed"
    assert outbox(desk) == 0
    assert figures.rollups(desk.conn) == figures.recount(desk.conn) == {}
    assert desk.conn.execute("select count(*) from digest_dirty").fetchone()[0] == 0


def test_a_tip_entered_while_training_is_a_practice_case(desk: Desk) -> None:
    tip = cases.Tip("phone", "liquor", "JNP-01", "", "a made-up tip", (), "en", False, "no", "no")
    serial = cases.walk_in(desk, TRAINEE, tip)
    assert serial == "JNP-P-2026-00001"
    assert serials(desk, SCREENER) == set()


def test_one_act_takes_them_away_and_leaves_its_trace(desk: Desk) -> None:
    real, laid = receive(desk, body(1)), practice.lay_out(desk, SUPERVISOR)
    cases.screen(desk, laid[0], TRAINEE, 1)
    assert practice.remove(desk, SP) == len(laid)
    assert serials(desk, TRAINEE) == set()
    assert serials(desk, SCREENER) == {real}
    assert {report.text for one in laid for report in cases.get(desk, one).reports} == {""}
    assert (SP.name, "practice.remove", str(len(laid))) in audited(desk)
    assert (audit.verify(desk.conn), history.verify(desk.conn)) == (None, None)
    assert figures.rollups(desk.conn) == figures.recount(desk.conn)
    health.check_figures(desk.conn, desk.clock())
    assert [found.text for found in health.findings(desk.conn)] == [""]


@pytest.mark.parametrize("actor", [SCREENER, ANALYST])
def test_only_leaders_lay_out_and_take_away(desk: Desk, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        practice.lay_out(desk, actor)
    with pytest.raises(Forbidden):
        practice.remove(desk, actor)
    assert audited(desk) == []


def test_they_do_not_pile_up_without_end(desk: Desk) -> None:
    rounds = practice.MOST_AT_ONCE // len(practice.stories()) + 2
    for _ in range(rounds):
        practice.lay_out(desk, SUPERVISOR)
    assert practice.count(desk) < practice.MOST_AT_ONCE + len(practice.stories())


def test_the_box_itself_sees_both(desk: Desk) -> None:
    receive(desk, body(1))
    practice.lay_out(desk, SUPERVISOR)
    assert len(serials(desk, BOX)) == 1 + len(practice.stories())
    assert rights.scope(desk, BOX).practice is None


def test_the_posts_count_practice_cases_for_who_trains_and_for_nobody_else(desk: Desk) -> None:
    serial = practice.lay_out(desk, SP)[0]
    cases.screen(desk, serial, TRAINER, 1)
    cases.assign(desk, serial, TRAINER, 2, "SHO JNP-01")
    assert ledger.open_by_post(desk) == {}
    assert ledger.open_by_post(desk, practice=True) == {"SHO JNP-01": 1}


def test_a_form_that_came_twice_lays_out_once(desk: Desk) -> None:
    first, again = (practice.lay_out(desk, SP, "5" * 32) for _ in range(2))
    assert first == again
    assert practice.count(desk) == len(first)
