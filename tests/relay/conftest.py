"""What the tests of the relay share."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import faults
from tests.relay.builders import FakeRelay, Phone


@pytest.fixture
def relay(tmp_path: Path, rng: random.Random) -> Iterator[FakeRelay]:
    """An enrolled relay on a Friday, 13:30 in India."""
    yield FakeRelay(tmp_path, rng)
    faults.disarm()


@pytest.fixture
def phone(relay: FakeRelay) -> Phone:
    """Somebody who writes to it."""
    return Phone(relay)
