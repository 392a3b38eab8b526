"""A report from its first photo to the death of its keys, every process killed (-9) at every named point on the way.

Each process dies by ``fault_point`` in its node's configuration; acts of the office, whose pages are not armed, in a
process of their own. Between a death and the next start everything lies as the dead left it.
"""

import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from provisioning.demo.world import OUR_PACKAGES
from relay.epochs import TAG_WEEKS
from relay.simulator.client import Phone
from sync.clock import week_of
from sync.sealing import locks
from tests.adversaries import staff
from tests.adversaries.ground import City
from tests.journeys.town import PATIENCE_S, PHOTO, SEND, UNDO, UNDONE, words
from tests.waiting import wait_until

INTAKE, RELAY_LINK, BOX_LINK = "relay-intake", "relay-link", "jaunpur-link"
OFFICE = "the office"
DEATH_S = 2 * PATIENCE_S
Act = Callable[[], object]


def _nothing() -> None:
    """The start alone leads to the point."""


class Dying:
    """Plays it in a city. ``deaths`` gives (process, point) of each; disks lie still until the next is asked for."""

    def __init__(self, city: City, told: Phone, gone: Phone, other: Phone) -> None:
        """``told`` is who we look for; ``gone`` takes his report back; ``other`` has one that ends later."""
        self.city, self.town = city, city.town
        self._told, self._gone, self._other = told, gone, other

    def deaths(self) -> Iterator[tuple[str, str]]:
        """All of them, in a report's order."""
        yield from self._submit()
        yield from self._release()
        yield from self._reply()
        yield from self._close()
        yield from self._forget()

    def _submit(self) -> Iterator[tuple[str, str]]:
        texts = words(self.town.place())
        middle = texts.index("आगे")
        self.town.restart(INTAKE, undo_s=PATIENCE_S)
        yield from self._die(
            INTAKE, "file-written", lambda: self.town.write(self._gone, texts[:middle], PHOTO)
        )
        self.town.write(self._gone, (*texts[middle:], SEND))
        self.town.receipt(self._gone)
        yield from self._die(INTAKE, "taken-back", lambda: self._gone.tap(UNDO))
        self._gone.wait_for(lambda message: UNDONE in message["text"], PATIENCE_S)
        self.town.restart(INTAKE, undo_s=0.0)
        self.town.prepare(self._told, self.town.place(), PHOTO)
        self.city.world.kill(RELAY_LINK)  # so that the report stays held
        # a start between them would be one more try of this step, and after the third it is set aside
        yield from self._die(INTAKE, "vault-written", lambda: self._told.tap(SEND), then_start=False)
        yield from self._die(INTAKE, "report-written", then_start=False)
        yield from self._die(INTAKE, "step-committed")
        self.town.receipt(self._told)

    def _release(self) -> Iterator[tuple[str, str]]:
        self.city.world.kill(BOX_LINK)
        for point in ("release-written", "released", "frames-made"):
            yield from self._die(RELAY_LINK, point)
        for point in ("keys-written", "report-stored", "group-committed", "frames-made"):
            yield from self._die(BOX_LINK, point, then_start=False)
        yield from self._die(RELAY_LINK, "contact-dropped", self._start(BOX_LINK), then_start=False)
        yield from self._die(RELAY_LINK, "group-committed", then_start=False)
        yield from self._die(BOX_LINK, "file-here", self._start(RELAY_LINK))
        self.town.settle()
        texts = (*words(self.town.place()), SEND)
        self.town.write(self._other, texts)
        self.town.receipt(self._other)
        self.town.settle()

    def _reply(self) -> Iterator[tuple[str, str]]:
        self.city.world.kill(BOX_LINK)
        yield from self._office("answer-ordered", staff.ANSWER, 0)
        yield from self._die(BOX_LINK, "command-sealing", then_start=False)
        yield from self._die(RELAY_LINK, "command-taken", self._start(BOX_LINK), then_start=False)
        for point in ("offer-written", "answer-sent", "answer-noted", "answer-over"):
            yield from self._die(RELAY_LINK, point, then_start=False)
        yield from self._die(RELAY_LINK, "settled-written")
        settled = "select 1 from reply where state='settled'"
        wait_until(lambda: self.town.box(settled), PATIENCE_S, "the answer settled at the box")

    def _close(self) -> Iterator[tuple[str, str]]:
        for name in (BOX_LINK, INTAKE):  # neither erases before we look
            self.city.world.kill(name)
        yield from self._office("case-closed", staff.CLOSE, 0)
        yield from self._die(BOX_LINK, "key-erased", then_start=False)
        staff.act(self.town.desk(), staff.ANSWER, self._serial(1))
        staff.act(self.town.desk(), staff.CLOSE, self._serial(1))
        self.town.desk().conn.execute("update reply set state='settled'")
        yield from self._die(BOX_LINK, "keys-log-cut", then_start=False)
        yield from self._die(RELAY_LINK, "state-taken", self._start(BOX_LINK))
        wait_until(lambda: len(self.town.relay("select 1 from closing")) == 2, PATIENCE_S, "two closings")

    def _forget(self) -> Iterator[tuple[str, str]]:
        for point in ("row-expired", "vault-log-cut", "house-written"):
            yield from self._die(INTAKE, point, then_start=False)
        old = self.city.state / "relay-epochs" / f"{week_of(time.time()) - TAG_WEEKS - 1}.epoch"
        old.write_bytes(secrets.token_bytes(locks.KEY_BYTES))  # weeks do not pass here
        yield from self._die(INTAKE, "epoch-destroyed")

    def _die(
        self, name: str, point: str, act: Act = _nothing, *, then_start: bool = True
    ) -> Iterator[tuple[str, str]]:
        """Starts it with the point armed, acts, waits for its death; afterwards it runs again without."""
        self.town.restart(name, fault_point=point)
        act()
        ended = self.city.world.processes[name].wait(DEATH_S)
        assert ended == -signal.SIGKILL, (name, point, ended)
        yield name, point
        if then_start:
            self.town.restart(name, fault_point="")

    def _start(self, name: str) -> Act:
        """What starts another process, no fault armed, once the one that is to die runs."""
        return partial(self.town.restart, name, fault_point="")

    def _office(self, point: str, act: str, number: int) -> Iterator[tuple[str, str]]:
        command = [sys.executable, "-m", staff.__name__, str(self.city.root("jaunpur")), point, act]
        ended = subprocess.run(
            [*command, self._serial(number)], cwd=OUR_PACKAGES, timeout=DEATH_S, check=False
        )
        assert ended.returncode == -signal.SIGKILL, (point, ended.returncode)
        yield OFFICE, point

    def _serial(self, number: int) -> str:
        rows = self.town.box("select serial from case_file order by id")
        return str(rows[number][0])
