"""How the box is: what waits by kind, when jobs ran, a clock that cannot be right, a disk that fills."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from appliance import cases, health, jobs
from appliance.desk import Desk
from appliance.health import ClockState, Disk
from appliance.jobs import Job
from tests.appliance.office import SP, SUPERVISOR, Watch, body, receive

COLUMNS = "node, run, epoch, message_key, issued_at, directory_version, log_size, log_head, last_contact_at"


def hear_relay(desk: Desk, its_clock: float) -> None:
    row = ("n0000000a", "r", "e", b"k", int(its_clock * 1000), 1, 0, b"", int(desk.clock()))
    desk.conn.execute(f"insert or replace into peer({COLUMNS}) values(?,?,?,?,?,?,?,?,?)", row)


def test_what_waits_is_counted_by_kind(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    watch.now += 60
    cases.answer(desk, serial, SP, 2, "taken_up", ())
    found = {one.purpose: (one.count, one.oldest_at) for one in health.waiting(desk.conn)}
    assert found["reply"] == (1, int(watch.now))
    assert found["state"][1] == int(watch.now) - 60


def test_jobs_tell_when_they_ran(desk: Desk, watch: Watch) -> None:
    jobs.run_once(desk, Job("x", 60, lambda desk, now: None))
    assert health.jobs(desk.conn) == {"x": int(watch.now)}


@pytest.mark.parametrize(
    ("apart_s", "is_wrong"), [(0, False), (-90, False), (90, False), (-600, True), (600, True)]
)
def test_a_clock_apart_from_the_relays_is_wrong(
    desk: Desk, watch: Watch, apart_s: int, is_wrong: bool
) -> None:
    assert health.clock(desk) == ClockState(None, 0)
    hear_relay(desk, watch.now - apart_s)
    assert health.clock(desk).gap_s == apart_s
    assert health.clock(desk).is_wrong is is_wrong


def test_a_clock_that_ran_back_is_wrong(desk: Desk, watch: Watch) -> None:
    receive(desk, body(1))
    watch.now -= 3600
    assert health.clock(desk) == ClockState(None, 3600)
    assert health.clock(desk).is_wrong


def test_a_disk_that_fills_is_told(desk: Desk) -> None:
    assert health.disk(desk).size > health.disk(desk).free > 0
    assert [Disk(100, free).is_low for free in (9, 10)] == [True, False]


class Failing(sqlite3.Connection):
    """Its look at a table ends with ``code``."""

    code = sqlite3.SQLITE_IOERR_READ

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        if not sql.startswith("pragma quick_check"):
            return super().execute(sql, values)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = self.code
        raise error


def test_a_disk_that_cannot_be_read_is_told(desk: Desk, watch: Watch) -> None:
    with closing(sqlite3.connect(desk.config.box_db, isolation_level=None, factory=Failing)) as conn:
        health.check_file(conn, watch.now)
    assert [one.text for one in health.findings(desk.conn)] == ["disk I/O error. Restore the last backup"]


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED_SHAREDCACHE, sqlite3.SQLITE_INTERRUPT]
)
def test_a_file_that_is_locked_or_a_check_that_was_ended_says_nothing_of_the_disk(
    desk: Desk, code: int
) -> None:
    with closing(sqlite3.connect(desk.config.box_db, isolation_level=None, factory=Failing)) as conn:
        conn.code = code
        with pytest.raises(sqlite3.OperationalError):
            health.check_file(conn, 0)
    assert health.findings(desk.conn) == ()
