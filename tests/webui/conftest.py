"""The office that most tests of this folder browse."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import argon2
import pytest
from flask import Flask

from appliance.desk import Desk
from tests.appliance.office import Watch, open_office
from tests.webui.world import Visitor, site_of, somebody, without_tls


@pytest.fixture(scope="package", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords cost a millisecond here, not a tenth of a second; what they must cost, tests of people say."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = partial(_hashed, argon2.low_level.hash_secret)
        patch.setattr("argon2._password_hasher.hash_secret", cheap)
        yield


def _hashed(really: Callable[..., bytes], **how: object) -> bytes:
    return really(**{**how, "memory_cost": 64})


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
