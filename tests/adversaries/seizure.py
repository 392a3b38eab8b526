"""Seizure at every fault point: thieves with one disk, two or three, with earlier traffic, with old backups."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance import cases, ledger
from relay.simulator.client import Phone
from sync import faults
from tests.adversaries import children, disks
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import Person, somebody
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.seized import Seized
from tests.anonymity.seizing import DAY_AFTER
from tests.anonymity.tap import publishes
from tests.anonymity.town import SP
from tests.journeys.town import PATIENCE_S, SEND

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
        "the vault with every key but the box's",
        (("report-key-beside-its-row", ("released",)),),
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


def _real(ground: Ground) -> Verdict:
    person, planted = somebody(ground.rng), ground.folder / "planted.log"
    sieve, control = Sieve(person.forms, ground.folder), Sieve(person.forms, ground.folder)
    with ground.city() as city:
        robbed = list(_deaths(city, ground.folder / "dead", person, sieve))
    planted.write_text(f"relay: cannot send to {person.number[2:]}")
    control.look("planted", planted.read_bytes())
    learned = (*(what for _point, what, _named in robbed if what), *sieve.summary())
    named = [point for point, _what, all_three in robbed if all_three]
    return Verdict(
        "seizure",
        "relay, box, broker's store, journals and all traffic, of processes that died",
        f"every decryption without the epoch store, after kill -9 at {', '.join(p for p, _, _ in robbed)}; the "
        f"number, id and name in {len(sieve.forms)} encodings in {sieve.searched_bytes >> 10} KiB",
        learned,
        f"with the epoch store: named at {', '.join(named) or 'no point'}; planted in a log: "
        f"{'found' if control.found else 'not found'}",
        # a report that is not committed yet names nobody
        len(named) == len(robbed) - 1 and bool(control.found),
    )


def _deaths(city: City, folder: Path, person: Person, sieve: Sieve) -> Iterator[tuple[str, str, bool]]:
    """(point, what was learned, whether all three disks name the sender) for each death, in a report's order."""
    phone = person.phone(city.world.simulator_url)
    city.town.prepare(phone, city.town.place())
    acts = (
        ("relay-intake", "report-written", lambda: phone.tap(SEND)),
        ("relay-link", "released", lambda: None),
        ("relay-link", "answer-sent", lambda: _staff(city, phone, "answer")),
        ("relay-link", "state-taken", lambda: _staff(city, phone, "close")),
    )
    city.world.kill("relay-link")  # so that the report stays held until we look
    for name, point, act in acts:
        city.town.restart(name, fault_point=point)
        act()
        city.world.processes[name].wait(PATIENCE_S)
        yield _rob(city, folder / point, point, sieve)
        city.town.restart(name, fault_point="")
        if point == "report-written":  # submitted anew by the process that came after
            city.town.receipt(phone)
        else:
            city.town.settle()


def _staff(city: City, phone: Phone, act: str) -> None:
    desk = city.town.desk()
    (serial,) = desk.conn.execute("select serial from case_file").fetchone()

    def version() -> int:
        return ledger.find(desk, serial).version

    if act == "answer":
        cases.screen(desk, serial, SP, version(), "a note")
        cases.answer(desk, serial, SP, version(), "action_taken", ("raid",))
    else:
        cases.close(desk, serial, SP, version(), "unfounded")


def _rob(city: City, folder: Path, point: str, sieve: Sieve) -> tuple[str, str, bool]:
    folder.mkdir(parents=True)
    assert city.world.broker is not None
    city.world.broker.stop()  # what it holds it writes down once a minute and at its end
    for seat in ("relay", "jaunpur"):
        shutil.copytree(city.root(seat), folder / seat)
    for name in (EPOCHS, BROKER, LOGS):
        shutil.copytree(city.state / name, folder / name, ignore=shutil.ignore_patterns("simulator.log"))
    city.world.broker.start()
    assert (folder / STORE_FILE).stat().st_size
    sieve.look_into_files([folder], folder.parent)
    frames = [p.payload for stream in city.tap.sent for p in publishes(bytes(stream.data))]

    def named(*seats: str) -> bool:
        to = folder / "-".join(seats)
        return bool(Seized(city.node("relay"), [folder / seat for seat in seats], to, frames).senders())

    what = f"named the sender ({point})" if named("relay", "jaunpur", BROKER) else ""
    return point, what, named("relay", "jaunpur", EPOCHS)
