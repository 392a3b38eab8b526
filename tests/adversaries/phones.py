"""Two phones tell the same to real processes, one after the other: outside the relay both look the same."""

from collections.abc import Sequence
from typing import Any

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
Rows = dict[str, list[tuple[Any, ...]]]


def play(ground: Ground) -> Sequence[Verdict]:
    """One phone with a number, one with an id, on the product; then on a relay that names its senders."""
    learned, compared = _differences(ground, "")
    noticed, _ = _differences(ground, "report-names-its-sender")
    return [
        Verdict(
            "twin phones",
            "the line's frames, Jaunpur's databases and field key",
            "two people, one known by number, one by id, tell real processes the same one after the other, with a "
            f"photo: {compared} views compared (order, topics, kinds, sizes of frames; rows added to each table with "
            "the length of every value; opened words, answers and photos)",
            tuple(learned),
            f"relay that puts the sender into the report: {', '.join(noticed) or 'nothing'} differ",
            "told" in noticed,
        )
    ]


def _differences(ground: Ground, weakening: str) -> tuple[list[str], int]:
    """What differs between the two tellings, and how many views were compared."""
    # No second sending while the first is under way: it would say how busy this machine is.
    with ground.city(weakening, retry_base_s=60.0, retry_cap_s=120.0) as city:
        # The first of all begins chains and counts, so it is told by a third.
        _, *seen = [_told(city, ground, somebody(ground.rng), identity) for identity in ("both", *IDENTITIES)]
    return differences(*seen), len({*seen[0], *seen[1]})


def _told(city: City, ground: Ground, person: Person, identity: str) -> View:
    """All that one telling added outside the relay; words of one length, and masked."""
    place, what = word(ground.rng), word(ground.rng)
    known = (
        city.town.kept()
    )  # reading leaves a trace in the box's audit: nothing is read until the rows are taken
    rows, reports, passed = _rows(city), _reports(city), _passed(city)
    phone = person.phone(city.world.simulator_url, identity)
    texts = (*words(place, what=what), SEND)
    middle = texts.index("आगे")
    city.town.write(phone, texts[:middle], TELLING)
    city.town.write(phone, texts[middle:])
    city.town.receipt(phone)
    done = "the report and its photo"
    wait_until(lambda: _reports(city) > reports and _at_rest(city), PATIENCE_S, done)
    added, fresh = _added(rows, _rows(city)), _passed(city)
    (report,) = city.town.kept(known)
    told = repr(report.content).replace(place, "<place>").replace(what, "<what>")
    frames = [_shapes(one[len(old) :]) for old, one in zip(passed, fresh, strict=True)]
    return {"frames": frames, "told": told, **added}


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
    photos = city.town.box("select 1 from evidence where state='here'")
    return not waiting and len(photos) == len(city.town.box("select 1 from report"))


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
