"""A day of reports through the real relay into the real box, on a told clock: who told when, what the box saw when.

``python -m tests.anonymity.timeline --seeds 1-20 --reports 500`` prints one JSON list of days; run in a weakened copy
of the packages it shows what that copy gives away.
"""

import argparse
import json
import math
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from relay.dialogue import Told
from relay.events import Sender
from relay.submission import Pace, Submission
from sync import db
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S
from sync.db import transaction
from sync.link import Arrival
from sync.link import Desk as LineDesk
from sync.topics import topic
from tests.anonymity.town import Town, make_template

WEIGHTS = (1, 1, 1, 1, 1, 2, 4, 6, 8, 10, 12, 12, 10, 9, 9, 9, 10, 11, 12, 13, 12, 8, 4, 2)
"""Reports of each hour (IST), against each other: few by night, two crests."""
STORY = Told(
    "drugs", "hi", (), "गांजा बिकता है", "JNP", "JNP-10", "", False, "no", "no", False, "push", (), 0, None
)


@dataclass(frozen=True)
class Seen:
    """One report: whose (``phone``), the second of that phone's last message, and what the box has of its coming.

    ``arrived_at``: to the second, as root on the box could note it; ``order``: among all that came; ``hour``: in the
    body.
    """

    phone: int
    told_at: float
    arrived_at: float
    order: int
    hour: int


@contextmanager
def quick_disk() -> Iterator[pytest.MonkeyPatch]:
    """Databases opened inside wait for no disk: nobody cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))
        yield patch


@contextmanager
def quick_towns() -> Iterator["Towns"]:
    """Towns on such databases."""
    with quick_disk() as patch, tempfile.TemporaryDirectory(prefix="timeline") as folder:
        yield Towns(make_template(Path(folder) / "template"), Path(folder), patch)


class Towns:
    """Makes towns, each for one day."""

    def __init__(self, template: Path, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._template, self._folder, self._patch, self._made = template, folder, patch, 0

    @contextmanager
    def town(self, seed: object) -> Iterator[Town]:
        """One, closed in the end."""
        self._made += 1
        made = Town(self._template, self._folder / f"town{self._made}", seed, self._patch)
        try:
            yield made
        finally:
            made.close()


def times(rng: random.Random, count: int, midnight: float) -> list[float]:
    """When ``count`` people tell, seconds since the epoch, ascending."""
    hours = rng.choices(range(24), WEIGHTS, k=count)
    return sorted(midnight + hour * HOUR_S + rng.randrange(HOUR_S) for hour in hours)


class Day:
    """One day of one town: every report to the box of Jaunpur, told by a phone of its own."""

    def __init__(self, town: Town, rng: random.Random, count: int, happening_now: bool) -> None:
        """``count``: reports of the day; ``happening_now``: all of them say that it is."""
        self._town, self._happening_now = town, happening_now
        midnight = (int(town.now + IST_OFFSET_S) // DAY_S + 1) * DAY_S - IST_OFFSET_S
        self._telling = list(enumerate(times(rng, count, midnight)))
        self._told: dict[str, tuple[int, float]] = {}
        self._arrived: dict[str, float] = {}
        relay = town.relay
        pace = Pace(relay.config.undo_s, relay.config.jitter_max_s)
        self._submission = Submission(
            *(town.conn, town.vault, relay.epochs, relay.book(), relay.config.node_id, pace, town.chance)
        )
        self._lines: dict[str, LineDesk] = {town.node("jaunpur"): town.boxes["jaunpur"].line}

    def live(self) -> list[Seen]:
        """Everybody tells, everything goes when it is due; in the order in which the box has it."""
        waiting = list(reversed(self._telling))
        while waiting or self._due() is not None:
            next_told = waiting[-1][1] if waiting else math.inf
            due = self._due()
            self._town.clock.now = max(self._town.now, min(next_told, math.inf if due is None else due))
            if waiting and self._town.now >= next_told:
                self._tell(*waiting.pop())
            self._exchange()
        return self._seen()

    def _tell(self, phone: int, at: float) -> None:
        story = replace(STORY, happening_now=self._happening_now)
        with self._town.chance.of("relay"), transaction(self._town.conn):
            made = self._submission.submit(story, Sender("", f"91{9000000000 + phone}"), at)
        self._told[made.message_id] = (phone, at)

    def _due(self) -> float | None:
        found: float | None = self._town.conn.execute("select min(release_at) from held").fetchone()[0]
        return found

    def _exchange(self) -> None:
        """Relay and box talk until neither has anything to say at this moment."""
        relay, node = self._town.relay_desk, self._town.node("relay")
        ends: tuple[tuple[str, LineDesk], ...] = ((node, relay), *self._lines.items())
        while sum(self._pass_on(name, desk) for name, desk in ends):
            pass

    def _pass_on(self, sender: str, desk: LineDesk) -> int:
        departures = desk.outgoing(200)
        receivers = {self._town.node("relay"): self._town.relay_desk, **self._lines}
        for departure in departures:
            if departure.recipient in receivers:
                receivers[departure.recipient].accept(
                    [Arrival(topic(departure.recipient, sender), departure.frame)]
                )
                self._note()
        return len(departures)

    def _note(self) -> None:
        conn = self._town.boxes["jaunpur"].desk.conn
        newest = conn.execute("select message_id from report order by id desc limit 1").fetchone()
        if newest is not None:
            self._arrived.setdefault(newest[0], self._town.now)

    def _seen(self) -> list[Seen]:
        conn = self._town.boxes["jaunpur"].desk.conn
        rows = conn.execute("select message_id, hour from report order by id").fetchall()
        return [
            Seen(*self._told[row["message_id"]], self._arrived[row["message_id"]], order, row["hour"])
            for order, row in enumerate(rows)
        ]


def day(towns: Towns, seed: int, count: int, happening_now: bool = False) -> list[Seen]:
    """The reports of one day, in the order in which the box has them."""
    with towns.town(seed) as town:
        return Day(town, random.Random(f"day {seed}"), count, happening_now).live()


def read(printed: str) -> list[list[Seen]]:
    """Days as ``main`` prints them."""
    return [[Seen(**seen) for seen in one] for one in json.loads(printed)]


def main(argv: list[str]) -> None:
    """Prints days as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-3", help="first and last")
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--happening-now", action="store_true")
    wanted = parser.parse_args(argv)
    first, last = (int(part) for part in wanted.seeds.split("-"))
    with quick_towns() as towns:
        days = [day(towns, seed, wanted.reports, wanted.happening_now) for seed in range(first, last + 1)]
    json.dump([[asdict(seen) for seen in one] for one in days], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
