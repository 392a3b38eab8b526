"""Seizure at every fault point: thieves with one disk, two or three, with earlier traffic, with old backups."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync import faults
from tests.adversaries import children, disks
from tests.adversaries.dying import Dying
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import Person, somebody
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.seized import Seized
from tests.anonymity.seizing import DAY_AFTER
from tests.anonymity.tap import publishes

MODULE = "tests.adversaries.disks"
EPOCHS, BROKER, LOGS, STORE_FILE = "relay-epochs", "broker", "logs", "broker/data/mosquitto.db"


@dataclass(frozen=True)
class Thief:
    """One thief: what he took, what we say of it, and the weakened builds on which he wins, each at some points."""

    key: str
    held: str
    tried: str
    controls: tuple[tuple[str, tuple[str, ...]], ...]


THIEVES = (
    Thief(
        disks.DISK,
        "the relay's disk",
        "every key on it and carved from it on reports, chats and numbers; the number in all its forms",
        (("vault-names-in-clear", ("released",)),),
    ),
    Thief(
        disks.TRAFFIC,
        "the relay's disk and all that ever passed the broker",
        "the same on every recorded envelope",
        (("reply-key-on-disk", ("answer-over",)),),
    ),
    Thief(
        disks.STORE,
        "the relay's disk, the epoch store, all traffic",
        "the vault with every key but the box's; 5,000 numbers on the table of STOP, for a second and a half",
        (("report-key-beside-its-row", ("released",)), ("stop-is-tried-quickly", ("released",))),
    ),
    Thief(
        disks.APART,
        "relay, box and all traffic; the epoch store is elsewhere",
        "the vault with the box's report key",
        (("row-key-without-epoch", ("released",)),),
    ),
    Thief(
        disks.DEAD,
        "relay, box, epoch store and all traffic, the day after closing; the box has kept k_r",
        "the vault, its free pages and its log, with every key",
        (
            ("rows-outlive-closing", (DAY_AFTER,)),
            ("deleted-rows-stay", (DAY_AFTER,)),
        ),
    ),
    Thief(
        disks.BACKUPS,
        "copies of relay and box made while open, all traffic, the epoch store after the week's key died",
        "the vault of the copy with every key",
        (("epoch-keys-never-die", ("settled-written",)),),
    ),
    Thief(
        disks.ERASED,
        "all disks once the box has erased k_r",
        "contact parts with the box's keys; k_r byte by byte in files, free pages, logs",
        (("contact-part-kept", ("keys-log-cut",)), ("deleted-rows-stay", ("keys-log-cut",))),
    ),
)


def play(ground: Ground) -> Sequence[Verdict]:
    """Every thief at every point in a town in one process; then processes that really die."""
    found = children.run(MODULE, ground.folder / "disks")
    verdicts = [_verdict(ground, thief, found) for thief in THIEVES]
    open_ = found["learned"][disks.ALL_OPEN]
    verdicts.append(_not_defended(open_, found["learned"][disks.APART]))
    return [*verdicts, _real(ground)]


def _verdict(ground: Ground, thief: Thief, found: dict[str, object]) -> Verdict:
    learned = found["learned"]
    assert isinstance(learned, dict)
    wins = {name: _weakly(ground, thief, name, points) for name, points in thief.controls}
    said = "; ".join(f"{name}: {won[0] if won else 'nothing'}" for name, won in wins.items())
    tried = f"{thief.tried}; at {found['cuts']} moments, {len(faults.POINTS)} fault points among them"
    return Verdict("seizure", thief.held, tried, tuple(learned[thief.key]), said, all(wins.values()))


def _weakly(ground: Ground, thief: Thief, name: str, points: Sequence[str]) -> list[str]:
    folder = ground.folder / f"{thief.key}-{name}"
    found = children.run(MODULE, folder, *points, weakening=name)
    won: list[str] = found["learned"][thief.key]
    return won


def _not_defended(named: Sequence[str], apart: Sequence[str]) -> Verdict:
    return Verdict(
        "seizure",
        "relay, box and epoch store together, from release until the case is closed",
        "the vault with the report key and the week's epoch key",
        (f"the sender's number, at {len(named)} moments",) if named else (),
        "the same without the epoch store: " + ("named" if apart else "nothing"),
        not apart,
        not_defended=True,
    )


# Processes that die

CLOSED, SHREDDED = "case-closed", ("house-written", "epoch-destroyed")
NOT_YET = ("file-written", "taken-back", "vault-written", "report-written")
"""A report that is not committed names nobody, nor does one taken back."""
OVER = ("key-erased", "keys-log-cut", "state-taken", "row-expired", "vault-log-cut", *SHREDDED)


@dataclass
class _Robbery:
    """Every disk, taken at each death; ``learned`` and where all three disks named the writer."""

    city: City
    folder: Path
    person: Person
    sieve: Sieve
    learned: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def rob(self, point: str) -> None:
        """Copies everything and tries every decryption; the day after with the ``k_r`` that the box once had."""
        folder = self._copied(point)
        self.points.append(point)
        self.sieve.look_into_files([folder], folder.parent)
        if self._names(folder, folder / "relay", folder / "jaunpur", folder / BROKER):
            self.learned.append(f"named the sender ({point})")
        if self._names(folder, folder / "relay", folder / "jaunpur", folder / EPOCHS):
            self.named.append(point)
        if point in SHREDDED and self._names(
            folder, folder / "relay", self._kept / "jaunpur", folder / EPOCHS
        ):
            self.learned.append(f"named the sender with the k_r that the box kept ({point})")

    @property
    def _kept(self) -> Path:
        return next(path for path in self.folder.iterdir() if path.name.endswith(CLOSED))

    def _copied(self, point: str) -> Path:
        folder = self.folder / f"{len(self.points)} {point}"
        folder.mkdir(parents=True)
        assert self.city.world.broker is not None
        self.city.world.broker.stop()  # what it holds it writes down once a minute and at its end
        for seat in ("relay", "jaunpur"):
            shutil.copytree(self.city.root(seat), folder / seat)
        for name in (EPOCHS, BROKER, LOGS):
            shutil.copytree(
                self.city.state / name, folder / name, ignore=shutil.ignore_patterns("simulator.log")
            )
        self.city.world.broker.start()
        assert (folder / STORE_FILE).stat().st_size
        return folder

    def _names(self, folder: Path, *taken: Path) -> bool:
        frames = [p.payload for stream in self.city.tap.sent for p in publishes(bytes(stream.data))]
        to = folder / f"tried{len(list(folder.glob('tried*')))}"
        who = Seized(self.city.node("relay"), taken, to, frames).senders()
        shutil.rmtree(to)
        return any(self.person.number in one.phone or self.person.bsuid == one.user_id for one in who)


def _real(ground: Ground) -> Verdict:
    person, planted = somebody(ground.rng), ground.folder / "planted.log"
    sieve, control = Sieve(person.forms, ground.folder), Sieve(person.forms, ground.folder)
    with ground.city() as city:
        people = [
            one.phone(city.world.simulator_url) for one in (person, *(somebody(ground.rng) for _ in "ab"))
        ]
        robbery = _Robbery(city, ground.folder / "dead", person, sieve)
        for _name, point in Dying(city, *people).deaths():
            robbery.rob(point)
    planted.write_text(f"relay: cannot send to {person.number[2:]}")
    control.look("planted", planted.read_bytes())
    missed = {*faults.WAY} - {*robbery.points}
    learned = (*robbery.learned, *sieve.summary(), *(f"nobody died at {point}" for point in sorted(missed)))
    open_ = [point for point in robbery.points if point not in (*NOT_YET, *OVER)]
    named = [point for point in open_ if point in robbery.named]
    return Verdict(
        "seizure",
        "relay, box, broker's store, journals and all traffic, of processes that died",
        f"every decryption without the epoch store, after kill -9 at {len(robbery.points)} points, all "
        f"{len(faults.WAY)} named ones; with it and the k_r of before closing, once the relay heard of it; the "
        f"number, id and name in {len(sieve.forms)} encodings in {sieve.searched_bytes >> 10} KiB",
        learned,
        f"with the epoch store: named at {len(named)} of the {len(open_)} points while it is open; planted in a log: "
        f"{'found' if control.found else 'not found'}",
        named == open_ and bool(control.found),
    )
