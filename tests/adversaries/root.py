"""Root on the box: every byte at rest, in memory and on the box's line, and what its own keys open."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sync import frames
from sync.errors import Unreadable
from sync.frames import Chunk
from sync.sealing import envelopes
from sync.sealing.keys import SealingKey
from tests.adversaries import memory
from tests.adversaries.day import tell
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import Person, somebody, word
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.tap import publishes

SEALING_KEY_BYTES = 96
BOX = "jaunpur"
RANGE = "range"
"""Where reports on police go: its root is told no more than a box's."""
PARTS = ("link", "jobs", "web")
SERVICES = tuple(f"{seat}-{part}" for seat in (BOX, RANGE) for part in PARTS)


def play(ground: Ground) -> Sequence[Verdict]:
    """All that root has at boxes and range after a day with four informants; then planted leaks, a weakened relay."""
    city, day = ground.shared_day()
    sieve = Sieve(day.who, ground.folder)
    opened = _everything(city, sieve)
    _restart(city, sieve)
    planted = _planted(city, ground, day.people[0], sieve)
    weak = _weakened(ground)
    forms = len(sieve.forms)
    return [
        Verdict(
            "root on the box",
            f"the whole folders of {BOX}, the other boxes and the range; of {BOX} and the range also the memory of "
            "their 6 services, their lines in clear, their keys",
            f"{sieve.searched_bytes >> 20} MB (files with WAL before and after a kill and a restart, memory, both ways "
            f"of the line, {opened} opened parts, told reports) for 4 people's numbers, ids, names, message ids in "
            f"{forms // len(day.people)} encodings each, also inside base64 and hex, three deep, and inside "
            "zlib and gzip",
            sieve.summary(),
            f"planted in a file, in memory, on the line: {', '.join(planted)} found; relay that puts the number "
            f"into the report: found in {', '.join(weak) or 'nothing'}",
            len(planted) == 3 and {"memory", "opened"} <= set(weak),
        )
    ]


def _everything(city: City, sieve: Sieve, names: Iterable[str] = SERVICES) -> int:
    """Looks everywhere while the boxes run; gives how many parts their keys opened."""
    sieve.look_into_files(_roots(city), city.state)
    for mapping, data in memory.read(memory.pids(city.world, names)):
        sieve.look(f"memory: {Path(mapping).name}", data)
    nodes = (city.node(BOX), city.node(RANGE))
    for stream in (*city.tap.sent, *city.tap.received):
        if stream.node in nodes:
            sieve.look("line", bytes(stream.data))
    parts = [part for seat in (BOX, RANGE) for part in _parts(city, seat)]
    sieve.look("opened parts", b"\n".join(parts))
    for report in city.town.kept():
        sieve.look("opened report", repr(report.content).encode() + b"\n".join(report.photos))
    return len(parts)


def _restart(city: City, sieve: Sieve) -> None:
    """The services killed, everything looked at, started anew, looked at again."""
    for name in SERVICES:
        city.world.kill(name)
    sieve.look_into_files(_roots(city), city.state)
    city.heal()
    sieve.look_into_files(_roots(city), city.state)


def _roots(city: City) -> list[Path]:
    """The whole folder of every node but the relay."""
    return [root for seat, root in city.world.fleet.roots.items() if seat != "relay"]


def _parts(city: City, seat: str) -> Iterator[bytes]:
    """Every part that came to a box and that a key in its folder opens."""
    files = (
        path for path in (city.root(seat) / "keys").iterdir() if path.stat().st_size == SEALING_KEY_BYTES
    )
    find = envelopes.keys_by_id(*(SealingKey(path.read_bytes()) for path in files)).get
    received = [stream for stream in city.tap.received if stream.node == city.node(seat)]
    for one in [p for stream in received for p in publishes(bytes(stream.data))]:
        content = frames.read(one.payload)
        if not isinstance(content, Chunk):
            envelope = envelopes.read(content)
            for part in envelope.parts:
                try:
                    yield envelopes.open_part(envelope, part.name, find)
                except Unreadable:  # sealed to a key that lives in memory only
                    continue


def _planted(city: City, ground: Ground, person: Person, sieve: Sieve) -> list[str]:
    """The same search, where a leak was planted in each of the three places; names of those it found it in."""
    national = person.number[2:]
    copy = ground.folder / "planted" / "box.db-wal"
    copy.parent.mkdir()
    copy.write_bytes((city.root(BOX) / "box.db").read_bytes() + national[::-1].encode("utf-16-le"))
    before = len(sieve.found)
    control = Sieve(sieve.forms, ground.folder)
    control.look_into_files([copy.parent], ground.folder)
    with subprocess.Popen([sys.executable, "-c", _HOLDS, national], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        for _, data in memory.read([child.pid]):
            control.look("memory", data)
        child.terminate()
    control.look("line", bytes(city.tap.sent[0].data) + bytes.fromhex(national))
    assert len(sieve.found) == before
    return sorted({where.rpartition("/")[2] for where, _ in control.found})


_HOLDS = """
import sys, time
held = [int(sys.argv[1]).to_bytes(8, "little"), bytes.fromhex(sys.argv[1])]
sys.argv.clear()
print("ready", flush=True)
time.sleep(600)
"""


def _weakened(ground: Ground) -> list[str]:
    """Where the same search finds people whose relay puts their numbers into their reports."""
    people = [somebody(ground.rng) for _ in range(3)]
    sieve = Sieve({data: name for one in people for data, name in one.forms.items()}, ground.folder)
    with ground.city("report-names-its-sender") as city:
        for one, identity in zip(people, ("number", "both", "number"), strict=True):
            phone = one.phone(city.world.simulator_url, identity)
            tell(city.town, phone, word(ground.rng), word(ground.rng))
        _everything(city, sieve, [f"{BOX}-link"])
    return sorted({where.partition(":")[0].partition(" ")[0].rpartition("/")[2] for where, _ in sieve.found})
