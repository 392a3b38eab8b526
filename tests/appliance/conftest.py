"""The office that most tests of this folder work in."""

from pathlib import Path

import pytest

from appliance.desk import Desk
from tests.appliance.office import Watch, open_office


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Desk:
    return open_office(tmp_path, watch)
