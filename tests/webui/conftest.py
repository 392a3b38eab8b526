"""The office that most tests of this folder browse."""

from pathlib import Path

import pytest
from flask import Flask

from appliance.desk import Desk
from tests.appliance.office import Watch, open_office
from tests.webui.world import Visitor, site_of, somebody, without_tls


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Desk:
    return without_tls(open_office(tmp_path, watch))


@pytest.fixture
def app(desk: Desk) -> Flask:
    return site_of(desk)


@pytest.fixture
def supervisor(desk: Desk, app: Flask) -> Visitor:
    return somebody(desk, app, "supervisor")


@pytest.fixture
def screener(desk: Desk, app: Flask) -> Visitor:
    return somebody(desk, app, "screener")
