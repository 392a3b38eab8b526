"""Memory stays off the disk: no core file, and no other process of the user looks in."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PATTERN = Path("/proc/sys/kernel/core_pattern")
_PR_GET_DUMPABLE = 3


def run(folder: Path, *steps: str) -> subprocess.CompletedProcess[str]:
    program = "import ctypes, os, resource, subprocess, sys\nsys.path.insert(0, sys.argv[1])\nfrom sync import memory\n"
    program += "most = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
    program += "resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
    command = [sys.executable, "-c", program + "\n".join(steps), str(ROOT)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)


def test_an_aborted_process_leaves_a_core_only_if_it_did_not_hide(tmp_path: Path) -> None:
    hidden, open_ = tmp_path / "hidden", tmp_path / "open"
    for folder in (hidden, open_):
        folder.mkdir()
    assert run(hidden, "memory.hide()", "os.abort()").returncode == -6
    assert run(open_, "os.abort()").returncode == -6
    assert list(hidden.iterdir()) == []
    if not PATTERN.read_text().startswith(("|", "/")):  # else the kernel puts it elsewhere, or hands it over
        assert list(open_.iterdir()) != []


@pytest.mark.parametrize(("step", "dumpable"), [("memory.hide()", 0), ("memory.forbid_cores()", 1)])
def test_who_hides_cannot_be_dumped_by_a_crash_handler_either(
    tmp_path: Path, step: str, dumpable: int
) -> None:
    limit = "resource.getrlimit(resource.RLIMIT_CORE)[0]"
    asked = f"print(ctypes.CDLL(None).prctl({_PR_GET_DUMPABLE}, 0, 0, 0, 0), {limit})"
    assert run(tmp_path, step, asked).stdout.split() == [str(dumpable), "0"]


def test_what_a_process_becomes_has_the_limit_of_cores(tmp_path: Path) -> None:
    child = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    said = run(
        tmp_path, "memory.forbid_cores()", f"os.execv(sys.executable, [sys.executable, '-c', {child!r}])"
    )
    assert said.stdout.strip() == "0"


def test_the_tests_themselves_can_be_dumped() -> None:
    assert ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 1
