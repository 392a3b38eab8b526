"""The tallies follow every change of a case, and agree with a recount."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import cases, figures, health, ledger
from appliance.analysis.counts import Standing
from appliance.desk import Desk
from appliance.history import Change
from appliance.ledger import CaseFile
from sync.clock import DAY_S, HOUR_S, week_of
from sync.db import transaction
from tests.appliance.office import START, SUPERVISOR, Watch, body, open_office, receive

HERE = ("JNP-01", "open")
WEEK = week_of(START)


def opened(desk: Desk, unit: str = "day") -> dict[tuple[str, str], Standing]:
    """(thana, sensitivity) -> what became of the cases, of one unit."""
    rows = desk.conn.execute(
        "select thana, sensitivity, sum(open), sum(action), sum(none), sum(duplicates), sum(quarantined),"
        " sum(answered) from tally where unit=? group by 1, 2",
        (unit,),
    )
    return {(row[0], row[1]): Standing(*tuple(row)[2:]) for row in rows}


def change(desk: Desk, serial: str, **columns: object) -> CaseFile:
    """Any change of the row of a case, as acts of all sorts make them."""
    case = ledger.find(desk, serial)
    with transaction(desk.conn):
        after = replace(case, **columns)  # type: ignore[arg-type]  # the keywords of a test are right or it fails
        return ledger.save(
            desk, case, after, SUPERVISOR, Change("x", case.status, after.status), desk.clock()
        )


def test_a_case_counts_once_in_each_unit(desk: Desk) -> None:
    receive(desk, body(1))
    assert [opened(desk, unit) for unit in ("day", "week", "month")] == [{HERE: Standing(open=1)}] * 3


def test_a_case_moves_with_its_outcome_and_is_timed(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1))
    watch.now += 5 * HOUR_S
    change(desk, serial, status="in_action")
    watch.now += 3 * DAY_S
    change(desk, serial, status="closed", outcome="seizure", closed_at=int(watch.now))
    assert opened(desk) == {HERE: Standing(action=1)}
    took = desk.conn.execute(
        "select event, period, category, took, count from tally_took where unit='week' order by event, category"
    ).fetchall()
    assert [tuple(row) for row in took] == [
        ("begun", WEEK, "", 5, 1),
        ("begun", WEEK, "liquor", 5, 1),
        ("closed", WEEK, "", 3, 1),
        ("closed", WEEK, "liquor", 3, 1),
    ]
    change(desk, serial, status="assigned", outcome="", closed_at=None)
    assert opened(desk) == {HERE: Standing(open=1)}
    left = "select count(*) from tally_took where event='closed' union all select count(*) from tally_closed"
    assert [row[0] for row in desk.conn.execute(left)] == [0, 0]
    assert figures.wrong_tallies(desk.conn) == 0


def test_an_answer_and_another_class_move_it(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.answer(desk, serial, SUPERVISOR, 2, "taken_up", ())
    change(desk, serial, sensitivity="secret", child=1)
    rows = desk.conn.execute("select sensitivity, child, answered, open from tally where unit='month'")
    assert [tuple(row) for row in rows] == [("secret", 1, 1, 1)]
    assert figures.wrong_tallies(desk.conn) == 0


def test_a_duplicate_is_told_apart_and_is_no_closed_case(desk: Desk) -> None:
    main, other = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, main)
    change(desk, other, closed_at=int(START))
    assert opened(desk) == {HERE: Standing(open=1, duplicates=1)}
    assert figures.wrong_tallies(desk.conn) == 0


def test_what_was_made_up_for_training_counts_nowhere(desk: Desk) -> None:
    serial = receive(desk, body(1))
    for table in ("tally", "tally_thana", "rollup"):
        desk.conn.execute(f"delete from {table}")
    desk.conn.execute("update case_file set practice=1")
    change(desk, serial, status="screened")
    assert opened(desk) == {} and figures.rollups(desk.conn) == figures.recount(desk.conn) == {}
    assert figures.wrong_tallies(desk.conn) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        "update tally set open=7 where unit='week'",
        "delete from tally",
        "update tally_took set took=9",
        "delete from tally_thana",
    ],
)
def test_the_daily_check_finds_a_wrong_tally_and_a_rebuild_mends_it(desk: Desk, wrong: str) -> None:
    serial = receive(desk, body(1))
    change(desk, serial, status="in_action")
    desk.conn.execute(wrong)
    health.check_figures(desk.conn, START)
    assert "cells of the figures are wrong" in health.findings(desk.conn)[0].text
    with transaction(desk.conn):
        figures.rebuild(desk.conn)
    health.check_figures(desk.conn, START)
    assert health.findings(desk.conn)[0].text == ""


def test_an_older_box_is_counted_when_it_is_upgraded(tmp_path: Path) -> None:
    desk = open_office(tmp_path, Watch())
    for number in (1, 2, 3):
        change(desk, receive(desk, body(number)), status="in_action")
    for name in ("tally", "tally_thana", "tally_closed", "tally_took", "tally_dirty", "outline"):
        desk.conn.execute(f"drop table {name}")
    for name in ("case_counted", "took_counted"):
        desk.conn.execute(f"drop view {name}")
    for name in ("report_category", "report_on_police"):
        desk.conn.execute(f"drop index {name}")
    desk.conn.execute("delete from _sqlite_migrations where name in ('008_figures', '016_tally_by_thana')")
    desk.conn.close()
    desk = open_office(tmp_path, Watch())
    assert opened(desk) == {HERE: Standing(open=3)}
    assert figures.wrong_tallies(desk.conn) == 0
