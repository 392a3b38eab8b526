"""What a process writes down: our own words; of an error its type and its place, never its message.

A message of Python or of a library may quote what an informant told. So of what libraries log only the bare template is
written, an error's words only where the error is ours, and no run of digits as long as a number is, in any script.
"""

import faulthandler
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from sync.errors import SatarkError

OURS = ("sync", "relay", "appliance", "webui", "provisioning")
LOUD = ("httpx", "httpcore", "paho", "gunicorn", "werkzeug", "apscheduler", "asyncio")
LONGEST_RUN = 7
"""Digits in a row that may be written: a code, a count, a day; no phone number, no receipt."""
_PLACES, _CAUSES = 8, 4
# Spaces, hyphens and signs without width of any script, as people write them between the digits of a number.
_BETWEEN = r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff().+-]{0,3}"
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d){{{LONGEST_RUN},}}")
MARK = "[digits]"

log = logging.getLogger(__name__)


def scrub(text: str) -> str:
    """The text with every run of LONGEST_RUN + 1 digits or more, also when set apart by signs, as MARK."""
    return _RUN.sub(MARK, text)


def trace(error: BaseException) -> str:
    """An error in one line: types and places, innermost first, and what it came of; its words only if it is ours."""
    return "; from ".join(_one(link) for link in _chain(error))


class Formatter(logging.Formatter):
    """One line for each record, for whoever reads the journal."""

    def format(self, record: logging.LogRecord) -> str:
        """Never the arguments of a library, nor an error's message, nor a long run of digits."""
        words = _words(record)
        if record.exc_info and record.exc_info[1]:
            words += f": {trace(record.exc_info[1])}"
        return scrub(f"{record.name}: {words}")


def start() -> None:
    """Makes this process log by these rules to standard error, whatever ends it too. Once, in the main thread."""
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed with its arguments
    faulthandler.enable(file=sys.__stderr__ or sys.stderr)  # where a crash came from: places, no values
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned


def take_over_gunicorn() -> None:
    """The same for a worker's own log; what it warns of is said with the address and the words of who called."""
    its = logging.getLogger("gunicorn.error")
    its.setLevel(logging.ERROR)
    for handler in its.handlers:
        handler.setFormatter(Formatter())


def _words(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    return record.msg if isinstance(record.msg, str) else type(record.msg).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(_CAUSES):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _one(error: BaseException) -> str:
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = " < ".join(
        f"{Path(code.co_filename).name}:{line} {code.co_name}" for code, line in reversed(frames[-_PLACES:])
    )
    words = f" ({error})" if isinstance(error, SatarkError) else ""
    return f"{type(error).__name__}{words}" + (f" at {places}" if places else "")


def _ended(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("this process ends: %s", trace(error))


def _thread_ended(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        log.critical("a thread ends: %s", trace(told.exc_value))


def _unraisable(told: "sys.UnraisableHookArgs") -> None:
    if told.exc_value is not None:
        log.error("an error that nobody could take: %s", trace(told.exc_value))


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    del message, file, line
    log.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)
