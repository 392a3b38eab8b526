"""``python -m tests.weakened [names]``: weakens the product on purpose, prints which test caught each.

Ends with 0 when every weakening was caught by a test that passes on the product as it is.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.weakened import WEAKENINGS, by_name
from tests.weakened.playing import CAUGHT, Outcome, play


def main(arguments: Sequence[str]) -> int:
    """Plays, prints, gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.weakened", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help="of weakenings; default: all")
    names = parser.parse_args(arguments).names
    chosen = [by_name(name) for name in names] or list(WEAKENINGS)
    with tempfile.TemporaryDirectory(prefix="satark-weakened-", ignore_cleanup_errors=True) as folder:
        wrong, outcomes = play(chosen, Path(folder), lambda outcome: print(line(outcome), flush=True))
    caught = sum(outcome.state == CAUGHT for outcome in outcomes)
    print(f"{len(outcomes)} weakenings, {caught} caught; unweakened: {wrong or 'the same tests pass'}")
    return 0 if caught == len(outcomes) and not wrong else 1


def line(outcome: Outcome) -> str:
    """One outcome for a terminal."""
    weak = outcome.weakening
    return f"{outcome.state} {weak.name} ({outcome.seconds:.0f} s): {weak.what}\n    {outcome.by}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
