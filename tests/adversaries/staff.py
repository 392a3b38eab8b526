"""One act of the office in a process of its own, killed at a fault point: ``python -m ... ROOT POINT ACT SERIAL``."""

import sys
import time
from pathlib import Path

from appliance import cases, ledger
from appliance.desk import Desk, open_desk
from sync import faults
from tests.anonymity.town import SCREENER, SP

ANSWER, CLOSE = "answer", "close"


def act(desk: Desk, what: str, serial: str) -> None:
    """Answers the informant of a case just received, or closes one."""

    def version() -> int:
        return ledger.find(desk, serial).version

    if what == ANSWER:
        cases.screen(desk, serial, SCREENER, version(), "a note")
        cases.answer(desk, serial, SP, version(), "action_taken", ("raid",))
    else:
        cases.close(desk, serial, SP, version(), "unfounded", untold=9)


if __name__ == "__main__":
    root, point, wanted, number = sys.argv[1:]
    faults.arm(point)
    act(open_desk(Path(root), time.time), wanted, number)
