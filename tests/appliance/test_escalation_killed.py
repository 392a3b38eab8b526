"""The real timetable process, killed in the middle of its steps: each is taken once, none is lost."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from appliance import audit, cases, history
from appliance.desk import Desk, open_desk
from sync import db
from sync.clock import DAY_S
from tests.appliance.office import POST, SCREENER, SUPERVISOR, body, enrolled, receive
from tests.waiting import wait_until

CASES = 3
STEPS = {"CO City": CASES, "sp": CASES, "range": CASES}


def late(root: Path) -> Desk:
    """A box with cases that were given to a post a month ago and of which nobody has heard."""
    desk = open_desk(root, lambda: time.time() - 30 * DAY_S)
    for number in range(1, CASES + 1):
        serial = receive(desk, body(number))
        cases.screen(desk, serial, SCREENER, 1)
        cases.assign(desk, serial, SUPERVISOR, 2, POST)
    return desk


def start(root: Path, point: str) -> subprocess.Popen[bytes]:
    settings = (root / "config.toml").read_text(encoding="utf-8").partition("fault_point")[0]
    (root / "config.toml").write_text(settings + f'fault_point = "{point}"\n', encoding="utf-8")
    program = "from appliance.cli import jobs; jobs()"
    return subprocess.Popen([sys.executable, "-c", program, "--root", str(root)], stderr=subprocess.PIPE)


def taken(root: Path) -> Counter[str]:
    conn = db.connect_to_read(root / "box.db")
    try:
        return Counter(row[0] for row in conn.execute("select detail from history where act='escalate'"))
    finally:
        conn.close()


@pytest.mark.slow
@pytest.mark.parametrize(("point", "committed"), [("escalation-written", 0), ("escalated", 1)])
def test_each_step_is_taken_once(tmp_path: Path, point: str, committed: int) -> None:
    root = enrolled(tmp_path)
    desk = late(root)
    for died in range(1, 3):
        killed = start(root, point)
        killed.communicate(timeout=60)
        assert killed.returncode == -signal.SIGKILL
        assert taken(root).total() == died * committed
    last = start(root, "")
    try:
        wait_until(lambda: taken(root) == STEPS, timeout_s=60, what="every step of every case")
    finally:
        last.send_signal(signal.SIGTERM)
        last.communicate(timeout=60)
    assert taken(root) == STEPS
    assert (history.verify(desk.conn), audit.verify(desk.conn)) == (None, None)
    desk.conn.close()
