"""What a process writes down when something goes wrong: type and place, never what somebody told."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import journal
from sync.errors import Unavailable

CANARY = "canary-kumud 98123 45678"
ROOT = Path(__file__).parents[2]
DIGITS = {
    "latin": "0123456789",
    "hindi": "०१२३४५६७८९",
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "wide": "０１２３４５６７８９",
}


def written(name: str, message: object, *values: object, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, values, told)
    return journal.Formatter().format(record)


def failed() -> ValueError:
    secret = CANARY
    try:
        try:
            int(secret)
        except ValueError as inner:
            raise ValueError(f"not taken: {secret}") from inner
    except ValueError as error:
        return error
    raise AssertionError("words were taken for a number")


@pytest.mark.parametrize("script", DIGITS)
@pytest.mark.parametrize("between", ["", " ", "-", " - ", "\u200b", "\u2011", ".", ") "])
def test_eight_digits_are_written_in_no_script(script: str, between: str) -> None:
    run = between.join(DIGITS[script][:8])
    assert journal.scrub(f"said {run}!") == f"said {journal.MARK}!"
    short = between.join(DIGITS[script][:7])
    assert journal.scrub(f"said {short}!") == f"said {short}!"


@given(st.text(st.sampled_from("0५٣ -a\n"), max_size=40))
def test_no_run_is_left(text: str) -> None:
    longest = run = 0
    for char in journal.scrub(text):
        run = run + 1 if char.isdecimal() else 0
        longest = max(longest, run)
    assert longest <= journal.LONGEST_RUN


def test_our_own_words_are_written_and_those_of_libraries_are_not() -> None:
    assert written("relay.intake", "set aside: %s", "ValueError") == "relay.intake: set aside: ValueError"
    assert written("httpx", "POST %s", CANARY) == "httpx: POST %s"
    assert written("gunicorn.error", failed()) == "gunicorn.error: ValueError"


def test_an_error_is_its_types_and_places() -> None:
    line = written("relay.link", "broken", error=failed())
    assert "canary" not in line and "\n" not in line
    assert line.startswith("relay.link: broken: ValueError at test_journal.py:")
    assert line.count("; from ValueError at test_journal.py:") == 1 and " failed" in line


def test_our_own_errors_say_what_to_do() -> None:
    assert journal.trace(Unavailable("no disk", hint="Mount it")) == "Unavailable (no disk. Mount it)"


ENDS = {
    "an error": "raise ValueError(secret)",
    "an error on the way": "try:\n int(secret)\nexcept ValueError:\n raise KeyError(secret)",
    "a thread": "t = threading.Thread(target=int, args=(secret,)); t.start(); t.join()",
    "an error nobody takes": "class A:\n def __del__(self): int(secret)\nA()",
    "a warning": "warnings.simplefilter('always'); warnings.warn(secret)",
    "a record that does not fit": "logging.getLogger('relay.x').error('%d', secret)",
    "a library": "logging.getLogger('paho').error('told %s', secret)",
    "a library's error": "try:\n int(secret)\nexcept ValueError:\n logging.getLogger('paho').exception('broken')",
    "a crash": "os.abort()",
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_however_a_process_ends_nothing_told_is_written(tmp_path: Path, end: str) -> None:
    setup = "import logging, os, sys, threading, warnings\n"
    setup += "sys.path.insert(0, sys.argv[1])\nfrom sync import journal, memory\n"
    program = f"{setup}memory.hide(); journal.start()\nsecret = sys.argv[2]\n{ENDS[end]}\n"
    command = [sys.executable, "-c", program, str(ROOT), CANARY]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path).stderr
    silent = end == "a record that does not fit"
    assert "canary" not in said and "45678" not in said
    assert silent or said.strip()
    assert list(tmp_path.iterdir()) == []
