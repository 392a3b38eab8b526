"""``./run fuzz [runs]``: the long search of ``tests/relay/anybody.py``, shared among the cores; prints what it found.

Each worker searches with a seed of its own, printed; ``SATARK_SEED`` repeats a run. The first failure of a worker is
shrunk and printed by hypothesis. ``./run fuzz files [files]`` is ``tests/fuzz_files.py``.
"""

import logging
import os
import subprocess
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import fuzz_files
from tests.conftest import SEED
from tests.relay.anybody import Anybody

RUNS, STEPS = 5000, 30
WORKER = "--worker"


def search(runs: int, chance: int) -> None:
    """Raises what the first failing run raised, shrunk."""
    logging.disable(logging.ERROR)
    how = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    seed(chance)(Anybody)
    run_state_machine_as_test(Anybody, settings=how)


def main(arguments: list[str]) -> int:
    """Runs the workers; 0 when none found anything."""
    if arguments[:1] == ["files"]:
        return fuzz_files.main(arguments[1:])
    if arguments[:1] == [WORKER]:
        search(int(arguments[1]), int(arguments[2]))
        return 0
    runs, cores = int(arguments[0]) if arguments else RUNS, os.cpu_count() or 1
    each, began = -(-runs // cores), time.monotonic()
    print(f"{each * cores} runs of up to {STEPS} acts on {cores} cores, SATARK_SEED={SEED}", flush=True)
    command = [sys.executable, "-m", "tests.fuzz", WORKER, str(each)]
    workers = [subprocess.Popen([*command, str((SEED + core) % 2**32)]) for core in range(cores)]
    failed = sum(worker.wait() != 0 for worker in workers)
    print(f"{each * cores} runs, {failed} of {cores} workers failed, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
