"""Two phones tell the same stories to real processes, one after the other: outside the relay both look the same."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync import catalogue
from sync.catalogue import TO_RANGE
from sync.frames import Chunk, read
from sync.sealing import envelopes
from tests.adversaries.day import TELLING
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import Person, somebody, word
from tests.adversaries.verdict import Verdict
from tests.anonymity.tap import Published, publishes
from tests.anonymity.views import View, differences
from tests.journeys.town import PATIENCE_S, SEND, words
from tests.waiting import wait_until

DATABASES = ("box.db", "keys.db")
BY_THE_CLOCK = (("peer",), ("counter",))
"""Tables that greetings change."""
IDENTITIES = ("number", "both")
STORIES = 6
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Story:
    """What both tell: ``category`` by its number on the list; with a photo or not, with a way back or not."""

    category: str
    photo: bytes
    contact: str

    @property
    def name(self) -> str:
        """For the table."""
        photo, contact = ", photo" if self.photo else "", "" if self.contact == "हां" else ", no number"
        return f"category {self.category}{photo}{contact}"

    def texts(self, place: str, what: str) -> tuple[str, ...]:
        """All that is written, in order."""
        return (*words(place, self.category, what)[:-1], self.contact, SEND)


def _stories(rng: random.Random) -> Iterator[Story]:
    """One after the other, of every kind that goes to the district and asks nothing that hangs on an answer."""
    kinds = [
        str(number)
        for number, category in enumerate(catalogue.load().categories, 1)
        if category.route != TO_RANGE
        and all(q.only_if is None or q.only_if[0] == "cctv" for q in category.questions)
    ]
    for number, kind in enumerate(rng.sample(kinds, STORIES)):
        yield Story(kind, TELLING if number % 2 == 0 else b"", "नहीं" if number % 3 == 2 else "हां")


def play(ground: Ground) -> Sequence[Verdict]:
    """One phone with a number, one with an id, on the product; then on a relay that names its senders."""
    stories = list(_stories(ground.rng))
    learned, compared = _differences(ground, stories, "")
    noticed, _ = _differences(ground, stories[:1], "report-names-its-sender")
    return [
        Verdict(
            "twin phones",
            "the line's frames, Jaunpur's databases, files, journals and field key",
            f"{STORIES} stories with and without photo and way back, each told to real processes by two people one "
            f"after the other, one known by number, one by id: {compared} views compared (order, topics, kinds, sizes "
            "of frames; rows added to each table with the length of every value; new files and lines of journals; "
            "opened words, answers and photos)",
            tuple(learned),
            f"relay that puts the sender into the report: {', '.join(noticed) or 'nothing'} differ",
            any(name.endswith("told") for name in noticed),
        )
    ]


def _differences(ground: Ground, stories: Sequence[Story], weakening: str) -> tuple[list[str], int]:
    """What differs between the tellings of each story, and how many views were compared."""
    found, compared = list[str](), 0
    # No second sending while the first is under way: it would say how busy this machine is.
    with ground.city(weakening, retry_base_s=60.0, retry_cap_s=120.0) as city:
        for story in stories:
            people = [(somebody(ground.rng), identity) for identity in ("both", *IDENTITIES)]
            # The first of all begins chains and the counts of its category, so it is told by a third.
            _, *seen = [_told(city, ground, story, who, identity) for who, identity in people]
            found += [f"{story.name}: {name}" for name in differences(*seen)]
            compared += len({*seen[0], *seen[1]})
    return found, compared


def _told(city: City, ground: Ground, story: Story, person: Person, identity: str) -> View:
    """All that one telling added outside the relay; words of one length, and masked."""
    place, what = word(ground.rng), word(ground.rng)
    known = (
        city.town.kept()
    )  # reading leaves a trace in the box's audit: nothing is read until the rows are taken
    rows, reports, passed, files, logs = _rows(city), _reports(city), _passed(city), _files(city), _log(city)
    phone = person.phone(city.world.simulator_url, identity)
    texts = story.texts(place, what)
    middle = texts.index("आगे")
    city.town.write(phone, texts[:middle], story.photo)
    city.town.write(phone, texts[middle:])
    city.town.receipt(phone)
    done = "the report and its photo"
    wait_until(lambda: _reports(city) > reports and _at_rest(city), PATIENCE_S, done)
    added, fresh = _added(rows, _rows(city)), _passed(city)
    (report,) = city.town.kept(known)
    told = repr(report.content).replace(place, "<place>").replace(what, "<what>")
    frames = [_shapes(one[len(old) :]) for old, one in zip(passed, fresh, strict=True)]
    new = sorted((path.parent.name, size) for path, size in (_files(city) - files))
    said = re.sub(r"\d+", "#", _log(city)[len(logs) :])
    return {"frames": frames, "told": told, "files": new, "journal": said, **added}


def _files(city: City) -> set[tuple[Path, int]]:
    """Every file under the box that is no database, with its size."""
    paths = (path for path in city.root("jaunpur").rglob("*") if path.is_file() and ".db" not in path.name)
    return {(path, path.stat().st_size) for path in paths}


def _log(city: City) -> str:
    """All that the box's line has said."""
    return city.log("jaunpur-link").decode(errors="replace")


def _passed(city: City) -> list[list[Published]]:
    """What each node has published so far, over each of its connections."""
    return [list(publishes(bytes(stream.data))) for stream in city.tap.sent]


def _reports(city: City) -> int:
    return len(city.town.box("select 1 from report"))


def _at_rest(city: City) -> bool:
    """Nothing is under way between the relay and the box."""
    waiting = [
        *city.town.relay("select 1 from held"),
        *city.town.relay("select 1 from file_out where state<>'done'"),
        *city.town.box("select 1 from acknowledge"),
        *city.town.box("select 1 from file_in where tell=1"),
    ]
    for rows in (city.town.relay, city.town.box):
        waiting += rows("select 1 from outbox where state='due'")
    return not waiting and not city.town.box("select 1 from evidence where state<>'here'")


def _rows(city: City) -> Rows:
    """Every row of every table of the box."""
    found = {}
    for database in DATABASES:
        tables = city.town.rows("jaunpur", database, "select name from sqlite_master where type='table'")
        for (name,) in (table for table in tables if table not in BY_THE_CLOCK):
            found[f"{database} {name}"] = city.town.rows("jaunpur", database, f"select * from {name}")
    return found


def _added(before: Rows, after: Rows) -> View:
    """For each table the shapes of the rows that were not there before."""
    return {
        name: sorted((tuple(map(_shape, row)) for row in rows if row not in before.get(name, [])), key=repr)
        for name, rows in after.items()
    }


def _shape(value: object) -> object:
    return (type(value).__name__, len(value)) if isinstance(value, str | bytes) else type(value).__name__


def _shapes(passed: Sequence[Published]) -> list[tuple[str, str, int]]:
    """Topic, kind and size of each frame, in order, but greetings, which come by the clock."""
    shapes = ((one.topic, _kind(one), len(one.payload)) for one in passed)
    return [shape for shape in shapes if shape[1] != "hello"]


def _kind(one: Published) -> str:
    content = read(one.payload)
    return "chunk" if isinstance(content, Chunk) else envelopes.read(content).header.purpose
