"""Datasette on the same file: its table pages and hand-written SQL for the questions that the office's pages answer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench import place
from bench.office.load import Target
from bench.place import Place
from provisioning.demo import world
from provisioning.demo.fleet import free_port

START_S = 60.0


@contextmanager
def datasette(here: Place, box_db: Path, search_db: Path) -> Iterator[Target]:
    """Datasette as its documentation serves a file that does not change."""
    port = free_port()
    limits = ("--setting", "sql_time_limit_ms", "60000", "--setting", "num_sql_threads", "3")
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(box_db), "-i", str(search_db)]
    with place.running([*command, "--port", str(port), *limits], here.logs / "datasette.log") as process:
        place.until(lambda: world.listens(port), "datasette does not answer", process, START_S)
        yield Target(port)


def table(name: str, **wanted: str) -> str:
    """Address of a table page as JSON, newest first; it counts no rows and proposes no facets, as nobody asked."""
    query = urlencode({"_sort_desc": "id", "_size": "50", "_nocount": "1", "_nosuggest": "1", **wanted})
    return f"/box/{name}.json?{query}"


def page(name: str) -> str:
    """The newest rows as the page that a person sees, with all that stands on it by itself."""
    return f"/box/{name}?_sort_desc=id&_size=50"


def sql(database: str, query: str) -> str:
    """Address of a query as JSON."""
    return f"/{database}.json?{urlencode({'sql': query})}"
