"""The box's own pages, served by the product's command; a person signed in; what its workers weigh."""

import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance import people
from appliance.desk import SP, open_desk
from bench import place
from bench.office.load import Target
from bench.place import Place
from provisioning.demo import world
from provisioning.demo.office import Office

NAME, PASSWORD = "bench.sp", "measured-on-a-quiet-machine"
SEAT = "jaunpur"
START_S = 60.0


@dataclass(frozen=True)
class Weight:
    """Megabytes of all workers: ``pss`` shares what is shared, ``uss`` is theirs alone."""

    workers: int
    pss: float
    uss: float


@contextmanager
def pages(here: Place) -> Iterator[tuple[Target, int]]:
    """(the box's pages for somebody signed in, process id of gunicorn); ended when the block is left."""
    root, port = here.fleet.roots[SEAT], here.fleet.ports[SEAT]
    desk = open_desk(root, time.time)
    people.add(desk, NAME, "Bench", SP, PASSWORD)
    desk.conn.close()
    command = [sys.executable, "-m", "provisioning", "box", "web", "--root", str(root)]
    with place.running(command, here.logs / "web.log") as process:
        place.until(lambda: world.listens(port), "the pages do not answer", process, START_S)
        office = Office(f"https://127.0.0.1:{port}", here.fleet.authority.lan_ca)
        office.sign_in(NAME, PASSWORD)
        context = ssl.create_default_context(cadata=here.fleet.authority.lan_ca)
        yield Target(port, {"Cookie": office.cookies(), "Accept-Encoding": "identity"}, context), process.pid


def weigh(pid: int) -> Weight:
    """Of the children of a process: gunicorn's workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    found = [_rollup(int(child)) for child in children]
    pss = sum(one["Pss"] for one in found)
    uss = sum(one["Private_Clean"] + one["Private_Dirty"] for one in found)
    return Weight(len(found), pss / 1024, uss / 1024)


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    pairs = (line.split(":") for line in lines)
    return {name: int(value.split()[0]) for name, value in pairs}
