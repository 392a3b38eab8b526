"""One town for all journeys of a run; each test finds it whole, and finds its own reports among the others."""

from collections.abc import Iterator

import pytest

from provisioning.demo import world
from relay.simulator.client import call
from tests.journeys.town import LINE, PACE, Town


@pytest.fixture(scope="session")
def one_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Mosquitto, the simulator, the relay, and Jaunpur's line; no pages, no other box."""
    made = world.build(tmp_path_factory.mktemp("town"), "mosquitto", PACE)
    try:
        # Statuses would be updates that come some time later: a test must know which update a process died at.
        call(made.simulator_url, "/sim/switches", {"statuses": []})
        for name in LINE:
            made.start(name)
        yield Town(made)
    finally:
        world.dismantle(made)


@pytest.fixture
def town(one_town: Town) -> Town:
    """The town, with everything up."""
    one_town.heal()
    return one_town
