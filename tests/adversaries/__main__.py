"""``./run adversaries [names...] [--seed N] [--json FILE]``: every adversary played, and what each learned.

Ends with 0 when each learned what docs/THREATS.md says and every attack succeeded where the product was weakened.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.adversaries import (
    broker_operator,
    certificates,
    hostile,
    log_reader,
    metadata,
    mutations,
    phones,
    police,
    relay_web,
    root,
    seizure,
    tagger,
    timing,
    twins,
    verdict,
)
from tests.adversaries.ground import Ground, Play, Shared
from tests.adversaries.verdict import Verdict

PLAYS: Mapping[str, Play] = {
    "twins": twins.play,
    "phones": phones.play,
    "seizure": seizure.play,
    "police": police.play,
    "tagger": tagger.play,
    "hostile": hostile.play,
    "timing": timing.play,
    "certificates": certificates.play,
    "metadata": metadata.play,
    "mutations": mutations.play,
    # Those that share a city come last, so that it does not run beside the others.
    "root": root.play,
    "broker-operator": broker_operator.play,
    "log-reader": log_reader.play,
    "relay-web": relay_web.play,
}
"""By name, in the order of playing."""


def perform(names: Sequence[str], seed: int, folder: Path) -> list[Verdict]:
    """Plays these in turn; a play that breaks off has a row that says so."""
    shared, found = Shared(folder / "shared", seed), list[Verdict]()
    try:
        for name in names:
            began = time.monotonic()
            print(f"{name} ...", file=sys.stderr, flush=True)
            found += _one(name, Ground(folder / name, seed, random.Random(f"{seed}/{name}"), shared))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    finally:
        shared.close()
    return found


def _one(name: str, ground: Ground) -> Sequence[Verdict]:
    ground.folder.mkdir(parents=True)
    try:
        return PLAYS[name](ground)
    except Exception as error:  # noqa: BLE001 - the outermost loop: the other plays go on, this one counts as wrong
        traceback.print_exc()
        return [verdict.broken_off(name, error)]


def _folder(keep: Path | None) -> AbstractContextManager[str]:
    if keep:
        return nullcontext(str(keep))
    return tempfile.TemporaryDirectory(prefix="satark-adversaries-", ignore_cleanup_errors=True)


def main(arguments: Sequence[str]) -> int:
    """Plays, prints, gives the exit code."""
    parser = argparse.ArgumentParser(prog="./run adversaries", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of: {', '.join(PLAYS)}")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="play in this new folder and leave it there"
    )
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - PLAYS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(PLAYS)}")
    print(f"seed {chosen.seed}", flush=True)
    with _folder(chosen.keep) as folder:
        found = perform(chosen.names or list(PLAYS), chosen.seed, Path(folder))
    print(verdict.table(found))
    print(verdict.summary(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(verdict.as_data(found), indent=1, ensure_ascii=False))
    return verdict.exit_code(found)


if __name__ == "__main__":
    # Ended from outside, everything is torn down too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
