"""Long work is heard of while it goes on, and ended when it never stops; the other jobs then have their turn."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count, pairwise

import pytest

from appliance import health, jobs
from appliance.desk import Desk
from appliance.heartbeat import EVERY_S
from appliance.jobs import Job
from sync import db
from sync.db import transaction
from tests.appliance.office import body, receive

UP_TO = "with recursive n(i) as (select 1 union all select i + 1 from n limit ?) select max(i) from n"
ENDLESS = -1


def slow(rows: int) -> Callable[[Desk, float], object]:
    """One statement inside one transaction, as the work of a job."""

    def work(desk: Desk, now: float) -> None:
        with transaction(desk.conn):
            desk.conn.execute("insert into job_run values('half',1,1)")
            desk.conn.execute(UP_TO, (rows,)).fetchone()

    return work


def test_a_slow_statement_is_heard_of_while_it_goes_on(desk: Desk) -> None:
    seconds, heard = count(), []
    job = Job("x", 60, slow(200_000), longest_s=1e9)
    assert jobs.run_once(desk, job, lambda: heard.append(next(seconds)), lambda: float(next(seconds)))
    gaps = [after - before for before, after in pairwise(heard)]
    assert len(heard) > 5 and max(gaps) <= EVERY_S + 2


def test_an_endless_statement_is_ended_undone_and_told_and_the_next_job_has_its_turn(desk: Desk) -> None:
    seconds, heard = count(), []
    job = Job("x", 60, slow(ENDLESS), longest_s=300)
    assert jobs.run_once(desk, job, lambda: heard.append(1), lambda: float(next(seconds)))
    assert 0 < len(heard) <= 300 / EVERY_S
    assert health.jobs(desk.conn).keys() == {"x"}
    assert [(one.name, one.text) for one in health.findings(desk.conn)] == [
        ("jobs", "x was ended after 5 min")
    ]
    assert jobs.run_once(desk, Job("y", 60, slow(10)))
    desk.conn.execute("delete from job_run")
    assert jobs.run_once(desk, Job("x", 60, slow(10)))
    assert [one.text for one in health.findings(desk.conn)] == [""]


def test_of_two_jobs_that_were_ended_each_is_told_until_it_works_itself(desk: Desk) -> None:
    for name, ended_after_s in (("x", 300), ("xy", 600), ("x", None), ("z", None), ("xy", 900)):
        health.note_job(desk.conn, name, ended_after_s, 0)
    assert [one.text for one in health.findings(desk.conn)] == ["xy was ended after 15 min"]
    health.note_job(desk.conn, "x", 300, 0)
    assert [one.text for one in health.findings(desk.conn)] == [
        "xy was ended after 15 min; x was ended after 5 min"
    ]
    for name in ("xy", "x"):
        health.note_job(desk.conn, name, None, 0)
    assert [one.text for one in health.findings(desk.conn)] == [""]


def test_work_that_does_not_end_after_its_statement_was_ended_is_heard_of_no_more(desk: Desk) -> None:
    heard: list[int] = []
    told: list[int] = []

    def stubborn(desk: Desk, now: float) -> None:
        for _ in range(3):
            try:
                desk.conn.execute(UP_TO, (300_000,)).fetchone()
            except sqlite3.OperationalError:
                told.append(len(heard))

    seconds = count()
    jobs.run_once(desk, Job("x", 60, stubborn, 20), lambda: heard.append(1), lambda: float(next(seconds)))
    assert told == [len(heard)]


def test_other_errors_of_the_database_are_not_taken_for_an_end(desk: Desk) -> None:
    with pytest.raises(sqlite3.OperationalError):
        jobs.run_once(desk, Job("x", 60, lambda desk, now: desk.conn.execute("select nothing")))


@pytest.mark.parametrize("table", ["audit", "case_file"])
def test_a_damaged_page_of_any_table_is_found(desk: Desk, table: str) -> None:
    for number in range(5):
        receive(desk, body(number))
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    query = "select (rootpage - 1) * (select page_size from pragma_page_size) from sqlite_schema where name=?"
    (start,) = desk.conn.execute(query, (table,)).fetchone()
    with desk.config.box_db.open("r+b") as file:
        file.seek(start + 8)  # behind the head of the page: where its rows lie
        file.write(b"\xff" * 8)
    with closing(db.connect(desk.config.box_db)) as conn:
        health.check_file(conn, 0)
        assert health.findings(conn)[0].text.endswith(". Restore the last backup")
