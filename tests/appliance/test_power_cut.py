"""The power goes in the middle of a form: each act is done whole, or it never was; its paper trail holds either way."""

import os
import random
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from appliance import audit, cases, evidence, figures, handing, history, holders, ledger, retention
from appliance.desk import Actor, Desk
from appliance.holders import Appointment
from sync import db
from sync.clock import DAY_S
from sync.db import transaction
from tests.appliance.office import (
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    body,
    close,
    manifest,
    open_office,
    put_file,
    receive,
)
from tests.appliance.test_office_acts import TIP

Act = Callable[[Desk], object]
CASE, OTHER, FILMED = "JNP-2026-00001", "JNP-2026-00002", "JNP-2026-00003"
NEXT_POST = "SHO JNP-02"
CUTS = 4
"""Of each act: one in each quarter of its work, beside those around its COMMIT."""
TICK = 20
"""SQLite counts so many of its instructions before it asks whether to go on."""
LATER = START + 3 * 365 * DAY_S
FILM = b"film of the mill at night" * 400


def on(act: Callable[..., object], serial: str, actor: Actor, *more: object) -> Act:
    """An act on a case as its page shows it now."""
    return lambda desk: act(desk, serial, actor, ledger.find(desk, serial).version, *more)


def coming(*people: tuple[str, str]) -> Act:
    """Officers who come to their posts, by post and number."""
    named = tuple(Appointment(post, "Somebody", number, "hi", tell=True) for post, number in people)
    return lambda desk: holders.transfer(desk, SP, None, named)


def spoil(desk: Desk) -> None:
    """The row of a post's officer opens no more."""
    with transaction(desk.conn):
        desk.conn.execute("update post_holder set locked=x'00' where post=? and until is null", (POST,))


def write_down(desk: Desk) -> None:
    """Says who he is."""
    (one,) = holders.unopened(desk, desk.clock())
    holders.write_down(desk, SP, one.id, Appointment(POST, "Sita", "98123 45678", "hi"))


def correct_name(desk: Desk) -> None:
    """He is somebody else, with another phone."""
    (one,) = holders.written_down(desk)
    holders.write_down(desk, SP, one.id, Appointment(POST, "Gauri", "98123 45671", "hi"))


def put_off(desk: Desk) -> None:
    """Who is planned comes a day later."""
    (one,) = holders.planned(desk, desk.clock())
    holders.change_day(desk, SP, one.id, one.since + DAY_S)


def call_off(desk: Desk) -> None:
    """He does not come."""
    (one,) = holders.planned(desk, desk.clock())
    holders.call_off(desk, SP, one.id)


def plan(desk: Desk) -> None:
    """Somebody is to come on a later day, for whom the holder of the post and who sits at its desk leave."""
    holders.appoint(desk, SP, POST, "Gita", "98123 45670", "hi", since=int(START) + 9 * DAY_S)


WAY: tuple[tuple[str, Act], ...] = (
    ("appoint", lambda desk: holders.appoint(desk, SP, POST, "Sita", "98123 45678", "hi")),
    ("claim", on(cases.claim, CASE, SCREENER)),
    ("unclaim", on(cases.unclaim, CASE, SCREENER)),
    ("screen", on(cases.screen, CASE, SCREENER, "seen")),
    ("read", on(cases.read, CASE, SP)),
    ("ask", on(cases.answer, CASE, SP, "need_more", ("place",))),
    ("pause", on(cases.pause, CASE, SP, "event", "the fair")),
    ("resume", on(cases.resume, CASE, SP)),
    ("assign", on(cases.assign, CASE, SUPERVISOR, POST, "", "look behind the mill")),
    ("concern", on(cases.concern, CASE, SCREENER, "JNP-01")),  # takes it from the post
    ("unconcern", on(cases.unconcern, CASE, SP, "JNP-01", "another Ram Singh")),
    ("assign", on(cases.assign, CASE, SUPERVISOR, POST, "", "look behind the mill")),
    ("acknowledge", on(cases.acknowledge, CASE, SUPERVISOR)),
    ("transfer", coming((POST, "98123 45679"), (NEXT_POST, "98123 45678"))),
    ("hand_over", lambda desk: handing.hand_over(desk, SP, POST, "one case", True, "6" * 32)),
    ("start", on(cases.start, CASE, SUPERVISOR)),
    ("report_back", on(cases.report_back, CASE, SUPERVISOR, "nothing there")),
    ("verify", on(cases.verify, CASE, SP)),
    ("answer", on(cases.answer, CASE, SP, "action_taken", ("raid",))),
    ("reclassify", on(cases.reclassify, CASE, SP, "secret", True, False, "she is named")),
    ("correct", on(cases.correct, CASE, SCREENER, "women_child", "JNP-02", "the other bank")),
    ("close", on(close, CASE, SP, "unfounded")),
    ("hold", on(retention.hold, CASE, SP, "a trial")),
    ("unhold", on(retention.unhold, CASE, SP, "it is over")),
    ("reopen", on(cases.reopen, CASE, SP, "he was seen again")),
    ("quarantine", on(cases.quarantine, OTHER, SCREENER, "spam")),
    ("confirm_spam", on(cases.confirm_spam, OTHER, SUPERVISOR)),
    ("release", on(cases.release, OTHER, SUPERVISOR, "no spam")),
    ("mark_duplicate", on(cases.mark_duplicate, OTHER, SUPERVISOR, CASE)),
    ("separate", on(cases.separate, OTHER, SUPERVISOR, "another mill")),
    ("walk_in", lambda desk: cases.walk_in(desk, SCREENER, TIP, "5" * 32)),
    ("an entry is spoilt", spoil),
    ("write down", write_down),
    ("it was somebody else", correct_name),
    ("somebody is planned", plan),
    ("he is put off", put_off),
    ("he is called off", call_off),
    ("nobody holds it", lambda desk: holders.release(desk, SP, POST)),
)


@dataclass(frozen=True)
class Cut:
    """When the power goes: at a tick of SQLite's, or at a moment: 1 before the first COMMIT, 2 after it, and so on."""

    tick: int = 0
    moment: int = 0


class Fused(sqlite3.Connection):
    """Counts ticks and moments, and ends this process at one of them. SQLite does not tick inside a COMMIT."""

    cut = Cut()
    ticks = moments = 0

    def tick(self) -> int:
        """SQLite asks whether to go on."""
        self.ticks += 1
        return self._go(self.ticks == self.cut.tick)

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """As ever; a COMMIT lies between two moments."""
        self._pass(sql)
        done = super().execute(sql, values)
        self._pass(sql)
        return done

    def _pass(self, sql: str) -> None:
        if sql == "COMMIT":
            self.moments += 1
            self._go(self.moments == self.cut.moment)

    def _go(self, is_over: bool) -> int:
        if is_over:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0


def fused(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, factory=Fused)


def work(root: Path, act: Act, cut: Cut) -> None:
    """Does one act in a process that ``cut`` ends; writes down how many ticks and moments there were."""
    desk = open_office(root, Watch())
    desk.conn.close()
    conn = db.connect(root / "box.db", fused)
    assert isinstance(conn, Fused)
    conn.cut = cut
    conn.set_progress_handler(conn.tick, TICK)
    act(replace(desk, conn=conn))
    (root / "counted").write_text(f"{conn.ticks} {conn.moments}", encoding="ascii")


def in_a_process(root: Path, act: Act, cut: Cut | None = None) -> int | None:
    child = get_context("fork").Process(target=work, args=(root, act, cut or Cut()))
    child.start()
    child.join()
    return child.exitcode


def done_whole(box: Path, whole: Path, act: Act) -> tuple[int, int]:
    """Does it to a copy; gives how many ticks and moments it took."""
    shutil.copytree(box, whole)
    assert in_a_process(whole, act) == 0
    ticks, moments = (whole / "counted").read_text(encoding="ascii").split()
    return int(ticks), int(moments)


def cut_short(box: Path, cut: Path, act: Act, at: Cut) -> None:
    """Does it to a copy, and the power goes."""
    shutil.rmtree(cut, ignore_errors=True)
    shutil.copytree(box, cut)
    assert in_a_process(cut, act, at) == -signal.SIGKILL


def in_quarters(rng: random.Random, ticks: int) -> list[Cut]:
    return [Cut(1 + (quarter * ticks + rng.randrange(ticks)) // CUTS) for quarter in range(CUTS)]


def everything(root: Path) -> list[str]:
    with closing(sqlite3.connect(root / "box.db")) as conn:
        return list(conn.iterdump())


def but_for_chance(root: Path) -> list[str]:
    """All rows without what is drawn anew each time, and hashes of it: two runs of one act agree in the rest."""
    return sorted(re.sub(r"X'[0-9A-F]+'|'[0-9a-f]{16,}'", "?", row) for row in everything(root))


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


def test_every_act_on_a_case_is_cut() -> None:
    assert set(cases.TRANSITIONS) <= {act for act, _ in WAY}


@pytest.mark.slow
def test_an_act_cut_short_never_was_and_one_committed_is_there(
    box: Path, tmp_path: Path, rng: random.Random
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for name, act in WAY:
        before = everything(box)
        ticks, moments = done_whole(box, whole, act)
        assert moments == 2, f"{name} is not one transaction"
        for at in (*in_quarters(rng, ticks), Cut(moment=1)):
            cut_short(box, cut, act, at)
            assert everything(cut) == before, f"{name} was cut at {at} of {ticks} and left something"
            check_whole(cut)
        assert in_a_process(cut, act) == 0, f"{name} cannot be done again"
        assert but_for_chance(cut) == but_for_chance(whole), name
        cut_short(box, cut, act, Cut(moment=2))
        assert but_for_chance(cut) == but_for_chance(whole), f"{name} was committed and is not whole"
        check_whole(cut)
        shutil.rmtree(box)
        whole.rename(box)
        check_whole(box)


def close_filmed(desk: Desk) -> None:
    described = manifest(FILM)
    assert receive(desk, body(3, evidence=(described,))) == FILMED
    put_file(desk, FILM, described)
    evidence.arrived(desk.conn, described.file_id, desk.clock())
    on(cases.screen, FILMED, SCREENER)(desk)
    on(close, FILMED, SP, "insufficient")(desk)


@pytest.mark.slow
def test_an_erasing_cut_short_is_finished_by_the_next_run(
    box: Path, tmp_path: Path, rng: random.Random
) -> None:
    def erase(desk: Desk) -> None:
        retention.erase_due(desk, LATER)

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert in_a_process(box, close_filmed) == 0
    ticks, moments = done_whole(box, whole, erase)
    assert "erased" in "".join(everything(whole)) and moments == 4  # the rows go first, then the file
    for at in (*in_quarters(rng, ticks), *(Cut(moment=number) for number in range(1, moments + 1))):
        cut_short(box, cut, erase, at)
        check_whole(cut)
        assert in_a_process(cut, erase) == 0, at
        assert but_for_chance(cut) == but_for_chance(whole), f"erasing was cut at {at} of {ticks}"
        assert not (cut / "evidence" / manifest(FILM).file_id).exists()
        check_whole(cut)
