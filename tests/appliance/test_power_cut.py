"""The power goes in the middle of a form: each act is done whole, or it never was; its paper trail holds either way."""

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from appliance import audit, cases, figures, history, retention
from appliance.desk import Desk
from sync import db
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, open_office, receive
from tests.appliance.test_office_acts import TIP

CASE, OTHER = "JNP-2026-00001", "JNP-2026-00002"
CUTS = 4
"""Of each act: one in each quarter of its work."""
TICK = 20
"""SQLite counts so many of its instructions before it asks whether to go on."""
WAY: Mapping[str, Callable[[Desk], object]] = {
    "claim": lambda desk: cases.claim(desk, CASE, SCREENER, 1),
    "screen": lambda desk: cases.screen(desk, CASE, SCREENER, 2, "seen"),
    "assign": lambda desk: cases.assign(desk, CASE, SUPERVISOR, 3, POST, "", "look behind the mill"),
    "acknowledge": lambda desk: cases.acknowledge(desk, CASE, SUPERVISOR, 4),
    "start": lambda desk: cases.start(desk, CASE, SUPERVISOR, 5),
    "report_back": lambda desk: cases.report_back(desk, CASE, SUPERVISOR, 6, "nothing there"),
    "verify": lambda desk: cases.verify(desk, CASE, SP, 7),
    "answer": lambda desk: cases.answer(desk, CASE, SP, 8, "action_taken", ("raid",)),
    "close": lambda desk: cases.close(desk, CASE, SP, 9, "unfounded"),
    "hold": lambda desk: retention.hold(desk, CASE, SP, 10, "a trial"),
    "reopen": lambda desk: cases.reopen(desk, CASE, SP, 11, "he was seen again"),
    "concern": lambda desk: cases.concern(desk, CASE, SP, 12, "JNP-01"),
    "quarantine": lambda desk: cases.quarantine(desk, OTHER, SCREENER, 1, "spam"),
    "release": lambda desk: cases.release(desk, OTHER, SUPERVISOR, 2, "no spam"),
    "mark_duplicate": lambda desk: cases.mark_duplicate(desk, OTHER, SUPERVISOR, 3, CASE),
    "separate": lambda desk: cases.separate(desk, OTHER, SUPERVISOR, 4, "another mill"),
    "walk_in": lambda desk: cases.walk_in(desk, SCREENER, TIP, "5" * 32),
}


def work(root: Path, act: str, ends_at: int) -> None:
    """Does one act in a process that SQLite's instruction ``ends_at`` kills; exits with how many there were."""
    desk, ticks = open_office(root, Watch()), 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        if ticks == ends_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    desk.conn.set_progress_handler(tick, TICK)
    WAY[act](desk)
    (root / "ticks").write_text(str(ticks), encoding="ascii")


def in_a_process(root: Path, act: str, ends_at: int = 0) -> int | None:
    child = get_context("fork").Process(target=work, args=(root, act, ends_at))
    child.start()
    child.join()
    return child.exitcode


def everything(root: Path) -> list[str]:
    with closing(sqlite3.connect(root / "box.db")) as conn:
        return list(conn.iterdump())


def check_whole(root: Path) -> None:
    with closing(db.connect_to_read(root / "box.db")) as conn:
        assert (history.verify(conn), audit.verify(conn)) == (None, None)
        assert figures.rollups(conn) == figures.recount(conn)
        assert figures.wrong_tallies(conn) == 0


@pytest.fixture
def box(tmp_path: Path) -> Path:
    root = tmp_path / "box"
    root.mkdir()
    desk = open_office(root, Watch())
    assert [receive(desk, body(number)) for number in (1, 2)] == [CASE, OTHER]
    desk.conn.close()
    return root


@pytest.mark.slow
def test_an_act_cut_short_never_was(box: Path, tmp_path: Path, rng: random.Random) -> None:
    for act in WAY:
        before, whole = everything(box), tmp_path / "whole"
        shutil.copytree(box, whole)
        assert in_a_process(whole, act) == 0
        ticks = int((whole / "ticks").read_text(encoding="ascii"))
        for quarter in range(CUTS):
            cut = tmp_path / "cut"
            shutil.copytree(box, cut)
            ends_at = 1 + (quarter * ticks + rng.randrange(ticks)) // CUTS
            assert in_a_process(cut, act, ends_at) == -signal.SIGKILL, act
            assert everything(cut) == before, f"{act} was cut at {ends_at} of {ticks} and left something"
            check_whole(cut)
            assert in_a_process(cut, act) == 0, f"{act} cannot be done again"
            shutil.rmtree(cut)
        shutil.rmtree(box)
        whole.rename(box)
        check_whole(box)
