"""The timetable of a box. Each job is done once per period, and at the start if its period was missed."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from appliance import (
    cases,
    digest,
    drafts,
    escalation,
    evidence,
    health,
    heartbeat,
    nonces,
    people,
    retention,
    search,
    sittings,
    taking,
    timekeeping,
)
from appliance.desk import Desk
from sync import db, faults, stopping, watchdog
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, MINUTE_S
from sync.db import transaction

ZONE = "Asia/Kolkata"
PROGRESS_EVERY_S = 15
SEARCH_FOR_S = 15.0
"""A new index is made in pieces: jobs follow one another on one thread, and the service must say that it lives."""

LONGEST_S = 10 * MINUTE_S
LONGEST_CHECK_S = HOUR_S
"""A job that works longer is ended, so that the others have their turn. At a million cases a check takes minutes."""

CLOCKS, CHECKS = "default", "checks"
"""Threads: the clocks and what is short, and beside them what only looks: no limit waits while cases are counted."""


@dataclass(frozen=True)
class Job:
    """``work`` gets the desk and the time; it must bear being done twice, for a kill comes before it is noted."""

    name: str
    every_s: float
    work: Callable[[Desk, float], object]
    longest_s: float = LONGEST_S
    thread: str = CLOCKS


def timetable(digest_every_s: float) -> tuple[Job, ...]:
    """What a box does by the clock."""
    return (
        Job("digest", digest_every_s, lambda desk, now: digest.build_due(desk)),
        Job("evidence", 30, evidence.examine_new),
        Job("search", 30, lambda desk, now: search.catch_up(desk, SEARCH_FOR_S)),
        Job("logins", HOUR_S, _forget_logins),
        Job("clocks", MINUTE_S, _clocks),
        Job("duties", MINUTE_S, taking.day_came),
        Job("retention", HOUR_S, retention.erase_due),
        Job("tidy", DAY_S, _tidy),
        _check("file", health.check_file),
        _check("figures", health.check_figures),
        _check("chains", health.check_chains),
    )


def _check(of: str, look: Callable[[sqlite3.Connection, float], object]) -> Job:
    return Job(f"check_{of}", DAY_S, lambda desk, now: look(desk.conn, now), LONGEST_CHECK_S, CHECKS)


def run_once(
    desk: Desk,
    job: Job,
    progress: Callable[[], object] = lambda: None,
    counter: Callable[[], float] = time.monotonic,
    is_stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Does ``job`` unless it was done in this period (periods of a day begin at 00:00 IST); False then.

    ``progress`` hears that it goes on. What takes too long is ended and told on the page of the box's state; what was
    at work as ``is_stopped`` came true is left, False too, for the next start.
    """
    now = desk.clock()
    period = int((now + IST_OFFSET_S) // job.every_s)
    row = desk.conn.execute("select period from job_run where name=?", (job.name,)).fetchone()
    if row is not None and row[0] == period:
        return False
    with heartbeat.heard(desk.conn, progress, job.longest_s, counter, is_stopped) as heart:
        try:
            job.work(desk, now)
        except sqlite3.OperationalError:
            if is_stopped():
                return False
            if not heart.is_over:
                raise
    health.note_job(desk.conn, job.name, job.longest_s if heart.is_over else None, now)
    desk.conn.execute("insert or replace into job_run values(?,?,?)", (job.name, period, int(now)))
    return True


def scheduler(
    desk: Desk,
    beside: Desk,
    jobs: Sequence[Job],
    progress: Callable[[], object],
    is_stopped: Callable[[], bool],
) -> BackgroundScheduler:
    """A timetable ready to start: the jobs of each thread one after another, missed runs made up as one.

    ``beside``: the same desk with a connection of its own, for the checks. They tell no ``progress``: clocks that hang
    would be taken to go on. Once ``is_stopped`` is true a check is left where it is, a job of the clocks finished.
    """
    seats = {
        CLOCKS: (desk, progress, lambda: False),
        CHECKS: (beside, lambda: None, is_stopped),
    }
    made = BackgroundScheduler(
        timezone=ZONE,
        executors={name: {"type": "threadpool", "max_workers": 1} for name in seats},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    now = datetime.now(UTC)
    for job in jobs:
        seat, told, left = seats[job.thread]
        made.add_job(
            run_once,
            "interval",
            seconds=_tick_s(job),
            args=(seat, job, told, time.monotonic, left),
            id=job.name,
            executor=job.thread,
            next_run_time=now,
        )
    made.add_job(progress, "interval", seconds=PROGRESS_EVERY_S, id="progress", next_run_time=now)
    return made


def serve(desk: Desk, environ: Mapping[str, str]) -> None:
    """Works until SIGTERM or SIGINT, finishing the job at hand but no check; tells systemd that it is alive."""
    if desk.config.fault_point:
        faults.arm(desk.config.fault_point)
    stop, jobs = stopping.on_signal(), timetable(desk.config.digest_every_s)
    with closing(db.connect(desk.config.box_db)) as conn:
        beside = replace(desk, conn=conn)
        made = scheduler(desk, beside, jobs, lambda: watchdog.notify("WATCHDOG=1", environ), stop.is_set)
        made.start()
        watchdog.notify("READY=1", environ)
        stop.wait()
        made.shutdown(wait=True)


def _tick_s(job: Job) -> float:
    # A long period is asked after more often: an interval counts from the start of this process, a day from midnight.
    return min(job.every_s, HOUR_S / 4)


def _forget_logins(desk: Desk, now: float) -> None:
    with transaction(desk.conn):
        people.forget_old(desk.conn, now)
        sittings.forget_old(desk.conn)
        if timekeeping.is_sure(desk, now):
            drafts.forget_old(desk.conn, now)
        nonces.forget_old(desk.conn, now)


def _tidy(desk: Desk, now: float) -> None:
    with transaction(desk.conn):
        cases.forget_seen(desk, now)
        cases.lock_older(desk)


def _clocks(desk: Desk, now: float) -> None:
    timekeeping.look(desk, now)
    escalation.run(desk, now)
