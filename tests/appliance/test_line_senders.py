"""Another node in good standing, certificate and all, cannot put into a box what only the relay brings."""

import random
from pathlib import Path

import pytest

from sync import frames, topics
from sync.link import Arrival
from tests.appliance.ends import Ends
from tests.appliance.office import body, open_office
from tests.stations import RANGE_ID, World, a_report


@pytest.fixture
def ends(tmp_path: Path, rng: random.Random) -> Ends:
    world = World(tmp_path, rng)
    made = Ends(tmp_path, open_office(tmp_path, world.clock), world)
    made.turns()
    return made


def test_a_report_that_another_node_sends_is_set_aside_with_its_key(ends: Ends) -> None:
    mine, keys = ends.desk.config.node_id, ends.world.keys
    envelope = a_report(RANGE_ID, keys[RANGE_ID].signing, mine, keys[mine], "ab" * 16, body(1))
    frame = frames.of_envelope(envelope.to_bytes())
    ends.line.accept([Arrival(topics.topic(mine, RANGE_ID), frame)])
    assert ends.desk.conn.execute("select reason from quarantine").fetchone()[0] == "NotForUs"
    assert ends.desk.conn.execute("select count(*) from report").fetchone()[0] == 0
    assert ends.keys_conn.execute("select count(*) from report_key").fetchone()[0] == 0
