"""Stations of these tests: a relay, a box and a range node on real databases."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stations import BOX_ID, RELAY_ID, FakeLine, Station, World


@pytest.fixture
def world(tmp_path: Path, rng: random.Random) -> World:
    """Who there is."""
    return World(tmp_path, rng)


@pytest.fixture
def relay(world: World) -> Iterator[Station]:
    """The relay."""
    station = Station(world, RELAY_ID)
    yield station
    station.conn.close()


@pytest.fixture
def box(world: World) -> Iterator[Station]:
    """The box."""
    station = Station(world, BOX_ID)
    yield station
    station.conn.close()


@pytest.fixture
def line(relay: Station, box: Station) -> FakeLine:
    """A line that loses nothing, with the greetings already exchanged."""
    made = FakeLine([relay, box])
    for _ in range(4):
        made.turn()
    return made
