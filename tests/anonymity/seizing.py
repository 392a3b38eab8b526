"""One report from its first word to the death of its keys, and a copy of every disk at each fault point on the way.

The process does not die here: the copy lies as if it had at that instant. ``CUTS`` says at which act each point is
passed; a point that both ends of the line pass has one copy from either.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from appliance import cases, escalation, inbox, ledger
from appliance.desk import Desk
from relay.epochs import TAG_WEEKS
from relay.whatsapp import Buttons, Rows
from sync import faults
from sync.clock import DAY_S, HOUR_S
from tests.anonymity.seized import Seized
from tests.anonymity.stories import MOST_STEPS, Story, Teller, Who, choices_of
from tests.anonymity.town import JITTER_S, SCREENER, SP, UNDO_S, Town

ASHA = Who("919812345678", "", "Asha")
STOPPED = Who("919700000123", "", "Kamla")
STORY = Story(1, "drugs", "no", "push", 1)
RELAY, EPOCHS, BOX, RUN = "relay", "relay-epochs", "jaunpur", "run"
WEEK_S = 7 * DAY_S
DAY_AFTER = "the day after, k_r kept"
SHARED = ("group-committed", "frames-made")
"""Points that every node passes."""


@dataclass(frozen=True)
class Cut:
    """Where the disks lie as they were at ``point`` of ``act``, and how much had passed the broker by then.

    ``closed``: the case had been closed; ``dead``: and its way back must be gone at the relay.
    """

    act: str
    point: str
    folder: Path
    passed: int
    closed: bool
    dead: bool

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.act}: {self.point}"


@dataclass
class Seizing:
    """Plays the report in ``town`` and puts the copies under ``to``."""

    town: Town
    to: Path
    who: Who = ASHA
    cuts: list[Cut] = field(default_factory=list)
    report_key: bytes = b""
    closed: bool = False
    dead: bool = False

    def play(self) -> list[Cut]:
        """All acts, in their order; gives the copies."""
        self.to.mkdir()
        vars(self.town.boxes[BOX].line)["_keys_at"] = float("inf")  # police that do not erase: we do it, late
        self.submit()
        self.release()
        self.reply()
        self.climb()
        self.close()
        return self.cuts

    def submit(self) -> None:
        """A report that is sent, and before it one that is taken back; somebody else says stop."""
        Teller(self.town, STOPPED, STORY).write("stop")
        gone = Teller(self.town, self.who, STORY)
        self._until(gone, "evidence")
        with self.watching("submit", "file-written"):
            gone.answer()
        gone.tell_on()
        with self.watching("submit", "taken-back", "step-committed"):
            gone.tap(self._button(gone, "undo|"))
            gone.tap("v1|undone|erase")
        teller = Teller(self.town, self.who, Story(2, "drugs", "no", "push", 1))
        self._until(teller, "summary")
        with self.watching("submit", "vault-written", "report-written", "step-committed"):
            teller.tell_on()

    def release(self) -> None:
        """The report leaves, comes, is acknowledged."""
        self.town.clock.now += UNDO_S + JITTER_S
        with self.watching("release", *faults.RELEASE):
            self.town.turn()
        self.town.jobs()
        self.town.pass_time(HOUR_S)
        (self.report_key,) = (
            self.town.boxes[BOX].databases["keys.db"].execute("select report_key from report_key").fetchone()
        )

    def reply(self) -> None:
        """Staff answer; the notice goes to the phone; the box hears that it is over."""
        with self.watching("reply", *faults.REPLY, *SHARED):
            self.town.work(BOX, _answer)
            self.town.send_replies()

    def climb(self) -> None:
        """Nobody has done anything for a month: the case goes up, step by step."""
        with self.watching("climb", *faults.CLIMB):
            escalation.run(self.town.boxes[BOX].desk, self.town.now + 30 * DAY_S)

    def close(self) -> None:
        """The case ends, and every way back with it: at the relay by itself, at the box when the police erase."""
        with self.watching("close", "case-closed", "state-taken", *SHARED):
            self.town.work(BOX, _close)
            self.closed = True
        with self.watching("close", "row-expired", "vault-log-cut", "house-written"):
            self.town.pass_time(HOUR_S)
        self.dead = True
        self.cut(DAY_AFTER, DAY_S)
        box = self.town.boxes[BOX]
        with self.watching("close", "key-erased", "keys-log-cut"):
            inbox.erase_due(box.databases["keys.db"], box.desk.conn, self.town.now)
        with self.watching("close", "epoch-destroyed"):
            self.town.pass_time((TAG_WEEKS + 1) * WEEK_S)
        self.cut("epoch key dead", HOUR_S)

    def cut(self, name: str, after_s: float) -> None:
        """A copy at no fault point, after some time."""
        self.town.pass_time(after_s)
        self._copy("close", name)

    @contextmanager
    def watching(self, act: str, *points: str) -> Iterator[None]:
        """Copies the disks at the first passing of each point inside."""
        for point in points:
            faults.arm(point, partial(self._copy, act, point))
        try:
            yield
        finally:
            faults.disarm()

    def seized(self, cut: Cut, *seats: str, captured: bool = False, epochs_of: Cut | None = None) -> Seized:
        """What lay in the folders of ``seats``; the epoch store perhaps as of another time."""
        folders = [((epochs_of or cut) if seat == EPOCHS else cut).folder / seat for seat in seats]
        to = self.to / f"tried{len(list(self.to.glob('tried*')))}"
        frames = [one.frame for one in self.town.passed[: cut.passed]] if captured else []
        return Seized(self.town.node("relay"), folders, to, frames)

    def _copy(self, act: str, point: str) -> None:
        name = f"{point} at {self.town.chance.actor}" if point in SHARED else point
        if point in SHARED and self.town.chance.actor not in (RELAY, BOX):
            return
        if any((cut.act, cut.point) == (act, name) for cut in self.cuts):
            return
        folder = self.to / f"cut{len(self.cuts)}"
        for seat in (RELAY, EPOCHS, BOX, RUN):
            shutil.copytree(self.town.folder / seat, folder / seat)
        self.cuts.append(Cut(act, name, folder, len(self.town.passed), self.closed, self.dead))

    def _until(self, teller: Teller, step: str) -> None:
        """Tells on until that question stands."""
        if not teller.said:
            teller.write("Hi")
        for _ in range(MOST_STEPS):
            if f"|{step}|" in _choices(teller):
                return
            teller.answer()
        raise AssertionError(f"the question {step!r} does not come")

    def _button(self, teller: Teller, prefix: str) -> str:
        ids = [c.id for said in teller.said for c in choices_of(said) if c.id.startswith(prefix)]
        return ids[-1]


def _choices(teller: Teller) -> str:
    question = next(said for said in reversed(teller.said) if isinstance(said, Buttons | Rows))
    return " ".join(choice.id for choice in choices_of(question))


def _answer(desk: Desk, serial: str) -> None:
    cases.screen(desk, serial, SCREENER, ledger.find(desk, serial).version, "a note")
    cases.answer(desk, serial, SP, ledger.find(desk, serial).version, "action_taken", ("raid",))


def _close(desk: Desk, serial: str) -> None:
    cases.close(desk, serial, SP, ledger.find(desk, serial).version, "unfounded", untold=9)
