"""Named fault points: silent unless armed, and then deadly."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import faults

POINT = re.compile(r"\bfaults\.at\(\"([a-z-]+)\"\)")


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    faults.disarm()


def test_a_point_that_is_not_armed_does_nothing() -> None:
    faults.at("anywhere")


def test_an_armed_point_acts_and_no_other_does() -> None:
    reached: list[str] = []
    faults.arm("here", lambda: reached.append("here"))
    faults.at("there")
    assert reached == []
    faults.at("here")
    assert reached == ["here"]


def test_by_default_the_process_dies_as_in_a_power_cut() -> None:
    code = "from sync import faults; faults.arm('here'); faults.at('here'); print('alive')"
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert died.returncode == -signal.SIGKILL
    assert died.stdout == ""


def test_every_point_of_the_code_is_listed_and_no_other() -> None:
    root = Path(__file__).parents[2]
    code = [p for package in ("sync", "relay", "appliance", "webui") for p in (root / package).rglob("*.py")]
    passed = [point for path in code for point in POINT.findall(path.read_text(encoding="utf-8"))]
    assert sorted(passed) == sorted(faults.POINTS)
