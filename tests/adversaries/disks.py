"""Every disk at every fault point, and what each thief makes of his share: run as a program, for weakened builds too.

``python -m tests.adversaries.disks FOLDER [points...]`` prints {thief: what he learned} as JSON.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync import db
from sync.messages import Contact, Reply, ReportBody
from tests.anonymity.encodings import Finding, forms_of_number, forms_of_text, search
from tests.anonymity.guessing import list_with
from tests.anonymity.seizing import ASHA, BOX, EPOCHS, RELAY, STOPPED, Cut, Seizing
from tests.anonymity.town import Town, make_template

DISK, TRAFFIC, STORE, APART = "relay", "relay+traffic", "relay+epochs", "relay+box"
DEAD, BACKUPS, ERASED, ALL_OPEN = "kept-key", "backups", "erased-key", "all-open"
THIEVES = (DISK, TRAFFIC, STORE, APART, DEAD, BACKUPS, ERASED, ALL_OPEN)


def in_town(folder: Path, seed: object) -> Seizing:
    """The whole report played in a town of its own under ``folder``, every disk copied at each point."""
    patch = pytest.MonkeyPatch()
    patch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))  # nobody cuts the power here
    try:
        town = Town(make_template(folder / "template"), folder / "town", seed, patch)
        seizing = Seizing(town, folder / "cuts")
        seizing.play()
        town.close()
        return seizing
    finally:
        patch.undo()


def rob(seizing: Seizing, points: Sequence[str] = ()) -> dict[str, list[str]]:
    """What each thief learned, with the point at which he did; ``points``: at these alone."""
    learned: dict[str, list[str]] = {thief: [] for thief in THIEVES}
    cuts = [cut for cut in seizing.cuts if not points or cut.point in points]
    for cut in cuts:
        for thief, what in _at(seizing, cut):
            learned[thief].append(f"{what} ({cut.name})")
    return learned


def _at(seizing: Seizing, cut: Cut) -> Iterator[tuple[str, str]]:
    yield from ((DISK, what) for what in _read(seizing, cut, captured=False))
    yield from ((TRAFFIC, what) for what in _read(seizing, cut, captured=True))
    yield from ((APART, f"number as {one.form}") for one in _numbers(cut, BOX))
    all_three = list(_named(seizing, cut, RELAY, BOX, EPOCHS, captured=True))
    yield from ((DEAD if cut.dead else ALL_OPEN, what) for what in all_three)
    if cut.point == "released":
        taken = seizing.seized(cut, RELAY, EPOCHS)
        if taken.stopped(EPOCHS, list_with(STOPPED.number)):
            yield STORE, "found somebody who said stop"
    if all_three:  # where all that lies anywhere names nobody, no part of it does
        yield from ((STORE, what) for what in _named(seizing, cut, RELAY, EPOCHS, captured=True))
        yield from ((APART, what) for what in _named(seizing, cut, RELAY, BOX, captured=True))
    if not cut.closed:
        last = seizing.cuts[-1]
        later = list(_named(seizing, cut, RELAY, BOX, EPOCHS, captured=True, epochs_of=last))
        yield from ((BACKUPS, what) for what in later)
    if cut.point in ("keys-log-cut", "epoch-destroyed", "epoch key dead"):
        yield from ((ERASED, what) for what in _report_keys(seizing, cut))


def _read(seizing: Seizing, cut: Cut, captured: bool) -> Iterator[str]:
    """What of reports, answers and chats the relay's disk opens, and whom it names."""
    taken = seizing.seized(cut, RELAY, captured=captured)
    kinds = [type(m).__name__ for m in taken.messages() if isinstance(m, ReportBody | Contact | Reply)]
    yield from (f"opened a {kind}" for kind in dict.fromkeys(kinds))
    if taken.chats():
        yield "opened a chat"
    if taken.senders():
        yield "named the sender"
    if not captured:
        yield from (f"number as {one.form}" for one in _numbers(cut, RELAY, EPOCHS))


def _named(
    seizing: Seizing, cut: Cut, *seats: str, captured: bool, epochs_of: Cut | None = None
) -> Iterator[str]:
    senders = seizing.seized(cut, *seats, captured=captured, epochs_of=epochs_of).senders()
    if senders:
        yield "named the sender" if senders == [seizing.who.sender] else "named somebody"


def _numbers(cut: Cut, *seats: str) -> list[Finding]:
    forms = {**forms_of_number(ASHA.number), **forms_of_text(ASHA.name)}
    return list(search([cut.folder / seat for seat in seats], forms))


def _report_keys(seizing: Seizing, cut: Cut) -> Iterator[str]:
    """Whether the report key is anywhere, under no key or under one of the box's, once the box has erased it."""
    taken = seizing.seized(cut, RELAY, BOX, EPOCHS)
    if any(isinstance(message, Contact) for message in taken.messages()):
        yield "opened a contact part"
    key = seizing.report_key
    forms = {key: "raw", key.hex().encode(): "hex"}
    yield from (f"report key {one.form} in {one.path.name}" for one in search([cut.folder], forms))


def main(arguments: Sequence[str]) -> None:
    """As a program."""
    folder = Path(arguments[0])
    seizing = in_town(folder, "disks")
    print(json.dumps({"cuts": len(seizing.cuts), "learned": rob(seizing, arguments[1:])}))


if __name__ == "__main__":
    main(sys.argv[1:])
