"""Plays weakenings: a copy of the product each, the tests that must catch it run there, the copy thrown away."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.weakened.copying import build
from tests.weakened.model import Edit, Weakening

AT_ONCE = 2
TIMEOUT_S = 300.0
"""For the tests of one weakening; far more than any takes."""
CAUGHT, ESCAPED, BROKEN = "caught", "ESCAPED", "BROKEN"
HARMLESS = Weakening(
    "a comment",
    "nothing: the tests must not notice it",
    (Edit("sync/sealing/locks.py", "KEY_BYTES = 32\n", "KEY_BYTES = 32  # 32\n"),),
    ("tests/sync/sealing/test_locks.py",),
)
"""What no test may catch: shows that being caught means something."""
_FAILED = re.compile(r"^FAILED (.+?)(?: - (.*))?$", re.MULTILINE)
# A program that no longer runs proves nothing of its tests.
_NO_PROGRAM = re.compile(r"(Name|Import|ModuleNotFound|Syntax|Indentation|UnboundLocal)Error\b")


Children = subprocess.Popen[str]


@dataclass(frozen=True)
class Outcome:
    """What became of one weakening: ``state`` is caught, ESCAPED (its tests pass) or BROKEN (they could not tell).

    ``by``: the test that failed, or what pytest said last.
    """

    weakening: Weakening
    state: str
    by: str
    seconds: float


def play(
    weakenings: Sequence[Weakening], folder: Path, say: Callable[[Outcome], object]
) -> tuple[str, list[Outcome]]:
    """Plays them two at a time inside ``folder``; ``say`` hears of each.

    Gives what is wrong with the unweakened product under the same tests ("": they pass), and the outcomes in order.
    """
    source = build(None, folder / "source")
    subprocess.run([sys.executable, "-m", "compileall", "-q", source], check=True, stdout=subprocess.DEVNULL)

    running = set[Children]()

    def one(weakening: Weakening) -> Outcome:
        outcome = _played(weakening, source, folder / weakening.name, running)
        say(outcome)
        return outcome

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        plain = pool.submit(_unweakened, source, folder / "plain", _nodes(weakenings), running)
        outcomes = list(pool.map(one, weakenings))
        return plain.result(), outcomes
    finally:  # also when somebody ends us: then nothing more is begun, and what runs is ended
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(running):
            _end(process)
        pool.shutdown()


def _nodes(weakenings: Iterable[Weakening]) -> list[str]:
    return list(dict.fromkeys(node for weakening in weakenings for node in weakening.caught_by))


def _unweakened(source: Path, folder: Path, nodes: Sequence[str], running: set[Children]) -> str:
    code, said = _tested(build(None, folder, source), nodes, running, TIMEOUT_S * 4, "--maxfail=20")
    if code == 0:
        return ""
    return ", ".join(failed for failed, _ in _FAILED.findall(said)) or _last(said)


def _played(weakening: Weakening, source: Path, folder: Path, running: set[Children]) -> Outcome:
    began = time.monotonic()
    try:
        copy = build(weakening, folder, source)
        code, said = _tested(copy, weakening.caught_by, running, TIMEOUT_S, "-x")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    state, by = judged(weakening, code, said)
    return Outcome(weakening, state, by, time.monotonic() - began)


def judged(weakening: Weakening, code: int, said: str) -> tuple[str, str]:
    """Caught only by a named test that ran and failed: not by one that could not be collected or set up."""
    if code == 0:
        return BROKEN if _last(said).startswith("0 passed") else ESCAPED, _last(said)
    named = [(node, why) for node, why in _FAILED.findall(said) if _is_named(node, weakening.caught_by)]
    if code != 1 or not named or _NO_PROGRAM.match(named[0][1]):
        return BROKEN, f"{named[0][1] if named else _last(said)} (pytest ended with {code})"
    return CAUGHT, named[0][0]


def _is_named(node: str, named: Sequence[str]) -> bool:
    return any(node == name or node.startswith((f"{name}[", f"{name}::")) for name in named)


def _last(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "nothing"


def _tested(
    copy: Path, nodes: Sequence[str], running: set[Children], timeout_s: float, *how: str
) -> tuple[int, str]:
    """pytest's exit code and words; ends everything that the tests started."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", *how, *nodes]
    environ = {**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "400"}
    environ.pop("CI", None)  # there a skipped test is a failure: here it is nothing that was caught
    process = subprocess.Popen(
        command,
        cwd=copy,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running.add(process)
    try:
        said, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        said = f"no end within {timeout_s:.0f} s"
    finally:
        _end(process)
        running.discard(process)
    return process.returncode, said


def _end(process: Children) -> None:
    """Ends it with everything of its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
