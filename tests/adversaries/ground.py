"""Where the plays are played: cities of real processes behind a tapped Mosquitto, one root folder per node."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from provisioning.demo import world
from provisioning.demo.fleet import HOST
from provisioning.demo.world import OUR_PACKAGES, RELAY_PROCESSES, World, listens
from sync.errors import Unavailable
from tests import weakened
from tests.adversaries import day
from tests.adversaries.day import Day
from tests.adversaries.verdict import Verdict
from tests.anonymity.tap import Tap
from tests.journeys.town import LINE, PACE, Town
from tests.waiting import wait_until

START_S = 150.0
"""For everything to come up, on two cores that others use too."""
ALL = ("everything",)
"""In place of names of processes: every one of them."""


@dataclass
class City:
    """One running city. ``town`` drives it, ``tap`` has every byte between the nodes and the broker in clear."""

    world: World
    tap: Tap
    town: Town

    @property
    def state(self) -> Path:
        """The folder with every node's root, the logs, the authority, the broker's folder, the epoch store."""
        return self.world.fleet.state

    def root(self, seat: str) -> Path:
        """A node's own folder: "relay", "jaunpur", "ghazipur", "chandauli", "range"."""
        return self.world.fleet.roots[seat]

    def node(self, seat: str) -> str:
        """A node's id."""
        return self.world.fleet.ids[seat]

    def start(self, *names: str) -> None:
        """Starts processes that do not run yet; see ``World.names``."""
        for name in names:
            if name not in self.world.processes:
                self.world.start(name)

    def heal(self) -> None:
        """Brings back what a play left dead: the broker, and every process that was started once."""
        assert self.world.broker is not None
        if not listens(self.world.fleet.line.port):
            self.world.broker.start()
        known = self.world.processes.items()
        dead = [name for name, process in known if name in self.world.names and process.poll() is not None]
        for name in dead:
            self.world.start(name)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until pages and webhook answer, and the relay, where it runs, has keys and knows every box that runs."""
        names = self.world.processes
        for seat in [name.removesuffix("-web") for name in names if name.endswith("-web")]:
            wait_until(partial(self._serves, seat), START_S, f"the pages of {seat}")
        boxes = sum(name.endswith("-link") and name != "relay-link" for name in names)
        if set(RELAY_PROCESSES) <= names.keys():
            keys = self.world.runtime_dir / "intake"
            wait_until(lambda: list(keys.glob("*.key")), START_S, "an intake key")
            wait_until(
                lambda: len(self.town.relay("select 1 from peer")) >= boxes, START_S, "the boxes' greetings"
            )

    def _serves(self, seat: str) -> bool:
        if self.world.processes[f"{seat}-web"].poll() is not None:
            raise Unavailable(
                f"{seat}-web has ended: {self.log(f'{seat}-web')[-300:].decode(errors='replace')}"
            )
        return listens(self.world.fleet.ports[seat])

    def log(self, name: str) -> bytes:
        """What a process has said."""
        return (self.state / "logs" / f"{name}.log").read_bytes()


@dataclass
class Ground:
    """A play's own folder and chance, and the cities it asks for.

    ``rng`` follows from ``seed`` and the play's name: the same seed plays the same.
    """

    folder: Path
    seed: int
    rng: random.Random
    _shared: "Shared"
    _made: int = field(default=0)

    @contextmanager
    def city(self, weakening: str = "", processes: Sequence[str] = LINE, **pace: float) -> Iterator[City]:
        """A city of its own, gone at the end of the block with everything in it.

        ``weakening``: name of a Weakening whose build its processes run; "" is the product as it is.
        ``processes``: those to start, ``ALL``, or () for none; broker, simulator and tap always run.
        ``pace``: fields of ``fleet.Pace``, seconds.
        """
        self._made += 1
        folder = self.folder / f"city{self._made}"
        with running(folder, weakening, processes, **pace) as made:
            yield made

    def shared_city(self) -> City:
        """The one unweakened city in which everything runs, shared by all plays: break nothing in it for good."""
        return self._shared.city()

    def shared_day(self) -> tuple[City, Day]:
        """The shared city after a day in it, with everything that can go wrong, and who wrote and said what."""
        return self._shared.day()


class Shared:
    """The city that several plays look at, started when the first asks for it."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Nothing is started. ``seed``: of the day's people and words."""
        self._folder, self._rng, self._stack = folder, random.Random(f"{seed}/day"), ExitStack()
        self._city: City | None = None
        self._tries = 0
        self._day: Day | None = None

    def city(self) -> City:
        """The city; started now, where it is not yet."""
        if self._city is None:
            self._tries += 1
            self._city = self._stack.enter_context(running(self._folder / f"{self._tries}", "", ALL))
        self._city.heal()
        return self._city

    def day(self) -> tuple[City, Day]:
        """The city and its day, lived now, where it has not been yet."""
        city = self.city()
        if self._day is None:
            try:
                self._day = day.live(city.world, city.town, self._rng)
            except BaseException:  # half a day is none: the next play that asks gets another city
                self.close()
                raise
        return city, self._day

    def close(self) -> None:
        """Ends it."""
        self._city = self._day = None
        self._stack.close()


@contextmanager
def running(folder: Path, weakening: str, processes: Sequence[str], **pace: float) -> Iterator[City]:
    """A city; see ``Ground.city``."""
    folder.mkdir(parents=True)
    packages = weakened.build(weakened.by_name(weakening), folder / "build") if weakening else OUR_PACKAGES
    with ExitStack() as undo:
        made = world.build(folder / "state", "mosquitto", replace(PACE, **pace), packages=packages)
        undo.callback(world.dismantle, made)
        tap = Tap(made.fleet)
        port = tap.start()
        undo.callback(tap.stop)
        undo.callback(made.stop_all)  # first of all, so that nobody dials a tap that is gone
        for seat in made.fleet.roots:
            made.configure(seat, broker=f"{HOST}:{port}")
        city = City(made, tap, Town(made))
        city.start(*(made.names if processes == ALL else processes))
        city.wait_until_ready()
        yield city


Play = Callable[[Ground], Sequence[Verdict]]
"""Plays one adversary or some; gives their rows."""
