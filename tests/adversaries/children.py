"""Attacks that run as a program of their own, so that the same attack can be made on a weakened build."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from provisioning.demo.world import OUR_PACKAGES
from tests import weakened

PATIENCE_S = 900.0


def run(module: str, folder: Path, *arguments: str, weakening: str = "") -> Any:
    """What ``python -m module FOLDER arguments`` prints as JSON in its last line, run on a build of its own.

    ``folder`` is made; ``weakening``: name of the build, "" is the product as it is.
    """
    folder.mkdir(parents=True)
    packages = weakened.build(weakened.by_name(weakening), folder / "build") if weakening else OUR_PACKAGES
    command = [sys.executable, "-m", module, str(folder), *arguments]
    done = subprocess.run(
        command, cwd=packages, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode:
        raise AssertionError(f"{module} on {weakening or 'the product'}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
