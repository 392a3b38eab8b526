"""The office that most tests of this folder browse."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from appliance.desk import Desk
from tests.appliance.office import Watch, open_office
from tests.webui.world import Visitor, site_of, somebody, without_tls


@pytest.fixture(scope="session", autouse=True)
def quick_addresses() -> Iterator[None]:
    """What builds an address is compiled once a run, not anew for the application of each test."""
    really, built = Rule._compile_builder, dict[tuple[object, ...], Callable[..., tuple[str, str]]]()

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # Converters are called when an address is built, but those of defaults are compiled into it.
        converters = tuple((name, type(one)) for name, one in rule._converters.items())
        key = (tuple(rule._trace), converters, repr(rule.defaults), append_unknown)
        if key not in built:
            built[key] = really(rule, append_unknown)
        return built[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


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
