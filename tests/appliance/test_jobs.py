import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import digest, health, jobs, people
from appliance.desk import Actor, Desk
from appliance.jobs import Job
from sync import db
from sync.clock import DAY_S
from sync.messages import Digest
from tests.appliance.office import START, Watch, body, commands, enrolled, receive
from tests.waiting import wait_until

ENDLESS = "with recursive n(i) as (select 1 union all select i+1 from n) select count(*) from n"
CHECKED = {"database", "figures", "audit", "history", "custody"}


def test_a_job_is_done_once_per_period(desk: Desk, watch: Watch) -> None:
    done: list[float] = []
    job = Job("x", 60, lambda desk, now: done.append(now))
    assert [jobs.run_once(desk, job) for _ in range(3)] == [True, False, False]
    watch.now += 60
    assert jobs.run_once(desk, job)
    assert done == [START, START + 60]


def test_days_begin_at_midnight_in_india(desk: Desk, watch: Watch) -> None:
    job = Job("x", DAY_S, lambda desk, now: None)
    watch.now = START + 18.5 * 3600 - 1  # 23:59:59 IST
    assert (jobs.run_once(desk, job), jobs.run_once(desk, job)) == (True, False)
    watch.now += 1
    assert jobs.run_once(desk, job)


def test_missed_periods_are_made_up_as_one(desk: Desk, watch: Watch) -> None:
    job = Job("x", 60, lambda desk, now: None)
    jobs.run_once(desk, job)
    watch.now += 6000
    assert (jobs.run_once(desk, job), jobs.run_once(desk, job)) == (True, False)


def test_a_job_that_failed_is_tried_again_in_the_same_period(desk: Desk) -> None:
    def fail(desk: Desk, now: float) -> None:
        raise OSError

    with pytest.raises(OSError):
        jobs.run_once(desk, Job("x", 60, fail))
    assert jobs.run_once(desk, Job("x", 60, lambda desk, now: None))


def test_every_job_of_the_timetable_works(desk: Desk) -> None:
    receive(desk, body(1))
    table = jobs.timetable(300)
    assert all(jobs.run_once(desk, job) for job in table)
    assert len({job.name for job in table}) == len(table)
    assert len(commands(desk, "digest", Digest)) == 1
    found = {finding.name: finding.text for finding in health.findings(desk.conn)}
    assert found == dict.fromkeys(("audit", "custody", "database", "figures", "history"), "")


def test_the_timetable_forgets_old_logins(desk: Desk, watch: Watch) -> None:
    people.add(desk, "asha", "Asha", "sp", "a long password")
    people.begin(desk, Actor("asha", "Asha", "sp"))
    watch.now += DAY_S
    for job in jobs.timetable(300):
        jobs.run_once(desk, job)
    assert desk.conn.execute("select count(*) from login").fetchone()[0] == 0


def test_wrong_figures_and_broken_chains_are_found(desk: Desk) -> None:
    receive(desk, body(1))
    desk.conn.execute("update rollup set count=5")
    desk.conn.execute("update history set actor='x'")
    health.check_figures(desk.conn, START)
    health.check_chains(desk.conn, START)
    found = {finding.name: finding.text for finding in health.findings(desk.conn)}
    assert found["figures"] == "1 cells of the figures are wrong"
    assert found["history"].startswith("row 1 was changed")
    assert found["audit"] == ""


@pytest.fixture
def beside(desk: Desk) -> Iterator[Desk]:
    """The same box with a connection of its own."""
    with closing(db.connect(desk.config.box_db)) as conn:
        yield replace(desk, conn=conn)


def test_the_clocks_go_on_while_a_check_works(desk: Desk, beside: Desk) -> None:
    table = {job.name: job for job in jobs.timetable(300)}
    begun, over, heard = threading.Event(), threading.Event(), list[int]()

    def look(desk: Desk, now: float) -> None:
        desk.conn.execute("begin")
        desk.conn.execute("select count(*) from case_file").fetchone()
        begun.set()
        assert over.wait(30)
        desk.conn.execute("rollback")

    slow = replace(table["check_figures"], work=look)
    made = jobs.scheduler(desk, beside, [slow, table["clocks"]], lambda: heard.append(1), bool)
    made.start()
    try:
        wait_until(lambda: begun.is_set() and "clocks" in _ran(desk), what="the clocks ran")
        wait_until(lambda: bool(heard), what="progress was told")
        assert "check_figures" not in _ran(desk)
    finally:
        over.set()
        made.shutdown(wait=True)
    assert "check_figures" in _ran(desk)


def test_a_check_is_left_where_it_is_when_the_box_stops_and_done_by_the_next_start(
    desk: Desk, beside: Desk
) -> None:
    begun, stop = threading.Event(), threading.Event()

    def look(desk: Desk, now: float) -> None:
        begun.set()
        desk.conn.execute(ENDLESS).fetchone()

    check = replace({job.name: job for job in jobs.timetable(300)}["check_figures"], work=look)
    made = jobs.scheduler(desk, beside, [check], lambda: None, stop.is_set)
    made.start()
    assert begun.wait(30)
    stop.set()
    made.shutdown(wait=True)
    assert _ran(desk) == set()


def _ran(desk: Desk) -> set[str]:
    with closing(db.connect_to_read(desk.config.box_db)) as conn:
        return set(health.jobs(conn))


def test_every_daily_check_works_beside_the_clocks(desk: Desk) -> None:
    threads = {job.name: job.thread for job in jobs.timetable(300)}
    assert {name for name, thread in threads.items() if thread != threads["clocks"]} == {
        "check_file",
        "check_figures",
        "check_chains",
    }


def test_the_scheduler_runs_jobs_at_once_on_one_thread(desk: Desk, beside: Desk) -> None:
    ran: list[threading.Thread] = []
    made = jobs.scheduler(
        desk,
        beside,
        [Job(name, 60, lambda desk, now: ran.append(threading.current_thread())) for name in "abc"],
        lambda: None,
        bool,
    )
    thread = threading.Thread(target=made.start)
    thread.start()
    try:
        wait_until(lambda: len(ran) == 3, what="all jobs ran")
    finally:
        made.shutdown(wait=True)
        thread.join(timeout=10)
    assert len(set(ran)) == 1
    assert thread not in ran


@pytest.mark.slow
def test_the_process_works_until_it_is_told_to_stop(tmp_path: Path) -> None:
    root = enrolled(tmp_path)
    program = "from appliance.cli import jobs; jobs()"
    process = subprocess.Popen([sys.executable, "-c", program, "--root", str(root)], stderr=subprocess.PIPE)
    try:
        box = root / "box.db"
        wait_until(box.exists, timeout_s=30)
        wait_until(lambda: _findings(box) >= CHECKED, timeout_s=30, what="the daily checks ran")
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, b"")


def _findings(path: Path) -> set[str]:
    conn = db.connect_to_read(path)
    try:
        has_table = conn.execute("select 1 from sqlite_master where name='finding'").fetchone()
        return {row[0] for row in conn.execute("select name from finding")} if has_table else set()
    finally:
        conn.close()


def test_a_kill_between_digest_and_note_sends_nothing_twice(desk: Desk) -> None:
    receive(desk, body(1))
    digest.build_due(desk)
    assert jobs.run_once(desk, jobs.timetable(300)[0])
    assert len(commands(desk, "digest", Digest)) == 1
