"""A report key dies once its case is closed and nothing is on its way: then it is nowhere under the root of the box."""

import random
from pathlib import Path

import pytest

from appliance import cases, replies
from appliance.inbox import KEY_LIFE_S
from sync.clock import DAY_S
from sync.db import transaction
from tests.anonymity.encodings import layers
from tests.appliance.months import HOLD_S, REPORT_KEY, Months
from tests.appliance.office import SCREENER, SUPERVISOR, body, close
from tests.stations import World


@pytest.fixture
def months(tmp_path: Path, rng: random.Random) -> Months:
    return Months(tmp_path, World(tmp_path, rng))


def lying(root: Path) -> set[str]:
    """Names of the files under a root that hold the report key, also inside base64 or hex, free pages and logs too."""
    files = [(path.name, path.read_bytes()) for path in root.rglob("*") if path.is_file()]
    return {name for name, data in files if any(REPORT_KEY in layer for layer in layers(data))}


@pytest.mark.slow
def test_an_erased_report_key_is_in_no_file_of_the_box(months: Months, tmp_path: Path) -> None:
    months.submit()
    months.world.time.now += HOLD_S
    months.turns()
    (serial,) = months.desk.conn.execute("select serial from case_file").fetchone()
    cases.answer(months.desk, serial, SUPERVISOR, 1, "taken_up", ())
    months.turns()
    assert len(months.relay.memory) == 1
    cases.screen(months.desk, serial, SCREENER, cases.get(months.desk, serial).version)
    close(months.desk, serial, SUPERVISOR, cases.get(months.desk, serial).version, "unfounded")
    months.pass_days(KEY_LIFE_S / DAY_S - 1)  # the relay says of the answer that it was taken, and no more
    assert "keys.db" in lying(tmp_path)  # the control
    assert lying(tmp_path) <= {"keys.db", "keys.db-wal"}
    with transaction(months.desk.conn):
        replies.settled(months.desk.conn, [f"{body(1).handle}/1"])
    months.pass_days(0.5)
    assert lying(tmp_path) == set()
