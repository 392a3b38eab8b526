"""What boxes send about duties: a new one becomes a notice, a withdrawn one is forgotten."""

import random
import re
import sqlite3

from relay.duty import desk, letters, rows
from relay.duty.answers import Mail
from relay.duty.letters import UNDELIVERED
from relay.duty.rows import Held
from relay.epochs import EpochStore
from sync.catalogue import CLOCKS, LANGUAGES, SENSITIVITIES
from sync.errors import SatarkError
from sync.exchange import Opened
from sync.messages import Duty, DutyOver
from sync.notices import BRIEF_UNITS, NO_BRIEF, OVERDUE, Notices, units

_NAME = re.compile("[0-9a-f]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SERIAL = re.compile(r"[A-Z0-9-]{1,32}")


class DutyOrders:
    """The link process's side."""

    def __init__(
        self, is_open: bool, epochs: EpochStore, notices: Notices, mail: Mail, rng: random.Random
    ) -> None:
        """``is_open``: this relay has a second number; without one every duty is undelivered at once."""
        self._is_open, self._epochs, self._notices, self._mail, self._rng = (
            is_open, epochs, notices, mail, rng,
        )  # fmt: skip

    def duty(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Keeps a duty and queues its notice; raises SatarkError on one no box of ours would send."""
        duty = opened.messages["message"]
        assert isinstance(duty, Duty)
        _check(duty)
        if not self._is_open:
            self._mail.put(conn, opened.sender, duty.duty, UNDELIVERED, now)
            return
        held = Held(duty, f"{self._rng.getrandbits(128):032x}")
        row = rows.add(conn, self._epochs, opened.sender, held, now)
        if row is not None:
            letter = desk.step_letter(self._notices, row, rows.officer(duty))
            letters.queue(conn, self._epochs, row.name, letter, now, self._rng)

    def over(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Withdraws a duty of the same box; one that is not here yet finds that it is over when it comes."""
        over = opened.messages["message"]
        assert isinstance(over, DutyOver)
        if not _NAME.fullmatch(over.duty):
            raise SatarkError("a duty's name is not of our form")
        rows.end(conn, self._epochs, opened.sender, over.duty, now)
        row = rows.get(conn, self._epochs, over.duty)
        if row is not None and row.state == rows.OVER:
            letters.drop_queued(conn, over.duty)


def _check(duty: Duty) -> None:
    is_formed = (
        _NAME.fullmatch(duty.duty) and _NUMBER.fullmatch(duty.number) and _SERIAL.fullmatch(duty.serial)
    )
    is_of_class = duty.sensitivity in SENSITIVITIES and duty.urgency in (*CLOCKS, OVERDUE)
    is_brief = units(duty.brief) <= (0 if duty.sensitivity in NO_BRIEF else BRIEF_UNITS)
    if not (is_formed and is_of_class and is_brief and duty.language in LANGUAGES):
        raise SatarkError("a duty is not of our form")
