"""``python -m bench [names]``: our rates beside those of what others would build, on this machine, now."""

import argparse
import json
import platform
import sqlite3
import sys
from collections.abc import Callable
from functools import partial

from bench import batches, cleaning, conversations, ingest, media, office, place, report, sealing, webhook
from bench.place import Place
from bench.report import Comparison
from sync.errors import SatarkError

CROWD = 32
"""Clients at once, of which nobody may be refused."""
Compare = Callable[[Place, int, int, Callable[[str], None]], Comparison]
COMPARISONS: dict[str, tuple[Compare, int, int]] = {
    "webhook": (webhook.compare, webhook.DEFAULT_N, webhook.MOST_N),
    "crowd": (partial(webhook.compare, threads=CROWD), webhook.DEFAULT_N, webhook.MOST_N),
    "batches": (batches.compare, batches.DEFAULT_N, batches.MOST_N),
    "steps": (conversations.compare_pace, conversations.PACE_N, conversations.MOST_N),
    "memory": (conversations.compare_weight, conversations.OPEN_N, conversations.MOST_N),
    "ingest": (ingest.compare, ingest.DEFAULT_N, ingest.MOST_N),
    "sealing": (sealing.compare, sealing.DEFAULT_N, sealing.MOST_N),
    "opening": (sealing.compare_opening, sealing.DEFAULT_N, sealing.MOST_N),
    "seal-files": (media.compare, media.DEFAULT_N, media.MOST_N),
    "open-files": (media.compare_opening, media.DEFAULT_N, media.MOST_N),
    "cleaning": (cleaning.compare, cleaning.DEFAULT_N, cleaning.MOST_N),
}
OFFICE = "office"
"""Named alone: it fills a box for some twenty minutes before it measures anything."""


def main() -> int:
    """Measures, then prints tables and one JSON object; exit code 1 when a side lost or doubled something."""
    options = _options()
    if OFFICE in options.names:
        return _measure_office(options.n, options.runs)
    try:
        found = [_compare(name, options.n, options.runs) for name in options.names or list(COMPARISONS)]
    except (SatarkError, ChildProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    machine = _machine()
    print(f"{machine}, load {place.load():.1f}\n")
    print("\n\n".join(report.text(comparison) for comparison in found))
    print()
    print(json.dumps({"machine": machine, "comparisons": [report.as_dict(c) for c in found]}, indent=1))
    return 0


def _measure_office(n: int, runs: int) -> int:
    try:
        with place.make() as here:
            found = office.measure(here, min(n or office.DEFAULT_N, office.MOST_N), runs, _say)
    except (SatarkError, ChildProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"{_machine()}\n\n{office.shown(found)}\n")
    print(json.dumps({"machine": _machine(), "office": office.as_dict(found)}, indent=1))
    return 0


def _machine() -> str:
    return f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def _compare(name: str, n: int, runs: int) -> Comparison:
    compare, default_n, most_n = COMPARISONS[name]
    with place.make() as here:
        return compare(here, min(n or default_n, most_n), runs, _say)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        type=_name,
        metavar="name",
        help=f"{', '.join(COMPARISONS)}; default: these; or {OFFICE}",
    )
    parser.add_argument("--runs", type=_runs, default=5, help="of each side, 1 to 20; the median counts")
    parser.add_argument("--n", type=int, default=0, help="items per run (default: each comparison's own)")
    return parser.parse_args()


def _name(text: str) -> str:
    if text not in (*COMPARISONS, OFFICE):
        raise argparse.ArgumentTypeError(f"there is no {text!r}; known: {', '.join(COMPARISONS)}, {OFFICE}")
    return text


def _runs(text: str) -> int:
    if text not in map(str, range(1, 21)):
        raise argparse.ArgumentTypeError("1 to 20")
    return int(text)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
